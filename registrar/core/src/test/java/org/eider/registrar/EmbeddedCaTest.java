package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.LdevidTemplate;
import org.eider.pki.TrustAnchors;
import org.eider.registrar.IssuedCertificate.Purpose;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedCaTest {

  @TempDir Path data;

  private final MemoryLedger ledger = new MemoryLedger();
  private final TestClock clock = new TestClock();

  @Nested
  class TheFirstStart {
    @Test
    void makesARootAndAnIssuingCa() throws Exception {
      List<X509Certificate> chain = open().chain();

      X509Certificate issuing = chain.get(0);
      X509Certificate root = chain.get(1);
      assertThat(KeyType.of(root.getPublicKey())).contains(KeyType.P384);
      assertThat(KeyType.of(issuing.getPublicKey())).contains(KeyType.P256);
      assertThat(root.getBasicConstraints()).isEqualTo(1);
      assertThat(issuing.getBasicConstraints()).isEqualTo(0);
      assertThat(root.getNotAfter().toInstant()).isEqualTo(TestPki.NOW.atOffset(ZoneOffset.UTC).plusYears(20).toInstant());
      assertThat(issuing.getNotAfter().toInstant()).isEqualTo(TestPki.NOW.atOffset(ZoneOffset.UTC).plusYears(10).toInstant());
      assertThat(TrustAnchors.of(List.of(root)).validate(List.of(issuing), TestPki.NOW)).hasSize(2);
    }

    @Test
    void letsNobodyElseIntoTheFolderAndAtTheKeys() throws Exception {
      open().registrarCredential(List.of());

      assertThat(permissions(folder())).isEqualTo("rwx------");
      try (Stream<Path> files = Files.list(folder())) {
        assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("root.pem", "root.key.pem", "issuing.pem",
            "issuing.key.pem", "registrar.pem", "registrar.key.pem");
      }
      for (String name : List.of("root", "issuing", "registrar")) {
        assertThat(permissions(folder().resolve(name + ".key.pem"))).isEqualTo("rw-------");
      }
    }

    @Test
    void closesAFolderThatWasOpen() throws Exception {
      Files.createDirectories(folder());
      Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxrwxrwx"));

      open();

      assertThat(permissions(folder())).isEqualTo("rwx------");
    }

    @Test
    void recordsBothAuthorities() throws Exception {
      List<X509Certificate> chain = open().chain();

      for (X509Certificate authority : chain) {
        IssuedCertificate recorded = ledger.certificate(authority.getSerialNumber()).orElseThrow();
        assertThat(recorded.certificate()).isEqualTo(Certificates.der(authority));
        assertThat(recorded.purpose()).isEqualTo(Purpose.CA);
      }
      assertThat(ledger.count()).isEqualTo(2);
    }

    @Test
    void givesTwoSitesDifferentNames() throws Exception {
      EmbeddedCa other = EmbeddedCa.open(data.resolve("other"), new MemoryLedger(), clock, new SecureRandom());

      assertThat(open().chain()).extracting(X509Certificate::getSubjectX500Principal)
          .doesNotContainAnyElementsOf(other.chain().stream().map(X509Certificate::getSubjectX500Principal).toList());
    }
  }

  @Nested
  class ALaterStart {
    @Test
    void findsTheSameCa() throws Exception {
      List<X509Certificate> chain = open().chain();

      assertThat(open().chain()).isEqualTo(chain);
      assertThat(ledger.count()).isEqualTo(2);
    }

    @Test
    void worksWhenTheRootsKeyHasBeenMovedAway() throws Exception {
      open();
      Files.delete(folder().resolve("root.key.pem"));

      assertThat(issue(open(), template(), "acme/SN-1")).isNotNull();
    }

    @Test
    void makesANewIssuingCaWhenTheOldOneHasBeenMovedAway() throws Exception {
      List<X509Certificate> before = open().chain();
      delete("issuing.pem", "issuing.key.pem");

      List<X509Certificate> after = open().chain();

      assertThat(after.get(1)).isEqualTo(before.get(1));
      assertThat(after.get(0)).isNotEqualTo(before.get(0));
    }

    @Test
    void recordsTheAuthoritiesInAStoreThatHasLostThem() throws Exception {
      open();
      MemoryLedger fresh = new MemoryLedger();

      EmbeddedCa.open(folder(), fresh, clock, new SecureRandom());

      assertThat(fresh.count()).isEqualTo(2);
    }
  }

  /** What a crash between any two writes of the first start leaves is completed; the keys that were written are kept. */
  @ParameterizedTest
  @ValueSource(strings = {
      "root.pem issuing.key.pem issuing.pem", "issuing.key.pem issuing.pem", "issuing.pem"})
  void aHalfMadeCaIsCompleted(String notYetWritten) throws Exception {
    open();
    byte[] rootKey = Files.readAllBytes(folder().resolve("root.key.pem"));
    delete(notYetWritten.split(" "));
    MemoryLedger empty = new MemoryLedger();

    EmbeddedCa ca = EmbeddedCa.open(folder(), empty, clock, new SecureRandom());

    assertThat(Files.readAllBytes(folder().resolve("root.key.pem"))).isEqualTo(rootKey);
    X509Certificate ldevid = issue(ca, template(), "acme/SN-1");
    assertThat(TrustAnchors.of(List.of(ca.chain().get(1))).validate(List.of(ldevid, ca.chain().get(0)), TestPki.NOW)).hasSize(3);
    assertThat(empty.count()).isEqualTo(3);
  }

  @Nested
  class WhatDoesNotFitTogether {
    @Test
    void anIssuingCaWithoutRoot() throws Exception {
      open();
      delete("root.pem");
      refuses("root.pem is missing");
    }

    @Test
    void anIssuingCaWithoutKey() throws Exception {
      open();
      delete("issuing.key.pem");
      refuses("issuing.key.pem is missing");
    }

    @Test
    void noIssuingCaAndNoRootKey() throws Exception {
      open();
      delete("issuing.pem", "issuing.key.pem", "root.key.pem");
      refuses("put that key back");
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "issuing"})
    void theKeyOfAnotherCa(String name) throws Exception {
      open();
      EmbeddedCa.open(data.resolve("other"), new MemoryLedger(), clock, new SecureRandom());
      copyFromOther(name + ".key.pem");
      refuses(name + ".key.pem is not the key of");
    }

    @Test
    void theIssuingCaOfAnotherRoot() throws Exception {
      open();
      EmbeddedCa.open(data.resolve("other"), new MemoryLedger(), clock, new SecureRandom());
      copyFromOther("issuing.pem");
      copyFromOther("issuing.key.pem");
      refuses("is not certified by");
    }

    @Test
    void aKeyThatOthersMayRead() throws Exception {
      open();
      Files.setPosixFilePermissions(folder().resolve("issuing.key.pem"), PosixFilePermissions.fromString("rw-r--r--"));
      refuses("chmod 600");
    }

    @Test
    void aFileThatIsNoCertificate() throws Exception {
      open();
      Files.writeString(folder().resolve("issuing.pem"), "");
      refuses("issuing.pem");
    }

    private void refuses(String message) throws IOException {
      List<String> before = contents();
      assertThatThrownBy(EmbeddedCaTest.this::open).isInstanceOf(IOException.class).hasMessageContaining(message);
      assertThat(contents()).as("nothing is overwritten").isEqualTo(before);
    }

    private List<String> contents() throws IOException {
      try (Stream<Path> files = Files.list(folder())) {
        List<String> contents = new ArrayList<>();
        for (Path file : files.sorted().toList()) {
          contents.add(file.getFileName() + Files.readString(file));
        }
        return contents;
      }
    }

    private void copyFromOther(String name) throws IOException {
      Files.copy(data.resolve("other").resolve(name), folder().resolve(name),
          StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  @Nested
  class Issuing {
    @Test
    void recordsTheCertificateWithItsHolder() throws Exception {
      X509Certificate ldevid = issue(open(), template(), "acme/SN/with/slashes");

      IssuedCertificate recorded = ledger.certificate(ldevid.getSerialNumber()).orElseThrow();
      assertThat(recorded.certificate()).isEqualTo(Certificates.der(ldevid));
      assertThat(recorded.purpose()).isEqualTo(Purpose.LDEVID);
      assertThat(recorded.device()).contains(new DeviceId("acme", "SN/with/slashes"));
      assertThat(recorded.notAfter()).isEqualTo(ldevid.getNotAfter().toInstant());
    }

    @Test
    void cutsTheEndToThatOfTheIssuingCa() throws Exception {
      EmbeddedCa ca = open();
      LdevidTemplate endless = new LdevidTemplate(new X500Name("CN=x"), TestPki.key(KeyType.P256).getPublic(), TestPki.NOW,
          CertificateMaker.NO_END, List.of());

      assertThat(issue(ca, endless, "acme/1").getNotAfter()).isEqualTo(ca.chain().get(0).getNotAfter());
    }

    @Test
    void failsWhenTheIssuingCaHasExpired() throws Exception {
      EmbeddedCa ca = open();
      clock.advance(Duration.ofDays(3653));

      assertThatThrownBy(() -> issue(ca, template(), "acme/1")).isInstanceOf(IOException.class).hasMessageContaining("expired");
      assertThat(ledger.count()).isEqualTo(2);
    }

    @Test
    void takesAnotherSerialNumberWhenOneIsTaken() throws Exception {
      List<BigInteger> refused = new ArrayList<>();
      FragileLedger fragile = new FragileLedger(ledger);
      EmbeddedCa ca = EmbeddedCa.open(folder(), fragile, clock, new SecureRandom());
      fragile.taken = certificate -> refused.size() < 3 && refused.add(certificate.serial());

      X509Certificate ldevid = issue(ca, template(), "acme/1");

      assertThat(refused).hasSize(3).doesNotContain(ldevid.getSerialNumber());
    }

    @Test
    void handsNothingOutThatCannotBeRecorded() throws Exception {
      FragileLedger fragile = new FragileLedger(ledger);
      EmbeddedCa ca = EmbeddedCa.open(folder(), fragile, clock, new SecureRandom());
      fragile.taken = certificate -> {
        throw fragile.failure.get();
      };

      assertThatThrownBy(() -> issue(ca, template(), "acme/1")).isInstanceOf(IOException.class).hasMessageContaining("not handed out");
    }

    @Test
    void recordsNothingForADeviceThatIsNotWhatWasDecidedOn() throws Exception {
      EmbeddedCa ca = open();
      long before = ledger.count();

      assertThat(ca.issue(template(), DeviceId.parse("acme/1"), Optional::isPresent, certificate -> List.of())).isEmpty();
      assertThat(ledger.count()).isEqualTo(before);
    }

    @Test
    void byTwoThreadsGives200DifferentSerialNumbers() throws Exception {
      EmbeddedCa ca = open();
      var pool = Executors.newFixedThreadPool(2);
      try {
        List<Future<List<BigInteger>>> halves = new ArrayList<>();
        for (int thread = 0; thread < 2; thread++) {
          halves.add(pool.submit(() -> {
            List<BigInteger> serials = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
              serials.add(issue(ca, template(), "acme/" + i).getSerialNumber());
            }
            return serials;
          }));
        }
        Set<BigInteger> all = new HashSet<>();
        for (Future<List<BigInteger>> half : halves) {
          all.addAll(half.get());
        }
        assertThat(all).hasSize(200).allMatch(serial -> serial.signum() > 0 && serial.bitLength() <= 159);
        assertThat(ledger.count()).isEqualTo(202);
      } finally {
        pool.shutdownNow();
      }
    }
  }

  @Nested
  class TheRegistrarsCredential {
    @Test
    void isFitForTlsOnBothSidesAndForSigningRequests() throws Exception {
      EmbeddedCa ca = open();
      Credential registrar = ca.registrarCredential(List.of("registrar.example", "192.0.2.7"));

      X509Certificate certificate = registrar.certificate();
      assertThat(certificate.getExtendedKeyUsage()).containsExactly(Certificates.CMC_RA, "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
      assertThat(Certificates.subjectKeyId(certificate)).isPresent();
      assertThat(certificate.getSubjectAlternativeNames()).extracting(name -> name.get(1).toString())
          .containsExactly("localhost", "registrar.example", "127.0.0.1", "192.0.2.7", "0:0:0:0:0:0:0:1");
      assertThat(registrar.chain()).hasSize(3).endsWith(ca.chain().get(0), ca.chain().get(1));
      assertThat(TrustAnchors.of(List.of(ca.chain().get(1))).validate(registrar.chain(), TestPki.NOW)).hasSize(3);
      assertThat(ledger.certificate(certificate.getSerialNumber()).orElseThrow().purpose()).isEqualTo(Purpose.REGISTRAR);
    }

    @Test
    void staysTheSameOverARestart() throws Exception {
      Credential first = open().registrarCredential(List.of("b.example", "a.example"));

      Credential second = open().registrarCredential(List.of("a.example", "b.example"));

      assertThat(second.chain()).isEqualTo(first.chain());
      assertThat(second.key()).isEqualTo(first.key());
    }

    @Test
    void isRenewedForTheSameKeyWhenLessThanAThirdOfItsLifeRemains() throws Exception {
      EmbeddedCa ca = open();
      Credential first = ca.registrarCredential(List.of());
      clock.advance(Duration.ofDays(240));
      assertThat(ca.registrarCredential(List.of()).chain()).isEqualTo(first.chain());
      clock.advance(Duration.ofDays(5));

      Credential renewed = ca.registrarCredential(List.of());

      assertThat(renewed.certificate()).isNotEqualTo(first.certificate());
      assertThat(renewed.certificate().getPublicKey()).isEqualTo(first.certificate().getPublicKey());
      assertThat(open().registrarCredential(List.of()).chain()).isEqualTo(renewed.chain());
    }

    @Test
    void isMadeAnewWhenTheNamesAreOthers() throws Exception {
      EmbeddedCa ca = open();
      Credential first = ca.registrarCredential(List.of());

      Credential second = ca.registrarCredential(List.of("registrar.example"));

      assertThat(second.certificate()).isNotEqualTo(first.certificate());
    }

    @Test
    void isMadeAnewUnderANewIssuingCa() throws Exception {
      open().registrarCredential(List.of());
      delete("issuing.pem", "issuing.key.pem");
      EmbeddedCa ca = open();

      Credential registrar = ca.registrarCredential(List.of());

      assertThat(TrustAnchors.of(List.of(ca.chain().get(0))).validate(registrar.chain(), TestPki.NOW)).hasSize(2);
    }

    @Test
    void isCompletedAfterACrashBetweenKeyAndCertificate() throws Exception {
      Credential first = open().registrarCredential(List.of());
      delete("registrar.pem");

      assertThat(open().registrarCredential(List.of()).key()).isEqualTo(first.key());
    }
  }

  private EmbeddedCa open() throws IOException {
    return EmbeddedCa.open(folder(), ledger, clock, new SecureRandom());
  }

  private Path folder() {
    return data.resolve("ca");
  }

  private void delete(String... names) throws IOException {
    for (String name : names) {
      Files.delete(folder().resolve(name));
    }
  }

  private static X509Certificate issue(EmbeddedCa ca, LdevidTemplate template, String device) throws IOException {
    return ca.issue(template, DeviceId.parse(device), asItIs -> true, certificate -> List.of()).orElseThrow();
  }

  private static LdevidTemplate template() {
    return new LdevidTemplate(
        new X500Name("CN=device"), TestPki.key(KeyType.P256).getPublic(), TestPki.NOW, TestPki.NOW.plus(Duration.ofDays(1)), List.of());
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}

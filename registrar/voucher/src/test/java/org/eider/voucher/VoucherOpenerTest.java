package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.testkit.Damage;
import org.eider.testkit.TestPki;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class VoucherOpenerTest {
  private static final TestPki MAKER = TestPki.manufacturer("Acme", "");
  private static final TestPki DOMAIN = TestPki.root("domain");

  @ParameterizedTest
  @EnumSource(value = KeyType.class, names = {"P256", "P384", "RSA2048", "ED25519"})
  void vouchersAndRequestsOpenToWhatWasSealed(KeyType type) throws Exception {
    Credential signer = MAKER.signer("MASA", type);
    Voucher voucher = Voucher.of("SN-1").pinnedDomainCert(Octets.utf8("der")).createdOn(TestPki.NOW).build();
    VoucherRequest request = VoucherRequest.of("SN-1").nonce(Optional.of(Nonce.of(Octets.utf8("01234567")))).build();
    for (VoucherSealer sealer : List.of(VoucherSealer.cms(), VoucherSealer.cmsAsData())) {
      Verified<Voucher> opened = VoucherOpener.voucher(sealer.seal(voucher, signer, TestPki.NOW), List.of());
      assertThat(opened.value()).isEqualTo(voucher);
      assertThat(opened.signer()).isEqualTo(signer.certificate());
      assertThat(opened.signingTime()).contains(TestPki.NOW);
      assertThat(VoucherOpener.request(sealer.seal(request, signer, TestPki.NOW), List.of()).value()).isEqualTo(request);
    }
  }

  @Test
  void priorSignedRequestTravelsOctetForOctet() throws Exception {
    Credential idevid = MAKER.idevid("SN-1");
    VoucherArtifact prior = VoucherSealer.cmsAsData().seal(VoucherRequest.of("SN-1").build(), idevid, TestPki.NOW);
    VoucherRequest outer = VoucherRequest.of("SN-1").priorSigned(prior.bytes()).build();
    VoucherArtifact sealed = VoucherSealer.cms().seal(outer, DOMAIN.registrar("registrar"), TestPki.NOW);
    Verified<VoucherRequest> opened = VoucherOpener.request(sealed, List.of());
    assertThat(opened.artifact()).isEqualTo(sealed);
    assertThat(opened.signerChain()).contains(DOMAIN.certificate());
    assertThat(opened.value().priorSigned()).contains(prior.bytes());
    assertThat(VoucherOpener.request(new VoucherArtifact(VoucherFormat.CMS_JSON, opened.value().priorSigned().orElseThrow()), List.of()).signer())
        .isEqualTo(idevid.certificate());
  }

  @Test
  void voucherIsNoRequestAndARequestNoVoucher() {
    Credential signer = MAKER.signer("MASA", KeyType.P256);
    VoucherArtifact voucher = VoucherSealer.cms().seal(Voucher.of("SN-1").build(), signer, TestPki.NOW);
    VoucherArtifact request = VoucherSealer.cms().seal(VoucherRequest.of("SN-1").build(), signer, TestPki.NOW);
    assertThatThrownBy(() -> VoucherOpener.request(voucher, List.of())).isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> VoucherOpener.voucher(request, List.of())).isInstanceOf(DecodeException.class);
  }

  /** 2,000 damaged texts: each is refused as malformed or read as some voucher; nothing else ever happens. */
  @Test
  void damagedJsonIsRefusedOrRead() throws Exception {
    Octets whole = VoucherJson.encode(Voucher.of("SN-1").assertion(Assertion.PROXIMITY).createdOn(TestPki.NOW).revocationChecks(false)
        .nonce(Optional.of(Nonce.of(Octets.utf8("01234567")))).pinnedDomainCert(Certificates.der(DOMAIN.certificate())).build());
    Random random = new Random(8366);
    int refused = 0;
    for (int i = 0; i < 2_000; i++) {
      Octets damaged = Damage.to(whole, random);
      try {
        assertThat(VoucherJson.voucher(damaged).serialNumber()).isNotEmpty();
      } catch (DecodeException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(500);
  }

  @Test
  void filesMayHoldDerBase64OrPem() throws Exception {
    Octets der = VoucherSealer.cms().seal(Voucher.of("SN-1").build(), MAKER.signer("MASA", KeyType.P256), TestPki.NOW).bytes();
    String lines = der.base64().replaceAll("(.{64})", "$1\r\n");
    assertThat(VoucherFile.read(der).bytes()).isEqualTo(der);
    assertThat(VoucherFile.read(Octets.utf8(der.base64())).bytes()).isEqualTo(der);
    assertThat(VoucherFile.read(Octets.utf8(lines + "\n")).bytes()).isEqualTo(der);
    assertThat(VoucherFile.read(Octets.utf8("-----BEGIN CMS-----\n" + lines + "\n-----END CMS-----\n")).bytes()).isEqualTo(der);
  }

  @ParameterizedTest
  @CsvSource({"'',TRUNCATED", "*!AA,WRONG_TYPE", "'-----BEGIN CMS-----',TRUNCATED", "'-----BEGIN CMS-----\nAAAA',TRUNCATED",
      "'-----BEGIN CMS-----\nAAAA\n-----END CMS-----\nAAAA',TRAILING_BYTES"})
  void otherFilesAreRefused(String content, Flaw flaw) {
    assertThatThrownBy(() -> VoucherFile.read(Octets.utf8(content)))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
  }
}

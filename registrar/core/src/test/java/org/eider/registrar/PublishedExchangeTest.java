package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eider.est.ClientSession;
import org.eider.est.Outcome;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.PemFiles;
import org.eider.pki.SerialNumberProfile;
import org.eider.testkit.TestPki;
import org.eider.testkit.Vectors;
import org.eider.voucher.Assertion;
import org.eider.voucher.Verified;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exchange of RFC 8995 appendix C, with our registrar in place of the one that made it: its key, its pledge, its MASA. */
class PublishedExchangeTest {
  @TempDir Path scratch;

  private Path vectors;
  private Credential registrar;
  private VoucherArtifact pledgeRequest;
  private VoucherArtifact voucher;
  private X509Certificate idevid;
  private final MemoryLedger ledger = new MemoryLedger();
  private final TestClock clock = new TestClock();
  private final ScriptedMasa masa = new ScriptedMasa(TestPki.root("unused").credential());
  private BrskiVoucherService service;

  @BeforeEach
  void readTheExchange() throws Exception {
    vectors = Vectors.folder("cms-voucher");
    clock.set(Instant.parse("2021-04-13T22:00:00Z"));
    registrar = new Credential(key("signer-fountain-test.example.com.key"), List.of(
        certificate("signer-fountain-test.example.com.crt"),
        certificate("ta-fountain-test.example.com_Unstrung_Fountain_Root_CA.crt")));
    idevid = certificate("signer-00-D0-E5-F2-00-02.crt");
    pledgeRequest = artifact("rfc8995-vr_00-D0-E5-F2-00-02.b64");
    voucher = artifact("rfc8995-voucher_00-D0-E5-F2-00-02.b64");
    masa.answer = request -> Outcome.granted(voucher);
    List<X509Certificate> vendor = List.of(certificate("ta-highway-test.example.com_CA.crt"));
    ledger.put(new Manufacturer("sandelman", vendor, Optional.empty(), Set.of("highway-test.example.com:9443"), List.of(), vendor,
        Manufacturer.Admission.AUTO, SerialNumberProfile.SUBJECT_SERIAL_NUMBER, false));
    service = new BrskiVoucherService(ledger, ledger, masa, () -> registrar, VoucherSealer.cmsAsData(), clock, Site.desk(clock));
  }

  @Test
  void rfc8995AppendixCEndsWithItsVoucher() {
    assertThat(service.request(session(registrar.certificate()), pledgeRequest)).isEqualTo(Outcome.granted(voucher));

    DeviceId device = new DeviceId("sandelman", "00-D0-E5-F2-00-02");
    Fact.VoucherExchange exchange = ledger.vouchers(device, 1).get(0);
    assertThat(exchange.assertion()).contains(Assertion.LOGGED);
    assertThat(exchange.domainId().base64()).isEqualTo("Oy6w2vS8ar8m/FtEHuzs7sl7LSD3pW9yTCgCecoIL3M=");
    assertThat(masa.addresses.get(0).base()).hasToString("https://highway-test.example.com:9443/.well-known/brski");
  }

  @Test
  void ourRequestSaysWhatThePublishedOneSays() throws Exception {
    service.request(session(registrar.certificate()), pledgeRequest);

    Verified<VoucherRequest> ours = ScriptedMasa.opened(masa.requests.get(0));
    VoucherRequest published = ScriptedMasa.opened(artifact("rfc8995-parboiled_vr_00-D0-E5-F2-00-02.b64")).value();
    assertThat(ours.value().serialNumber()).isEqualTo(published.serialNumber());
    assertThat(ours.value().assertion()).isEqualTo(published.assertion());
    assertThat(ours.value().nonce()).isEqualTo(published.nonce());
    assertThat(ours.value().priorSigned()).isEqualTo(published.priorSigned());
    assertThat(ours.signer()).isEqualTo(registrar.certificate());
  }

  @Test
  void anotherRegistrarsSessionIsAMismatch() throws Exception {
    X509Certificate other = certificate("ta-fountain-test.example.com_Unstrung_Fountain_Root_CA.crt");

    Outcome<VoucherArtifact> outcome = service.request(session(other), pledgeRequest);

    assertThat(((Outcome.Refused<?>) outcome).refusal().reason()).isEqualTo(VoucherReason.PROXIMITY_MISMATCH);
  }

  @Test
  void theVoucherOfAnEarlierMasaIsUntrusted() throws Exception {
    VoucherArtifact other = artifact("draft39-voucher_00-D0-E5-F2-00-02.b64");
    masa.answer = request -> Outcome.granted(other);

    assertThat(refusedFor()).isEqualTo(VoucherReason.VOUCHER_UNTRUSTED);
  }

  @Test
  void thePublishedMasasVoucherForAnotherNonceIsAMismatch() throws Exception {
    masa.signer = new Credential(
        key("signer-highway-test.example.com_MASA.key"), List.of(certificate("signer-highway-test.example.com_MASA.crt")));
    masa.answer = request -> Outcome.granted(masa.sealed(request, good -> good.createdOn(clock.instant()).nonce(Optional.of(Site.NONCE))));

    assertThat(refusedFor()).isEqualTo(VoucherReason.VOUCHER_MISMATCH);
  }

  @Test
  void theDomainIdIsThatOfThePinnedCertificate() {
    assertThat(Certificates.domainId(registrar.chain().get(1)).base64()).isEqualTo("uaX2yxHhB6RJLKcIxnwQvIezdCY=");
  }

  private Object refusedFor() {
    Outcome<VoucherArtifact> outcome = service.request(session(registrar.certificate()), pledgeRequest);
    assertThat(ledger.vouchers(new DeviceId("sandelman", "00-D0-E5-F2-00-02"), 1)).isEmpty();
    return ((Outcome.Refused<?>) outcome).refusal().reason();
  }

  private ClientSession session(X509Certificate shown) {
    return new ClientSession("c", new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), List.of(idevid), shown, Optional.empty());
  }

  private X509Certificate certificate(String name) throws IOException {
    return PemFiles.readCertificates(vectors.resolve("keys").resolve(name)).get(0);
  }

  /** A copy that only its owner may read, as our reader demands. */
  private PrivateKey key(String name) throws IOException {
    Path copy = Files.createTempFile(scratch, "key", ".pem");
    Files.write(copy, Files.readAllBytes(vectors.resolve("keys").resolve(name)));
    return PemFiles.readKey(copy);
  }

  private VoucherArtifact artifact(String name) throws IOException, DecodeException {
    return new VoucherArtifact(VoucherFormat.CMS_JSON, Base64Text.body(Octets.of(Files.readAllBytes(vectors.resolve(name))), name));
  }
}

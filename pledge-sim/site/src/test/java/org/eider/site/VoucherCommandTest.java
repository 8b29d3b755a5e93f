package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.eider.cli.Cli;
import org.eider.cli.Console;
import org.eider.pki.Certificates;
import org.eider.pki.CmsSealer;
import org.eider.pki.CoseSealer;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.testkit.TestPki;
import org.eider.testkit.Vectors;
import org.eider.voucher.Assertion;
import org.eider.voucher.KeyStyle;
import org.eider.voucher.Nonce;
import org.eider.voucher.SidRevision;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.Octets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VoucherCommandTest {
  private static final TestPki MAKER = TestPki.manufacturer("Acme", "");
  private static final TestPki DOMAIN = TestPki.root("domain");
  private static final Credential MASA = MAKER.signer("MASA", KeyType.P256);
  private static final Credential IDEVID = MAKER.idevid("SN-1");
  private static final Credential REGISTRAR = DOMAIN.registrar("registrar");
  private static final Optional<Nonce> NONCE = Optional.of(Nonce.of(Octets.utf8("0123456789abcdef")));

  private static final KeyStyle SIDS = KeyStyle.sids(SidRevision.CURRENT);

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Octets voucher;

  @BeforeEach
  void sealVoucher() {
    Voucher value = Voucher.of("SN-1").assertion(Assertion.PROXIMITY).createdOn(TestPki.NOW).nonce(NONCE)
        .pinnedDomainCert(Certificates.der(DOMAIN.certificate())).build();
    voucher = VoucherSealer.cms().seal(value, MASA, TestPki.NOW).bytes();
  }

  @Test
  void voucherIsShownLeafByLeaf() throws Exception {
    assertThat(run("show", file(voucher))).isZero();
    assertThat(out()).startsWith("voucher in CMS, " + voucher.size() + " octets\n")
        .contains("  signature: valid, signer not checked (no --verify)\n")
        .contains("  signer: CN=MASA\n")
        .contains("  signing time: 2026-11-21T12:00:00Z\n")
        .contains("  serial-number: SN-1\n")
        .contains("  assertion: proximity\n")
        .contains("  nonce: MDEyMzQ1Njc4OWFiY2RlZg== (16 octets: 30313233343536373839616263646566)\n")
        .contains("  pinned-domain-cert: CN=domain, issued by CN=domain, valid ");
    assertThat(err()).isEmpty();
  }

  @Test
  void base64PemAndStandardInputAreRead() throws Exception {
    assertThat(run("show", file(Octets.utf8(voucher.base64())))).isZero();
    assertThat(run("show", file(Octets.utf8("-----BEGIN CMS-----\n" + voucher.base64() + "\n-----END CMS-----\n")))).isZero();
    assertThat(run(voucher, "show", "-")).isZero();
    assertThat(out()).hasLineCount(36);
  }

  @Test
  void trustedSignerIsTold() throws Exception {
    assertThat(run("show", file(voucher), "--verify", anchors(MAKER))).isZero();
    assertThat(out()).contains("  signature: valid, signer trusted by CN=Acme\n");
  }

  @Test
  void untrustedSignerIsShownAndFails() throws Exception {
    assertThat(run("show", file(voucher), "--verify", anchors(DOMAIN))).isEqualTo(1);
    assertThat(out()).contains("  signature: valid, signer NOT trusted: ").contains("  serial-number: SN-1\n");
    assertThat(err()).startsWith("error: the signer is not trusted: ").contains("\nhint: ");
  }

  @Test
  void expiredSignerIsJudgedAtTheTimeThatIsTold() throws Exception {
    Credential old = MAKER.signer("old", TestPki.NOW.minus(Duration.ofDays(9)), TestPki.NOW.minus(Duration.ofDays(1)));
    String file = file(VoucherSealer.cms().seal(Voucher.of("SN-1").build(), old, TestPki.NOW.minus(Duration.ofDays(2))).bytes());
    assertThat(run("show", file, "--verify", anchors(MAKER))).isEqualTo(1);
    assertThat(err()).contains("hint: to judge it at the time of signing, add --at 2026-11-19T12:00:00Z");
    assertThat(run("show", file, "--verify", anchors(MAKER), "--at", "2026-11-19T12:00:00Z")).isZero();
  }

  @Test
  void requestInsideARequestIsShownIndented() throws Exception {
    assertThat(run("show", file(registrarRequest(pledgeRequest())))).isZero();
    assertThat(out()).contains("voucher request in CMS").contains("\n  prior-signed-voucher-request:\n    voucher request in CMS")
        .contains("\n      signer: serialNumber=SN-1,O=Acme\n")
        .contains("\n      proximity-registrar-cert: CN=registrar, issued by CN=domain");
  }

  @Test
  void requestInsideWithBadSignatureFails() throws Exception {
    byte[] spoilt = pledgeRequest().toArray();
    spoilt[spoilt.length - 1] ^= 1;
    assertThat(run("show", file(registrarRequest(Octets.of(spoilt))))).isEqualTo(1);
    assertThat(out()).contains("prior-signed-voucher-request: NOT VALID: the signature does not verify");
    assertThat(err()).startsWith("error: the request inside is not valid: ");
  }

  @Test
  void jsonIsOneObject() throws Exception {
    assertThat(run("show", file(registrarRequest(pledgeRequest())), "--json", "--verify", anchors(DOMAIN))).isZero();
    JsonNode shown = new ObjectMapper().readTree(out());
    assertThat(shown.path("kind").asText()).isEqualTo("voucher-request");
    assertThat(shown.at("/signature/valid").asBoolean()).isTrue();
    assertThat(shown.at("/signature/trusted").asBoolean()).isTrue();
    assertThat(shown.at("/signature/anchor").asText()).isEqualTo("CN=domain");
    assertThat(shown.at("/leaves/serial-number").asText()).isEqualTo("SN-1");
    assertThat(shown.at("/prior_signed_voucher_request/certificates/proximity-registrar-cert/subject").asText()).isEqualTo("CN=registrar");
  }

  @Test
  void jsonTellsABadSignatureToo() throws Exception {
    byte[] spoilt = voucher.toArray();
    spoilt[spoilt.length - 1] ^= 1;
    assertThat(run("show", file(Octets.of(spoilt)), "--json")).isEqualTo(1);
    assertThat(new ObjectMapper().readTree(out()).at("/signature/valid").asBoolean(true)).isFalse();
    assertThat(err()).startsWith("error: the signature is not valid: the signature does not verify\nhint: ");
  }

  @Test
  void jsonTellsMalformedContentApartFromABadSignature() throws Exception {
    String file = file(CmsSealer.seal(Octets.utf8("{\"ietf-voucher:voucher\":{}}"), CmsSealer.DATA, MASA, TestPki.NOW));
    assertThat(run("show", file, "--json")).isEqualTo(1);
    JsonNode shown = new ObjectMapper().readTree(out());
    assertThat(shown.has("signature")).isFalse();
    assertThat(shown.at("/malformed/reason").asText()).contains("serial-number");
  }

  @Test
  void untrustedJsonTellsWhy() throws Exception {
    assertThat(run("show", file(voucher), "--json", "--verify", anchors(DOMAIN))).isEqualTo(1);
    JsonNode signature = new ObjectMapper().readTree(out()).path("signature");
    assertThat(signature.path("trusted").asBoolean(true)).isFalse();
    assertThat(signature.path("reason").asText()).isNotEmpty();
  }

  @Test
  void otherFilesAreRefusedWithAHint() throws Exception {
    assertThat(run("show", file(Octets.utf8("hello")))).isEqualTo(1);
    assertThat(run("show", folder.resolve("absent").toString())).isEqualTo(1);
    assertThat(run("show", file(CmsSealer.seal(Octets.utf8("{\"x\":{}}"), CmsSealer.DATA, MASA, TestPki.NOW)))).isEqualTo(1);
    assertThat(run("show", file(Octets.of(new byte[2 * 1024 * 1024])))).isEqualTo(1);
    assertThat(run("show", file(voucher), "--verify", file(voucher))).isEqualTo(1);
    assertThat(err().lines().filter(line -> line.startsWith("error: "))).hasSize(5);
    assertThat(err().lines().filter(line -> line.startsWith("hint: "))).hasSize(5);
    assertThat(out()).isEmpty();
  }

  @Test
  void wrongCallsAreToldSo() throws Exception {
    assertThat(run()).isEqualTo(2);
    assertThat(run("show")).isEqualTo(2);
    assertThat(run("show", file(voucher), "--at", "tomorrow")).isEqualTo(2);
    assertThat(run("show", file(voucher), "--frob")).isEqualTo(2);
  }

  @Test
  void controlCharactersDoNotReachTheTerminal() throws Exception {
    Octets json = Octets.utf8("{\"ietf-voucher:voucher\":{\"serial-number\":\"SN-1\",\"x\\u001b[2J\":\"\\u001b]0;owned\\u0007\\u202e\"}}");
    assertThat(run("show", file(CmsSealer.seal(json, CmsSealer.DATA, MASA, TestPki.NOW)))).isZero();
    assertThat(out()).contains("  x?[2J: ?]0;owned??\n").doesNotContain("\u001b", "\u202e");
  }

  @Test
  void aVoucherInCoseIsShownWhateverItsFileIsEncodedIn() throws Exception {
    Octets cose = coseVoucher(VoucherSealer.cose(SIDS));
    for (Octets content : List.of(cose, Octets.utf8(cose.base64()), Octets.utf8(cose.hex().toUpperCase(java.util.Locale.ROOT)),
        Octets.utf8(cose.hex().replaceAll("(.{60})", "$1\n")), cose.slice(1, cose.size()))) {
      out.reset();
      assertThat(run("show", file(content), "--verify", anchors(MAKER))).isZero();
      assertThat(out()).startsWith("voucher in COSE, ").contains("  signature: valid, signer trusted by CN=Acme\n")
          .contains("  signer: CN=MASA\n").contains("  algorithm: ES256\n").contains("  members: SIDs of 2025-12-18\n")
          .contains("  certificates: 1, of which 1 not protected\n").contains("  serial-number: SN-1\n")
          .contains("  assertion: proximity\n")
          .contains("  nonce: MDEyMzQ1Njc4OWFiY2RlZg== (16 octets: 30313233343536373839616263646566)\n")
          .contains("  pinned-domain-cert: CN=domain, issued by CN=domain, valid ").contains("  domain-cert-revocation-checks: false\n");
    }
  }

  @Test
  void aRequestInCoseIsShownWithTheOneInsideJudgedByTheCertificatesAroundIt() throws Exception {
    Octets rvr = coseRegistrarRequest(cosePledgeRequest());
    assertThat(run("show", file(rvr))).isZero();
    assertThat(out()).startsWith("voucher request in COSE").contains("\n  prior-signed-voucher-request:\n    voucher request in COSE")
        .contains("\n      signer: serialNumber=SN-1,O=Acme\n").contains("\n      members: names\n");

    out.reset();
    assertThat(run("show", file(rvr), "--json")).isZero();
    JsonNode shown = new ObjectMapper().readTree(out());
    assertThat(shown.path("format").asText()).isEqualTo("cose");
    assertThat(shown.at("/signature/valid").asBoolean()).isTrue();
    assertThat(shown.at("/signature/algorithm").asText()).isEqualTo("ES256");
    assertThat(shown.at("/leaves/serial-number").asText()).isEqualTo("SN-1");
    assertThat(shown.at("/prior_signed_voucher_request/signature/valid").asBoolean()).isTrue();
    assertThat(shown.at("/prior_signed_voucher_request/leaves/assertion").asText()).isEqualTo("proximity");
  }

  @Test
  void aPledgesRequestCarriesNoCertificateAndIsShownButNotJudgedUnlessOneIsGiven() throws Exception {
    String file = file(cosePledgeRequest());
    assertThat(run("show", file)).isEqualTo(1);
    assertThat(out()).contains("  signature: NOT JUDGED: the message carries no certificate").contains("  serial-number: SN-1\n");
    assertThat(err()).startsWith("error: the signature cannot be judged: ").contains("\nhint: give the signer's certificate with --verify");
    out.reset();
    assertThat(run("show", file, "--json")).isEqualTo(1);
    assertThat(new ObjectMapper().readTree(out()).at("/signature/valid").isNull()).isTrue();
    String idevid = Files.writeString(folder.resolve("cert.pem"), Certificates.pem(List.of(IDEVID.certificate()))).toString();
    assertThat(run("show", file, "--verify", idevid)).isZero();
  }

  @Test
  void aBadSignatureInCoseIsTold() throws Exception {
    byte[] spoilt = coseVoucher(VoucherSealer.cose(SIDS)).toArray();
    spoilt[spoilt.length - 1] ^= 1;
    assertThat(run("show", file(Octets.of(spoilt)))).isEqualTo(1);
    assertThat(err()).startsWith("error: the signature is not valid: the signature does not verify\nhint: ");
    spoilt = cosePledgeRequest().toArray();
    spoilt[spoilt.length - 1] ^= 1;
    assertThat(run("show", file(coseRegistrarRequest(Octets.of(spoilt))))).isEqualTo(1);
    assertThat(out()).contains("prior-signed-voucher-request: NOT VALID: the signature verifies under none of the ");
  }

  @Test
  void membersThatAreUnknownAreShownByNumberAndValuesAsDiagnosis() throws Exception {
    Octets content = Octets.hex("a1190993a40b64534e2d31186382f6a1010261610a2082c2410100");
    Octets message = CoseSealer.seal(content, MASA, List.of(), MASA.chain());
    assertThat(run("show", file(message))).isZero();
    assertThat(out()).contains("  99: [null, {1: 2}]\n").contains("  \"a\": 10\n").contains("  -1: [2(h'01'), 0]\n");
  }

  @Test
  void theFormatThatIsToldIsTheFormatThatIsRead() throws Exception {
    String cose = file(coseVoucher(VoucherSealer.cose(SIDS)));
    assertThat(run("show", cose, "--format", "cose")).isZero();
    assertThat(run("show", file(voucher), "--format", "cms")).isZero();
    assertThat(run("show", cose, "--format", "cms")).isEqualTo(1);
    assertThat(run("show", file(voucher), "--format", "cose")).isEqualTo(1);
    assertThat(run("show", cose, "--format", "jws")).isEqualTo(2);
    assertThat(err()).contains("error: not a voucher or voucher request: ");
  }

  @Test
  void publishedVoucherInCoseIsShown() throws Exception {
    Path vectors = Vectors.folder("cose-voucher");
    String anchor = vectors.resolve("keys/cbrski-masa_ca.crt").toString();
    assertThat(run("show", vectors.resolve("cbrski-voucher.hex").toString(), "--verify", anchor, "--at", "2022-12-09T13:00:00Z")).isZero();
    assertThat(out()).contains("signer trusted by C=NL,L=Helmond,O=vanderstok,CN=masa.stok.nl").contains("serial-number: JADA123456789");
    out.reset();
    assertThat(run("show", vectors.resolve("cbrski-rvr.hex").toString())).isEqualTo(1);
    assertThat(out()).contains("voucher request in COSE").contains("certificates: 2, of which 2 not protected");
  }

  private static Octets coseVoucher(VoucherSealer sealer) {
    Voucher value = Voucher.of("SN-1").assertion(Assertion.PROXIMITY).createdOn(TestPki.NOW).nonce(NONCE).revocationChecks(false)
        .pinnedDomainCert(Certificates.der(DOMAIN.certificate())).build();
    return sealer.seal(value, MASA, TestPki.NOW).bytes();
  }

  private static Octets cosePledgeRequest() {
    VoucherRequest request = VoucherRequest.of("SN-1").assertion(Optional.of(Assertion.PROXIMITY)).nonce(NONCE)
        .proximityRegistrarKey(Octets.of(REGISTRAR.certificate().getPublicKey().getEncoded())).build();
    return VoucherSealer.bareCose(KeyStyle.names()).seal(request, IDEVID, TestPki.NOW).bytes();
  }

  private static Octets coseRegistrarRequest(Octets prior) {
    VoucherRequest request = VoucherRequest.of("SN-1").nonce(NONCE).priorSigned(prior)
        .idevidIssuer(Certificates.idevidIssuer(IDEVID.certificate())).build();
    return VoucherSealer.cose(SIDS).with(IDEVID.chain()).seal(request, REGISTRAR, TestPki.NOW).bytes();
  }

  @Test
  void helpTellsAnExample() {
    assertThat(run("show", "--help")).isZero();
    assertThat(out()).contains("Examples:").contains("eider voucher show voucher.vcj --verify");
  }

  @Test
  void publishedVoucherIsShown() throws Exception {
    Path vectors = Vectors.folder("cms-voucher");
    String file = vectors.resolve("rfc8995-voucher_00-D0-E5-F2-00-02.b64").toString();
    String anchor = vectors.resolve("keys/ta-highway-test.example.com_CA.crt").toString();
    assertThat(run("show", file, "--verify", anchor, "--at", "2021-04-13T21:43:24Z")).isZero();
    assertThat(out()).contains("signer trusted by CN=highway-test.example.com CA")
        .contains("serial-number: 00-D0-E5-F2-00-02").contains("created-on: 2021-04-13T17:43:24.589-04:00");
    assertThat(run("show", file, "--verify", anchor)).isEqualTo(1);
    assertThat(err()).contains("--at 2021-04-13T21:43:24Z");
  }

  private static Octets pledgeRequest() {
    VoucherRequest request = VoucherRequest.of("SN-1").assertion(Optional.of(Assertion.PROXIMITY)).nonce(NONCE)
        .proximityRegistrarCert(Certificates.der(REGISTRAR.certificate())).build();
    return VoucherSealer.cms().seal(request, IDEVID, TestPki.NOW).bytes();
  }

  private static Octets registrarRequest(Octets prior) {
    VoucherRequest request = VoucherRequest.of("SN-1").nonce(NONCE).priorSigned(prior)
        .idevidIssuer(Certificates.idevidIssuer(IDEVID.certificate())).build();
    return VoucherSealer.cms().seal(request, REGISTRAR, TestPki.NOW).bytes();
  }

  private int run(String... args) {
    return run(Octets.empty(), args);
  }

  private int run(Octets input, String... args) {
    Console console = new Console(stream(out), stream(err));
    InstantSource clock = InstantSource.fixed(TestPki.NOW);
    return Cli.run(new VoucherCommand(console, new ByteArrayInputStream(input.toArray()), clock), console, args);
  }

  private String file(Octets content) throws Exception {
    return Files.write(Files.createTempFile(folder, "voucher", ".vcj"), content.toArray()).toString();
  }

  private String anchors(TestPki authority) throws Exception {
    return Files.writeString(Files.createTempFile(folder, "anchors", ".pem"), Certificates.pem(List.of(authority.certificate()))).toString();
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}

package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.eider.est.http.HttpResponse;
import org.eider.pki.Bc;
import org.eider.pki.Certificates;
import org.eider.pki.CmsSealer;
import org.eider.pki.Credential;
import org.eider.pki.Csr;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.server.admin.DeviceReport;
import org.eider.registrar.server.admin.DeviceView;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.VoucherJson;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a pledge can do wrong: each gets its code and one log line with its reason, and nothing else changes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
  private static final String REQUEST = "/.well-known/brski/requestvoucher";
  private static final String CMS = "application/voucher-cms+json";

  private TestSite site;
  private LogLines log;
  private TestPledge pledge;
  private TestPledge.Line line;
  private List<DeviceView> before;
  private int others;

  @BeforeAll
  void start(@TempDir Path data) throws Exception {
    site = new TestSite(data);
  }

  @AfterAll
  void stop() {
    site.close();
  }

  @BeforeEach
  void connect(TestInfo test) throws Exception {
    site.masa.reset();
    pledge = site.pledge("BAD-" + test.getTestMethod().orElseThrow().getName());
    line = pledge.connect();
    before = site.devices();
    log = LogLines.ofEider();
  }

  @AfterEach
  void disconnect() {
    line.close();
    log.close();
  }

  @Test
  void anotherMediaTypeIs415() throws Exception {
    refusedBeforeTheService(415, "WRONG_MEDIA_TYPE", line.post(REQUEST, honest(), Map.of("content-type", "application/json")));
  }

  @Test
  void noMediaTypeIs415() throws Exception {
    refusedBeforeTheService(415, "WRONG_MEDIA_TYPE", line.post(REQUEST, honest(), Map.of()));
  }

  @Test
  void anUnreadableMediaTypeIs415() throws Exception {
    refusedBeforeTheService(415, "WRONG_MEDIA_TYPE", line.post(REQUEST, honest(), Map.of("content-type", "voucher")));
  }

  @Test
  void anAcceptThatExcludesVouchersIs406() throws Exception {
    refusedBeforeTheService(406, "NO_ACCEPTABLE_FORMAT",
        line.post(REQUEST, honest(), Map.of("content-type", CMS, "accept", "application/voucher-cose+cbor, application/voucher-cms+json;q=0")));
  }

  @Test
  void anEmptyBodyIs400() throws Exception {
    refusedBeforeTheService(400, "EMPTY_BODY", line.post(REQUEST, Octets.empty(), Map.of("content-type", CMS)));
  }

  @Test
  void aBodyOverTheLimitIs413() throws Exception {
    HttpResponse answer = line.requestVoucher(Octets.of(new byte[64 * 1024 + 1]));
    assertThat(answer.status()).isEqualTo(413);
    await().untilAsserted(() -> assertThat(log.with(" status=413 ")).hasSize(1));
    nothingChanged();
  }

  @Test
  void aBodyOfNoiseIs400() throws Exception {
    refused(400, "MALFORMED_REQUEST", line.requestVoucher(Octets.utf8("this is no CMS")));
    nothingChanged();
  }

  @Test
  void aBodyAtTheLimitIsRead() throws Exception {
    refused(400, "MALFORMED_REQUEST", line.requestVoucher(Octets.of(new byte[64 * 1024])));
    nothingChanged();
  }

  @Test
  void aTruncatedRequestIs400() throws Exception {
    Octets whole = honest();
    refused(400, "MALFORMED_REQUEST", line.requestVoucher(whole.slice(0, whole.size() - 7)));
    nothingChanged();
  }

  @Test
  void aRequestWithSomethingBehindItIs400() throws Exception {
    Octets whole = honest();
    byte[] longer = java.util.Arrays.copyOf(whole.toArray(), whole.size() + 1);
    refused(400, "MALFORMED_REQUEST", line.requestVoucher(Octets.of(longer)));
    nothingChanged();
  }

  @Test
  void aVoucherInsteadOfARequestIs400() throws Exception {
    Octets content = Octets.utf8("{\"ietf-voucher:voucher\":{\"serial-number\":\"" + pledge.serial() + "\"}}");
    refused(400, "MALFORMED_REQUEST", line.requestVoucher(CmsSealer.seal(content, CmsSealer.ANIMA_JSON_VOUCHER, pledge.idevid(), TestPki.NOW)));
    nothingChanged();
  }

  @Test
  void twoSignersAre403() throws Exception {
    refused(403, "BAD_SIGNATURE", line.requestVoucher(signedBy(pledge.idevid(), site.maker.idevid("SECOND"))));
    nothingChanged();
  }

  @Test
  void noSignerIs403() throws Exception {
    refused(403, "BAD_SIGNATURE", line.requestVoucher(signedBy()));
    nothingChanged();
  }

  @Test
  void aBrokenSignatureIs403() throws Exception {
    byte[] broken = honest().toArray();
    broken[broken.length - 3] ^= 1;
    refused(403, "BAD_SIGNATURE", line.requestVoucher(Octets.of(broken)));
    nothingChanged();
  }

  @Test
  void aSignerThatIsNotTheTlsClientIs403() throws Exception {
    Credential other = site.maker.idevid(pledge.serial());
    Octets request = VoucherSealer.cms().seal(pledge.request(line).build(), other, TestPki.NOW).bytes();
    refused(403, "SIGNER_NOT_CLIENT", line.requestVoucher(request));
    nothingChanged();
  }

  @Test
  void noClientCertificateIs401AndTheConnectionCloses() throws Exception {
    try (TestPledge.Line anonymous = pledge.connect(Optional.empty(), "TLSv1.3")) {
      refused(401, "NO_CLIENT_CERTIFICATE", anonymous.requestVoucher(pledge.sealed(pledge.request(anonymous).build())));
      await().until(() -> !anonymous.connection().isOpen());
    }
    nothingChanged();
  }

  @Test
  void aSerialNumberThatIsNotTheIdevidsIs403() throws Exception {
    var request = pledge.request(line).build();
    refused(403, "SERIAL_MISMATCH", line.requestVoucher(pledge.sealed(org.eider.voucher.VoucherRequest.of("ANOTHER")
        .assertion(request.assertion()).nonce(request.nonce()).proximityRegistrarCert(request.proximityRegistrarCert().orElseThrow()).build())));
    onlyRecordedAsRefused("SERIAL_MISMATCH");
  }

  @Test
  void anotherRegistrarsCertificateIs401AndTheConnectionCloses() throws Exception {
    Octets other = Certificates.der(TestPki.root("Other").registrar("Other registrar").certificate());
    refused(401, "PROXIMITY_MISMATCH", line.requestVoucher(pledge.sealed(pledge.request(line).proximityRegistrarCert(other).build())));
    await().until(() -> !line.connection().isOpen());
    onlyRecordedAsRefused("PROXIMITY_MISMATCH");
  }

  @Test
  void aRequestThatDoesNotAskForProximityIs401() throws Exception {
    refused(401, "PROXIMITY_MISMATCH", line.requestVoucher(pledge.sealed(pledge.request(line).assertion(Optional.of(Assertion.LOGGED)).build())));
    onlyRecordedAsRefused("PROXIMITY_MISMATCH");
  }

  @Test
  void aRequestWithoutNonceIs403() throws Exception {
    refused(403, "NO_NONCE", line.requestVoucher(pledge.sealed(pledge.request(line).nonce(Optional.empty()).build())));
    onlyRecordedAsRefused("NO_NONCE");
  }

  @Test
  void anUnknownManufacturerIs404() throws Exception {
    TestPledge stranger = new TestPledge("BAD-stranger", TestPki.manufacturer("Stranger", "localhost:1").idevid("BAD-stranger"), pledge.port());
    try (TestPledge.Line strange = stranger.connect()) {
      refused(404, "UNKNOWN_MANUFACTURER", stranger.requestVoucher(strange));
    }
    nothingChanged();
    assertThat(site.masa.requests).isEmpty();
  }

  @Test
  void aDeviceThatIsNotExpectedIs404UntilItIs() throws Exception {
    site.administration().put(site.manufacturer(Manufacturer.Admission.EXPECTED));
    try {
      refused(404, "NOT_EXPECTED", pledge.requestVoucher(line));
      onlyRecordedAsRefused("NOT_EXPECTED");
      site.administration().expect(TestSite.MANUFACTURER, List.of(pledge.serial()));
      TestPledge.expect(200, pledge.requestVoucher(line));
    } finally {
      site.administration().put(site.manufacturer(Manufacturer.Admission.AUTO));
    }
  }

  @Test
  void enrolmentWithoutVoucherIs403() throws Exception {
    refused(403, "NO_VOUCHER", pledge.enrol(line, "simpleenroll", TestPledge.newKey()));
    nothingChanged();
  }

  @Test
  void enrolmentWithoutClientCertificateIs401() throws Exception {
    try (TestPledge.Line anonymous = pledge.connect(Optional.empty(), "TLSv1.3")) {
      refused(401, "NO_CLIENT_CERTIFICATE", pledge.enrol(anonymous, "simpleenroll", TestPledge.newKey()));
    }
    nothingChanged();
  }

  @Test
  void aWeakKeyIs400() throws Exception {
    TestPledge.expect(200, pledge.requestVoucher(line));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", Bc.PROVIDER);
    generator.initialize(1024);
    KeyPair weak = generator.generateKeyPair();
    var signer = new JcaContentSignerBuilder("SHA256withRSA").setProvider(Bc.PROVIDER).build(weak.getPrivate());
    byte[] request = new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=weak"), weak.getPublic()).build(signer).getEncoded();
    refused(400, "KEY_NOT_ALLOWED", line.enrol("simpleenroll", Octets.of(request)));
    noCertificate();
  }

  @Test
  void aBadProofOfPossessionIs400() throws Exception {
    TestPledge.expect(200, pledge.requestVoucher(line));
    byte[] request = Csr.create(new X500Name("CN=x"), TestPledge.newKey(), Optional.empty(), List.of()).toArray();
    request[request.length - 3] ^= 1;
    refused(400, "BAD_PROOF_OF_POSSESSION", line.enrol("simpleenroll", Octets.of(request)));
    noCertificate();
  }

  @Test
  void aWrongChannelBindingIs403() throws Exception {
    TestPledge.expect(200, pledge.requestVoucher(line));
    Octets request = Csr.create(new X500Name("CN=x"), TestPledge.newKey(), Optional.of(Octets.utf8("another session").base64()), List.of());
    refused(403, "BAD_CHANNEL_BINDING", line.enrol("simpleenroll", request));
    noCertificate();
  }

  @Test
  void theRightChannelBindingIsGood() throws Exception {
    for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
      try (TestPledge.Line bound = pledge.connect(Optional.of(pledge.idevid()), protocol)) {
        TestPledge.expect(200, pledge.requestVoucher(bound));
        String binding = bound.connection().binding().orElseThrow().value().base64();
        Octets request = Csr.create(new X500Name("CN=x"), TestPledge.newKey(), Optional.of(binding), List.of());
        TestPledge.expect(200, bound.enrol("simpleenroll", request));
      }
    }
  }

  @Test
  void aRequestInPemIs400() throws Exception {
    TestPledge.expect(200, pledge.requestVoucher(line));
    HttpResponse answer = line.post("/.well-known/est/simpleenroll",
        Octets.utf8("-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n"), Map.of("content-type", "application/pkcs10"));
    assertThat(answer.status()).isEqualTo(400);
    noCertificate();
  }

  @Test
  void reenrolmentWithAnIdevidIs403() throws Exception {
    TestPledge.expect(200, pledge.requestVoucher(line));
    refused(403, "NOT_OUR_LDEVID", pledge.enrol(line, "simplereenroll", TestPledge.newKey()));
    noCertificate();
  }

  @Test
  void anotherMethodIs405() throws Exception {
    HttpResponse answer = line.get(REQUEST);
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.headers().first("allow")).hasValue("POST");
    await().untilAsserted(() -> assertThat(log.with("path=" + REQUEST + " status=405")).hasSize(1));
    nothingChanged();
  }

  @Test
  void anotherPathIs404() throws Exception {
    for (String path : List.of("/", "/.well-known/brski", "/.well-known/brski/requestVoucher", "/.well-known/brski/requestauditlog",
        "/admin/devices")) {
      assertThat(line.get(path).status()).as(path).isEqualTo(404);
      await().untilAsserted(() -> assertThat(log.with("method=GET path=" + path + " status=404")).hasSize(1));
    }
    nothingChanged();
  }

  @Test
  void telemetryThatIsNoReportIs400() throws Exception {
    TestPledge.expect(200, pledge.requestVoucher(line));
    others = 0;
    for (String operation : List.of("voucher_status", "enrollstatus")) {
      for (String body : List.of("", "{", "[]", "{\"version\":1}", "{\"version\":1,\"Status\":true}", "{\"version\":\"1\",\"status\":\"yes\"}",
          "{\"version\":1,\"status\":true,\"status\":false}")) {
        HttpResponse answer =
            line.post("/.well-known/brski/" + operation, Octets.utf8(body), Map.of("content-type", "application/json"));
        assertThat(answer.status()).as(operation + " " + body).isEqualTo(400);
        others++;
        await().untilAsserted(() -> assertThat(log.with("MALFORMED_REPORT")).hasSize(others));
      }
    }
    assertThat(report().telemetry()).isEmpty();
  }

  @Test
  void telemetryOfAnotherMediaTypeIs415() throws Exception {
    refusedBeforeTheService(415, "WRONG_MEDIA_TYPE", line.post("/.well-known/brski/voucher_status",
        Octets.utf8("{\"version\":1,\"status\":true}"),
        Map.of("content-type", "text/plain")));
  }

  @Test
  void telemetryOverTheLimitIs413() throws Exception {
    HttpResponse answer = line.post("/.well-known/brski/enrollstatus", Octets.of(new byte[16 * 1024 + 1]), Map.of("content-type", "application/json"));
    assertThat(answer.status()).isEqualTo(413);
    nothingChanged();
  }

  @Test
  void telemetryOfADeviceWithoutVoucherIsRefused() throws Exception {
    refused(403, "NO_VOUCHER", line.report("voucher_status", org.eider.voucher.StatusReport.success()));
    nothingChanged();
  }

  @Test
  void afterARefusalTheConnectionGoesOn() throws Exception {
    TestPledge.expect(415, line.post(REQUEST, honest(), Map.of("content-type", "text/plain")));
    TestPledge.expect(400, line.requestVoucher(Octets.utf8("x")));
    TestPledge.expect(200, pledge.requestVoucher(line));
  }

  private Octets honest() {
    return pledge.sealed(pledge.request(line).build());
  }

  /** The honest content with as many signers as are given. */
  private Octets signedBy(Credential... signers) throws Exception {
    CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
    var digests = new JcaDigestCalculatorProviderBuilder().setProvider(Bc.PROVIDER).build();
    generator.addCertificate(new JcaX509CertificateHolder(pledge.idevid().certificate()));
    for (Credential signer : signers) {
      generator.addSignerInfoGenerator(new JcaSignerInfoGeneratorBuilder(digests)
          .build(new JcaContentSignerBuilder("SHA256withECDSA").setProvider(Bc.PROVIDER).build(signer.key()), signer.certificate()));
      generator.addCertificate(new JcaX509CertificateHolder(signer.certificate()));
    }
    byte[] content = VoucherJson.encode(pledge.request(line).build()).toArray();
    var type = new org.bouncycastle.asn1.ASN1ObjectIdentifier(CmsSealer.ANIMA_JSON_VOUCHER);
    return Octets.of(generator.generate(new CMSProcessableByteArray(type, content), true).getEncoded());
  }

  private void refused(int status, String reason, HttpResponse answer) {
    assertThat(answer.status()).as(answer.body().utf8()).isEqualTo(status);
    assertThat(answer.headers().first("content-type")).hasValue("text/plain; charset=utf-8");
    await().untilAsserted(() -> assertThat(log.with(reason)).hasSize(1));
    assertThat(log.faults()).isEmpty();
  }

  private void refusedBeforeTheService(int status, String reason, HttpResponse answer) throws IOException {
    refused(status, reason, answer);
    nothingChanged();
  }

  private void nothingChanged() throws IOException {
    assertThat(site.devices()).isEqualTo(before);
    assertThat(site.masa.requests).isEmpty();
  }

  /** A device that has proven who it is stays known with why it was refused, and nothing more. */
  private void onlyRecordedAsRefused(String reason) throws IOException {
    DeviceReport report = report();
    assertThat(report.device().state()).isEqualTo("refused");
    assertThat(report.device().refused()).hasValueSatisfying(why -> assertThat(why).contains(reason));
    assertThat(report.history()).hasSize(1);
    assertThat(report.vouchers()).isEmpty();
    assertThat(report.auditLogs()).isEmpty();
    assertThat(report.certificates()).isEmpty();
    Map<String, DeviceView> rest = new TreeMap<>();
    site.devices().stream().filter(device -> !device.serial().equals(pledge.serial())).forEach(device -> rest.put(device.serial(), device));
    assertThat(rest.values()).containsExactlyInAnyOrderElementsOf(before);
    assertThat(site.masa.requests).isEmpty();
  }

  private void noCertificate() throws IOException {
    assertThat(report().certificates()).isEmpty();
    assertThat(report().device().state()).isEqualTo("voucher-issued");
  }

  private DeviceReport report() throws IOException {
    return site.report(pledge.serial()).orElseThrow();
  }
}

package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.eider.registrar.server.TestSensor.expect;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.est.coap.CoapAnswer;
import org.eider.est.coap.CoapCall;
import org.eider.est.coap.CoapCode;
import org.eider.pki.Certificates;
import org.eider.pki.CertsOnly;
import org.eider.pki.CoseMessage;
import org.eider.pki.Credential;
import org.eider.pki.Csr;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.server.admin.DecisionForm;
import org.eider.registrar.server.admin.DeviceView;
import org.eider.registrar.server.admin.JournalView;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.eider.voucher.StatusReport;
import org.eider.voucher.Verified;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherRequest;
import org.eider.wire.ContentFormat;
import org.eider.wire.MultipartCore;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A registrar that serves constrained devices: draft-ietf-anima-constrained-voucher sections 6.5, 6.6 and 9.2. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CoapsOnboardingTest {
  private TestSite site;

  @BeforeAll
  void start(@TempDir Path data) throws Exception {
    site = new TestSite(data, TestSite.config().withCoaps(TestSite.config().coaps().at("127.0.0.1").on(0)));
  }

  @BeforeEach
  void honest() throws Exception {
    site.masa.reset();
    site.administration().put(site.manufacturer(Manufacturer.Admission.AUTO));
  }

  @AfterAll
  void stop() {
    site.close();
  }

  private TestSensor sensor(String serial) {
    return new TestSensor(serial, site.maker.idevid(serial), site.registrar.coapsPort().orElseThrow());
  }

  private Verified<Voucher> voucher(CoapAnswer answer) throws Exception {
    assertThat(answer.contentFormat()).hasValue(ContentFormat.VOUCHER_COSE.number());
    return VoucherOpener.voucher(new VoucherArtifact(VoucherFormat.COSE_CBOR, answer.payload()), List.of(site.masa.signer.certificate()));
  }

  @Test
  void aVoucherComesInCoseForThisDeviceThisNonceAndThisDomainWithoutTheMasasCertificates() throws Exception {
    TestSensor sensor = sensor("SENSOR-1");
    try (TestSensor.Line line = sensor.connect()) {
      VoucherRequest request = sensor.request(line).build();
      CoapAnswer answer = expect(CoapCode.CHANGED, line.requestVoucher(TestSensor.sealed(request, sensor.idevid())));
      Voucher voucher = voucher(answer).value();
      assertThat(voucher.serialNumber()).isEqualTo("SENSOR-1");
      assertThat(voucher.nonce()).isEqualTo(request.nonce());
      assertThat(voucher.pinnedDomainCert()).contains(Certificates.der(line.connection().serverChain().get(0)));
      assertThat(CoseMessage.parse(answer.payload()).withoutLooseCertificates()).isEqualTo(answer.payload());
      expect(CoapCode.CHANGED, line.report("vs", StatusReport.success()));
    }
    assertThat(site.masa.requests).first().satisfies(asked -> {
      assertThat(asked.contentType().orElseThrow().toString()).isEqualTo("application/voucher+cose");
      assertThat(asked.headers().first("accept")).contains("application/voucher+cose");
    });
    assertThat(site.report("SENSOR-1").orElseThrow().device().state()).isEqualTo("voucher-accepted");
  }

  @Test
  void theMasaGetsThePledgesRequestOctetForOctetAndBothChains() throws Exception {
    TestSensor sensor = sensor("SENSOR-2");
    try (TestSensor.Line line = sensor.connect()) {
      Octets request = sensor.sealed(sensor.request(line).build());
      expect(CoapCode.CHANGED, line.requestVoucher(request));
      Verified<VoucherRequest> asked = ScriptedMasa.opened(site.masa.requests.element());
      assertThat(asked.value().priorSigned()).contains(request);
      assertThat(asked.value().nonce()).isPresent();
      assertThat(asked.value().idevidIssuer()).isPresent();
      assertThat(asked.signerChain()).containsAll(line.connection().serverChain()).containsAll(sensor.idevid().chain());
      assertThat(asked.signer()).isEqualTo(line.connection().serverChain().get(0));
    }
  }

  @Test
  void devicesOfBothTransportsStandInOneList() throws Exception {
    TestSensor sensor = sensor("SENSOR-3");
    try (TestSensor.Line line = sensor.connect()) {
      expect(CoapCode.CHANGED, sensor.requestVoucher(line));
    }
    site.pledge("MACHINE-3").onboard(TestPledge.newKey());
    assertThat(site.devices()).extracting(DeviceView::serial).contains("SENSOR-3", "MACHINE-3");
  }

  @Test
  void aDeviceThatIsHeldIsToldToComeAgainAndGetsItsVoucherWhenItIsApproved() throws Exception {
    site.administration().put(site.manufacturer(Manufacturer.Admission.MANUAL));
    TestSensor sensor = sensor("SENSOR-4");
    try (TestSensor.Line line = sensor.connect()) {
      Octets request = sensor.sealed(sensor.request(line).build());
      CoapAnswer first = expect(CoapCode.SERVICE_UNAVAILABLE, line.requestVoucher(request));
      CoapAnswer second = expect(CoapCode.SERVICE_UNAVAILABLE, line.requestVoucher(request));
      assertThat(first.maxAge().orElseThrow()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(60)).isEqualTo(second.maxAge().orElseThrow());
      site.administration().decide(new DecisionForm(TestSite.MANUFACTURER, "SENSOR-4", true, 3600, "operator", "seen"));
      voucher(expect(CoapCode.CHANGED, line.requestVoucher(request)));
    }
  }

  @Test
  void aRequestThatTheDtlsClientHasNotSignedIsRefused() throws Exception {
    TestSensor sensor = sensor("SENSOR-5");
    try (TestSensor.Line line = sensor.connect()) {
      VoucherRequest request = sensor.request(line).build();
      expect(CoapCode.FORBIDDEN, line.requestVoucher(TestSensor.sealed(request, site.maker.idevid("SENSOR-5"))));
    }
    assertThat(site.masa.requests).isEmpty();
  }

  @Test
  void aRequestForAnotherRegistrarIsRefused() throws Exception {
    TestSensor sensor = sensor("SENSOR-6");
    try (TestSensor.Line line = sensor.connect()) {
      Octets request = sensor.sealed(sensor.request(line).proximityRegistrarKeySha256(Octets.of(new byte[32])).build());
      expect(CoapCode.UNAUTHORIZED, line.requestVoucher(request));
    }
    assertThat(site.masa.requests).isEmpty();
  }

  @Test
  void aDeviceOfAnUnknownManufacturerIsNotFound() throws Exception {
    TestPki stranger = TestPki.manufacturer("Stranger", "masa.example.net");
    TestSensor sensor = new TestSensor("SENSOR-7", stranger.idevid("SENSOR-7"), site.registrar.coapsPort().orElseThrow());
    try (TestSensor.Line line = sensor.connect()) {
      expect(CoapCode.NOT_FOUND, sensor.requestVoucher(line));
    }
    assertThat(site.report("SENSOR-7")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/.well-known/brski/rv", "/.well-known/brski/requestvoucher", "/b/rv", "/b/requestvoucher"})
  void theOperationHasFourNames(String path) throws Exception {
    TestSensor sensor = sensor("SENSOR-8");
    try (TestSensor.Line line = sensor.connect()) {
      Octets request = sensor.sealed(sensor.request(line).build());
      expect(CoapCode.CHANGED, line.exchange(CoapCall.post(path, ContentFormat.VOUCHER_COSE, request)));
    }
  }

  @ParameterizedTest
  @CsvSource({"402, 836, 2.04", "403, 60, 2.04", "401, 60, 2.04", "999, 60, 4.02"})
  void aPathMayBeANumberAndAnUnknownOneIsABadOption(int number, int format, String code) throws Exception {
    TestSensor sensor = sensor("SENSOR-9");
    try (TestSensor.Line line = sensor.connect()) {
      CoapAnswer voucher = sensor.requestVoucher(line);
      expect(CoapCode.CHANGED, voucher);
      Octets body = format == 60 ? StatusReport.success().encodeCbor() : sensor.sealed(sensor.request(line).build());
      CoapCall call = CoapCall.post("/b", ContentFormat.of(format).orElseThrow(), body).abbreviated(number);
      assertThat(line.exchange(call).code()).hasToString(code);
    }
  }

  @ParameterizedTest
  @CsvSource({
      "/b/rv, 50, 7b7d,   4.15", "/b/rv, 836, 01,  4.00", "/b/rv, 836, '', 4.00",
      "/b/vs, 836, a0,    4.15", "/b/vs, 60, a0,   4.00", "/b/vs, 60, 'a26776657273696f6e0166737461747573f500', 4.00", "/b/es, 50, 7b, 4.00",
      "/b/nothing, 60, a0, 4.04", "/.well-known/brski, 60, a0, 4.04"})
  void whatIsNoSuchRequestHasItsCode(String path, int format, String hex, String code) throws Exception {
    TestSensor sensor = sensor("SENSOR-10");
    try (TestSensor.Line line = sensor.connect()) {
      CoapCall call = CoapCall.post(path, ContentFormat.of(format).orElseThrow(), Octets.hex(hex));
      assertThat(line.exchange(call).code()).hasToString(code);
      expect(CoapCode.CHANGED, sensor.requestVoucher(line));
    }
  }

  @Test
  void aConstrainedDeviceGoesFromNothingToOperationalAndRenews() throws Exception {
    TestSensor sensor = sensor("SENSOR-16");
    KeyPair key = TestPledge.newKey();
    X509Certificate ldevid;
    try (TestSensor.Line line = sensor.connect()) {
      voucher(expect(CoapCode.CHANGED, sensor.requestVoucher(line)));
      expect(CoapCode.CHANGED, line.report("vs", StatusReport.success()));
      CoapAnswer crts = expect(CoapCode.CONTENT, line.exchange(CoapCall.get("/.well-known/est/crts").accepting(ContentFormat.MULTIPART_CORE)));
      List<X509Certificate> authorities = new ArrayList<>();
      for (MultipartCore.Part part : MultipartCore.decode(crts.payload()).parts()) {
        assertThat(part.format()).isEqualTo(ContentFormat.PKIX_CERT.number());
        authorities.add(Certificates.parse(part.content().orElseThrow()));
      }
      assertThat(authorities).last().isEqualTo(site.root());
      Octets csr = Csr.create(new X500Name("serialNumber=SENSOR-16"), key, Optional.empty(), List.of());
      CoapCall sen = CoapCall.post("/.well-known/est/sen", ContentFormat.PKCS10, csr).accepting(ContentFormat.PKIX_CERT);
      ldevid = Certificates.parse(expect(CoapCode.CHANGED, line.exchange(sen)).payload());
      assertThat(ldevid.getPublicKey()).isEqualTo(key.getPublic());
      ldevid.verify(authorities.get(0).getPublicKey());
    }
    try (TestSensor.Line line = sensor.connect(new Credential(key.getPrivate(), List.of(ldevid)))) {
      expect(CoapCode.CHANGED, line.report("es", StatusReport.success()));
      X500Name subject = X500Name.getInstance(ldevid.getSubjectX500Principal().getEncoded());
      Octets csr = Csr.create(subject, TestPledge.newKey(), Optional.empty(), List.of());
      CoapCall sren = CoapCall.post("/e/sren", ContentFormat.PKCS10, csr).accepting(ContentFormat.CERTS_ONLY);
      assertThat(CertsOnly.decode(expect(CoapCode.CHANGED, line.exchange(sren)).payload())).singleElement()
          .satisfies(renewed -> assertThat(renewed.getSubjectX500Principal()).isEqualTo(ldevid.getSubjectX500Principal()));
    }
    assertThat(site.report("SENSOR-16").orElseThrow().device().state()).isEqualTo("operational");
  }

  @Test
  void anEnrolmentWithoutVoucherIsForbidden() throws Exception {
    TestSensor sensor = sensor("SENSOR-17");
    try (TestSensor.Line line = sensor.connect()) {
      Octets csr = Csr.create(new X500Name("serialNumber=SENSOR-17"), TestPledge.newKey(), Optional.empty(), List.of());
      expect(CoapCode.FORBIDDEN, line.exchange(CoapCall.post("/.well-known/est/sen", ContentFormat.PKCS10, csr)));
    }
  }

  @Test
  void discoveryTellsOfBothRootsAndOfTheBaseAlone() throws Exception {
    TestSensor sensor = sensor("SENSOR-18");
    try (TestSensor.Line line = sensor.connect()) {
      CoapCall core = CoapCall.get("/.well-known/core");
      assertThat(line.exchange(core.with("rt=brski*")).payload().utf8())
          .contains("</b>;rt=brski", "</b/rv>;rt=brski.rv;ct=836", "</b/vs>;rt=brski.vs;ct=\"50 60\"").doesNotContain("ace.est");
      assertThat(line.exchange(core.with("rt=brski")).payload().utf8()).isEqualTo("</b>;rt=brski");
      assertThat(line.exchange(core.with("rt=ace.est*")).payload().utf8()).contains("ace.est.sen").doesNotContain("brski");
    }
  }

  @Test
  void anAcceptThatExcludesVouchersIsNotAcceptable() throws Exception {
    TestSensor sensor = sensor("SENSOR-11");
    try (TestSensor.Line line = sensor.connect()) {
      Octets request = sensor.sealed(sensor.request(line).build());
      CoapCall call = CoapCall.post("/b/rv", ContentFormat.VOUCHER_COSE, request).accepting(ContentFormat.JSON);
      expect(CoapCode.NOT_ACCEPTABLE, line.exchange(call));
      expect(CoapCode.METHOD_NOT_ALLOWED, line.exchange(CoapCall.get("/b/rv")));
    }
  }

  @Test
  void telemetryMayBeInJsonToo() throws Exception {
    TestSensor sensor = sensor("SENSOR-12");
    try (TestSensor.Line line = sensor.connect()) {
      expect(CoapCode.CHANGED, sensor.requestVoucher(line));
      CoapAnswer answer = expect(CoapCode.CHANGED,
          line.exchange(CoapCall.post("/b/vs", ContentFormat.JSON, StatusReport.failure("no such pin").encode())));
      assertThat(answer.payload()).isEqualTo(Octets.empty());
    }
    assertThat(site.report("SENSOR-12").orElseThrow().device().state()).isEqualTo("voucher-rejected");
  }

  @Test
  void aSlowMasaIsWaitedForInASeparateResponse() throws Exception {
    site.masa.onRequest = request -> {
      try {
        Thread.sleep(Duration.ofMillis(1200).toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return site.masa.voucher(request);
    };
    TestSensor sensor = sensor("SENSOR-13");
    try (TestSensor.Line line = sensor.connect()) {
      voucher(expect(CoapCode.CHANGED, sensor.requestVoucher(line)));
    }
    assertThat(site.masa.requests).as("a repeated message is no second request").hasSize(2);
  }

  @Test
  void theMetricsCountBothTransports() throws Exception {
    TestSensor sensor = sensor("SENSOR-14");
    try (TestSensor.Line line = sensor.connect()) {
      expect(CoapCode.CHANGED, sensor.requestVoucher(line));
    }
    assertThat(MonitoringTest.metrics(site))
        .contains("eider_exchanges_total{reason=\"none\",route=\"/.well-known/brski/rv\",status=\"2.04\"}")
        .contains("eider_dtls_sessions_opened_total", "eider_dtls_handshake_seconds_count{outcome=\"done\"}");
  }

  @Test
  void everythingIsWrittenInTheJournalUnderTheSessionOfTheLog() throws Exception {
    TestSensor sensor = sensor("SENSOR-15");
    try (LogLines log = LogLines.ofEider(); TestSensor.Line line = sensor.connect()) {
      expect(CoapCode.CHANGED, sensor.requestVoucher(line));
      await().until(() -> !log.with("path=/.well-known/brski/rv").isEmpty());
      String exchange = log.with("path=/.well-known/brski/rv").get(0);
      assertThat(exchange).contains("method=POST", "2.04", "device=acme/SENSOR-15");
      List<JournalView> entries = site.administration().journalOf(new DeviceId(TestSite.MANUFACTURER, "SENSOR-15"), 50);
      assertThat(entries).extracting(JournalView::step).contains("voucher-requested", "voucher-issued");
      assertThat(entries).allSatisfy(entry -> assertThat(exchange).contains("session=" + entry.session().orElseThrow()));
    }
  }
}

package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eider.est.http.HttpRequest;
import org.eider.est.http.HttpResponse;
import org.eider.pki.Bc;
import org.eider.pki.Certificates;
import org.eider.pki.CertsOnly;
import org.eider.pki.Credential;
import org.eider.pki.CsrAttributes;
import org.eider.pki.KeyType;
import org.eider.pki.TrustAnchors;
import org.eider.registrar.server.admin.DeviceReport;
import org.eider.testkit.TestPki;
import org.eider.voucher.AuditLog;
import org.eider.voucher.StatusReport;
import org.eider.voucher.Verified;
import org.eider.voucher.VoucherRequest;
import org.eider.wire.Base64Text;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OnboardingTest {
  private TestSite site;

  @BeforeAll
  void start(@TempDir Path data) throws Exception {
    site = new TestSite(data);
  }

  @BeforeEach
  void honest() {
    site.masa.reset();
  }

  @AfterAll
  void stop() {
    site.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aDeviceGoesFromNothingToOperationalAndRenews(String protocol) throws Exception {
    TestPledge pledge = site.pledge("SN-" + protocol);
    KeyPair key = TestPledge.newKey();
    X509Certificate ldevid;
    try (TestPledge.Line line = pledge.connect(Optional.of(pledge.idevid()), protocol)) {
      assertThat(line.connection().protocol()).isEqualTo(protocol);
      HttpResponse voucher = TestPledge.expect(200, pledge.requestVoucher(line));
      assertThat(voucher.headers().first("content-type")).hasValue("application/voucher-cms+json");
      TestPledge.expect(200, line.report("voucher_status", StatusReport.success()));
      assertThat(state(pledge)).isEqualTo("voucher-accepted");
      List<X509Certificate> authorities = CertsOnly.decode(got(line, "cacerts"));
      assertThat(authorities).hasSize(2).contains(site.root());
      assertThat(CsrAttributes.parse(got(line, "csrattrs")).keyType()).hasValue(KeyType.P256);
      ldevid = TestPledge.issued(TestPledge.expect(200, pledge.enrol(line, "simpleenroll", key)));
      TrustAnchors.of(List.of(site.root())).validate(List.of(ldevid, authorities.get(0), authorities.get(1)), TestPki.NOW);
      assertThat(line.connection().isOpen()).isTrue();
    }
    assertThat(Certificates.subjectSerialNumber(ldevid)).hasValue(pledge.serial());
    assertThat(state(pledge)).isEqualTo("enrolled");

    Credential credential = new Credential(key.getPrivate(), List.of(ldevid));
    try (TestPledge.Line line = pledge.connect(Optional.of(credential), protocol)) {
      TestPledge.expect(200, line.report("enrollstatus", StatusReport.success()));
      assertThat(state(pledge)).isEqualTo("operational");
      X509Certificate renewed = TestPledge.issued(TestPledge.expect(200, TestPledge.renew(line, ldevid, key)));
      assertThat(renewed.getSubjectX500Principal()).isEqualTo(ldevid.getSubjectX500Principal());
      assertThat(renewed.getSerialNumber()).isNotEqualTo(ldevid.getSerialNumber());
      X509Certificate rekeyed = TestPledge.issued(TestPledge.expect(200, TestPledge.renew(line, ldevid, TestPledge.newKey())));
      assertThat(rekeyed.getPublicKey()).isNotEqualTo(ldevid.getPublicKey());
    }
    assertThat(site.report(pledge.serial()).orElseThrow().certificates()).hasSize(3);
  }

  @Test
  void theMasaGetsTheRegistrarsRequestWithThePledgesInsideByteForByte() throws Exception {
    TestPledge pledge = site.pledge("SN-RVR");
    try (TestPledge.Line line = pledge.connect()) {
      VoucherRequest asked = pledge.request(line).build();
      Octets pvr = pledge.sealed(asked);
      TestPledge.expect(200, line.requestVoucher(pvr));

      HttpRequest received = site.masa.requests.element();
      assertThat(received.headers().first("content-type")).hasValue("application/voucher-cms+json");
      assertThat(received.headers().first("accept")).hasValue("application/voucher-cms+json");
      Verified<VoucherRequest> rvr = ScriptedMasa.opened(received);
      assertThat(rvr.value().priorSigned()).hasValue(pvr);
      assertThat(rvr.value().nonce()).isEqualTo(asked.nonce());
      assertThat(rvr.value().serialNumber()).isEqualTo("SN-RVR");
      assertThat(rvr.value().idevidIssuer()).hasValue(Certificates.idevidIssuer(pledge.idevid().certificate()));
      assertThat(rvr.value().proximityRegistrarCert()).isEmpty();
      assertThat(Certificates.hasExtendedKeyUsage(rvr.signer(), Certificates.CMC_RA)).isTrue();
      assertThat(rvr.signer()).isEqualTo(line.connection().serverChain().get(0));
    }
  }

  @Test
  void theMasaSeesTheRegistrarsCertificateWhenItAsks() throws Exception {
    TestPledge pledge = site.pledge("SN-CLIENT");
    try (TestPledge.Line line = pledge.connect()) {
      TestPledge.expect(200, pledge.requestVoucher(line));
      assertThat(site.masa.requests.element().session().client()).hasValue(line.connection().serverChain().get(0));
    }
  }

  @Test
  void theMasasOctetsArePassedOnUnchanged() throws Exception {
    TestPledge pledge = site.pledge("SN-OCTETS");
    Octets[] sent = new Octets[1];
    site.masa.onRequest = request -> {
      HttpResponse answer = site.masa.voucher(request);
      sent[0] = answer.body();
      return answer;
    };
    try (TestPledge.Line line = pledge.connect()) {
      assertThat(TestPledge.expect(200, pledge.requestVoucher(line)).body()).isEqualTo(sent[0]);
    }
    assertThat(site.report("SN-OCTETS").orElseThrow().vouchers().get(0).voucher()).isEqualTo(sent[0].base64());
  }

  @Test
  void anIdenticalRequestGetsTheSameVoucherWithoutAskingTheMasaAgain() throws Exception {
    TestPledge pledge = site.pledge("SN-TWICE");
    try (TestPledge.Line line = pledge.connect()) {
      Octets pvr = pledge.sealed(pledge.request(line).build());
      HttpResponse first = TestPledge.expect(200, line.requestVoucher(pvr));
      HttpResponse second = TestPledge.expect(200, line.requestVoucher(pvr));
      assertThat(second.body()).isEqualTo(first.body());
    }
    assertThat(site.masa.requests.stream().filter(request -> request.path().endsWith("requestvoucher"))).hasSize(1);
  }

  @Test
  void theAuditLogIsKeptAsReceived() throws Exception {
    TestPledge pledge = site.pledge("SN-AUDIT");
    try (TestPledge.Line line = pledge.connect()) {
      TestPledge.expect(200, pledge.requestVoucher(line));
    }
    DeviceReport report = site.report("SN-AUDIT").orElseThrow();
    assertThat(AuditLog.parse(Octets.utf8(report.auditLogs().get(0).body().orElseThrow())).events()).hasSize(1);
  }

  @Test
  void anAuditLogBehindALocationIsFetched() throws Exception {
    site.masa.onAuditLog = request -> {
      HttpResponse log = site.masa.auditLog(request);
      site.masa.onElse = fetched -> fetched.path().equals("/logs/1") ? log : HttpResponse.empty(404);
      return ScriptedMasa.redirect(201, "/logs/1");
    };
    TestPledge pledge = site.pledge("SN-LOCATION");
    try (TestPledge.Line line = pledge.connect()) {
      TestPledge.expect(200, pledge.requestVoucher(line));
    }
    assertThat(site.report("SN-LOCATION").orElseThrow().auditLogs().get(0).body()).isPresent();
    assertThat(site.masa.requests).anySatisfy(request -> assertThat(request.method() + " " + request.path()).isEqualTo("GET /logs/1"));
  }

  @Test
  void aVoucherIsWithheldWhileTheAuditLogIsNotToBeHad() throws Exception {
    site.masa.onAuditLog = request -> HttpResponse.text(404, "no log");
    TestPledge pledge = site.pledge("SN-NOLOG");
    try (TestPledge.Line line = pledge.connect()) {
      TestPledge.expect(202, pledge.requestVoucher(line));
    }
    assertThat(site.report("SN-NOLOG").orElseThrow().auditLogs().get(0).unavailable())
        .hasValueSatisfying(why -> assertThat(why).contains("MASA_UNKNOWN_DEVICE"));
  }

  @Test
  void aRejectedVoucherClosesEnrolment() throws Exception {
    TestPledge pledge = site.pledge("SN-REJECTS");
    try (TestPledge.Line line = pledge.connect()) {
      TestPledge.expect(200, pledge.requestVoucher(line));
      TestPledge.expect(200, line.report("voucher_status", StatusReport.failure("the pin is not mine")));
      TestPledge.expect(403, pledge.enrol(line, "simpleenroll", TestPledge.newKey()));
    }
    DeviceReport report = site.report("SN-REJECTS").orElseThrow();
    assertThat(report.device().state()).isEqualTo("voucher-rejected");
    assertThat(report.telemetry().get(0).reason()).hasValue("the pin is not mine");
  }

  @Test
  void whileTheMasaAsksToComeAgainThePledgeIsToldToWait() throws Exception {
    site.masa.onRequest = request -> HttpResponse.retryAfter(Duration.ofSeconds(7));
    TestPledge pledge = site.pledge("SN-LATER");
    try (TestPledge.Line line = pledge.connect()) {
      HttpResponse answer = TestPledge.expect(202, pledge.requestVoucher(line));
      assertThat(Integer.parseInt(answer.headers().first("retry-after").orElseThrow())).isBetween(45, 60);
      site.masa.reset();
      TestPledge.expect(200, pledge.requestVoucher(line));
    }
  }

  @Test
  void mediaTypesAreComparedWithoutCaseAndParameters() throws Exception {
    TestPledge pledge = site.pledge("SN-CASE");
    site.masa.onRequest = request -> site.masa.voucher(request).with("content-type", "Application/Voucher-CMS+JSON; charset=utf-8");
    try (TestPledge.Line line = pledge.connect()) {
      HttpResponse answer = line.post("/.well-known/brski/requestvoucher", pledge.sealed(pledge.request(line).build()),
          java.util.Map.of("content-type", "APPLICATION/voucher-cms+json; x=y", "accept", "text/html, application/*;q=0.5",
              "content-transfer-encoding", "base64"));
      TestPledge.expect(200, answer);
    }
  }

  @Test
  void theRegistrarShowsItsNamesAndItsWholeChain() throws Exception {
    try (TestPledge.Line line = site.pledge("SN-NAMES").connect()) {
      List<X509Certificate> chain = line.connection().serverChain();
      chain.get(0).verify(chain.get(1).getPublicKey(), Bc.PROVIDER);
      assertThat(chain.get(0).getSubjectAlternativeNames().stream().map(name -> name.get(1).toString()))
          .contains("registrar.example.net", "localhost", "127.0.0.1");
      assertThat(Certificates.hasExtendedKeyUsage(chain.get(0), Certificates.CMC_RA)).isTrue();
      assertThat(Certificates.subjectKeyId(chain.get(0))).isPresent();
    }
  }

  @Test
  void anIdevidWithoutEndIsFine() throws Exception {
    TestPledge pledge = site.pledge("SN-9999");
    assertThat(pledge.idevid().certificate().getNotAfter().toInstant()).isEqualTo("9999-12-31T23:59:59Z");
    assertThat(pledge.onboard(TestPledge.newKey()).certificate().getNotAfter().toInstant()).isBefore(TestPki.NOW.plus(Duration.ofDays(366)));
  }

  private static Octets got(TestPledge.Line line, String operation) throws Exception {
    return Base64Text.body(TestPledge.expect(200, line.get("/.well-known/est/" + operation)).body(), "body");
  }

  private String state(TestPledge pledge) throws Exception {
    return site.report(pledge.serial()).orElseThrow().device().state();
  }
}

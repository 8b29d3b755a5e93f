package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eider.est.http.HttpRequest;
import org.eider.est.http.HttpResponse;
import org.eider.pki.Certificates;
import org.eider.pki.CoseMessage;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.AuditLog;
import org.eider.voucher.KeyStyle;
import org.eider.voucher.Nonce;
import org.eider.voucher.SidRevision;
import org.eider.voucher.StatusReport;
import org.eider.voucher.Verified;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Pledges that speak HTTPS and COSE (constrained BRSKI section 12.3). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CoseOverHttpsTest {
  private static final String REQUEST = "/.well-known/brski/requestvoucher";
  private static final String STATUS = "/.well-known/brski/voucher_status";
  private static final String CMS = "application/voucher-cms+json";
  private static final String COSE = "application/voucher+cose";
  private static final KeyStyle SIDS = KeyStyle.sids(SidRevision.CURRENT);

  private TestSite site;
  private TestPledge pledge;

  @BeforeAll
  void start(@TempDir Path data) throws Exception {
    site = new TestSite(data);
  }

  @AfterAll
  void stop() {
    site.close();
  }

  @BeforeEach
  void answersInCose(TestInfo test) {
    site.masa.reset();
    site.masa.onRequest = request -> HttpResponse.ok(MediaType.VOUCHER_COSE, voucher(request));
    site.masa.onAuditLog = request -> HttpResponse.ok(MediaType.JSON, new AuditLog(1,
        List.of(new AuditLog.Event(TestPki.NOW, Certificates.domainId(opened(request).signer()),
            opened(request).value().nonce().map(Nonce::text), Optional.of(Assertion.PROXIMITY), 0)),
        AuditLog.Truncation.NONE).encode());
    pledge = site.pledge("COSE-" + test.getTestMethod().orElseThrow().getName());
  }

  @Test
  void aRequestInCoseGetsAVoucherInCoseWithoutCertificatesAndTelemetryIsTakenInCbor() throws Exception {
    try (TestPledge.Line line = pledge.connect()) {
      HttpResponse answer = TestPledge.expect(200, line.post(REQUEST, request(line), Map.of("content-type", COSE, "accept", COSE)));
      assertThat(answer.headers().first("content-type")).contains(COSE);
      assertThat(CoseMessage.parse(answer.body()).looseCertificates()).isZero();
      assertThat(VoucherOpener.voucher(new VoucherArtifact(VoucherFormat.COSE_CBOR, answer.body()), List.of(site.masa.signer.certificate()))
          .value().serialNumber()).isEqualTo(pledge.serial());

      HttpRequest asked = site.masa.requests.peek();
      assertThat(asked.headers().first("content-type")).contains(COSE);
      assertThat(asked.headers().first("accept")).contains(COSE);

      TestPledge.expect(200, line.post(STATUS, StatusReport.success().encodeCbor(), Map.of("content-type", "application/cbor")));
      TestPledge.expect(200, pledge.enrol(line, "simpleenroll", TestPledge.newKey()));
    }
  }

  @Test
  void telemetryInCborIsShownAsPeopleReadIt() throws Exception {
    try (TestPledge.Line line = pledge.connect()) {
      TestPledge.expect(200, line.post(REQUEST, request(line), Map.of("content-type", COSE)));
      TestPledge.expect(200, line.post(STATUS, StatusReport.failure("no time").encodeCbor(), Map.of("content-type", "application/cbor")));
      assertThat(site.report(pledge.serial()).orElseThrow().telemetry()).singleElement().satisfies(telemetry ->
          assertThat(telemetry.body()).isEqualTo("{\"version\": 1, \"status\": false, \"reason\": \"no time\"}"));
    }
  }

  @Test
  void theOtherFormatIsNotGivenForCoseNorCoseForTheOther() throws Exception {
    try (TestPledge.Line line = pledge.connect()) {
      Map<String, String> crossed = Map.of("content-type", COSE, "accept", CMS);
      assertThat(line.post(REQUEST, request(line), crossed).status()).isEqualTo(406);
      assertThat(line.post(REQUEST, request(line), Map.of("content-type", CMS)).status()).isEqualTo(400);
      assertThat(line.post(REQUEST, pledge.sealed(pledge.request(line).build()), Map.of("content-type", COSE)).status()).isEqualTo(400);
      assertThat(line.post(REQUEST, request(line), Map.of("content-type", "application/cose")).status()).isEqualTo(415);
      TestPledge.expect(200, line.post(REQUEST, request(line), Map.of("content-type", COSE)));
    }
  }

  @Test
  void telemetryThatIsNoneIs400AndOfAnotherType415() throws Exception {
    try (TestPledge.Line line = pledge.connect()) {
      assertThat(line.post(STATUS, StatusReport.success().encode(), Map.of("content-type", "application/cbor")).status()).isEqualTo(400);
      Octets cbor = StatusReport.success().encodeCbor();
      assertThat(line.post(STATUS, cbor, Map.of("content-type", "application/json")).status()).isEqualTo(400);
      assertThat(line.post(STATUS, Octets.hex("a1616100ff"), Map.of("content-type", "application/cbor")).status()).isEqualTo(400);
      assertThat(line.post(STATUS, StatusReport.success().encodeCbor(), Map.of("content-type", "text/plain")).status()).isEqualTo(415);
    }
  }

  @Test
  void aMasaThatAnswersInTheOtherFormatIs502() throws Exception {
    site.masa.onRequest = request -> {
      Voucher voucher = Voucher.of(opened(request).value().serialNumber()).build();
      return HttpResponse.ok(MediaType.VOUCHER_CMS_JSON, VoucherSealer.cms().seal(voucher, site.masa.signer, TestPki.NOW).bytes());
    };
    try (TestPledge.Line line = pledge.connect()) {
      assertThat(line.post(REQUEST, request(line), Map.of("content-type", COSE)).status()).isEqualTo(502);
    }
  }

  private Octets request(TestPledge.Line line) {
    Octets key = Octets.of(line.connection().serverChain().get(0).getPublicKey().getEncoded());
    VoucherRequest request = VoucherRequest.of(pledge.serial()).assertion(Optional.of(Assertion.PROXIMITY))
        .nonce(Optional.of(TestPledge.nonce())).proximityRegistrarKey(key).build();
    return VoucherSealer.bareCose(SIDS).seal(request, pledge.idevid(), TestPki.NOW).bytes();
  }

  private Octets voucher(HttpRequest request) {
    Verified<VoucherRequest> asked = opened(request);
    Voucher voucher = Voucher.of(asked.value().serialNumber()).assertion(Assertion.PROXIMITY).createdOn(TestPki.NOW)
        .nonce(asked.value().nonce()).pinnedDomainKey(Octets.of(asked.signer().getPublicKey().getEncoded())).build();
    return VoucherSealer.cose(SIDS).seal(voucher, site.masa.signer, TestPki.NOW).bytes();
  }

  private static Verified<VoucherRequest> opened(HttpRequest request) {
    try {
      return VoucherOpener.request(new VoucherArtifact(VoucherFormat.COSE_CBOR, request.body()), List.of());
    } catch (org.eider.wire.DecodeException | org.eider.pki.UntrustedException e) {
      throw new AssertionError("the registrar's request cannot be opened", e);
    }
  }
}

package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.est.http.Headers;
import org.eider.est.http.HttpHandler;
import org.eider.est.http.HttpResponse;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Certificates;
import org.eider.pki.CmsSealer;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.MasaUri;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.server.admin.DeviceReport;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherJson;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a MASA can do wrong: the pledge gets the protocol's code, the log one line with the reason, and no voucher is relayed or kept. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MasaTroubleTest {
  private static final TestPki FOREIGN = TestPki.root("Foreign");

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
  void honest(TestInfo test) throws Exception {
    site.masa.reset();
    site.administration().put(site.manufacturer(Manufacturer.Admission.AUTO));
    pledge = site.pledge("MASA-" + test.getTestMethod().orElseThrow().getName() + Math.abs(test.getDisplayName().hashCode()));
  }

  @ParameterizedTest
  @CsvSource({"404,404,MASA_UNKNOWN_DEVICE", "400,403,MASA_REFUSED", "401,403,MASA_REFUSED", "403,403,MASA_REFUSED", "406,403,MASA_REFUSED",
      "415,403,MASA_REFUSED", "204,502,MASA_FAILED", "303,502,MASA_FAILED"})
  void itsStatusCodeIsTranslated(int status, int expected, String reason) throws Exception {
    refused(expected, reason, request -> HttpResponse.text(status, "because"));
  }

  @Test
  void itsExplanationIsPassedOnWithoutControlCharactersAndBounded() throws Exception {
    String answer = refused(403, "MASA_REFUSED", request -> HttpResponse.text(403, "not\r\nyours\u001b[31m\u202e" + "x".repeat(5000)));
    assertThat(answer).contains("not  yours [31m").doesNotContain("\u001b", "\u202e", "\r").hasSizeLessThan(300);
  }

  @Test
  void anHtmlPageIsNoVoucher() throws Exception {
    String answer = refused(502, "MASA_FAILED",
        request -> HttpResponse.ok(new MediaType("text", "html", Map.of()), Octets.utf8("<html><script>alert(1)</script></html>")));
    assertThat(answer).contains("text/html").doesNotContain("<");
  }

  @Test
  void anHtmlErrorPageIsNotPassedOn() throws Exception {
    String answer = refused(403, "MASA_REFUSED", request -> new HttpResponse(403, Headers.of(Map.of("content-type", "text/html")),
        Octets.utf8("<html>go away</html>"), false));
    assertThat(answer).doesNotContain("go away");
  }

  @Test
  void anAnswerWithoutMediaTypeIsNoVoucher() throws Exception {
    refused(502, "MASA_FAILED", request -> new HttpResponse(200, Headers.NONE, site.masa.voucher(request).body(), false));
  }

  @Test
  void anEmptyAnswerIsNoVoucher() throws Exception {
    refused(502, "MASA_FAILED", request -> ScriptedMasa.answer(Octets.empty()));
  }

  @Test
  void noiseIsNoVoucher() throws Exception {
    refused(502, "MASA_FAILED", request -> ScriptedMasa.answer(Octets.utf8("noise")));
  }

  @Test
  void anAnswerBeyondTheLimitIsRefused() throws Exception {
    refused(502, "MASA_FAILED", request -> ScriptedMasa.answer(Octets.of(new byte[200 * 1024])));
    refused(502, "MASA_FAILED", request -> ScriptedMasa.answer(Octets.of(new byte[2 << 20])));
  }

  @Test
  void aMasaOfAnotherTlsRootIsNotTrusted() throws Exception {
    site.administration().put(with(site.manufacturer(Manufacturer.Admission.AUTO), Optional.of(TestSite.masaAt("localhost:" + site.masa.port())),
        Set.of(), List.of(FOREIGN.certificate())));
    refused(502, "MASA_UNTRUSTED", request -> site.masa.voucher(request));
    assertThat(site.masa.requests).isEmpty();
  }

  @Test
  void aPrivateMasaIsNotTrustedByThePublicAnchors() throws Exception {
    site.administration().put(with(site.manufacturer(Manufacturer.Admission.AUTO), Optional.of(TestSite.masaAt("localhost:" + site.masa.port())),
        Set.of(), List.of()));
    refused(502, "MASA_UNTRUSTED", request -> site.masa.voucher(request));
    assertThat(site.masa.requests).isEmpty();
  }

  @Test
  void aMasaThatHasAnotherNameIsNotTrusted() throws Exception {
    site.administration().put(with(site.manufacturer(Manufacturer.Admission.AUTO), Optional.of(TestSite.masaAt("127.0.0.1:" + site.masa.port())),
        Set.of(), List.of(site.masa.tlsRoot.certificate())));
    refused(502, "MASA_UNTRUSTED", request -> site.masa.voucher(request));
    assertThat(site.masa.requests).isEmpty();
  }

  @Test
  void aCertificateThatIsNotForServersIsNotTrusted() throws Exception {
    try (ScriptedMasa client = new ScriptedMasa(root -> root.entity(new X500Name("CN=client"), List.of(
        CertificateMaker.extendedKeyUsage(List.of("1.3.6.1.5.5.7.3.2")), CertificateMaker.subjectAltName(List.of("localhost"), List.of()))))) {
      site.administration().put(with(site.manufacturer(Manufacturer.Admission.AUTO), Optional.of(TestSite.masaAt("localhost:" + client.port())),
          Set.of(), List.of(client.tlsRoot.certificate())));
      assertThat(refused(502, "MASA_UNTRUSTED", request -> site.masa.voucher(request))).contains("not for TLS servers");
      assertThat(client.requests).isEmpty();
    }
  }

  @Test
  void aMasaThatTheIdevidNamesIsContactedOnlyWhenItsManufacturerMayNameIt() throws Exception {
    Manufacturer manufacturer = site.manufacturer(Manufacturer.Admission.AUTO);
    for (Set<String> others : List.<Set<String>>of(Set.of(), Set.of("masa.example.com"), Set.of("localhost:1"))) {
      site.administration().put(with(manufacturer, Optional.empty(), others, manufacturer.masaTlsAnchors()));
      refused(403, "MASA_NOT_ALLOWED", request -> site.masa.voucher(request));
      assertThat(site.masa.requests).isEmpty();
    }
    site.administration().put(with(manufacturer, Optional.empty(), Set.of("localhost:" + site.masa.port()), manufacturer.masaTlsAnchors()));
    try (TestPledge.Line line = pledge.connect()) {
      TestPledge.expect(200, pledge.requestVoucher(line));
    }
  }

  @Test
  void aVoucherForAnotherSerialNumberIsNotRelayed() throws Exception {
    mismatched(voucher -> new Voucher("ANOTHER", voucher.assertion(), voucher.createdOn(), voucher.expiresOn(), voucher.lastRenewalDate(),
        voucher.revocationChecks(), voucher.nonce(), voucher.idevidIssuer(), voucher.pinnedDomainCert(), voucher.pinnedDomainKey(),
        voucher.pinnedDomainKeySha256(), voucher.estDomain(), voucher.additionalConfigurationUrl()));
  }

  @Test
  void aVoucherWithAnotherNonceIsNotRelayed() throws Exception {
    refused(502, "VOUCHER_MISMATCH",
        request -> site.masa.answer(site.masa.voucherFor(request).nonce(Optional.of(TestPledge.nonce())).build(), site.masa.signer));
  }

  @Test
  void aVoucherWithoutNonceIsNotRelayed() throws Exception {
    refused(502, "VOUCHER_MISMATCH", request -> site.masa.answer(site.masa.voucherFor(request).nonce(Optional.empty()).build(), site.masa.signer));
  }

  @Test
  void aVoucherForAnotherDomainIsNotRelayed() throws Exception {
    refused(502, "VOUCHER_MISMATCH", request -> site.masa.answer(
        site.masa.voucherFor(request).pinnedDomainCert(Certificates.der(FOREIGN.certificate())).build(), site.masa.signer));
  }

  @Test
  void anExpiredVoucherIsNotRelayed() throws Exception {
    refused(502, "VOUCHER_MISMATCH", request -> site.masa.answer(
        site.masa.voucherFor(request).expiresOn(TestPki.NOW.minus(Duration.ofDays(1))).build(), site.masa.signer));
  }

  @Test
  void aForeignSignedVoucherIsNotRelayed() throws Exception {
    Credential foreign = FOREIGN.signer("MASA", KeyType.P256);
    refused(502, "VOUCHER_UNTRUSTED", request -> site.masa.answer(site.masa.voucherFor(request).build(), foreign));
  }

  @Test
  void aVoucherThatTheTlsRootSignedIsNotRelayed() throws Exception {
    Credential tls = site.masa.tlsRoot.signer("MASA", KeyType.P256);
    refused(502, "VOUCHER_UNTRUSTED", request -> site.masa.answer(site.masa.voucherFor(request).build(), tls));
  }

  @Test
  void anUnsignedVoucherIsNotRelayed() throws Exception {
    refused(502, "MASA_FAILED", request -> ScriptedMasa.answer(VoucherJson.encode(site.masa.voucherFor(request).build())));
    refused(502, "VOUCHER_UNTRUSTED", request -> ScriptedMasa.answer(withoutSigner(VoucherJson.encode(site.masa.voucherFor(request).build()))));
  }

  @Test
  void aRequestEchoedBackIsNoVoucher() throws Exception {
    refused(502, "MASA_FAILED", request -> ScriptedMasa.answer(request.body()));
  }

  @Test
  void oneRedirectToAnAllowedHostIsFollowedWithTheSameRequest() throws Exception {
    site.masa.onRequest = request -> ScriptedMasa.redirect(307, "https://localhost:" + site.masa.port() + "/elsewhere?x=1");
    site.masa.onElse = request -> request.path().equals("/elsewhere") ? site.masa.voucher(request) : HttpResponse.empty(404);
    try (TestPledge.Line line = pledge.connect()) {
      TestPledge.expect(200, pledge.requestVoucher(line));
    }
    assertThat(site.masa.requests.stream().filter(request -> request.path().equals("/elsewhere")).findFirst().orElseThrow())
        .satisfies(request -> assertThat(request.method()).isEqualTo("POST"))
        .satisfies(request -> assertThat(request.body()).isEqualTo(site.masa.requests.element().body()));
  }

  @Test
  void twoRedirectsAreOneTooMany() throws Exception {
    site.masa.onElse = request -> ScriptedMasa.redirect(307, "/again");
    refused(502, "MASA_FAILED", request -> ScriptedMasa.redirect(307, "/once"));
    assertThat(site.masa.requests).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"http://localhost/x", "https://evil.example/x", "https://localhost@evil.example/x", "https://user@localhost/x", "ftp://localhost/x",
      "https://127.0.0.1/x", "''", "'https://[::1]/x'", "'https://exa mple/'", "//evil.example/x"})
  void aRedirectElsewhereIsNotFollowed(String location) throws Exception {
    refused(502, "MASA_FAILED", request -> location.isEmpty() ? HttpResponse.empty(307) : ScriptedMasa.redirect(307, location));
    assertThat(site.masa.requests).hasSize(1);
  }

  @Test
  void afterAllThisAnHonestMasaIsAskedOverTheSameConnectionAgain() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (TestPledge.Line line = pledge.connect()) {
        TestPledge.expect(200, pledge.requestVoucher(line));
      }
    }
    assertThat(site.masa.requests.stream().map(request -> request.session().id()).distinct()).hasSize(1);
  }

  private void mismatched(UnaryOperator<Voucher> change) throws Exception {
    refused(502, "VOUCHER_MISMATCH", request -> site.masa.answer(change.apply(site.masa.voucherFor(request).build()), site.masa.signer));
  }

  /** The pledge's answer. */
  private String refused(int status, String reason, HttpHandler masa) throws Exception {
    site.masa.onRequest = masa;
    try (LogLines log = LogLines.ofEider(); TestPledge.Line line = pledge.connect()) {
      HttpResponse answer = pledge.requestVoucher(line);
      assertThat(answer.status()).as(answer.body().utf8()).isEqualTo(status);
      await().untilAsserted(() -> assertThat(log.with("reason=" + reason)).hasSize(1));
      assertThat(log.faults()).isEmpty();
      DeviceReport report = site.report(pledge.serial()).orElseThrow();
      assertThat(report.device().state()).isEqualTo("refused");
      assertThat(report.device().refused()).hasValueSatisfying(why -> assertThat(why).contains(reason));
      assertThat(report.vouchers()).isEmpty();
      assertThat(report.certificates()).isEmpty();
      assertThat(pledge.enrol(line, "simpleenroll", TestPledge.newKey()).status()).isEqualTo(403);
      return answer.body().utf8();
    }
  }

  private static Manufacturer with(Manufacturer one, Optional<MasaUri> masa, Set<String> hosts, List<java.security.cert.X509Certificate> tlsAnchors) {
    return new Manufacturer(one.name(), one.idevidAnchors(), masa, hosts, tlsAnchors, one.voucherAnchors(), one.admission(), one.serialNumbers(),
        one.ignoreIdevidValidity());
  }

  private static Octets withoutSigner(Octets content) {
    try {
      var type = new org.bouncycastle.asn1.ASN1ObjectIdentifier(CmsSealer.ANIMA_JSON_VOUCHER);
      var data = new org.bouncycastle.cms.CMSProcessableByteArray(type, content.toArray());
      return Octets.of(new org.bouncycastle.cms.CMSSignedDataGenerator().generate(data, true).getEncoded());
    } catch (org.bouncycastle.cms.CMSException | java.io.IOException e) {
      throw new AssertionError(e);
    }
  }
}

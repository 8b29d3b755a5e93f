package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.pledge.ScriptedRegistrar.CACERTS;
import static org.eider.pledge.ScriptedRegistrar.CSRATTRS;
import static org.eider.pledge.ScriptedRegistrar.ENROLL;
import static org.eider.pledge.ScriptedRegistrar.ENROLL_STATUS;

import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.eider.est.http.HttpResponse;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Certificates;
import org.eider.pki.CertsOnly;
import org.eider.pki.CsrAttributes;
import org.eider.pki.KeyType;
import org.eider.testkit.TestPki;
import org.eider.voucher.StatusReport;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** EST after the imprint (RFC 8995 section 5.9, RFC 7030, RFC 8951, RFC 9908). */
class EnrolmentTest {
  private static final String EXTENSION_REQUEST = "1.2.840.113549.1.9.14";

  private final ScriptedRegistrar registrar = ScriptedRegistrar.fresh();
  private final FakeTime time = new FakeTime();

  @AfterEach
  void stop() {
    registrar.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 404})
  void aRegistrarWithoutAttributesDemandsNothing(int status) {
    registrar.answering(CSRATTRS, HttpResponse.empty(status));
    enrols();
    assertThat(KeyType.of(publicKey())).contains(KeyType.P256);
  }

  @Test
  void anEmptySequenceDemandsNothing() {
    registrar.answering(CSRATTRS, attributes("MAA="));
    enrols();
  }

  @ParameterizedTest
  @ValueSource(strings = {
    // RFC 8951 section 4, whose extension request RFC 9908 section 5.2 calls wrong
    "MEEGCSqGSIb3DQEJBzASBgcqhkjOPQIBMQcGBSuBBAAiMBYGCSqGSIb3DQEJDjEJBgcrBgEBAQEWBggqhkjOPQQDAw==",
    // the same as RFC 9908 corrects it
    "MDIGCSqGSIb3DQEJBzASBgcqhkjOPQIBMQcGBSuBBAAiBgcrBgEBAQEWBggqhkjOPQQDAw=="
  })
  void oldAndNewStyleBothAskForP384(String base64) {
    registrar.answering(CSRATTRS, attributes(base64));
    enrols();
    assertThat(KeyType.of(publicKey())).contains(KeyType.P384);
  }

  @ParameterizedTest
  @EnumSource(value = KeyType.class, names = {"P256", "P384", "P521", "RSA2048", "RSA3072", "ED25519"})
  void theKeyIsOfTheTypeThatTheRegistrarAsksFor(KeyType type) {
    registrar.answering(CSRATTRS, ScriptedRegistrar.csrAttributes(CsrAttributes.of(type, Optional.empty(), true)));
    enrols();
    assertThat(KeyType.of(publicKey())).contains(type);
  }

  @Test
  void extensionsThatTheRegistrarGivesAreCopiedBitForBit() throws Exception {
    Extension names = CertificateMaker.subjectAltName(List.of("device.example"), List.of());
    registrar.answering(CSRATTRS, ScriptedRegistrar.csrAttributes(CsrAttributes.of(KeyType.P256, Optional.of(new Extensions(names)), false)));
    enrols();
    assertThat(ScriptedRegistrar.csr(registrar.seen(ENROLL).get(0)).extensions()).contains(new Extensions(names));
  }

  @Test
  void ofTwoExtensionRequestsNoneIsFollowed() throws Exception {
    Extensions one = new Extensions(CertificateMaker.subjectAltName(List.of("one.example"), List.of()));
    Extensions two = new Extensions(CertificateMaker.subjectAltName(List.of("two.example"), List.of()));
    registrar.answering(CSRATTRS, ScriptedRegistrar.csrAttributes(new CsrAttributes(List.of(
        new CsrAttributes.Entry(EXTENSION_REQUEST, List.of(one)), new CsrAttributes.Entry(EXTENSION_REQUEST, List.of(two))))));
    enrols();
    assertThat(ScriptedRegistrar.csr(registrar.seen(ENROLL).get(0)).extensions()).isEmpty();
  }

  @Test
  void attributesThatAreNoneEndTheAttempt() {
    registrar.answering(CSRATTRS, attributes("AAAA"));
    fails(PledgeReason.BAD_ANSWER);
  }

  @Test
  void caCertificatesMayCarryWhiteSpaceAndTransferEncoding() {
    String text = CertsOnly.encode(registrar.caCertificates).base64().replaceAll("(.{10})", "$1\r\n \t");
    registrar.answering(CACERTS, HttpResponse.ok(MediaType.PKCS7, Octets.utf8("\r\n" + text + "\n")).with("content-transfer-encoding", "base64"));
    enrols();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----", "MIIB-_==", "<html/>", ""})
  void caCertificatesThatAreNotBase64EndTheAttempt(String body) {
    registrar.answering(CACERTS, HttpResponse.ok(MediaType.PKCS7, Octets.utf8(body)));
    fails(PledgeReason.BAD_ANSWER);
    assertThat(registrar.seen(ENROLL)).isEmpty();
  }

  @Test
  void caCertificatesOfAnotherDomainEndTheAttempt() {
    registrar.caCertificates = List.of(TestPki.root("Domain").certificate());
    fails(PledgeReason.DOMAIN_UNRELATED);
    assertThat(registrar.seen(ENROLL)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 202, 403, 404})
  void onlyTwoHundredIsAnAnswerToCacerts(int status) {
    registrar.answering(CACERTS, HttpResponse.empty(status));
    fails(status / 100 == 4 ? PledgeReason.REGISTRAR_REFUSED : PledgeReason.BAD_ANSWER);
  }

  @Test
  void ofSeveralCertificatesOursIsPicked() {
    TestPki other = TestPki.root("Bystander");
    registrar.enrolled = issued -> List.of(other.certificate(), registrar.domain.certificate(), issued);
    Onboarding done = enrols();
    assertThat(done.belongings().orElseThrow().ldevid().certificate().getSubjectX500Principal().getName()).contains("2.5.4.5=");
  }

  @Test
  void aCertificateForAnotherKeyIsRefused() {
    registrar.enrolled = issued -> List.of(registrar.domain.signer("somebody", KeyType.P256).certificate());
    fails(PledgeReason.LDEVID_UNUSABLE);
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefused() {
    registrar.issuer = TestPki.root("Domain");
    fails(PledgeReason.LDEVID_UNUSABLE);
  }

  @Test
  void aRefusedRequestIsReportedOnTheSameConnection() {
    registrar.answering(ENROLL, HttpResponse.text(400, "no good"));
    OnboardReport report = fails(PledgeReason.REGISTRAR_REFUSED);
    assertThat(report.refused().orElseThrow().detail()).isEqualTo("simpleenroll answered 400: no good");
  }

  @Test
  void anErrorPageWithStatus200IsRefused() {
    registrar.answering(ENROLL, HttpResponse.ok(new MediaType("text", "html", Map.of()), Octets.utf8("<html>no</html>")));
    fails(PledgeReason.BAD_ANSWER);
  }

  @Test
  void aConnectionThatTheRegistrarClosesInBetweenIsReplacedByOneToTheSameRegistrar() {
    registrar.answering(CACERTS, ScriptedRegistrar.certificates(registrar.caCertificates).closing());
    enrols();
    assertThat(registrar.seen.stream().map(one -> one.session().id()).distinct()).hasSize(3);
    ScriptedRegistrar.Seen sent = registrar.seen(ENROLL).get(0);
    assertThat(sent.session().client().flatMap(Certificates::subjectSerialNumber)).contains("SN-1");
    assertThat(ScriptedRegistrar.csr(sent).challengePassword()).isEqualTo(sent.session().binding().map(binding -> binding.value().base64()));
  }

  @Test
  void aDomainWhoseAnchorDidNotIssueTheRegistrarIsNotConnectedToAgain() {
    TestPki other = TestPki.root("Other CA of the domain");
    registrar.issuer = other;
    registrar.voucher = honest -> honest.pinnedDomainCert(Certificates.der(registrar.shown.certificate()));
    registrar.caCertificates = List.of(other.certificate());
    fails(PledgeReason.DOMAIN_UNRELATED);
  }

  @Test
  void aRegistrarThatDoesNotTakeTheNewCertificateIsToldOnTheOldConnection() {
    Onboarding done = Pledge.onboard(registrar.config("SN-1", time), openingOnly(1), Progress.SILENT);
    assertThat(done.report().refused().map(refusal -> refusal.reason())).contains(PledgeReason.LDEVID_NOT_TAKEN);
    ScriptedRegistrar.Seen told = registrar.seen(ENROLL_STATUS).get(0);
    assertThat(told.session().id()).isEqualTo(registrar.seen.get(0).session().id());
    assertThat(told.body().utf8()).contains("\"status\":false");
    assertThat(time.pauses).hasSize(2);
  }

  @Test
  void aNewConnectionThatFailsOnceIsTriedAgain() {
    AtomicInteger opened = new AtomicInteger();
    RegistrarLink.Opener https = HttpsLink.opener(PledgeConfig.ALL_PROTOCOLS, time.time());
    RegistrarLink.Opener shaky = (where, credential, trust) -> {
      if (opened.incrementAndGet() == 2) {
        throw new IOException("cable pulled");
      }
      return https.open(where, credential, trust);
    };
    assertThat(Pledge.onboard(registrar.config("SN-1", time), shaky, Progress.SILENT).report().refused()).isEmpty();
    assertThat(opened).hasValue(3);
  }

  /** Whoever cannot be reached has refused nothing: the whole attempt is made again. */
  @Test
  void aRegistrarThatIsGoneForTheNewConnectionIsAskedAgain() {
    AtomicInteger opened = new AtomicInteger();
    RegistrarLink.Opener https = HttpsLink.opener(PledgeConfig.ALL_PROTOCOLS, time.time());
    RegistrarLink.Opener shaky = (where, credential, trust) -> {
      int number = opened.incrementAndGet();
      if (number >= 2 && number <= 4) {
        throw new IOException("cannot connect", new ConnectException("refused"));
      }
      return https.open(where, credential, trust);
    };
    assertThat(Pledge.onboard(registrar.config("SN-1", time), shaky, Progress.SILENT).report().refused()).isEmpty();
    assertThat(registrar.seen(ENROLL)).hasSize(2);
  }

  private RegistrarLink.Opener openingOnly(int times) {
    AtomicInteger left = new AtomicInteger(times);
    RegistrarLink.Opener https = HttpsLink.opener(PledgeConfig.ALL_PROTOCOLS, time.time());
    return (where, credential, trust) -> {
      if (left.getAndDecrement() <= 0) {
        throw new IOException("cable pulled");
      }
      return https.open(where, credential, trust);
    };
  }

  private Onboarding enrols() {
    Onboarding done = Pledge.onboard(registrar.config("SN-1", time), Progress.SILENT);
    assertThat(done.report().refused()).isEmpty();
    return done;
  }

  /** The setback is told on the connection of the enrolment, and the device keeps nothing. */
  private OnboardReport fails(PledgeReason reason) {
    Onboarding done = Pledge.onboard(registrar.config("SN-1", time), Progress.SILENT);
    assertThat(done.report().refused().map(refusal -> refusal.reason())).contains(reason);
    assertThat(done.belongings()).isEmpty();
    ScriptedRegistrar.Seen told = registrar.seen.get(registrar.seen.size() - 1);
    assertThat(told.path()).isEqualTo(ENROLL_STATUS);
    assertThat(told.session().id()).isEqualTo(registrar.seen.get(0).session().id());
    try {
      assertThat(StatusReport.parse(told.body())).isEqualTo(StatusReport.failure(reason.telemetry()));
    } catch (org.eider.wire.DecodeException e) {
      throw new AssertionError(e);
    }
    return done.report();
  }

  private java.security.PublicKey publicKey() {
    try {
      return ScriptedRegistrar.csr(registrar.seen(ENROLL).get(0)).publicKey();
    } catch (org.eider.wire.DecodeException e) {
      throw new AssertionError(e);
    }
  }

  private static HttpResponse attributes(String base64) {
    return HttpResponse.ok(MediaType.CSR_ATTRS, Octets.utf8(base64));
  }
}

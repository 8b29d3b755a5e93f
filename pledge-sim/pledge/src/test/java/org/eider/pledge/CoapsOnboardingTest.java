package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.pledge.ScriptedCoapsRegistrar.CACERTS;
import static org.eider.pledge.ScriptedCoapsRegistrar.ENROLL;
import static org.eider.pledge.ScriptedCoapsRegistrar.ENROLL_STATUS;
import static org.eider.pledge.ScriptedCoapsRegistrar.REENROLL;
import static org.eider.pledge.ScriptedCoapsRegistrar.VOUCHER;
import static org.eider.pledge.ScriptedCoapsRegistrar.VOUCHER_STATUS;
import static org.eider.pledge.ScriptedCoapsRegistrar.later;
import static org.eider.pledge.ScriptedCoapsRegistrar.list;
import static org.eider.pledge.ScriptedCoapsRegistrar.pkcs7;
import static org.eider.pledge.ScriptedCoapsRegistrar.request;

import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.est.coap.CoapAnswer;
import org.eider.est.coap.CoapCode;
import org.eider.pki.Certificates;
import org.eider.pki.CoseMessage;
import org.eider.pki.Csr;
import org.eider.pledge.Onboarding.Belongings;
import org.eider.pledge.ScriptedCoapsRegistrar.Seen;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherRequest;
import org.eider.wire.CborItem;
import org.eider.wire.CborMap;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Constrained BRSKI as the pledge does it (draft-ietf-anima-constrained-voucher sections 6 and 9, RFC 9148), over DTLS. */
class CoapsOnboardingTest {
  private final FakeTime time = new FakeTime();
  private final TestPki root = TestPki.root("Domain");
  private ScriptedCoapsRegistrar registrar = new ScriptedCoapsRegistrar(root, Map.of());

  @AfterEach
  void stop() {
    registrar.close();
  }

  private Onboarding onboard(PledgeConfig config) {
    return Pledge.onboard(config, Progress.SILENT);
  }

  private OnboardReport refused(PledgeConfig config) {
    Onboarding onboarding = onboard(config);
    assertThat(onboarding.belongings()).isEmpty();
    return onboarding.report();
  }

  private PledgeReason reason(PledgeConfig config) {
    return (PledgeReason) refused(config).refused().orElseThrow().reason();
  }

  private PledgeConfig config() {
    return registrar.config("SN-1", time);
  }

  @Test
  void aPinnedKeyNeedsTheCaCertificatesAfterTheEnrolment() {
    Onboarding onboarding = onboard(config());

    assertThat(onboarding.report().refused()).isEmpty();
    assertThat(registrar.paths()).containsExactly(VOUCHER, VOUCHER_STATUS, ENROLL, CACERTS, ENROLL_STATUS);
    Belongings belongings = onboarding.belongings().orElseThrow();
    assertThat(belongings.voucher().orElseThrow().format()).isEqualTo(VoucherFormat.COSE_CBOR);
    assertThat(belongings.caCertificates()).containsExactly(root.certificate());
    assertThat(onboarding.report().assertion()).contains(Assertion.PROXIMITY);
  }

  @Test
  void aPinnedRootThatIssuedTheLdevidMakesThemNeedless() {
    Onboarding onboarding = onboard(config().naming(Proximity.CERT));

    assertThat(onboarding.report().refused()).isEmpty();
    assertThat(registrar.paths()).containsExactly(VOUCHER, VOUCHER_STATUS, ENROLL, ENROLL_STATUS);
    assertThat(onboarding.belongings().orElseThrow().caCertificates()).containsExactly(root.certificate());
  }

  @Test
  void aPinnedRootThatDidNotIssueItDoesNot() {
    registrar.issuer = root.subordinate("Issuing");
    registrar.caCertificates = List.of(registrar.issuer.certificate(), root.certificate());

    Onboarding onboarding = onboard(config().naming(Proximity.CERT));

    assertThat(onboarding.report().refused()).isEmpty();
    assertThat(registrar.paths()).containsExactly(VOUCHER, VOUCHER_STATUS, ENROLL, CACERTS, ENROLL_STATUS);
    assertThat(onboarding.belongings().orElseThrow().ldevid().chain()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(Proximity.class)
  void theRequestNamesTheRegistrarByTheChosenLeafOnly(Proximity leaf) {
    onboard(config().naming(leaf));

    VoucherRequest sent = request(registrar.seen(VOUCHER).get(0));
    Octets key = Octets.of(registrar.shown.certificate().getPublicKey().getEncoded());
    assertThat(sent.proximityRegistrarCert()).isEqualTo(
        leaf == Proximity.CERT ? Optional.of(Certificates.der(registrar.shown.certificate())) : Optional.empty());
    assertThat(sent.proximityRegistrarKey()).isEqualTo(leaf == Proximity.PUBK ? Optional.of(key) : Optional.empty());
    assertThat(sent.proximityRegistrarKeySha256()).isEqualTo(leaf == Proximity.PUBK_SHA256 ? Optional.of(key.sha256()) : Optional.empty());
    assertThat(sent.assertion()).contains(Assertion.PROXIMITY);
    assertThat(sent.nonce().orElseThrow().octets().size()).isGreaterThanOrEqualTo(8);
  }

  @Test
  void theRequestHasNumbersForNamesAndNoCertificates() throws Exception {
    onboard(config());

    Seen sent = registrar.seen(VOUCHER).get(0);
    CoseMessage message = CoseMessage.parse(sent.body());
    assertThat(message.isTagged()).isTrue();
    assertThat(message.certificates()).isEmpty();
    assertThat(message.kid()).isEmpty();
    assertThat(message.protectedOctets()).isEqualTo(Octets.hex("a10126"));
    CborMap content = CborItem.read(message.payload(), 4096).map("request").at(2501).orElseThrow().map("leaves");
    assertThat(content.entries()).allMatch(entry -> entry.key().isInteger());
    assertThat(content.at(12)).as("proximity-registrar-pubk-sha256 is 2512 - 2501 = 11").isEmpty();
    assertThat(content.at(11)).isPresent();
    assertThat(sent.format()).isEqualTo(OptionalInt.of(836));
    assertThat(sent.accept()).isEqualTo(OptionalInt.of(836));
    assertThat(sent.session().client()).contains(onlyDevice());
  }

  private X509Certificate onlyDevice() {
    return registrar.seen(VOUCHER).get(0).session().client().orElseThrow();
  }

  @Test
  void theSubjectOfTheRequestIsTheIdevidsUnmodified() throws Exception {
    PledgeConfig config = config();
    onboard(config);

    Seen sent = registrar.seen(ENROLL).get(0);
    Csr csr = Csr.parse(sent.body());
    assertThat(csr.subject()).isEqualTo(
        X500Name.getInstance(config.device().idevid().certificate().getSubjectX500Principal().getEncoded()));
    assertThat(csr.provesPossession()).isTrue();
    assertThat(csr.hasChallengePassword()).isFalse();
    assertThat(sent.format()).isEqualTo(OptionalInt.of(286));
    assertThat(sent.accept()).isEqualTo(OptionalInt.of(287));
    assertThat(registrar.seen(CACERTS).get(0).accept()).isEqualTo(OptionalInt.of(62));
  }

  @Test
  void telemetryIsCborAndTheLastOneComesOverTheLdevid() throws Exception {
    Onboarding onboarding = onboard(config());

    Seen voucherStatus = registrar.seen(VOUCHER_STATUS).get(0);
    assertThat(voucherStatus.format()).isEqualTo(OptionalInt.of(60));
    assertThat(voucherStatus.body()).as("the draft's example").isEqualTo(Octets.hex("a26776657273696f6e0166737461747573f5"));
    Seen enrolStatus = registrar.seen(ENROLL_STATUS).get(0);
    assertThat(enrolStatus.body()).isEqualTo(voucherStatus.body());
    assertThat(enrolStatus.session().client()).contains(onboarding.belongings().orElseThrow().ldevid().certificate());
    assertThat(enrolStatus.session().id()).isNotEqualTo(voucherStatus.session().id());
  }

  @Test
  void aPendingVoucherIsAskedForWithTheVerySameOctets() {
    registrar.answering(VOUCHER, later(Duration.ofSeconds(7)), later(Duration.ofHours(2)), CoapAnswer.empty(CoapCode.SERVICE_UNAVAILABLE));

    assertThat(onboard(config()).report().refused()).isEmpty();

    assertThat(registrar.seen(VOUCHER)).hasSize(4).extracting(Seen::body).containsOnly(registrar.seen(VOUCHER).get(0).body());
    assertThat(time.pauses).as("as asked, capped, and the default of Max-Age")
        .containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(60), Duration.ofSeconds(60));
  }

  @Test
  void patienceEndsAfterFourDays() {
    CoapAnswer[] always = new CoapAnswer[5762];
    java.util.Arrays.fill(always, later(Duration.ofDays(1)));
    registrar.answering(VOUCHER, always);

    assertThat(reason(config())).isEqualTo(PledgeReason.OUT_OF_PATIENCE);
    assertThat(time.pauses).hasSize(5760);
  }

  @Test
  void aPendingCertificateIsAskedForWithTheSameRequest() {
    registrar.answering(ENROLL, later(Duration.ofSeconds(3)));

    assertThat(onboard(config()).report().refused()).isEmpty();
    assertThat(registrar.seen(ENROLL)).hasSize(2).extracting(Seen::body).containsOnly(registrar.seen(ENROLL).get(0).body());
  }

  @Test
  void aPinnedKeyOfSomebodyElseEndsTheProvisionalStateBadly() throws Exception {
    Octets other = Octets.of(TestPki.root("Other").certificate().getPublicKey().getEncoded());
    registrar.voucher = honest -> honest.pinnedDomainKeySha256(other.sha256());

    OnboardReport report = refused(config());

    assertThat(report.refused().orElseThrow().reason()).isEqualTo(PledgeReason.REGISTRAR_NOT_PINNED);
    assertThat(registrar.paths()).containsExactly(VOUCHER, VOUCHER_STATUS);
    CborMap status = CborItem.read(registrar.seen(VOUCHER_STATUS).get(0).body(), 1024).map("status");
    assertThat(status.at("status").orElseThrow().bool("status")).isFalse();
    assertThat(status.at("reason").orElseThrow().text("reason")).contains("not of the domain");
  }

  @Test
  void thePinOfACaKeyIsNotTheRegistrars() {
    registrar.voucher = honest -> honest.pinnedDomainKeySha256(Certificates.spkiSha256(root.certificate().getPublicKey()));
    assertThat(reason(config())).isEqualTo(PledgeReason.REGISTRAR_NOT_PINNED);
  }

  @Test
  void aForeignNonceSerialOrSignerIsNotBelieved() {
    registrar.voucher = honest -> honest.nonce(Optional.of(org.eider.voucher.Nonce.of(Octets.utf8("another nonce 16"))));
    assertThat(reason(config())).isEqualTo(PledgeReason.VOUCHER_NONCE);
    registrar.voucher = honest -> honest;
    PledgeConfig honest = config();
    DeviceIdentity wrongAnchors =
        new DeviceIdentity(honest.device().idevid(), List.of(TestPki.root("Other").certificate()), honest.device().serialNumber());
    PledgeConfig misled = PledgeConfig.of(wrongAnchors, registrar.address(), time.time(), new SecureRandom());
    assertThat(reason(misled)).isEqualTo(PledgeReason.VOUCHER_SIGNATURE);
  }

  @ParameterizedTest
  @CsvSource({"4, 3, REGISTRAR_REFUSED", "4, 1, REGISTRAR_REFUSED", "4, 6, REGISTRAR_REFUSED", "4, 15, REGISTRAR_REFUSED",
      "5, 0, REGISTRAR_FAILED", "5, 4, REGISTRAR_FAILED", "2, 5, BAD_ANSWER", "2, 3, BAD_ANSWER"})
  void codesAreUnderstoodAsStatusesAre(int category, int detail, PledgeReason expected) {
    CoapAnswer answer = CoapAnswer.diagnostic(new CoapCode(category, detail), "this is why\nand more");
    registrar.answering(VOUCHER, answer, answer, answer);
    OnboardReport report = refused(config());
    assertThat(report.refused().orElseThrow().reason()).isEqualTo(expected);
    assertThat(report.refused().orElseThrow().detail()).startsWith("requestvoucher answered " + answer.code());
  }

  @Test
  void anAnswerInAnotherFormatIsNoVoucher() {
    registrar.answering(VOUCHER, CoapAnswer.changed(ContentFormat.CBOR, Octets.utf8("x")), CoapAnswer.changed());
    assertThat(reason(config())).isEqualTo(PledgeReason.VOUCHER_MALFORMED);
    assertThat(reason(config())).isEqualTo(PledgeReason.VOUCHER_MALFORMED);
  }

  @Test
  void anRfc9148ServerGivesItsCaCertificatesInPkcs7() {
    registrar.answering(CACERTS, CoapAnswer.empty(CoapCode.NOT_ACCEPTABLE), pkcs7(List.of(root.certificate())));

    assertThat(onboard(config()).report().refused()).isEmpty();
    assertThat(registrar.seen(CACERTS)).extracting(Seen::accept).containsExactly(OptionalInt.of(62), OptionalInt.of(281));
  }

  @Test
  void caCertificatesOfAnotherDomainAreRefusedAndReported() throws Exception {
    registrar.answering(CACERTS, list(List.of(TestPki.root("Other").certificate())));

    assertThat(reason(config())).isEqualTo(PledgeReason.DOMAIN_UNRELATED);
    Seen report = registrar.seen(ENROLL_STATUS).get(0);
    assertThat(CborItem.read(report.body(), 1024).map("status").at("status").orElseThrow().bool("status")).isFalse();
    assertThat(report.session().client()).contains(onlyDevice());
  }

  @Test
  void aCertificateOfAnotherIssuerIsRefusedAndReported() {
    registrar.issuer = TestPki.root("Somebody");

    assertThat(reason(config())).isEqualTo(PledgeReason.LDEVID_UNUSABLE);
    assertThat(registrar.paths()).containsExactly(VOUCHER, VOUCHER_STATUS, ENROLL, CACERTS, ENROLL_STATUS);
  }

  @Test
  void unreadableCertificatesAreABadAnswer() {
    registrar.answering(ENROLL, CoapAnswer.changed(ContentFormat.PKIX_CERT, Octets.utf8("none")), CoapAnswer.changed());
    assertThat(reason(config())).isEqualTo(PledgeReason.BAD_ANSWER);
    assertThat(reason(config())).isEqualTo(PledgeReason.BAD_ANSWER);
  }

  @Test
  void nobodyThereIsUnreachable() {
    PledgeConfig config = config();
    registrar.close();
    assertThat(reason(config.trying(new PledgeConfig.Attempts(1, 1, Duration.ofSeconds(1)), Duration.ofMinutes(1))))
        .isEqualTo(PledgeReason.UNREACHABLE);
  }

  @Test
  void aSmallDeviceUsesNumbersForPathsWhereTheyAreKnown() {
    registrar.close();
    registrar = new ScriptedCoapsRegistrar(root,
        Map.of(402, VOUCHER, 403, VOUCHER_STATUS, 401, ENROLL_STATUS, 301, CACERTS, 302, ENROLL));
    assertThat(onboard(config().thrifty()).report().refused()).isEmpty();
    assertThat(registrar.paths()).containsExactly(VOUCHER, VOUCHER_STATUS, ENROLL, CACERTS, ENROLL_STATUS);
  }

  @Test
  void andSpellsThemOutWhereTheyAreNot() {
    assertThat(onboard(config().thrifty()).report().refused()).isEmpty();
    assertThat(registrar.paths()).containsExactly(VOUCHER, VOUCHER_STATUS, ENROLL, CACERTS, ENROLL_STATUS);
  }

  @Test
  void aSmallDeviceKeepsOnlyTheCaCertificatesThatItNeeds() {
    X509Certificate unrelated = TestPki.root("Another anchor").certificate();
    registrar.caCertificates = List.of(root.certificate(), unrelated);

    Belongings small = onboard(config().thrifty()).belongings().orElseThrow();
    Belongings usual = onboard(config()).belongings().orElseThrow();

    assertThat(small.caCertificates()).containsExactly(root.certificate());
    assertThat(usual.caCertificates()).containsExactly(root.certificate(), unrelated);
  }

  @Test
  void aRenewalOfAKnownIssuerAsksForNoCaCertificates() {
    Belongings first = onboard(config()).belongings().orElseThrow();
    registrar.seen.clear();

    Onboarding renewed = Pledge.reenrol(ReenrolConfig.of(registrar.address(), first, time.time(), new SecureRandom()).rekeying(), Progress.SILENT);

    assertThat(renewed.report().refused()).isEmpty();
    assertThat(registrar.paths()).containsExactly(REENROLL);
    assertThat(registrar.seen(REENROLL).get(0).session().client()).contains(first.ldevid().certificate());
    assertThat(renewed.belongings().orElseThrow().ldevid().certificate().getPublicKey())
        .isNotEqualTo(first.ldevid().certificate().getPublicKey());
    assertThat(renewed.belongings().orElseThrow().caCertificates()).isEqualTo(first.caCertificates());
  }

  @Test
  void aRenewalOfAnUnknownIssuerIsRefusedKeptOutAndReported() throws Exception {
    Belongings first = onboard(config()).belongings().orElseThrow();
    registrar.seen.clear();
    registrar.issuer = TestPki.root("Usurper");
    registrar.caCertificates = List.of(registrar.issuer.certificate());

    Onboarding renewed = Pledge.reenrol(ReenrolConfig.of(registrar.address(), first, time.time(), new SecureRandom()), Progress.SILENT);

    assertThat(renewed.belongings()).isEmpty();
    assertThat(renewed.report().refused().orElseThrow().reason()).isEqualTo(PledgeReason.LDEVID_UNUSABLE);
    assertThat(registrar.paths()).containsExactly(REENROLL, CACERTS, ENROLL_STATUS);
    assertThat(CborItem.read(registrar.seen(ENROLL_STATUS).get(0).body(), 1024).map("status").at("status").orElseThrow().bool("status")).isFalse();
  }

  @Test
  void aRegistrarOfAnotherDomainIsNotAskedForARenewal() {
    Belongings first = onboard(config()).belongings().orElseThrow();
    try (ScriptedCoapsRegistrar other = ScriptedCoapsRegistrar.fresh()) {
      Onboarding renewed = Pledge.reenrol(ReenrolConfig.of(other.address(), first, time.time(), new SecureRandom()), Progress.SILENT);
      assertThat(renewed.report().refused().orElseThrow().reason()).isEqualTo(PledgeReason.LDEVID_NOT_TAKEN);
      assertThat(other.seen).isEmpty();
    }
  }
}

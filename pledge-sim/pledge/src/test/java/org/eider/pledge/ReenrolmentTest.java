package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.pledge.ScriptedRegistrar.CACERTS;
import static org.eider.pledge.ScriptedRegistrar.CSRATTRS;
import static org.eider.pledge.ScriptedRegistrar.REENROLL;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extensions;
import org.eider.est.http.HttpResponse;
import org.eider.pki.CertificateMaker;
import org.eider.pki.CsrAttributes;
import org.eider.pki.KeyType;
import org.eider.pledge.Onboarding.Belongings;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Renewal and rekeying (RFC 7030 section 4.2.2). */
class ReenrolmentTest {
  private final ScriptedRegistrar registrar = ScriptedRegistrar.fresh();
  private final FakeTime time = new FakeTime();
  private Belongings current;

  @BeforeEach
  void onboard() {
    Extensions names = new Extensions(CertificateMaker.subjectAltName(List.of("device.example"), List.of()));
    registrar.answering(CSRATTRS, ScriptedRegistrar.csrAttributes(CsrAttributes.of(KeyType.P384, Optional.of(names), false)));
    current = Pledge.onboard(registrar.config("SN-1", time), Progress.SILENT).belongings().orElseThrow();
    registrar.seen.clear();
  }

  @AfterEach
  void stop() {
    registrar.close();
  }

  @Test
  void theSameKeyIsCertifiedAgainUnderTheSameNames() throws Exception {
    Onboarding done = Pledge.reenrol(config(), Progress.SILENT);

    assertThat(done.report().refused()).isEmpty();
    Belongings renewed = done.belongings().orElseThrow();
    assertThat(renewed.ldevid().certificate()).isNotEqualTo(current.ldevid().certificate());
    assertThat(renewed.ldevid().certificate().getPublicKey().getEncoded())
        .isEqualTo(current.ldevid().certificate().getPublicKey().getEncoded());
    assertThat(renewed.ldevid().certificate().getSubjectX500Principal())
        .isEqualTo(current.ldevid().certificate().getSubjectX500Principal());
    assertThat(renewed.ldevid().certificate().getExtensionValue("2.5.29.17"))
        .isNotNull().isEqualTo(current.ldevid().certificate().getExtensionValue("2.5.29.17"));
    assertThat(renewed.voucher()).isEqualTo(current.voucher());
    assertThat(registrar.paths()).containsExactly(CACERTS, CSRATTRS, REENROLL);
    assertThat(registrar.seen(REENROLL).get(0).session().client()).contains(current.ldevid().certificate());
    assertThat(done.report().steps()).extracting(Step::name)
        .containsExactly("connect", "cacerts", "csrattrs", "simplereenroll", "ldevid", "reconnect");
  }

  @Test
  void aNewKeyIsOfThePresentTypeUnlessTheRegistrarSaysOtherwise() {
    Belongings rekeyed = Pledge.reenrol(config().rekeying(), Progress.SILENT).belongings().orElseThrow();
    assertThat(KeyType.of(rekeyed.ldevid().certificate().getPublicKey())).contains(KeyType.P384);
    assertThat(rekeyed.ldevid().certificate().getPublicKey()).isNotEqualTo(current.ldevid().certificate().getPublicKey());

    registrar.answering(CSRATTRS, ScriptedRegistrar.csrAttributes(CsrAttributes.of(KeyType.ED25519, Optional.empty(), false)));
    Belongings other = Pledge.reenrol(config().rekeying(), Progress.SILENT).belongings().orElseThrow();
    assertThat(KeyType.of(other.ldevid().certificate().getPublicKey())).contains(KeyType.ED25519);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void theRequestIsBoundToItsConnection(String protocol) {
    ReenrolConfig config = new ReenrolConfig(registrar.address(), current, false, List.of(protocol), PledgeConfig.FOUR_DAYS, time.time(),
        new SecureRandom());
    assertThat(Pledge.reenrol(config, Progress.SILENT).report().refused()).isEmpty();
    ScriptedRegistrar.Seen sent = registrar.seen(REENROLL).get(0);
    assertThat(ScriptedRegistrar.csr(sent).challengePassword())
        .isPresent().isEqualTo(sent.session().binding().map(binding -> binding.value().base64()));
  }

  @Test
  void aRegistrarOfAnotherDomainIsNotEvenTalkedTo() {
    TestPki stranger = TestPki.root("Domain");
    try (ScriptedRegistrar other = new ScriptedRegistrar(registrar.manufacturer, stranger, stranger.registrar("registrar"))) {
      ReenrolConfig config = ReenrolConfig.of(other.address(), current, time.time(), new SecureRandom());
      assertThat(reason(Pledge.reenrol(config, Progress.SILENT))).contains(PledgeReason.LDEVID_NOT_TAKEN);
      assertThat(other.seen).isEmpty();
    }
  }

  @Test
  void aMemberOfTheDomainThatIsNoRegistrarIsNotTalkedTo() {
    try (ScriptedRegistrar member =
        new ScriptedRegistrar(registrar.manufacturer, registrar.domain, registrar.domain.signer("member", KeyType.P256))) {
      ReenrolConfig config = ReenrolConfig.of(member.address(), current, time.time(), new SecureRandom());
      assertThat(reason(Pledge.reenrol(config, Progress.SILENT))).contains(PledgeReason.LDEVID_NOT_TAKEN);
      assertThat(member.seen).isEmpty();
    }
  }

  @Test
  void aServerOfTheDomainThatHasTheNameThatWasAskedForWillDo() {
    try (ScriptedRegistrar named = new ScriptedRegistrar(
        registrar.manufacturer, registrar.domain, registrar.domain.server(List.of(), List.of("127.0.0.1")))) {
      ReenrolConfig config = ReenrolConfig.of(named.address(), current, time.time(), new SecureRandom());
      assertThat(Pledge.reenrol(config, Progress.SILENT).report().refused()).isEmpty();
    }
  }

  @Test
  void aCertificateWithAnotherSubjectIsRefused() {
    registrar.subject = asked -> new X500Name("CN=somebody else");
    assertThat(reason(Pledge.reenrol(config(), Progress.SILENT))).contains(PledgeReason.LDEVID_UNUSABLE);
  }

  @Test
  void anchorsThatNobodyVouchesForAreNotTakenOver() {
    registrar.caCertificates = List.of(registrar.domain.certificate(), TestPki.root("Smuggled").certificate());
    Belongings renewed = Pledge.reenrol(config(), Progress.SILENT).belongings().orElseThrow();
    assertThat(renewed.caCertificates()).isEqualTo(current.caCertificates());
  }

  @Test
  void aRefusalIsReported() {
    registrar.answering(REENROLL, HttpResponse.text(403, "not yet"));
    Onboarding done = Pledge.reenrol(config(), Progress.SILENT);
    assertThat(reason(done)).contains(PledgeReason.REGISTRAR_REFUSED);
    assertThat(done.belongings()).isEmpty();
  }

  private ReenrolConfig config() {
    return ReenrolConfig.of(registrar.address(), current, time.time(), new SecureRandom());
  }

  private static Optional<Object> reason(Onboarding done) {
    return done.report().refused().map(refusal -> refusal.reason());
  }
}

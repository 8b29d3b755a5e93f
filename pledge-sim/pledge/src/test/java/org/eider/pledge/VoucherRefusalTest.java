package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.pledge.ScriptedRegistrar.VOUCHER;
import static org.eider.pledge.ScriptedRegistrar.VOUCHER_STATUS;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.eider.est.Refusal;
import org.eider.est.http.HttpResponse;
import org.eider.pki.Certificates;
import org.eider.pki.CmsSealer;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.Nonce;
import org.eider.voucher.StatusReport;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherJson;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.DecodeException;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;
import org.eider.wire.StrictJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that a voucher can be wrong in (RFC 8995 sections 5.6.1 and 5.6.2), and what the pledge does then: tell and leave. */
class VoucherRefusalTest {
  private final ScriptedRegistrar registrar = ScriptedRegistrar.fresh();
  private final FakeTime time = new FakeTime();

  @AfterEach
  void stop() {
    registrar.close();
  }

  @Test
  void aVoucherForAnotherSerialNumberIsRefused() {
    registrar.sealing = (request, honest) -> seal(Voucher.of("SN-2").assertion(Assertion.PROXIMITY).nonce(request.nonce())
        .createdOn(TestPki.NOW).pinnedDomainCert(Certificates.der(registrar.domain.certificate())).build());
    refusesWith(PledgeReason.VOUCHER_SERIAL);
  }

  @Test
  void aVoucherWithAnotherNonceIsRefused() {
    registrar.voucher = honest -> honest.nonce(Optional.of(Nonce.of(Octets.of(new byte[16]))));
    refusesWith(PledgeReason.VOUCHER_NONCE);
  }

  @Test
  void aVoucherForADeviceOfAnotherIssuerIsRefused() {
    registrar.voucher = honest -> honest.idevidIssuer(Certificates.idevidIssuer(TestPki.manufacturer("Other", "").idevid("SN-1").certificate()));
    refusesWith(PledgeReason.VOUCHER_SERIAL);
  }

  @Test
  void aVoucherThatNamesTheRightIssuerIsAccepted() {
    PledgeConfig config = registrar.config("SN-1", time);
    registrar.voucher = honest -> honest.idevidIssuer(Certificates.idevidIssuer(config.device().idevid().certificate()));
    assertThat(Pledge.onboard(config, Progress.SILENT).report().refused()).isEmpty();
  }

  @Test
  void aVoucherOfAnotherManufacturerIsRefused() {
    Credential other = TestPki.manufacturer("Acme", "").signer("MASA", KeyType.P256);
    registrar.sealing = (request, honest) -> VoucherSealer.cms().seal(honest, other, TestPki.NOW).bytes();
    refusesWith(PledgeReason.VOUCHER_SIGNATURE);
  }

  @Test
  void aVoucherThatTheRegistrarSignedItselfIsRefused() {
    registrar.sealing = (request, honest) -> VoucherSealer.cms().seal(honest, registrar.shown, TestPki.NOW).bytes();
    refusesWith(PledgeReason.VOUCHER_SIGNATURE);
  }

  @Test
  void aVoucherWhoseContentWasChangedIsRefused() {
    registrar.sealing = (request, honest) -> {
      byte[] bytes = seal(honest).toArray();
      String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
      bytes[text.indexOf("SN-1")] = 'X';
      return Octets.of(bytes);
    };
    refusesWith(PledgeReason.VOUCHER_SIGNATURE);
  }

  @Test
  void aVoucherWithTwoSignersIsRefused() {
    registrar.sealing = (request, honest) ->
        Forgery.twoSigners(seal(honest), VoucherSealer.cms().seal(honest, registrar.masa, TestPki.NOW.plusSeconds(1)).bytes());
    refusesWith(PledgeReason.VOUCHER_SIGNATURE);
  }

  @Test
  void aVoucherThatPinsNothingIsRefusedGracefully() {
    registrar.sealing = (request, honest) -> seal(
        Voucher.of("SN-1").assertion(Assertion.PROXIMITY).nonce(request.nonce()).createdOn(TestPki.NOW).build());
    refusesWith(PledgeReason.VOUCHER_PIN);
  }

  @Test
  void aVoucherThatPinsRubbishIsRefused() {
    registrar.voucher = honest -> honest.pinnedDomainCert(Octets.utf8("not a certificate"));
    refusesWith(PledgeReason.VOUCHER_PIN);
  }

  @Test
  void anExpiredVoucherIsRefusedByADeviceThatKnowsTheTime() {
    registrar.voucher = honest -> honest.nonce(Optional.empty()).expiresOn(TestPki.NOW.minusSeconds(1));
    refusesWith(PledgeReason.VOUCHER_DATES);
  }

  @Test
  void anExpiredVoucherIsAcceptedByADeviceThatDoesNot() {
    registrar.voucher = honest -> honest.nonce(Optional.empty()).expiresOn(TestPki.NOW.minusSeconds(1));
    PledgeConfig config = registrar.config("SN-1", time);
    PledgeConfig clockless = PledgeConfig.of(config.device(), registrar.address(), time.time().untrusted(), config.random());
    assertThat(Pledge.onboard(clockless, Progress.SILENT).report().refused()).isEmpty();
  }

  @Test
  void aVoucherFromTheFutureIsRefused() {
    registrar.voucher = honest -> honest.createdOn(TestPki.NOW.plus(Duration.ofMinutes(10)));
    refusesWith(PledgeReason.VOUCHER_DATES);
  }

  @Test
  void aVoucherThatWasSignedInTheFutureIsRefused() {
    registrar.sealing = (request, honest) ->
        VoucherSealer.cms().seal(honest, registrar.masa, TestPki.NOW.plus(Duration.ofMinutes(10))).bytes();
    refusesWith(PledgeReason.VOUCHER_DATES);
  }

  @Test
  void aVoucherWithoutNonceIsAcceptedUnlessTheDeviceDemandsOne() {
    registrar.voucher = honest -> honest.nonce(Optional.empty()).expiresOn(TestPki.NOW.plusSeconds(600));
    assertThat(Pledge.onboard(registrar.config("SN-1", time), Progress.SILENT).report().refused()).isEmpty();

    registrar.seen.clear();
    refusesWith(PledgeReason.VOUCHER_NONCE, registrar.config("SN-1", time).demanding(new VoucherPolicy(false, Optional.empty())));
  }

  @Test
  void anAssertionThatTheDeviceDoesNotAcceptIsRefused() {
    registrar.voucher = honest -> honest.assertion(Assertion.LOGGED);
    refusesWith(PledgeReason.VOUCHER_ASSERTION,
        registrar.config("SN-1", time).demanding(new VoucherPolicy(true, Optional.of(EnumSet.of(Assertion.PROXIMITY)))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"VERIFIED", "LOGGED", "AGENT_PROXIMITY"})
  void byDefaultAnyAssertionWillDo(String assertion) {
    registrar.voucher = honest -> honest.assertion(Assertion.valueOf(assertion));
    OnboardReport report = Pledge.onboard(registrar.config("SN-1", time), Progress.SILENT).report();
    assertThat(report.assertion()).contains(Assertion.valueOf(assertion));
    assertThat(report.ok()).isTrue();
  }

  @Test
  void aVoucherThatDemandsARevocationCheckIsRefused() {
    registrar.voucher = honest -> honest.revocationChecks(true);
    refusesWith(PledgeReason.VOUCHER_REVOCATION);
  }

  @Test
  void membersThatNobodyKnowsAreIgnored() {
    registrar.sealing = (request, honest) -> {
      try {
        var json = StrictJson.object(VoucherJson.encode(honest), 100_000);
        ((com.fasterxml.jackson.databind.node.ObjectNode) json.get("ietf-voucher:voucher")).put("favourite-colour", "teal");
        return CmsSealer.seal(StrictJson.encode(json), CmsSealer.ANIMA_JSON_VOUCHER, registrar.masa, TestPki.NOW);
      } catch (DecodeException e) {
        throw new AssertionError(e);
      }
    };
    assertThat(Pledge.onboard(registrar.config("SN-1", time), Progress.SILENT).report().refused()).isEmpty();
  }

  @Test
  void aVoucherAsIdDataIsFine() {
    registrar.sealing = (request, honest) -> VoucherSealer.cmsAsData().seal(honest, registrar.masa, TestPki.NOW).bytes();
    assertThat(Pledge.onboard(registrar.config("SN-1", time), Progress.SILENT).report().refused()).isEmpty();
  }

  @Test
  void aTruncatedVoucherIsRefused() {
    registrar.sealing = (request, honest) -> seal(honest).slice(0, 300);
    refusesWith(PledgeReason.VOUCHER_MALFORMED);
  }

  @Test
  void anEmptyVoucherIsRefused() {
    registrar.answering(VOUCHER, HttpResponse.ok(MediaType.VOUCHER_CMS_JSON, Octets.empty()));
    refusesWith(PledgeReason.VOUCHER_MALFORMED);
  }

  @Test
  void aWebPageInPlaceOfAVoucherIsRefused() {
    registrar.answering(VOUCHER, HttpResponse.ok(new MediaType("text", "html", java.util.Map.of()), Octets.utf8("<h1>Welcome</h1>")));
    refusesWith(PledgeReason.VOUCHER_MALFORMED);
  }

  @Test
  void aRegistrarWhoseChainDoesNotLeadToThePinIsToldAndLeft() {
    registrar.voucher = honest -> honest.pinnedDomainCert(Certificates.der(TestPki.root("Domain").certificate()));
    refusesWith(PledgeReason.REGISTRAR_NOT_PINNED);
  }

  @Test
  void anotherMemberOfTheDomainMayNotBePinnedInPlaceOfTheRegistrar() {
    Credential member = registrar.domain.registrar("another");
    registrar.voucher = honest -> honest.pinnedDomainCert(Certificates.der(member.certificate()));
    refusesWith(PledgeReason.REGISTRAR_NOT_PINNED);
  }

  @Test
  void anExpiredRegistrarIsRefusedByADeviceThatKnowsTheTime() {
    Credential old = registrar.domain.signer("registrar", TestPki.NOT_BEFORE, TestPki.NOW.minusSeconds(60));
    try (ScriptedRegistrar expired = new ScriptedRegistrar(registrar.manufacturer, registrar.domain, old)) {
      PledgeConfig config = PledgeConfig.of(expired.device("SN-1"), expired.address(), time.time(), new java.security.SecureRandom());
      OnboardReport report = Pledge.onboard(config, Progress.SILENT).report();
      assertThat(report.refused().orElseThrow().reason()).isEqualTo(PledgeReason.REGISTRAR_NOT_PINNED);

      PledgeConfig clockless = PledgeConfig.of(config.device(), expired.address(), time.time().untrusted(), config.random());
      assertThat(Pledge.onboard(clockless, Progress.SILENT).report().refused()).isEmpty();
    }
  }

  @Test
  void anExplanationOfTheRegistrarIsCutAndCleaned() {
    registrar.answering(VOUCHER, HttpResponse.text(403, "no\u001b[31m" + "x".repeat(5000)));
    OnboardReport report = Pledge.onboard(registrar.config("SN-1", time), Progress.SILENT).report();

    assertThat(report.refused().orElseThrow().reason()).isEqualTo(PledgeReason.REGISTRAR_REFUSED);
    assertThat(report.refused().orElseThrow().detail()).startsWith("requestvoucher answered 403: no?[31mxxx").hasSizeLessThan(300);
    assertThat(report.steps()).filteredOn(step -> step.status() == Step.Status.FAILED).last()
        .extracting(Step::name, Step::why).containsExactly("requestvoucher", report.refused().map(Refusal::detail));
    assertThat(registrar.paths()).as("no voucher was received, none is reported").containsExactly(VOUCHER);
  }

  @Test
  void anEndlessAnswerIsNotReadToItsEnd() {
    registrar.answering(VOUCHER, HttpResponse.ok(MediaType.VOUCHER_CMS_JSON, Octets.of(new byte[3 * 1024 * 1024])));
    PledgeConfig once = registrar.config("SN-1", time).trying(new PledgeConfig.Attempts(1, 1, Duration.ofSeconds(1)), Duration.ofDays(1));
    OnboardReport report = Pledge.onboard(once, Progress.SILENT).report();
    assertThat(report.refused().orElseThrow().reason()).isEqualTo(PledgeReason.UNREACHABLE);
    assertThat(registrar.paths()).containsOnly(VOUCHER);
  }

  private Octets seal(Voucher voucher) {
    return VoucherSealer.cms().seal(voucher, registrar.masa, TestPki.NOW).bytes();
  }

  private void refusesWith(PledgeReason reason) {
    refusesWith(reason, registrar.config("SN-1", time));
  }

  /** Nothing but telemetry follows the voucher, and it says no more than the kind of failure. */
  private void refusesWith(PledgeReason reason, PledgeConfig config) {
    Onboarding done = Pledge.onboard(config, Progress.SILENT);

    assertThat(done.report().refused().map(refusal -> refusal.reason())).contains(reason);
    assertThat(done.belongings()).isEmpty();
    assertThat(registrar.paths()).containsExactly(VOUCHER, VOUCHER_STATUS);
    assertThat(registrar.seen.get(1).session().id()).isEqualTo(registrar.seen.get(0).session().id());
    try {
      StatusReport told = StatusReport.parse(registrar.seen.get(1).body());
      assertThat(told).isEqualTo(StatusReport.failure(reason.telemetry()));
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }
}

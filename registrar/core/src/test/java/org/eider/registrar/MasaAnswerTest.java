package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.eider.est.ClientSession;
import org.eider.est.Notes;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.est.RefusalKind;
import org.eider.pki.Certificates;
import org.eider.pki.KeyType;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.eider.voucher.Nonce;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MasaAnswerTest extends VoucherExchangeTest {
  @Nested
  class TheMasasAnswer {
    @ParameterizedTest
    @EnumSource(value = VoucherReason.class, names = {"MASA_UNTRUSTED", "MASA_UNKNOWN_DEVICE", "MASA_REFUSED", "MASA_FAILED"})
    void isPassedOnWhenItIsARefusal(VoucherReason reason) {
      site.masa.answer = request -> Outcome.refused(reason, "no");
      refuses(reason, reason.kind());
    }

    @ParameterizedTest
    @EnumSource(value = VoucherReason.class, names = {"MASA_UNREACHABLE", "MASA_TIMEOUT", "MASA_UNAVAILABLE"})
    void holdsThePledgeWhenItIsNoneForNow(VoucherReason reason) {
      site.masa.answer = request -> Outcome.refused(reason, "not now");
      holds(reason + ": not now");
    }

    @Test
    void holdsThePledgeUntilTheMasaHasBeenAskedAgainWhenItIsADeferral() {
      site.masa.answer = request -> Outcome.deferred(Duration.ofSeconds(7));
      holds("MASA_UNDECIDED: the MASA asks to come again in 7 s");
    }

    private void holds(String why) {
      ClientSession session = site.session(idevid);

      Outcome<VoucherArtifact> outcome = site.vouchers.request(session, site.request(idevid, "SN-1"));

      assertThat(outcome).isInstanceOfSatisfying(Outcome.Deferred.class,
          deferred -> assertThat(deferred.retryAfter()).isBetween(Duration.ofSeconds(45), Duration.ofSeconds(60)));
      assertThat(site.counts()).isEqualTo("certificates 0; acme/SN-1 REQUESTED events 2 vouchers 0 logs 0 telemetry 0");
      assertThat(site.ledger.device(Site.device("SN-1")).orElseThrow().hold())
          .contains(new Hold(TestPki.NOW, Hold.MASA_PENDING, why));
      assertThat(session.notes().all()).containsEntry(Notes.OUTCOME, "deferred").containsEntry(Notes.REASON, "MASA_PENDING")
          .containsEntry(Notes.DETAIL, why);
    }

    @Test
    void isRefusedWhenItIsNoVoucher() {
      site.masa.answer = request -> Outcome.granted(new VoucherArtifact(VoucherFormat.CMS_JSON, Octets.utf8("<html>")));
      refuses(VoucherReason.MASA_FAILED, RefusalKind.UPSTREAM_FAILED);
    }

    @Test
    void isRefusedWhenItIsOurOwnRequest() {
      site.masa.answer = request -> Outcome.granted(request.artifact());
      refuses(VoucherReason.MASA_FAILED, RefusalKind.UPSTREAM_FAILED);
    }

    @Test
    void isRefusedWhenSomebodyElseSignedIt() {
      site.masa.signer = TestPki.root("acme").signer("acme MASA", KeyType.P256);
      refuses(VoucherReason.VOUCHER_UNTRUSTED, RefusalKind.UPSTREAM_FAILED);
    }

    @Test
    void isRefusedWhenItsSignerHasExpired() {
      site.masa.signer = site.acme.signer("acme MASA", TestPki.NOT_BEFORE, TestPki.NOW.minusSeconds(1));
      refuses(VoucherReason.VOUCHER_UNTRUSTED, RefusalKind.UPSTREAM_FAILED);
    }

    @Test
    void isRefusedWhenItsSignatureDoesNotVerify() {
      site.masa.answer = request -> {
        byte[] bytes = site.masa.sealed(request, good -> good).bytes().toArray();
        bytes[bytes.length - 1] ^= 1;
        return Outcome.granted(new VoucherArtifact(VoucherFormat.CMS_JSON, Octets.of(bytes)));
      };
      refuses(VoucherReason.VOUCHER_UNTRUSTED, RefusalKind.UPSTREAM_FAILED);
    }

    @Test
    void isRefusedForAnotherSerialNumber() {
      site.masa.answer = request -> Outcome.granted(VoucherSealer.cms().seal(
          Voucher.of("SN-2").createdOn(TestPki.NOW).nonce(request.value().nonce()).pinnedDomainCert(Certificates.der(request.signer()))
              .build(), site.masa.signer, TestPki.NOW));
      refuses(VoucherReason.VOUCHER_MISMATCH, RefusalKind.UPSTREAM_FAILED);
    }

    @Test
    void isRefusedForAnotherNonce() {
      mismatches(voucher -> voucher.nonce(Optional.of(Nonce.of(Octets.utf8("another nonce...")))));
    }

    @Test
    void isRefusedWithoutNonce() {
      mismatches(voucher -> voucher.nonce(Optional.empty()));
    }

    @Test
    void isRefusedForAnotherIdevidIssuer() {
      mismatches(voucher -> voucher.idevidIssuer(Certificates.idevidIssuer(TestPki.root("x").signer("y", KeyType.P256).certificate())));
    }

    @Test
    void isRefusedWhenItPinsAnotherDomain() {
      mismatches(voucher -> voucher.pinnedDomainCert(Certificates.der(TestPki.root("domain").certificate())));
    }

    @Test
    void isRefusedWhenItPinsNothing() {
      site.masa.answer = request -> Outcome.granted(VoucherSealer.cms().seal(
          Voucher.of("SN-1").createdOn(TestPki.NOW).nonce(request.value().nonce()).build(), site.masa.signer, TestPki.NOW));
      refuses(VoucherReason.VOUCHER_MISMATCH, RefusalKind.UPSTREAM_FAILED);
    }

    @Test
    void isRefusedWhenItIsOfTheFuture() {
      mismatches(voucher -> voucher.createdOn(TestPki.NOW.plus(Duration.ofHours(1))));
    }

    @Test
    void isRefusedWithBothNonceAndExpiry() {
      mismatches(voucher -> voucher.expiresOn(TestPki.NOW.plusSeconds(60)));
    }

    private void mismatches(UnaryOperator<Voucher.Builder> change) {
      site.masa.answersWith(change);
      refuses(VoucherReason.VOUCHER_MISMATCH, RefusalKind.UPSTREAM_FAILED);
    }

    private void refuses(VoucherReason reason, RefusalKind kind) {
      Refusal refusal = refusal(ask());

      assertThat(refusal.reason()).isEqualTo(reason);
      assertThat(refusal.kind()).isEqualTo(kind);
      assertThat(site.masa.auditRequests).isEmpty();
      assertThat(site.counts()).isEqualTo("certificates 0; acme/SN-1 REFUSED events 2 vouchers 0 logs 0 telemetry 0");
      assertThat(site.ledger.history(Site.device("SN-1"), 1).get(0).reason()).contains(reason.name());
    }
  }

  @Nested
  class TheStore {
    @Test
    void thatFailsBeforeTheMasaIsAskedKeepsEverythingBack() {
      site.fragile.breaks = facts -> true;
      failsInternally();
      assertThat(site.masa.requests).isEmpty();
      assertThat(site.counts()).isEqualTo("certificates 0");
    }

    @Test
    void thatFailsWithTheVoucherInHandKeepsItBack() {
      site.fragile.breaks = facts -> facts.get(0) instanceof Fact.VoucherExchange;
      failsInternally();
      assertThat(site.counts()).isEqualTo("certificates 0; acme/SN-1 REQUESTED events 1 vouchers 0 logs 0 telemetry 0");
    }

    @Test
    void thatWorksAgainGivesTheVoucherForTheSameRequest() {
      VoucherArtifact request = site.request(idevid, "SN-1");
      site.fragile.breaks = facts -> facts.get(0) instanceof Fact.VoucherExchange;
      site.vouchers.request(site.session(idevid), request);
      site.fragile.breaks = facts -> false;

      assertThat(site.vouchers.request(site.session(idevid), request)).isInstanceOf(Outcome.Granted.class);
    }

    @Test
    void thatIsBusyBeforeTheMasaIsAskedTellsTheDeviceToComeAgain() {
      site.fragile.isBusy();
      site.fragile.breaks = facts -> true;
      comesAgain();
      assertThat(site.masa.requests).isEmpty();
      assertThat(site.counts()).isEqualTo("certificates 0");
    }

    @Test
    void thatIsBusyWithTheVoucherInHandTellsTheDeviceToComeAgainAndServesItThen() {
      VoucherArtifact request = site.request(idevid, "SN-1");
      site.fragile.isBusy();
      site.fragile.breaks = facts -> facts.get(0) instanceof Fact.VoucherExchange;
      comesAgain();
      assertThat(site.state("SN-1")).isEqualTo(DeviceState.REQUESTED);
      site.fragile.breaks = facts -> false;

      assertThat(site.vouchers.request(site.session(idevid), request)).isInstanceOf(Outcome.Granted.class);
    }

    /** Nothing is broken, so nobody is called by an ERROR. */
    private void comesAgain() {
      try (LogLines lines = LogLines.of(BrskiVoucherService.class)) {
        Refusal refusal = refusal(ask());
        assertThat(refusal.reason()).isEqualTo(VoucherReason.STORE_BUSY);
        assertThat(refusal.kind()).isEqualTo(RefusalKind.OVERLOADED);
        assertThat(refusal.detail()).doesNotContain("disk");
        assertThat(lines.at(Level.WARN)).hasSize(1);
        assertThat(lines.at(Level.ERROR)).isEmpty();
      }
    }

    private void failsInternally() {
      try (LogLines lines = LogLines.of(BrskiVoucherService.class)) {
        Refusal refusal = refusal(ask());
        assertThat(refusal.reason()).isEqualTo(VoucherReason.INTERNAL);
        assertThat(refusal.detail()).doesNotContain("disk");
        assertThat(lines.at(Level.ERROR)).hasSize(1);
      }
    }
  }
}

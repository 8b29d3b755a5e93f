package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.eider.pledge.ScriptedRegistrar.ENROLL_STATUS;
import static org.eider.pledge.ScriptedRegistrar.VOUCHER;
import static org.eider.pledge.ScriptedRegistrar.VOUCHER_STATUS;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.est.http.HttpResponse;
import org.eider.pki.Certificates;
import org.eider.pledge.PledgeConfig.Attempts;
import org.eider.testkit.TestPki;
import org.eider.voucher.StatusReport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several registrars, and coming back to each after a while (RFC 8995 section 4.1). */
class AttemptsTest {
  private final ScriptedRegistrar first = ScriptedRegistrar.fresh();
  private final ScriptedRegistrar second =
      new ScriptedRegistrar(first.manufacturer, first.domain, first.domain.registrar("second"));
  private final FakeTime time = new FakeTime();

  @AfterEach
  void stop() {
    Stream.of(first, second).forEach(ScriptedRegistrar::close);
  }

  @Test
  void aRefusalSendsThePledgeToTheNextRegistrar() {
    first.answering(VOUCHER, HttpResponse.text(404, "unknown device"));
    assertThat(Pledge.onboard(asking(first.address(), second.address()), Progress.SILENT).report().ok()).isTrue();
    assertThat(first.paths()).containsExactly(VOUCHER);
    assertThat(second.seen(ENROLL_STATUS)).hasSize(1);
    assertThat(time.pauses).as("timers are independent").isEmpty();
  }

  @Test
  void aRegistrarThatTheVoucherDoesNotPinSendsThePledgeToTheNext() {
    first.voucher = honest -> honest.pinnedDomainCert(Certificates.der(TestPki.root("Elsewhere").certificate()));
    assertThat(Pledge.onboard(asking(first.address(), second.address()), Progress.SILENT).report().ok()).isTrue();
    assertThat(Stream.of(first, second).map(one -> ScriptedRegistrar.request(one.seen(VOUCHER).get(0)).nonce()).distinct()).hasSize(2);
  }

  @Test
  void aFailingRegistrarIsAskedAgainLaterAndLaterWithAFreshNonce() {
    first.answering(VOUCHER, Stream.generate(() -> HttpResponse.text(503, "busy")).limit(5).toArray(HttpResponse[]::new));
    PledgeConfig config = asking(first.address()).trying(new Attempts(1, 6, Duration.ofSeconds(4)), Duration.ofDays(4));
    assertThat(Pledge.onboard(config, Progress.SILENT).report().ok()).isTrue();

    assertThat(first.seen(VOUCHER).stream().map(one -> ScriptedRegistrar.request(one).nonce().orElseThrow().text()))
        .hasSize(6).doesNotHaveDuplicates();
    assertThat(time.pauses).hasSize(5);
    for (int i = 0; i < 5; i++) {
      long most = 4000L << i;
      assertThat(time.pauses.get(i).toMillis()).as("pause " + i).isBetween(most / 2, most);
    }
  }

  @Test
  void backOffEndsAtAnHour() {
    PledgeConfig config = asking(unreachable()).trying(new Attempts(1, 40, Duration.ofSeconds(5)), Duration.ofDays(4));
    OnboardReport report = Pledge.onboard(config, Progress.SILENT).report();

    assertThat(report.refused().orElseThrow().reason()).isEqualTo(PledgeReason.UNREACHABLE);
    assertThat(time.pauses).hasSize(39).allMatch(pause -> pause.compareTo(Duration.ofHours(1)) <= 0);
    assertThat(time.pauses.get(38)).isGreaterThanOrEqualTo(Duration.ofMinutes(30));
  }

  @Test
  void aRefusalIsFinalByDefault() {
    first.answering(VOUCHER, HttpResponse.text(403, "not you"), HttpResponse.text(403, "not you"));
    assertThat(Pledge.onboard(asking(first.address()), Progress.SILENT).report().ok()).isFalse();
    assertThat(first.paths()).containsExactly(VOUCHER);
  }

  @Test
  void aDeviceThatNobodyAttendsComesBackAfterARefusal() {
    first.answering(VOUCHER, HttpResponse.text(403, "not yet"), HttpResponse.text(403, "not yet"));
    assertThat(Pledge.onboard(asking(first.address()).trying(Attempts.endless(), Duration.ofDays(4)), Progress.SILENT).report().ok()).isTrue();
    assertThat(first.seen(VOUCHER)).hasSize(3);
  }

  @Test
  void whoSpokeTellsMoreThanWhoCannotBeReached() {
    first.answering(VOUCHER, HttpResponse.text(403, "not you"));
    OnboardReport report = Pledge.onboard(asking(first.address(), unreachable()), Progress.SILENT).report();
    assertThat(report.refused().orElseThrow().reason()).isEqualTo(PledgeReason.REGISTRAR_REFUSED);
  }

  /** Of two good vouchers one counts: the other registrar does not hear of a success that there was not. */
  @Test
  void whoeverHasAVoucherTooLateIsToldThatItIsNotUsed() throws Exception {
    PledgeConfig config = asking(first.address());
    RegistrarLink.Opener opener = HttpsLink.opener(config.protocols(), config.time(), Duration.ofSeconds(20));
    List<PledgeState> reached = new ArrayList<>();
    Progress progress = new Progress() {
      @Override
      public void step(Step step) {}

      @Override
      public void reached(PledgeState state) {
        reached.add(state);
      }
    };
    PledgeFlow flow = new PledgeFlow(config, opener, new StepLog(config.time(), progress), progress, () -> false);
    assertThatThrownBy(() -> flow.attempt(new PledgeState.Searching(config.device()), first.address())).isInstanceOf(SetbackException.class);
    assertThat(first.paths()).containsExactly(VOUCHER, VOUCHER_STATUS);
    assertThat(StatusReport.parse(first.seen(VOUCHER_STATUS).get(0).body()).status()).isFalse();
    assertThat(reached).noneMatch(PledgeState.Imprinted.class::isInstance);
  }

  private PledgeConfig asking(RegistrarAddress... registrars) {
    return PledgeConfig.of(first.device("SN-1"), registrars[0], time.time(), new SecureRandom()).asking(List.of(registrars));
  }

  /** A port that was free a moment ago. */
  private static RegistrarAddress unreachable() {
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      return new RegistrarAddress("127.0.0.1", socket.getLocalPort(), Optional.empty());
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }
}

package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.pledge.ScriptedRegistrar.ENROLL;
import static org.eider.pledge.ScriptedRegistrar.ENROLL_STATUS;
import static org.eider.pledge.ScriptedRegistrar.VOUCHER;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eider.est.http.HttpResponse;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 202 with and without Retry-After (RFC 8995 section 5.6, RFC 7030 section 4.2.3). */
class WaitingTest {
  private final ScriptedRegistrar registrar = ScriptedRegistrar.fresh();
  private final FakeTime time = new FakeTime();

  @AfterEach
  void stop() {
    registrar.close();
  }

  @ParameterizedTest
  @CsvSource(value = {
    "86400 | 60", "61 | 60", "60 | 60", "7 | 7", "0 | 1", "99999999999999999999 | 60", "-5 | 30", "soon | 30",
    "Sat, 21 Nov 2026 12:00:20 GMT | 20", "Sun, 22 Nov 2026 12:00:00 GMT | 60", "Sat, 21 Nov 2026 11:00:00 GMT | 1"
  }, delimiter = '|')
  void thePledgeWaitsAsToldButNeverLongerThanAMinute(String retryAfter, long seconds) {
    registrar.answering(VOUCHER, HttpResponse.empty(202).with("retry-after", retryAfter));
    assertThat(Pledge.onboard(registrar.config("SN-1", time), Progress.SILENT).report().refused()).isEmpty();
    assertThat(time.pauses).containsExactly(Duration.ofSeconds(seconds));
  }

  @Test
  void withoutRetryAfterThePledgeHasADelayOfItsOwn() {
    registrar.answering(VOUCHER, HttpResponse.empty(202));
    assertThat(Pledge.onboard(registrar.config("SN-1", time), Progress.SILENT).report().refused()).isEmpty();
    assertThat(time.pauses).containsExactly(RetryAfter.DEFAULT);
  }

  @Test
  void theRequestIsRepeatedOctetForOctet() {
    registrar.answering(VOUCHER, later(1), later(2), later(3));
    assertThat(Pledge.onboard(registrar.config("SN-1", time), Progress.SILENT).report().refused()).isEmpty();

    assertThat(registrar.seen(VOUCHER)).hasSize(4);
    assertThat(registrar.seen(VOUCHER).stream().map(ScriptedRegistrar.Seen::body).distinct()).hasSize(1);
  }

  @Test
  void aRepeatedRequestMayTravelOverANewConnection() {
    registrar.answering(VOUCHER, later(1).closing(), later(2).closing());
    assertThat(Pledge.onboard(registrar.config("SN-1", time), Progress.SILENT).report().refused()).isEmpty();

    assertThat(registrar.seen(VOUCHER).stream().map(ScriptedRegistrar.Seen::body).distinct()).hasSize(1);
    assertThat(registrar.seen(VOUCHER).stream().map(one -> one.session().id()).distinct()).hasSize(3);
  }

  @Test
  void anotherRegistrarAtTheSameAddressMeansToStartOver() {
    int port = registrar.port();
    registrar.answering(VOUCHER, later(1).closing());
    ScriptedRegistrar[] other = new ScriptedRegistrar[1];
    PledgeTime swapping = new PledgeTime(time.time().clock(), true, time.time().nanos(), delay -> {
      if (other[0] == null) {
        registrar.close();
        other[0] = new ScriptedRegistrar(registrar.manufacturer, registrar.domain, registrar.domain.registrar("another"), port);
      }
      time.time().pause().sleep(delay);
    });
    PledgeConfig config = PledgeConfig.of(registrar.device("SN-1"), registrar.address(), swapping, new SecureRandom());
    try {
      // the substitute's MASA signs under the same root
      assertThat(Pledge.onboard(config, Progress.SILENT).report().refused()).isEmpty();

      assertThat(registrar.seen(VOUCHER)).hasSize(1);
      assertThat(other[0].seen(VOUCHER)).hasSize(1);
      assertThat(Stream.of(registrar, other[0]).flatMap(one -> one.seen(VOUCHER).stream())
          .map(one -> ScriptedRegistrar.request(one).nonce().orElseThrow().text()).distinct()).hasSize(2);
      assertThat(ScriptedRegistrar.request(other[0].seen(VOUCHER).get(0)).proximityRegistrarCert())
          .contains(org.eider.pki.Certificates.der(other[0].shown.certificate()));
    } finally {
      if (other[0] != null) {
        other[0].close();
      }
    }
  }

  @Test
  void patienceEnds() {
    registrar.answering(VOUCHER, Stream.generate(() -> later(86_400)).limit(20).toArray(HttpResponse[]::new));
    PledgeConfig config = registrar.config("SN-1", time).trying(PledgeConfig.Attempts.few(), Duration.ofMinutes(5));
    OnboardReport report = Pledge.onboard(config, Progress.SILENT).report();

    assertThat(report.refused().orElseThrow().reason()).isEqualTo(PledgeReason.OUT_OF_PATIENCE);
    assertThat(time.pauses).hasSize(5).containsOnly(Duration.ofSeconds(60));
  }

  @Test
  void byDefaultPatienceLastsFourDays() {
    assertThat(registrar.config("SN-1", time).patience()).isEqualTo(Duration.ofDays(4));
  }

  @Test
  void aPendingCertificateIsAskedForWithTheSameRequest() {
    registrar.answering(ENROLL, later(5), later(86_400));
    assertThat(Pledge.onboard(registrar.config("SN-1", time), Progress.SILENT).report().refused()).isEmpty();

    assertThat(registrar.seen(ENROLL).stream().map(ScriptedRegistrar.Seen::body).distinct()).hasSize(1);
    assertThat(registrar.seen(ENROLL)).hasSize(3);
    assertThat(time.pauses).containsExactly(Duration.ofSeconds(5), Duration.ofSeconds(60));
  }

  @Test
  void onANewConnectionTheCertificationRequestIsBoundAnewWithTheSameKey() {
    registrar.answering(ENROLL, later(5).closing());
    assertThat(Pledge.onboard(registrar.config("SN-1", time), Progress.SILENT).report().refused()).isEmpty();

    var sent = registrar.seen(ENROLL);
    assertThat(sent).hasSize(2);
    for (ScriptedRegistrar.Seen one : sent) {
      assertThat(ScriptedRegistrar.csr(one).challengePassword())
          .isPresent().isEqualTo(one.session().binding().map(binding -> binding.value().base64()));
    }
    assertThat(sent.stream().map(one -> key(one)).collect(Collectors.toSet())).hasSize(1);
  }

  @Test
  void aPendingCertificateEndsPatienceWithTelemetry() throws Exception {
    registrar.answering(ENROLL, Stream.generate(() -> later(60)).limit(20).toArray(HttpResponse[]::new));
    PledgeConfig config = registrar.config("SN-1", time).trying(PledgeConfig.Attempts.few(), Duration.ofMinutes(3));
    assertThat(Pledge.onboard(config, Progress.SILENT).report().refused().orElseThrow().reason()).isEqualTo(PledgeReason.OUT_OF_PATIENCE);
    assertThat(org.eider.voucher.StatusReport.parse(registrar.seen(ENROLL_STATUS).get(0).body()).status()).isFalse();
  }

  @Test
  void anInterruptedPledgeGivesUp() {
    registrar.answering(VOUCHER, later(60));
    PledgeTime impatient = new PledgeTime(() -> TestPki.NOW, true, time.time().nanos(), delay -> {
      throw new InterruptedException();
    });
    PledgeConfig config = PledgeConfig.of(registrar.device("SN-1"), registrar.address(), impatient, new SecureRandom());
    assertThat(Pledge.onboard(config, Progress.SILENT).report().refused().orElseThrow().reason()).isEqualTo(PledgeReason.GAVE_UP);
    assertThat(Thread.interrupted()).isTrue();
  }

  private static HttpResponse later(int seconds) {
    return HttpResponse.retryAfter(Duration.ofSeconds(seconds));
  }

  private static Optional<String> key(ScriptedRegistrar.Seen seen) {
    try {
      return Optional.of(org.eider.pki.Certificates.spkiSha256(ScriptedRegistrar.csr(seen).publicKey()).hex());
    } catch (org.eider.wire.DecodeException e) {
      return Optional.empty();
    }
  }
}

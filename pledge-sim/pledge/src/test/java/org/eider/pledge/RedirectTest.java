package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.pledge.ScriptedRegistrar.CACERTS;
import static org.eider.pledge.ScriptedRegistrar.ENROLL_STATUS;
import static org.eider.pledge.ScriptedRegistrar.VOUCHER;
import static org.eider.pledge.ScriptedRegistrar.redirect;

import java.util.stream.Stream;
import org.eider.est.http.HttpResponse;
import org.eider.pki.Certificates;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Redirects of the voucher request: one to another origin at most (RFC 8995 section 5.6). */
class RedirectTest {
  private final ScriptedRegistrar first = ScriptedRegistrar.fresh();
  private final ScriptedRegistrar second =
      new ScriptedRegistrar(first.manufacturer, first.domain, first.domain.registrar("second"));
  private final ScriptedRegistrar third = new ScriptedRegistrar(first.manufacturer, first.domain, first.domain.registrar("third"));
  private final FakeTime time = new FakeTime();

  @AfterEach
  void stop() {
    Stream.of(first, second, third).forEach(ScriptedRegistrar::close);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 308})
  void oneRedirectToAnotherOriginIsFollowedWithANewRequest(int status) {
    first.answering(VOUCHER, redirect(status, second.address() + VOUCHER));
    assertThat(Pledge.onboard(first.config("SN-1", time), Progress.SILENT).report().refused()).isEmpty();

    assertThat(first.paths()).containsExactly(VOUCHER);
    assertThat(second.seen(ENROLL_STATUS)).hasSize(1);
    var asked = ScriptedRegistrar.request(first.seen.get(0));
    var askedAgain = ScriptedRegistrar.request(second.seen(VOUCHER).get(0));
    assertThat(askedAgain.nonce()).isNotEqualTo(asked.nonce());
    assertThat(askedAgain.proximityRegistrarCert()).contains(Certificates.der(second.shown.certificate()));
  }

  @Test
  void aSecondRedirectToAnotherOriginEndsTheAttempt() {
    first.answering(VOUCHER, redirect(307, second.address() + VOUCHER));
    second.answering(VOUCHER, redirect(307, third.address() + VOUCHER));
    refuses(PledgeReason.TOO_MANY_REDIRECTS);
    assertThat(third.seen).isEmpty();
  }

  @Test
  void aRedirectBackIsASecondOne() {
    first.answering(VOUCHER, redirect(307, second.address() + VOUCHER));
    second.answering(VOUCHER, redirect(307, first.address() + VOUCHER));
    refuses(PledgeReason.TOO_MANY_REDIRECTS);
    assertThat(first.seen).hasSize(1);
  }

  @Test
  void aRedirectWithinTheOriginIsFollowedWithTheSameOctets() {
    first.answering(VOUCHER, redirect(307, "/elsewhere?x=1"));
    first.answering("/elsewhere", redirect(307, VOUCHER));
    assertThat(Pledge.onboard(first.config("SN-1", time), Progress.SILENT).report().refused()).isEmpty();

    assertThat(first.paths()).startsWith(VOUCHER, "/elsewhere", VOUCHER);
    assertThat(first.seen.stream().limit(3).map(ScriptedRegistrar.Seen::body).distinct()).hasSize(1);
    assertThat(first.seen.stream().map(one -> one.session().id()).distinct()).hasSize(2);
  }

  @Test
  void redirectsInACircleEnd() {
    first.answering(VOUCHER, Stream.generate(() -> redirect(307, VOUCHER)).limit(50).toArray(HttpResponse[]::new));
    refuses(PledgeReason.TOO_MANY_REDIRECTS);
    assertThat(first.seen).hasSizeLessThan(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1:1/.well-known/brski/requestvoucher", "ftp://127.0.0.1/x", "https://user@127.0.0.1/x", "https:///x",
    "::", "https://127.0.0.1:99999/"})
  void aRedirectToWhereNoRegistrarCanBeIsRefused(String location) {
    first.answering(VOUCHER, redirect(307, location));
    refuses(PledgeReason.BAD_ANSWER);
  }

  @Test
  void aRedirectToNowhereIsRefused() {
    first.answering(VOUCHER, HttpResponse.empty(307));
    refuses(PledgeReason.BAD_ANSWER);
  }

  @Test
  void seeOtherMakesNoSense() {
    first.answering(VOUCHER, redirect(303, second.address() + VOUCHER));
    refuses(PledgeReason.BAD_ANSWER);
    assertThat(second.seen).isEmpty();
  }

  @Test
  void afterTheImprintARedirectStaysWithinTheOrigin() {
    first.answering(CACERTS, redirect(302, "/moved/cacerts"));
    first.answering("/moved/cacerts", ScriptedRegistrar.certificates(first.caCertificates));
    assertThat(Pledge.onboard(first.config("SN-1", time), Progress.SILENT).report().refused()).isEmpty();

    first.answering(CACERTS, redirect(302, second.address() + CACERTS));
    refuses(PledgeReason.BAD_ANSWER);
    assertThat(second.seen).isEmpty();
  }

  private void refuses(PledgeReason reason) {
    OnboardReport report = Pledge.onboard(first.config("SN-1", time), Progress.SILENT).report();
    assertThat(report.refused().map(refusal -> refusal.reason())).contains(reason);
  }
}

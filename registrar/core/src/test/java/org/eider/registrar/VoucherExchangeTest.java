package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.pki.Credential;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherRequest;

/** A site, and a device of it that asks for vouchers. */
abstract class VoucherExchangeTest {
  final Site site = new Site();
  final Credential idevid = site.acme.idevid("SN-1");

  final Outcome<VoucherArtifact> ask() {
    return site.vouchers.request(site.session(idevid), site.request(idevid, "SN-1"));
  }

  final VoucherArtifact changed(UnaryOperator<VoucherRequest.Builder> change) {
    return site.request(idevid, "SN-1", change);
  }

  static VoucherArtifact granted(Outcome<VoucherArtifact> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Granted.class);
    return ((Outcome.Granted<VoucherArtifact>) outcome).value();
  }

  static Duration deferred(Outcome<?> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Deferred.class);
    return ((Outcome.Deferred<?>) outcome).retryAfter();
  }

  static Refusal refusal(Outcome<?> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused<?>) outcome).refusal();
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}

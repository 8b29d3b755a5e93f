package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.eider.est.ClientSession;
import org.eider.est.Outcome;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.voucher.StatusReport;
import org.eider.voucher.VoucherArtifact;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RepeatedVoucherRequestTest extends VoucherExchangeTest {
  @Nested
  class AnIdenticalRequest {
    private final VoucherArtifact request = site.request(idevid, "SN-1");

    @Test
    void getsTheSameVoucherWithoutTheMasa() {
      VoucherArtifact first = granted(post());
      String counts = site.counts();

      assertThat(granted(post())).isEqualTo(first);
      assertThat(site.masa.requests).hasSize(1);
      assertThat(site.counts()).isEqualTo(counts);
    }

    @Test
    void goesToTheMasaAgainAfterTenMinutes() {
      post();
      site.clock.advance(Duration.ofMinutes(10).plusSeconds(1));

      assertThat(post()).isInstanceOf(Outcome.Granted.class);
      assertThat(site.masa.requests).hasSize(2);
    }

    @Test
    void goesToTheMasaAgainAfterTheDeviceRejectedTheVoucher() {
      post();
      StatusReport rejected = StatusReport.failure("wrong");
      site.telemetry.voucherStatus(site.session(idevid), rejected, rejected.encode());

      assertThat(post()).isInstanceOf(Outcome.Granted.class);
      assertThat(site.masa.requests).hasSize(2);
      assertThat(site.state("SN-1")).isEqualTo(DeviceState.VOUCHER_ISSUED);
    }

    @Test
    void goesToTheMasaAgainAfterARefusal() {
      site.masa.answer = asked -> Outcome.refused(VoucherReason.MASA_REFUSED, "not yours");
      post();
      site.masa.answersWith(good -> good);

      assertThat(post()).isInstanceOf(Outcome.Granted.class);
      assertThat(site.masa.requests).hasSize(2);
    }

    @Test
    void isRefusedWhenThePolicyHasChanged() {
      post();
      site.ledger.remove("acme");

      assertThat(refusal(post()).reason()).isEqualTo(VoucherReason.UNKNOWN_MANUFACTURER);
    }

    @Test
    void isRefusedInASessionThatShowedAnotherCertificate() {
      post();
      ClientSession other = new ClientSession("s2", site.session(idevid).peer(), idevid.chain(),
          site.domain.registrar("other").certificate(), Optional.empty());

      assertThat(refusal(site.vouchers.request(other, request)).reason()).isEqualTo(VoucherReason.PROXIMITY_MISMATCH);
    }

    @Test
    void isNotTakenForOneWithAnotherSignature() {
      post();

      assertThat(site.vouchers.request(site.session(idevid), site.request(idevid, "SN-1"))).isInstanceOf(Outcome.Granted.class);
      assertThat(site.masa.requests).hasSize(2);
    }

    @Test
    void waitsForTheOneBeforeItAndSharesItsVoucher() throws Exception {
      CountDownLatch asked = new CountDownLatch(1);
      CountDownLatch mayAnswer = new CountDownLatch(1);
      site.masa.answer = good -> {
        asked.countDown();
        await(mayAnswer);
        return Outcome.granted(site.masa.sealed(good, voucher -> voucher));
      };
      var pool = Executors.newFixedThreadPool(4);
      try {
        List<Future<Outcome<VoucherArtifact>>> answers = new ArrayList<>();
        List<Thread> waiting = new ArrayList<>();
        answers.add(pool.submit(this::post));
        await(asked);
        Callable<Outcome<VoucherArtifact>> second = () -> {
          synchronized (waiting) {
            waiting.add(Thread.currentThread());
          }
          return post();
        };
        answers.add(pool.submit(second));
        answers.add(pool.submit(second));
        Awaitility.await().until(() -> waiting.size() == 2
            && waiting.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
        mayAnswer.countDown();

        VoucherArtifact voucher = granted(answers.get(0).get(10, TimeUnit.SECONDS));
        assertThat(granted(answers.get(1).get(10, TimeUnit.SECONDS))).isEqualTo(voucher);
        assertThat(granted(answers.get(2).get(10, TimeUnit.SECONDS))).isEqualTo(voucher);
        assertThat(site.masa.requests).hasSize(1);
        assertThat(site.ledger.vouchers(Site.device("SN-1"), 10)).hasSize(1);
      } finally {
        pool.shutdownNow();
      }
    }

    private Outcome<VoucherArtifact> post() {
      return site.vouchers.request(site.session(idevid), request);
    }
  }

  @Nested
  class ADeviceThatHasBeenHereBefore {
    @Test
    void staysInOperationWhenANewRequestIsRefused() {
      makeOperational();

      site.vouchers.request(site.session(idevid), site.request(idevid, "SN-2"));

      Device device = site.ledger.device(Site.device("SN-1")).orElseThrow();
      assertThat(device.state()).isEqualTo(DeviceState.OPERATIONAL);
      assertThat(device.refusal().orElseThrow()).startsWith("SERIAL_MISMATCH");
    }

    @Test
    void staysInOperationWhileItAsksAgainAndTheMasaIsDown() {
      makeOperational();
      site.masa.answer = request -> Outcome.refused(VoucherReason.MASA_UNREACHABLE, "down");

      ask();

      assertThat(site.state("SN-1")).isEqualTo(DeviceState.OPERATIONAL);
    }

    @Test
    void beginsAnewWithANewVoucher() {
      makeOperational();

      ask();

      assertThat(site.state("SN-1")).isEqualTo(DeviceState.VOUCHER_ISSUED);
    }

    @Test
    void isNoLongerRefusedWhenItGetsItsVoucher() {
      site.masa.answer = request -> Outcome.refused(VoucherReason.MASA_REFUSED, "owned by somebody else");
      ask();
      assertThat(site.state("SN-1")).isEqualTo(DeviceState.REFUSED);
      site.masa.answersWith(good -> good);

      ask();

      Device device = site.ledger.device(Site.device("SN-1")).orElseThrow();
      assertThat(device.state()).isEqualTo(DeviceState.VOUCHER_ISSUED);
      assertThat(device.refusal()).isEmpty();
    }

    private void makeOperational() {
      ask();
      for (DeviceState state : List.of(DeviceState.ENROLLED, DeviceState.OPERATIONAL)) {
        site.ledger.append(List.of(new DeviceEvent(Site.device("SN-1"), site.clock.instant(), DeviceEvent.Kind.ENROLMENT_STATUS,
            Optional.of(state), "s0", Optional.empty(), "set up", Optional.empty(), Optional.empty())));
      }
      assertThat(site.state("SN-1")).isEqualTo(DeviceState.OPERATIONAL);
    }
  }
}

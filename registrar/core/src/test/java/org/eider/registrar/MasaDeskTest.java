package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.registrar.MasaErrand.Again;
import org.eider.registrar.MasaErrand.Answer;
import org.eider.registrar.MasaErrand.Done;
import org.eider.registrar.MasaErrand.Held;
import org.eider.registrar.MasaErrand.Refused;
import org.eider.registrar.MasaErrand.Result;
import org.eider.testkit.LogLines;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The desk alone: errands that do what a test says, a clock that it moves, and ticks that it gives. */
class MasaDeskTest {
  private static final Answer VOUCHER = answer("voucher");
  private static final Again DOWN = new Again(new Refusal(VoucherReason.MASA_UNREACHABLE, "down"), Optional.empty());
  private static final Again TIMEOUT = new Again(new Refusal(VoucherReason.MASA_TIMEOUT, "silent"), Optional.empty());
  private static final Refused NO = new Refused(new Refusal(VoucherReason.MASA_REFUSED, "not yours"));
  private static final Duration HOUR = Duration.ofHours(1);

  private final TestClock clock = new TestClock();
  private final CountDownLatch end = new CountDownLatch(1);
  private MasaDesk desk = desk(new MasaDeskLimits(2, 2, 40, 8, Duration.ofSeconds(20), HOUR, Duration.ofMinutes(10), Duration.ofMinutes(5)));

  @AfterEach
  void close() {
    end.countDown();
    desk.close();
  }

  @Test
  void aRequestThatIsAnsweredInTimeGetsItsVoucher() {
    Errand errand = new Errand(new Done(VOUCHER));
    assertThat(ask("a", errand).outcome()).isEqualTo(Outcome.granted(VOUCHER));
    assertThat(errand.calls).containsExactly("begin", "attempt");
    assertThat(desk.get().pending()).isZero();
  }

  @Test
  void anIdenticalRequestGetsTheSameVoucherForTheConfiguredTime() {
    ask("a", new Errand(new Done(VOUCHER)));
    Errand second = new Errand(new Done(answer("another")));
    clock.advance(Duration.ofMinutes(5).minusSeconds(1));
    assertThat(ask("a", second).outcome()).isEqualTo(Outcome.granted(VOUCHER));
    assertThat(second.calls).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(ask("a", second).outcome()).isEqualTo(Outcome.granted(answer("another")));
  }

  @Test
  void aVoucherThatExpiredOrIsNotGoodAnyMoreIsNotHandedOutAgain() {
    Answer brief = new Answer(VOUCHER.voucher(), Optional.of(clock.instant().plusSeconds(60)), "s");
    ask("a", new Errand(new Done(brief)));
    clock.advance(Duration.ofSeconds(60));
    assertThat(ask("a", new Errand(new Done(VOUCHER))).outcome()).isEqualTo(Outcome.granted(VOUCHER));
    assertThat(desk.ask(key("a"), device("a"), good -> false, new Errand(new Done(answer("another")))).outcome())
        .isEqualTo(Outcome.granted(answer("another")));
  }

  @Test
  void aRequestThatIsNotAnsweredInTimeComesBackForItsVoucher() {
    desk = desk(impatient());
    CountDownLatch mayAnswer = new CountDownLatch(1);
    Errand errand = new Errand(() -> {
      awaitQuietly(mayAnswer);
      return new Done(VOUCHER);
    });
    MasaDesk.Reply first = ask("a", errand);
    comesBackWithin(first, 2, 4);
    assertThat(ask("a", new Errand()).outcome()).isEqualTo(first.outcome());
    mayAnswer.countDown();
    await().until(() -> desk.get().manufacturers().get("acme").running() == 0);
    assertThat(desk.get().pending()).as("kept until it is fetched").isEqualTo(1);
    assertThat(ask("a", new Errand()).outcome()).isEqualTo(Outcome.granted(VOUCHER));
    assertThat(desk.get().pending()).isZero();
    assertThat(ask("a", new Errand()).outcome()).as("and once more").isEqualTo(Outcome.granted(VOUCHER));
  }

  @Test
  void aVoucherThatWasNotFetchedIsNotHandedOutOnceItIsNotGood() {
    desk = desk(impatient());
    askAndLeave("a", new Done(VOUCHER));
    await().until(() -> desk.get().manufacturers().get("acme").running() == 0);
    Errand anew = new Errand(NO);
    desk.ask(key("a"), device("a"), good -> false, anew);
    await().until(() -> anew.calls.contains("attempt"));
  }

  @Test
  void vouchersThatNobodyFetchesAreKeptForABoundedTimeAndInABoundedNumber() {
    desk = desk(impatient());
    for (int i = 0; i < 10; i++) {
      askAndLeave("gone-" + i, new Done(VOUCHER));
      await().until(this::idle);
    }
    assertThat(desk.get().pending()).isEqualTo(10);
    assertThat(reason(ask("one too many", new Errand(new Done(VOUCHER))))).isEqualTo(VoucherReason.OVERLOADED);
    clock.advance(Duration.ofMinutes(2));
    askAndLeave("takes the place of one", new Done(VOUCHER));
    assertThat(desk.get().pending()).isEqualTo(10);
    await().until(this::idle);
    clock.advance(Duration.ofMinutes(8));
    desk.tick();
    assertThat(desk.get().pending()).as("the latest alone").isEqualTo(1);
    clock.advance(Duration.ofMinutes(2));
    desk.tick();
    assertThat(desk.get().pending()).isZero();
  }

  @Test
  void aRefusalIsToldAtOnceAndLeavesNothing() {
    assertThat(ask("a", new Errand(NO)).outcome()).isEqualTo(Outcome.refused(NO.refusal()));
    assertThat(ask("a", new Errand(new Done(VOUCHER))).outcome()).isEqualTo(Outcome.granted(VOUCHER));
  }

  @Test
  void aRefusalThatNobodyWaitedForIsToldOnce() {
    desk = desk(impatient());
    askAndLeave("a", NO);
    await().until(() -> desk.get().manufacturers().get("acme").running() == 0);
    assertThat(ask("a", new Errand()).outcome()).isEqualTo(Outcome.refused(NO.refusal()));
    assertThat(desk.get().pending()).isZero();
  }

  @Test
  void whatSomebodyElseHasToDecideBeginsAnewEachTime() {
    for (int i = 0; i < 2; i++) {
      Errand errand = new Errand(new Held(Duration.ofSeconds(55)));
      assertThat(ask("a", errand).outcome()).isEqualTo(Outcome.deferred(Duration.ofSeconds(55)));
      assertThat(errand.calls).containsExactly("begin", "attempt");
    }
  }

  @Test
  void aMasaThatIsDownIsAskedAgainAfter5And10And20And40AndThenEvery60Seconds() {
    Errand errand = new Errand(DOWN, DOWN, DOWN, DOWN, DOWN, DOWN, DOWN, new Done(VOUCHER));
    comesBackWithin(ask("a", errand), 45, 60);
    List<Integer> pauses = List.of(5, 10, 20, 40, 60, 60, 60);
    for (int i = 0; i < pauses.size(); i++) {
      attemptsAfter(errand, Duration.ofSeconds(pauses.get(i) * 4L / 5).minusMillis(1), i + 1);
      visit(errand);
      attemptsAfter(errand, Duration.ofSeconds(pauses.get(i) - pauses.get(i) * 4L / 5).plusMillis(1), i + 2);
    }
    assertThat(ask("a", errand).outcome()).isEqualTo(Outcome.granted(VOUCHER));
    assertThat(errand.calls.stream().filter(call -> call.equals("begin"))).hasSize(1);
    assertThat(errand.calls.stream().filter(call -> call.startsWith("hold"))).hasSize(7);
  }

  @Test
  void theMasasOwnRetryAfterIsRespectedUpTo60Seconds() {
    for (long demanded : List.of(30L, 600L)) {
      long expected = Math.min(demanded, 60);
      Errand errand = new Errand(new Again(DOWN.trouble(), Optional.of(Duration.ofSeconds(demanded))), new Done(VOUCHER));
      String name = "demands " + demanded;
      desk.ask(key(name), device(name), good -> true, errand);
      clock.advance(Duration.ofSeconds(expected).minusMillis(1));
      desk.tick();
      assertThat(desk.get().manufacturers().get("acme").running() + desk.get().manufacturers().get("acme").queued()).isZero();
      clock.advance(Duration.ofMillis(expected * 100 + 1));
      desk.tick();
      await().until(() -> errand.calls.contains("attempt") && errand.results.isEmpty());
    }
  }

  @Test
  void everyPostWhileTheMasaIsDownIsToldWhyAndTheSameTimeOfAtMost60Seconds() {
    Errand errand = new Errand(DOWN, TIMEOUT, TIMEOUT, TIMEOUT, TIMEOUT, TIMEOUT);
    MasaDesk.Reply first = ask("a", errand);
    assertThat(first.trouble()).contains(DOWN.trouble());
    for (int attempt = 2; attempt <= 6; attempt++) {
      attemptsAfter(errand, Duration.ofSeconds(60), attempt);
      MasaDesk.Reply reply = ask("a", errand);
      assertThat(reply.trouble()).contains(TIMEOUT.trouble());
      comesBackWithin(reply, 45, 60);
      assertThat(reply.outcome()).isEqualTo(first.outcome());
    }
  }

  @Test
  void devicesWhoseMasaIsDownAreToldToComeBackAtDifferentTimes() {
    assertThat(IntStream.range(0, 40).mapToObj(i -> ComeBack.later(device("SN-" + i))).distinct().count()).isGreaterThan(5);
    assertThat(IntStream.range(0, 40).mapToObj(i -> ComeBack.soon(device("SN-" + i))).distinct().count()).isEqualTo(3);
  }

  @Test
  void afterThePatienceThePledgeIsToldTheLastTrouble() {
    Errand errand = new Errand();
    errand.otherwise = DOWN;
    ask("a", errand);
    for (int minute = 0; minute < 60; minute++) {
      clock.advance(Duration.ofMinutes(1));
      int before = errand.attempts();
      desk.tick();
      await().until(() -> errand.attempts() == before + 1 && idle());
      if (minute < 59) {
        comesBackWithin(ask("a", errand), 2, 60);
      }
    }
    assertThat(errand.calls.get(errand.calls.size() - 1)).isEqualTo("giveUp MASA_UNREACHABLE");
    assertThat(ask("a", errand).outcome()).isEqualTo(Outcome.refused(DOWN.trouble()));
  }

  @Test
  void aPledgeThatStaysAwayIsForgotten() {
    Errand errand = new Errand();
    errand.otherwise = DOWN;
    ask("a", errand);
    for (int minute = 0; minute < 9; minute++) {
      clock.advance(Duration.ofMinutes(1));
      desk.tick();
      await().until(this::idle);
    }
    assertThat(desk.get().pending()).isEqualTo(1);
    int before = errand.attempts();
    clock.advance(Duration.ofMinutes(1));
    desk.tick();
    assertThat(desk.get().pending()).isZero();
    assertThat(errand.attempts()).isEqualTo(before);
  }

  @Test
  void requestsOfTheSameOctetsShareOneExchange() {
    CountDownLatch mayAnswer = new CountDownLatch(1);
    Errand first = new Errand(() -> {
      awaitQuietly(mayAnswer);
      return new Done(VOUCHER);
    });
    List<CompletableFuture<MasaDesk.Reply>> replies = new ArrayList<>();
    IntStream.range(0, 3).forEach(i -> replies.add(later("a", first)));
    await().until(() -> desk.get().waiting() == 3);
    mayAnswer.countDown();
    assertThat(replies).allSatisfy(reply -> assertThat(reply.get(5, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.granted(VOUCHER)));
    assertThat(first.calls).containsExactly("begin", "attempt");
    assertThat(desk.get().waiting()).isZero();
  }

  @Test
  void aNewRequestOfTheSameDeviceReplacesTheOneThatPauses() {
    Errand old = new Errand(DOWN, new Done(VOUCHER));
    MasaTicket.Key first = new MasaTicket.Key(Octets.utf8("first"), Octets.utf8("client"));
    MasaTicket.Key second = new MasaTicket.Key(Octets.utf8("second"), Octets.utf8("client"));
    desk.ask(first, device("a"), good -> true, old);
    desk.ask(second, device("a"), good -> true, new Errand(DOWN));
    assertThat(desk.get().pending()).isEqualTo(1);
    clock.advance(Duration.ofMinutes(1));
    desk.tick();
    await().until(this::idle);
    assertThat(old.attempts()).isEqualTo(1);
  }

  @Test
  void aDeviceHasOneAttemptAtATime() {
    desk = desk(impatient());
    MasaTicket.Key first = new MasaTicket.Key(Octets.utf8("first"), Octets.utf8("client"));
    MasaTicket.Key second = new MasaTicket.Key(Octets.utf8("second"), Octets.utf8("client"));
    desk.ask(first, device("a"), good -> true, hanging());
    Errand other = new Errand(new Done(VOUCHER));
    comesBackWithin(desk.ask(second, device("a"), good -> true, other), 2, 4);
    assertThat(other.calls).isEmpty();
  }

  @Test
  void aManufacturerWhoseQueueIsFullIsOverloadedAndNobodyElseIs() {
    desk = desk(impatient());
    IntStream.range(0, 4).forEach(i -> comesBackWithin(ask("hangs-" + i, hanging()), 2, 4));
    Errand fifth = new Errand(new Done(VOUCHER));
    assertThat(reason(ask("hangs-5", fifth))).isEqualTo(VoucherReason.OVERLOADED);
    assertThat(fifth.calls).isEmpty();
    MasaDesk.Share acme = desk.get().manufacturers().get("acme");
    assertThat(acme.running() + acme.queued()).isEqualTo(4);
    Errand other = new Errand(new Done(VOUCHER));
    desk.ask(key("other"), new DeviceId("zenith", "other"), good -> true, other);
    await().until(() -> other.calls.contains("attempt"));
  }

  @Test
  void onlyHalfOfTheWorkersWaitForOneManufacturerAndThreeQuartersForAll() {
    desk = desk(new MasaDeskLimits(8, 8, 400, 8, Duration.ofSeconds(20), HOUR, Duration.ofMinutes(10), Duration.ofMinutes(5)));
    List<CompletableFuture<MasaDesk.Reply>> waiting = new ArrayList<>();
    IntStream.range(0, 4).forEach(i -> waiting.add(later("waits-" + i, hanging())));
    await().until(() -> desk.get().waiting() == 4);
    comesBackWithin(ask("fifth", hanging()), 2, 4);
    DeviceId zenith = new DeviceId("zenith", "1");
    waiting.add(CompletableFuture.supplyAsync(() -> desk.ask(key("z1"), zenith, good -> true, hanging()), MasaDeskTest::onThread));
    waiting.add(CompletableFuture.supplyAsync(() -> desk.ask(key("z2"), zenith, good -> true, hanging()), MasaDeskTest::onThread));
    await().until(() -> desk.get().waiting() == 6);
    comesBackWithin(desk.ask(key("z3"), zenith, good -> true, hanging()), 2, 4);
    end.countDown();
    assertThat(waiting).allSatisfy(reply -> assertThat(reply.get(5, TimeUnit.SECONDS)).isNotNull());
  }

  @Test
  void nobodyWaitsForAMasaThatWasTooSlowUntilItHasBeenPrompt() {
    desk = desk(new MasaDeskLimits(4, 8, 400, 8, Duration.ofMillis(50), HOUR, Duration.ofMinutes(10), Duration.ofMinutes(5)));
    comesBackWithin(ask("slow", hanging()), 2, 4);
    assertThat(desk.get().manufacturers().get("acme").slow()).isTrue();
    Errand quick = new Errand(new Done(VOUCHER));
    comesBackWithin(ask("quick", quick), 2, 4);
    await().until(() -> !desk.get().manufacturers().get("acme").slow());
    assertThat(ask("quick", quick).outcome()).isEqualTo(Outcome.granted(VOUCHER));
  }

  @Test
  void aManufacturerHasAQuarterOfTheExchangesAndOnlyWhoStayedAwayMakesRoom() {
    IntStream.range(0, 10).forEach(i -> ask("held-" + i, new Errand(DOWN)));
    assertThat(reason(ask("one too many", new Errand(DOWN)))).isEqualTo(VoucherReason.OVERLOADED);
    assertThat(desk.ask(key("z"), new DeviceId("zenith", "z"), good -> true, new Errand(new Done(VOUCHER))).outcome())
        .isEqualTo(Outcome.granted(VOUCHER));
    clock.advance(Duration.ofMinutes(1));
    IntStream.range(1, 10).forEach(i -> ask("held-" + i, new Errand()));
    clock.advance(Duration.ofMinutes(1));
    comesBackWithin(ask("one too many", new Errand(DOWN)), 45, 60);
    assertThat(desk.get().manufacturers().get("acme").pending()).isEqualTo(10);
    Errand returned = new Errand(DOWN);
    assertThat(reason(ask("held-0", returned))).as("it stayed away longest and made room").isEqualTo(VoucherReason.OVERLOADED);
  }

  @Test
  void whatIsRepeatedLeavesHalfOfTheQueueToNewRequests() {
    List<Errand> held = IntStream.range(0, 10).mapToObj(i -> new Errand(DOWN)).toList();
    IntStream.range(0, 10).forEach(i -> ask("held-" + i, held.get(i)));
    held.forEach(errand -> errand.hang = true);
    clock.advance(Duration.ofSeconds(10));
    desk.tick();
    desk.tick();
    MasaDesk.Share acme = desk.get().manufacturers().get("acme");
    assertThat(acme.running() + acme.queued()).as("two threads and half of a queue of two").isEqualTo(3);
  }

  @Test
  void anErrandThatCannotBeginLeavesNothing() {
    Errand broken = new Errand() {
      @Override
      public void begin() {
        throw new StoreException("disk full", new IllegalStateException());
      }
    };
    assertThatThrownBy(() -> ask("a", broken)).isInstanceOf(StoreException.class);
    assertThat(desk.get().pending()).isZero();
    assertThat(desk.get().waiting()).isZero();
    assertThat(ask("a", new Errand(new Done(VOUCHER))).outcome()).isEqualTo(Outcome.granted(VOUCHER));
  }

  @Test
  void aStoreThatIsBusyAfterAnAttemptEndsTheExchangeAndTheNextRequestBeginsAnew() {
    Errand busy = new Errand(new Again(NO.refusal(), Optional.empty())) {
      @Override
      public void hold(Refusal trouble, int attempt, Duration pause) {
        throw new StoreBusyException("disk full", new IllegalStateException());
      }
    };
    assertThat(ask("a", busy).outcome().<Object>fold(granted -> granted, retryAfter -> retryAfter, Refusal::reason))
        .isEqualTo(VoucherReason.STORE_BUSY);
    assertThat(desk.get().pending()).isZero();
    assertThat(ask("a", new Errand(new Done(VOUCHER))).outcome()).isEqualTo(Outcome.granted(VOUCHER));
  }

  @Test
  void anErrandThatFailsIsOurFaultAndLeavesNothing() {
    desk = desk(impatient());
    try (LogLines lines = LogLines.of(MasaDesk.class)) {
      ask("a", new Errand(() -> {
        throw new IllegalStateException("a fault");
      }));
      await().until(() -> desk.get().pending() == 0);
      assertThat(lines.at(Level.ERROR)).hasSize(1);
    }
  }

  @Test
  void stoppingDropsWhatIsPendingWithOneLineAndEndsTheThreads() {
    Errand errand = new Errand(DOWN);
    ask("a", errand);
    ask("b", new Errand(DOWN));
    try (LogLines lines = LogLines.of(MasaDesk.class)) {
      desk.stop();
      desk.close();
      desk.close();
      assertThat(lines.at(Level.INFO)).singleElement().asString().startsWith("2 exchange(s)");
    }
    clock.advance(Duration.ofMinutes(1));
    desk.tick();
    assertThat(errand.attempts()).isEqualTo(1);
    comesBackWithin(ask("c", new Errand(new Done(VOUCHER))), 2, 4);
  }

  @Test
  void anAttemptThatBreaksBecauseTheRegistrarStopsIsNoTroubleOfTheMasa() {
    desk = desk(impatient());
    CountDownLatch broken = new CountDownLatch(1);
    Errand errand = new Errand(() -> {
      awaitQuietly(broken);
      return DOWN;
    });
    ask("a", errand);
    await().until(() -> errand.attempts() == 1);
    desk.stop();
    broken.countDown();
    desk.close();
    assertThat(errand.calls).containsExactly("begin", "attempt");
  }

  private MasaDesk desk(MasaDeskLimits limits) {
    return new MasaDesk(limits, clock, () -> TimeUnit.MILLISECONDS.toNanos(clock.millis()), new Random(7), Optional.empty());
  }

  /** Nobody waits at all. */
  private static MasaDeskLimits impatient() {
    return new MasaDeskLimits(2, 2, 40, 8, Duration.ZERO, HOUR, Duration.ofMinutes(10), Duration.ofMinutes(5));
  }

  private Errand hanging() {
    return new Errand(() -> {
      awaitQuietly(end);
      return NO;
    });
  }

  private MasaDesk.Reply ask(String name, MasaErrand errand) {
    Predicate<Answer> stillGood = answer -> true;
    return desk.ask(key(name), device(name), stillGood, errand);
  }

  /** Somebody who asks and is told to come back, since the answer comes only then. */
  private void askAndLeave(String name, Result result) {
    CountDownLatch gone = new CountDownLatch(1);
    comesBackWithin(ask(name, new Errand(() -> {
      awaitQuietly(gone);
      return result;
    })), 2, 4);
    gone.countDown();
  }

  private CompletableFuture<MasaDesk.Reply> later(String name, MasaErrand errand) {
    return CompletableFuture.supplyAsync(() -> ask(name, errand), MasaDeskTest::onThread);
  }

  private static void onThread(Runnable task) {
    new Thread(task).start();
  }

  private void visit(Errand errand) {
    comesBackWithin(ask("a", errand), 2, 60);
  }

  /** Moves the clock, ticks, and waits until that many attempts are over. */
  private void attemptsAfter(Errand errand, Duration time, int attempts) {
    clock.advance(time);
    desk.tick();
    await().until(this::idle);
    assertThat(errand.attempts()).isEqualTo(attempts);
  }

  private boolean idle() {
    return desk.get().manufacturers().values().stream().allMatch(share -> share.running() + share.queued() == 0);
  }

  private static void comesBackWithin(MasaDesk.Reply reply, int shortest, int longest) {
    assertThat(reply.outcome()).isInstanceOfSatisfying(Outcome.Deferred.class,
        deferred -> assertThat(deferred.retryAfter()).isBetween(Duration.ofSeconds(shortest), Duration.ofSeconds(longest)));
  }

  private static Refusal.Reason reason(MasaDesk.Reply reply) {
    assertThat(reply.outcome()).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused<Answer>) reply.outcome()).refusal().reason();
  }

  private static MasaTicket.Key key(String name) {
    return new MasaTicket.Key(Octets.utf8("request of " + name), Octets.utf8("client " + name));
  }

  private static DeviceId device(String name) {
    return new DeviceId("acme", name);
  }

  private static Answer answer(String text) {
    return new Answer(new VoucherArtifact(VoucherFormat.CMS_JSON, Octets.utf8(text)), Optional.empty(), "s");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What a test makes of an attempt. */
  private interface Attempt {
    Result make();
  }

  /** Does one thing after the other, then always the same, and remembers what it was called for. */
  private class Errand implements MasaErrand {
    final List<String> calls = new CopyOnWriteArrayList<>();
    final Queue<Attempt> results = new ConcurrentLinkedQueue<>();
    volatile Result otherwise = NO;
    volatile boolean hang;

    Errand(Result... results) {
      for (Result result : results) {
        this.results.add(() -> result);
      }
    }

    Errand(Attempt attempt) {
      results.add(attempt);
    }

    int attempts() {
      return (int) calls.stream().filter(call -> call.equals("attempt")).count();
    }

    @Override
    public void begin() {
      calls.add("begin");
    }

    @Override
    public Result attempt() {
      calls.add("attempt");
      if (hang) {
        awaitQuietly(end);
      }
      Attempt next = results.poll();
      return next == null ? otherwise : next.make();
    }

    @Override
    public void hold(Refusal trouble, int attempt, Duration pause) {
      calls.add("hold " + attempt + " " + trouble.reason().name());
    }

    @Override
    public void giveUp(Refusal trouble) {
      calls.add("giveUp " + trouble.reason().name());
    }
  }
}

package org.eider.registrar;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.registrar.MasaErrand.Again;
import org.eider.registrar.MasaErrand.Answer;
import org.eider.registrar.MasaErrand.Done;
import org.eider.registrar.MasaErrand.Held;
import org.eider.registrar.MasaErrand.Refused;
import org.eider.registrar.MasaErrand.Result;
import org.eider.registrar.MasaTicket.Key;
import org.eider.registrar.MasaTicket.Stage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where exchanges with MASAs go on while pledges wait outside. Each manufacturer has threads of its own, so that a slow MASA delays
 * nobody else; a request waits a short time for its exchange and is then told to come back.
 *
 * <p>An exchange belongs to a request, octet for octet, of a client: whoever repeats it joins it, and gets what came of it, once for a
 * refusal and for the configured time for a voucher. A device has one exchange at a time; its newest request replaces one that pauses.
 * A MASA that does not answer or decide is asked again for as long as the pledge keeps coming.
 *
 * <p>Everything is bounded. When a manufacturer's quarter of the exchanges, or all of them, are taken, the one that was not asked for
 * for longest makes room if its pledge stayed away for twice as long as a pledge waits; else the new one is OVERLOADED. Nothing
 * survives the process: a pledge that comes back after a restart begins anew. Durations are measured by a clock that does not jump.
 */
public final class MasaDesk implements AutoCloseable, Supplier<MasaDesk.Counts> {
  private static final Logger LOG = LoggerFactory.getLogger(MasaDesk.class);
  private static final int RECENT = 1_000;
  private static final Duration TICK = Duration.ofMillis(250);

  private final MasaDeskLimits limits;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final MasaRetries retries;
  private final Cache<Key, Answer> recent;
  private final Optional<ScheduledExecutorService> ticker;
  private final Object lock = new Object();
  private final MasaRoom room;
  private volatile boolean stopped;

  /**
   * How much there is of everything.
   *
   * @param pending exchanges whose pledges have not been answered for good
   * @param waiting requests that wait for one right now
   * @param manufacturers the same by manufacturer
   */
  public record Counts(int pending, int waiting, Map<String, Share> manufacturers) {}

  /**
   * One manufacturer's part.
   *
   * @param pending exchanges whose pledges have not been answered for good
   * @param queued attempts that wait for a thread
   * @param running attempts that go on
   * @param waiting requests that wait for one right now
   * @param slow whether the MASA was too slow for a request to wait, and has not been quick since
   */
  public record Share(int pending, int queued, int running, int waiting, boolean slow) {}

  /**
   * What a request is told.
   *
   * @param outcome the voucher, when to come back, or why not
   * @param trouble why the MASA has to be asked again, when that is what there is to wait for
   */
  record Reply(Outcome<Answer> outcome, Optional<Refusal> trouble) {
    private static Reply of(Outcome<Answer> outcome) {
      return new Reply(outcome, Optional.empty());
    }
  }

  /** What a request finds at the desk. */
  private sealed interface Found {
    /** A reply at once. */
    record Told(Reply reply) implements Found {}

    /** An exchange that is over; this request takes what came of it. */
    record Left(Result result) implements Found {}

    /** An attempt that goes on; this request may wait for {@code turn}, or not. */
    record Joined(MasaTicket ticket, CompletableFuture<Result> turn, boolean waits) implements Found {}

    /** An exchange that this request has to begin. */
    record New(Joined place) implements Found {}
  }

  /** A desk that looks for what is due whenever {@link #tick} is called. */
  MasaDesk(MasaDeskLimits limits, InstantSource clock, LongSupplier nanos, RandomGenerator random,
      Optional<ScheduledExecutorService> ticker) {
    this.limits = limits;
    this.clock = clock;
    this.nanos = nanos;
    this.retries = new MasaRetries(random);
    this.recent = Caffeine.newBuilder().maximumSize(RECENT).expireAfterWrite(limits.identicalRetry()).ticker(nanos::getAsLong).build();
    this.room = new MasaRoom(limits);
    this.ticker = ticker;
  }

  /** A desk at work. */
  public static MasaDesk open(MasaDeskLimits limits, InstantSource clock) {
    ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> {
      Thread thread = new Thread(task, "masa-desk");
      thread.setDaemon(true);
      return thread;
    });
    MasaDesk desk = new MasaDesk(limits, clock, System::nanoTime, new SecureRandom(), Optional.of(ticker));
    ticker.scheduleWithFixedDelay(desk::tickForever, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    return desk;
  }

  /**
   * The answer to a request: of the identical one before it, of the exchange about it that goes on, or of {@code errand}.
   *
   * @param stillGood whether a voucher that was there before this request may be handed out
   * @throws StoreException when the errand could not begin
   */
  Reply ask(Key key, DeviceId device, Predicate<Answer> stillGood, MasaErrand errand) {
    Found found;
    synchronized (lock) {
      found = stopped ? new Found.Told(Reply.of(Outcome.deferred(ComeBack.soon(device)))) : find(key, device, errand);
    }
    if (found instanceof Found.Left left) {
      return taken(left.result(), key, device, stillGood).orElseGet(() -> ask(key, device, stillGood, errand));
    }
    if (found instanceof Found.New begun) {
      begin(begun.place());
      return await(begun.place());
    }
    return found instanceof Found.Joined joined ? await(joined) : ((Found.Told) found).reply();
  }

  @Override
  public Counts get() {
    synchronized (lock) {
      return room.counts();
    }
  }

  /** Begins nothing more and records nothing more; to be called before the way to the MASAs is closed. */
  public void stop() {
    ticker.ifPresent(ScheduledExecutorService::shutdownNow);
    synchronized (lock) {
      if (stopped) {
        return;
      }
      stopped = true;
      int pending = room.counts().pending();
      if (pending > 0) {
        LOG.info("{} exchange(s) with MASAs are given up; their pledges begin anew when they come again", pending);
      }
    }
  }

  /** Stops, and waits for what goes on; never longer than 5 s, since it should be closed after the way to the MASAs. */
  @Override
  public void close() {
    stop();
    List<MasaBulkhead> all;
    synchronized (lock) {
      all = room.close();
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    try {
      for (MasaBulkhead bulkhead : all) {
        if (!bulkhead.await(deadline - System.nanoTime())) {
          LOG.warn("an exchange with a MASA has not ended in time");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Begins the attempts that are due, and forgets the exchanges whose pledges stay away. */
  void tick() {
    List<MasaTicket> due;
    List<MasaTicket> absent;
    synchronized (lock) {
      if (stopped) {
        return;
      }
      absent = room.forgetAbsent(nanos.getAsLong());
      due = room.due(nanos.getAsLong());
    }
    absent.forEach(ticket -> LOG.debug("{} has not come again; its exchange with the MASA is forgotten", ticket.device));
    due.forEach(this::execute);
  }

  private void tickForever() {
    try {
      tick();
    } catch (RuntimeException e) {
      LOG.error("the MASA desk failed; it goes on", e);
    }
  }

  private Found find(Key key, DeviceId device, MasaErrand errand) {
    Optional<Answer> before = Optional.ofNullable(recent.getIfPresent(key));
    if (before.isPresent()) {
      return new Found.Left(new Done(before.get()));
    }
    Optional<MasaTicket> known = room.about(key, device);
    if (known.isEmpty()) {
      if (room.isBusy(key)) {
        return new Found.Told(Reply.of(Outcome.deferred(ComeBack.soon(device))));
      }
      return room.enter(key, device, errand, nanos.getAsLong()).<Found>map(entered -> new Found.New(join(entered)))
          .orElseGet(() -> new Found.Told(Reply.of(Outcome.refused(VoucherReason.OVERLOADED, "too much goes on with this device's MASA"))));
    }
    MasaTicket ticket = known.get();
    ticket.visited = nanos.getAsLong();
    return switch (ticket.stage) {
      case ACTIVE -> join(ticket);
      case PAUSED -> new Found.Told(paused(ticket));
      case ENDED -> {
        Result result = ticket.turn.join();
        remember(ticket, result);
        yield new Found.Left(result);
      }
    };
  }

  private Found.Joined join(MasaTicket ticket) {
    return new Found.Joined(ticket, ticket.turn, room.mayWait(ticket));
  }

  private static Reply paused(MasaTicket ticket) {
    return new Reply(Outcome.deferred(ComeBack.later(ticket.device)), ticket.trouble);
  }

  /** What came of an exchange that is over; empty when its voucher is not good any more. */
  private Optional<Reply> taken(Result result, Key key, DeviceId device, Predicate<Answer> stillGood) {
    if (!(result instanceof Done done)) {
      return Optional.of(reply(result, device));
    }
    if (!isGood(done.answer(), stillGood)) {
      recent.asMap().remove(key, done.answer());
      return Optional.empty();
    }
    return Optional.of(reply(result, device));
  }

  private boolean isGood(Answer answer, Predicate<Answer> stillGood) {
    return answer.expiresOn().map(end -> clock.instant().isBefore(end)).orElse(true) && stillGood.test(answer);
  }

  private void begin(Found.Joined place) {
    MasaTicket ticket = place.ticket();
    Optional<Result> failure = Optional.of(failed());
    try {
      ticket.errand.begin();
      failure = Optional.empty();
    } catch (StoreException e) {
      failure = Optional.of(new Refused(VoucherReason.of(e)));
      throw e;
    } finally {
      if (failure.isPresent()) {
        synchronized (lock) {
          if (place.waits()) {
            room.hasWaited(ticket);
          }
          ticket.bulkhead.withdrawn();
          room.remove(ticket);
          ticket.turn.complete(failure.get());
        }
      }
    }
    execute(ticket);
  }

  /** Waits for an attempt as long as a request waits. */
  private Reply await(Found.Joined place) {
    if (!place.waits()) {
      return Reply.of(Outcome.deferred(ComeBack.soon(place.ticket().device)));
    }
    boolean late = false;
    try {
      place.turn().get(limits.waiting().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      late = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a turn never fails", e);
    }
    synchronized (lock) {
      room.hasWaited(place.ticket());
      if (!place.turn().isDone()) {
        if (late) {
          place.ticket().bulkhead.wasSlow();
        }
        return Reply.of(Outcome.deferred(ComeBack.soon(place.ticket().device)));
      }
      Result result = place.turn().join();
      return result instanceof Again ? paused(place.ticket()) : reply(result, place.ticket().device);
    }
  }

  private static Reply reply(Result result, DeviceId device) {
    if (result instanceof Done done) {
      return Reply.of(Outcome.granted(done.answer()));
    }
    if (result instanceof Refused refused) {
      return Reply.of(Outcome.refused(refused.refusal()));
    }
    return Reply.of(Outcome.deferred(result instanceof Held held ? held.retryAfter() : ComeBack.soon(device)));
  }

  private void execute(MasaTicket ticket) {
    synchronized (lock) {
      if (!stopped) {
        ticket.bulkhead.execute(() -> run(ticket));
        return;
      }
    }
    ticket.turn.complete(new Held(ComeBack.soon(ticket.device)));
  }

  /** One attempt, on a thread of the manufacturer. */
  private void run(MasaTicket ticket) {
    long began = nanos.getAsLong();
    synchronized (lock) {
      ticket.bulkhead.began();
      ticket.attempts++;
    }
    Duration pause = Duration.ZERO;
    Result result = failed(); // which it stays when this thread dies of an error
    try {
      result = stopped ? new Held(ComeBack.soon(ticket.device)) : attempt(ticket.errand);
      if (result instanceof Again again) {
        pause = retries.pause(ticket.attempts, again.retryAfter());
        result = stopped ? new Held(ComeBack.soon(ticket.device)) : repeated(ticket, again, pause);
      }
    } finally {
      synchronized (lock) {
        ticket.bulkhead.ended(nanos.getAsLong() - began < limits.waiting().toNanos());
        conclude(ticket, result, pause);
      }
    }
  }

  private static Result attempt(MasaErrand errand) {
    try {
      return errand.attempt();
    } catch (RuntimeException e) {
      LOG.error("an exchange with a MASA failed", e);
      return failed();
    }
  }

  /** What is to be repeated, unless it has been repeated for too long. */
  private Result repeated(MasaTicket ticket, Again again, Duration pause) {
    try {
      if (nanos.getAsLong() - ticket.first >= limits.patience().toNanos()) {
        ticket.errand.giveUp(again.trouble());
        return new Refused(again.trouble());
      }
      ticket.errand.hold(again.trouble(), ticket.attempts, pause);
      return again;
    } catch (StoreException e) {
      LOG.atLevel(e.level()).log("the store failed; an exchange with a MASA is given up: {}", e.getMessage());
      return new Refused(VoucherReason.of(e));
    } catch (RuntimeException e) {
      LOG.error("an exchange with a MASA is given up", e);
      return failed();
    }
  }

  private void conclude(MasaTicket ticket, Result result, Duration pause) {
    CompletableFuture<Result> turn = ticket.turn;
    if (result instanceof Again again) {
      ticket.stage = Stage.PAUSED;
      ticket.next = nanos.getAsLong() + pause.toNanos();
      ticket.trouble = Optional.of(again.trouble());
      ticket.turn = new CompletableFuture<>();
    } else if (ticket.waiters == 0 && (result instanceof Done || result instanceof Refused refused && !isOurFault(refused))) {
      ticket.stage = Stage.ENDED;
    } else {
      remember(ticket, result);
    }
    turn.complete(result);
  }

  /** An exchange is over once somebody is told what came of it; a voucher is kept for who asks once more. */
  private void remember(MasaTicket ticket, Result result) {
    room.remove(ticket);
    if (result instanceof Done done) {
      recent.put(ticket.key, done.answer());
    }
  }

  private static boolean isOurFault(Refused refused) {
    return refused.refusal().reason() == VoucherReason.INTERNAL || refused.refusal().reason() == VoucherReason.STORE_BUSY;
  }

  private static Result failed() {
    return new Refused(new Refusal(VoucherReason.INTERNAL, "the registrar could not record the exchange"));
  }
}

package org.eider.registrar;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.eider.voucher.VoucherArtifact;
import org.eider.wire.Octets;

/**
 * Answers to identical requests: a pledge that posts the same octets again (RFC 8995 section 5.6 wants it to) gets the same voucher,
 * and the MASA is asked once, also when both requests come at the same time. Bounded in number and time; a failed exchange leaves
 * nothing behind.
 */
final class RecentVouchers {
  private static final int MOST = 1_000;
  /** How long an identical request waits for the one before it, and after how long it may come again. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final InstantSource clock;
  private final Cache<Key, CompletableFuture<Answer>> recent;

  /** Answers are kept for {@code kept}. */
  RecentVouchers(InstantSource clock, Duration kept) {
    this.clock = clock;
    this.recent = Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(kept)
        .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis())).build();
  }

  /** A request by its SHA-256, from the client whose certificate has that SHA-256. */
  record Key(Octets request, Octets client) {}

  /** A voucher that was handed out. */
  record Answer(VoucherArtifact voucher, Optional<Instant> expiresOn) {}

  /** What makes an answer. */
  interface Exchange {
    Answer run() throws Stopped;
  }

  /** The answer of an identical request that {@code stillGood} accepts and that has not expired, else of {@code exchange}. */
  Answer once(Key key, Predicate<Answer> stillGood, Exchange exchange) throws Stopped {
    CompletableFuture<Answer> mine = new CompletableFuture<>();
    CompletableFuture<Answer> first = recent.asMap().putIfAbsent(key, mine);
    if (first == null) {
      return run(key, mine, exchange);
    }
    Answer answer = await(first);
    if (!isExpired(answer) && stillGood.test(answer)) {
      return answer;
    }
    recent.asMap().remove(key, first);
    return once(key, stillGood, exchange);
  }

  private Answer run(Key key, CompletableFuture<Answer> mine, Exchange exchange) throws Stopped {
    try {
      Answer answer = exchange.run();
      mine.complete(answer);
      return answer;
    } catch (Stopped | RuntimeException | Error e) {
      recent.asMap().remove(key, mine);
      mine.completeExceptionally(e);
      throw e;
    }
  }

  private boolean isExpired(Answer answer) {
    return answer.expiresOn().map(end -> !clock.instant().isBefore(end)).orElse(false);
  }

  private static Answer await(CompletableFuture<Answer> first) throws Stopped {
    try {
      return first.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Stopped stopped) {
        throw stopped;
      }
      throw Stopped.refused(VoucherReason.INTERNAL, "the identical request before this one failed");
    } catch (TimeoutException e) {
      throw Stopped.deferred(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Stopped.deferred(PATIENCE);
    }
  }
}

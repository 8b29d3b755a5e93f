package org.eider.est;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.Function;

/** What a service answers: granted, deferred or refused. A caller folds over all three. */
public sealed interface Outcome<T> {
  /** The value that was asked for. */
  static <T> Outcome<T> granted(T value) {
    return new Granted<>(value);
  }

  /** Not decided yet: the peer repeats the identical request after {@code retryAfter}. */
  static <T> Outcome<T> deferred(Duration retryAfter) {
    return new Deferred<>(retryAfter);
  }

  /** No, and why. */
  static <T> Outcome<T> refused(Refusal refusal) {
    return new Refused<>(refusal);
  }

  /** No, and why. */
  static <T> Outcome<T> refused(Refusal.Reason reason, String detail) {
    return new Refused<>(new Refusal(reason, detail));
  }

  /** Applies the function that fits. */
  <R> R fold(Function<? super T, ? extends R> granted, Function<Duration, ? extends R> deferred, Function<Refusal, ? extends R> refused);

  /** Goes on with a granted value; a deferral or refusal passes through. */
  default <R> Outcome<R> then(Function<? super T, Outcome<R>> next) {
    return fold(next::apply, Outcome::deferred, Outcome::refused);
  }

  /** Granted. */
  record Granted<T>(T value) implements Outcome<T> {
    /** Rejects null. */
    public Granted {
      requireNonNull(value);
    }

    @Override
    public <R> R fold(Function<? super T, ? extends R> granted, Function<Duration, ? extends R> deferred, Function<Refusal, ? extends R> refused) {
      return granted.apply(value);
    }
  }

  /** Deferred. */
  record Deferred<T>(Duration retryAfter) implements Outcome<T> {
    /** Rejects null. */
    public Deferred {
      requireNonNull(retryAfter);
    }

    @Override
    public <R> R fold(Function<? super T, ? extends R> granted, Function<Duration, ? extends R> deferred, Function<Refusal, ? extends R> refused) {
      return deferred.apply(retryAfter);
    }
  }

  /** Refused. */
  record Refused<T>(Refusal refusal) implements Outcome<T> {
    /** Rejects null. */
    public Refused {
      requireNonNull(refusal);
    }

    @Override
    public <R> R fold(Function<? super T, ? extends R> granted, Function<Duration, ? extends R> deferred, Function<Refusal, ? extends R> refused) {
      return refused.apply(refusal);
    }
  }
}

package org.eider.registrar;

import java.time.Duration;
import java.util.Optional;
import org.eider.est.Outcome;
import org.eider.est.Refusal;

/** Ends a row of steps with a refusal or a deferral, so that the row reads top to bottom. It never leaves the package's services. */
final class Stopped extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Optional<Refusal> refusal;
  private final Duration retryAfter;

  private Stopped(Optional<Refusal> refusal, Duration retryAfter) {
    super(refusal.map(Refusal::detail).orElse("deferred"), null, false, false);
    this.refusal = refusal;
    this.retryAfter = retryAfter;
  }

  static Stopped refused(Refusal.Reason reason, String detail) {
    return refused(new Refusal(reason, detail));
  }

  static Stopped refused(Refusal refusal) {
    return new Stopped(Optional.of(refusal), Duration.ZERO);
  }

  static Stopped deferred(Duration retryAfter) {
    return new Stopped(Optional.empty(), retryAfter);
  }

  /** The granted value; whatever else {@code outcome} is ends the steps. */
  static <T> T granted(Outcome<T> outcome) throws Stopped {
    if (outcome instanceof Outcome.Granted<T> granted) {
      return granted.value();
    }
    throw outcome.<Stopped>fold(value -> {
      throw new IllegalStateException("granted after all");
    }, Stopped::deferred, Stopped::refused);
  }

  /** How long to stay away; meaningful for a deferral only. */
  Duration retryAfter() {
    return retryAfter;
  }

  /** The refusal; empty for a deferral. */
  Optional<Refusal> refusal() {
    return refusal;
  }

  /** What the service answers. */
  <T> Outcome<T> outcome() {
    return refusal.<Outcome<T>>map(Outcome::refused).orElseGet(() -> Outcome.deferred(retryAfter));
  }
}

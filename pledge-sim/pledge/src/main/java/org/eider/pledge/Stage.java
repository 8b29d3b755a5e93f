package org.eider.pledge;

import java.util.Optional;
import java.util.function.Consumer;

/** What attempts that run at the same time have in common: one of them speaks at a time, and one may take the device over. Safe for many threads. */
final class Stage {
  private final Progress progress;
  private Optional<Attempt> speaker = Optional.empty();
  private Optional<Attempt> imprinted = Optional.empty();
  private boolean isErrorTold;

  Stage(Progress progress) {
    this.progress = progress;
  }

  /** It is the one that speaks. */
  synchronized void begins(Attempt attempt) {
    speaker = Optional.of(attempt);
    progress.attempt(attempt.candidate().registrar(), attempt.number());
  }

  /** It has something to say; whoever listens is told first when another has spoken before. */
  synchronized void says(Attempt attempt, Consumer<Progress> what) {
    if (speaker.filter(last -> last == attempt).isEmpty()) {
      speaker = Optional.of(attempt);
      progress.continues(attempt.candidate().registrar());
    }
    what.accept(progress);
  }

  /** Whether this is the first that has a good voucher for its registrar. */
  synchronized boolean imprints(Attempt attempt) {
    imprinted = imprinted.or(() -> Optional.of(attempt));
    return imprinted.get() == attempt;
  }

  /** Who has a good voucher for its registrar. */
  synchronized Optional<Attempt> imprinted() {
    return imprinted;
  }

  /** Whether an error of our own is to be told in full: the first is. */
  synchronized boolean isFirstError() {
    boolean isFirst = !isErrorTold;
    isErrorTold = true;
    return isFirst;
  }

  /** It is over. */
  synchronized void leave(Attempt attempt) {
    imprinted = imprinted.filter(other -> other != attempt);
  }
}

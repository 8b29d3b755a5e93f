package org.eider.pledge;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.eider.pledge.Candidates.Candidate;
import org.eider.pledge.PledgeState.Enrolled;
import org.eider.pledge.PledgeState.Imprinted;
import org.eider.pledge.PledgeState.Searching;
import org.eider.pledge.RegistrarAddress.Scheme;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt with one registrar on a thread of its own, beside others. */
final class Attempt implements Progress {
  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);
  private static final long END_MILLIS = 3000;

  private final PledgeConfig config;
  private final Candidate candidate;
  private final int number;
  private final RegistrarLink.Opener opener;
  private final Search search;
  private final Stage stage;
  private final LongSupplier nanos;
  private final StepLog steps;
  private final long since;
  private final Thread thread;
  private boolean isSearchPaused;
  private volatile long gotOn;
  private volatile boolean isLeft;
  private volatile Optional<Outcome> outcome = Optional.empty();

  /** How it ended: one of the two is there. */
  record Outcome(Optional<Enrolled> enrolled, Optional<SetbackException> setback) {}

  /** What attempts that run at the same time have in common: one of them speaks at a time, and one may take the device over. */
  static final class Stage {
    private final Progress progress;
    private Optional<Attempt> speaker = Optional.empty();
    private Optional<Attempt> imprinted = Optional.empty();

    Stage(Progress progress) {
      this.progress = progress;
    }

    private synchronized void begins(Attempt attempt) {
      speaker = Optional.of(attempt);
      progress.attempt(attempt.candidate.registrar(), attempt.number);
    }

    private synchronized void says(Attempt attempt, Consumer<Progress> what) {
      if (speaker.filter(last -> last == attempt).isEmpty()) {
        speaker = Optional.of(attempt);
        progress.continues(attempt.candidate.registrar());
      }
      what.accept(progress);
    }

    /** Whether this is the first that has a good voucher for its registrar. */
    private synchronized boolean imprints(Attempt attempt) {
      imprinted = imprinted.or(() -> Optional.of(attempt));
      return imprinted.get() == attempt;
    }

    /** Who has a good voucher for its registrar. */
    synchronized Optional<Attempt> imprinted() {
      return imprinted;
    }

    /** It is over. */
    synchronized void leave(Attempt attempt) {
      imprinted = imprinted.filter(other -> other != attempt);
    }
  }

  Attempt(PledgeConfig config, Candidate candidate, RegistrarLink.Opener opener, Search search, Stage stage) {
    this.config = config;
    this.candidate = candidate;
    this.number = candidate.number();
    this.opener = opener;
    this.search = search;
    this.stage = stage;
    this.nanos = config.time().nanos();
    this.steps = new StepLog(config.time(), this);
    this.since = nanos.getAsLong();
    this.gotOn = since;
    this.thread = new Thread(this::run, "onboard-" + candidate.registrar());
    this.thread.setDaemon(true);
  }

  void begin() {
    stage.begins(this);
    thread.start();
  }

  private void run() {
    try {
      listen(false);
      Enrolled enrolled = new PledgeFlow(config, opener, steps, this).attempt(new Searching(config.device()), candidate.registrar());
      outcome = Optional.of(new Outcome(Optional.of(enrolled), Optional.empty()));
    } catch (SetbackException e) {
      outcome = Optional.of(new Outcome(Optional.empty(), Optional.of(e)));
    } catch (RuntimeException e) {
      LOG.error("the attempt with {} ends by an error of its own", candidate.registrar(), e);
      outcome = Optional.of(new Outcome(Optional.empty(), Optional.of(new SetbackException(PledgeReason.GAVE_UP, "an error: " + e, e))));
    } finally {
      Thread.interrupted(); // ports opened by a thread that is interrupted are closed at once
      listen(true);
      search.nudge();
    }
  }

  /** Over UDP nothing but this attempt may have a port open. */
  private void listen(boolean isToListen) {
    if (isOverUdp() && isSearchPaused == isToListen) {
      isSearchPaused = !isToListen;
      if (isToListen) {
        search.resume();
      } else {
        search.pause();
      }
    }
  }

  Candidate candidate() {
    return candidate;
  }

  int number() {
    return number;
  }

  boolean isOverUdp() {
    return candidate.registrar().scheme() == Scheme.COAPS;
  }

  /** When it began. */
  long since() {
    return since;
  }

  /** When it last did: being put off is no progress. */
  long gotOn() {
    return gotOn;
  }

  /** Empty as long as it runs. */
  Optional<Outcome> outcome() {
    return outcome;
  }

  /** Its own. Not to be read before it is over. */
  StepLog steps() {
    return steps;
  }

  /** Ends it as soon as possible. */
  void leave() {
    isLeft = true;
    thread.interrupt();
  }

  boolean isLeft() {
    return isLeft;
  }

  /** Returns when it is over, or that takes too long. */
  void join() {
    try {
      thread.join(END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void begins(String name) {
    gotOn = nanos.getAsLong();
    stage.says(this, progress -> progress.begins(name));
  }

  @Override
  public void step(Step step) {
    gotOn = nanos.getAsLong();
    stage.says(this, progress -> progress.step(step));
  }

  @Override
  public void waits(Duration delay, String why) {
    stage.says(this, progress -> progress.waits(delay, why));
    listen(true);
  }

  @Override
  public void waited() {
    listen(false);
    stage.says(this, Progress::waited);
  }

  @Override
  public void reached(PledgeState state) {
    stage.says(this, progress -> progress.reached(state));
    if (state instanceof Imprinted) {
      boolean isFirst = stage.imprints(this);
      search.nudge();
      if (!isFirst) {
        leave();
      }
    }
  }
}

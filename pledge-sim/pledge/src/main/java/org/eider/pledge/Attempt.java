package org.eider.pledge;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.eider.pledge.Candidates.Candidate;
import org.eider.pledge.PledgeState.Enrolled;
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
  private final boolean isFound;
  private boolean isSearchPaused;
  private boolean isEnding;
  private volatile long gotOn;
  private volatile long heardFrom;
  private volatile boolean isPutOff;
  private volatile boolean isConnected;
  private volatile boolean isLeft;
  private volatile boolean isLeftToListen;
  private volatile Optional<Outcome> outcome = Optional.empty();

  /** How it ended: one of the two is there. */
  record Outcome(Optional<Enrolled> enrolled, Optional<SetbackException> setback) {}

  Attempt(PledgeConfig config, Candidate candidate, RegistrarLink.Opener opener, Search search, Stage stage) {
    this.config = config;
    this.candidate = candidate;
    this.number = candidate.number();
    this.isFound = candidate.isFound();
    this.opener = opener;
    this.search = search;
    this.stage = stage;
    this.nanos = config.time().nanos();
    this.steps = new StepLog(config.time(), this);
    this.since = nanos.getAsLong();
    this.gotOn = since;
    this.heardFrom = since;
    this.thread = new Thread(this::run, "onboard-" + candidate.registrar());
    this.thread.setDaemon(true);
  }

  void begin() {
    stage.begins(this);
    thread.start();
  }

  private void run() {
    Outcome over = failed("an error of the device itself");
    try {
      listen(false);
      PledgeFlow flow = new PledgeFlow(config, opener, steps, this, this::imprints);
      over = new Outcome(Optional.of(flow.attempt(new Searching(config.device()), candidate.registrar())), Optional.empty());
    } catch (SetbackException e) {
      over = new Outcome(Optional.empty(), Optional.of(e));
    } catch (RuntimeException e) {
      tell(e);
      over = failed("an error of the device itself: " + e);
    } finally {
      end(over);
    }
  }

  private void end(Outcome over) {
    synchronized (this) {
      isEnding = true;
    }
    try {
      listen(true);
    } finally {
      outcome = Optional.of(over);
      search.nudge();
    }
  }

  /** A setback of this candidate alone: whatever it did to us, others may do better. */
  private Outcome failed(String how) {
    return new Outcome(Optional.empty(), Optional.of(new SetbackException(PledgeReason.UNREACHABLE, candidate.registrar() + ": " + how)));
  }

  private void tell(RuntimeException error) {
    if (stage.isFirstError()) {
      LOG.error("the attempt with {} ends by an error of its own", candidate.registrar(), error);
    } else {
      LOG.debug("the attempt with {} ends by an error of its own", candidate.registrar(), error);
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

  /** Whether it goes to somebody who was found, as it began. */
  boolean isFound() {
    return isFound;
  }

  /** When it began. */
  long since() {
    return since;
  }

  /** When it last did: being put off is no progress. */
  long gotOn() {
    return gotOn;
  }

  /** When it last got on or was put off. */
  long heardFrom() {
    return heardFrom;
  }

  /** Whether it waits because the registrar has said "later". */
  boolean isPutOff() {
    return isPutOff;
  }

  /** Whether it ever had a connection. */
  boolean isConnected() {
    return isConnected;
  }

  /** Empty as long as it runs. */
  Optional<Outcome> outcome() {
    return outcome;
  }

  /** Its own. Not to be read before it is over. */
  StepLog steps() {
    return steps;
  }

  /** Ends it as soon as possible, in favour of others. */
  synchronized void leave() {
    if (!isEnding) {
      isLeft = true;
      thread.interrupt();
    }
  }

  /** The same, so that others may be heard. */
  synchronized void leaveToListen() {
    isLeftToListen = !isEnding;
    leave();
  }

  boolean isLeftToListen() {
    return isLeftToListen;
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
    getsOn();
    stage.says(this, progress -> progress.begins(name));
  }

  @Override
  public void step(Step step) {
    getsOn();
    isConnected = isConnected || step.status() == Step.Status.OK;
    stage.says(this, progress -> progress.step(step));
  }

  @Override
  public void waits(Duration delay, String why) {
    stage.says(this, progress -> progress.waits(delay, why));
    isPutOff = true;
    listen(true);
  }

  @Override
  public void waited() {
    listen(false);
    heardFrom = nanos.getAsLong();
    isPutOff = false;
    stage.says(this, Progress::waited);
  }

  @Override
  public void reached(PledgeState state) {
    stage.says(this, progress -> progress.reached(state));
  }

  /** Whether the device is still there to be taken over; if not, this attempt is over. */
  private boolean imprints() {
    boolean isFirst = stage.imprints(this);
    isLeft = isLeft || !isFirst;
    search.nudge();
    return isFirst;
  }

  private void getsOn() {
    gotOn = nanos.getAsLong();
    heardFrom = gotOn;
  }
}

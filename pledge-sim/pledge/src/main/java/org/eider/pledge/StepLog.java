package org.eider.pledge;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Names, times and remembers the steps of all attempts; the newest {@value #KEPT} are kept. */
final class StepLog {
  /** What a step does. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws SetbackException, IOException;
  }

  private static final int KEPT = 500;

  private final PledgeTime time;
  private final Progress progress;
  private final Deque<Step> steps = new ArrayDeque<>();

  StepLog(PledgeTime time, Progress progress) {
    this.time = time;
    this.progress = progress;
  }

  /** Does a step that everything after it depends on; a broken connection is a setback. */
  <T> T step(String name, Work<T> work) throws SetbackException {
    long since = begin(name);
    boolean done = false;
    try {
      T result = work.run();
      done = true;
      return result;
    } catch (SocketTimeoutException e) {
      throw new SetbackException(PledgeReason.UNREACHABLE, name + ": " + said(e), e);
    } catch (InterruptedIOException e) {
      throw new SetbackException(PledgeReason.GAVE_UP, name + ": stopped", e);
    } catch (IOException e) {
      throw new SetbackException(PledgeReason.UNREACHABLE, name + ": " + said(e), e);
    } finally {
      end(name, done ? Step.Status.OK : Step.Status.FAILED, since);
    }
  }

  /** Does a step that nothing depends on (RFC 8995 section 5.7: the answer is ignored). */
  void telemetry(String name, Work<Boolean> work) {
    long since = begin(name);
    Step.Status status = Step.Status.IGNORED;
    try {
      status = work.run() ? Step.Status.OK : Step.Status.IGNORED;
    } catch (IOException | SetbackException lost) {
      status = Step.Status.IGNORED;
    } finally {
      end(name, status, since);
    }
  }

  /** In order. */
  List<Step> steps() {
    return List.copyOf(steps);
  }

  private long begin(String name) {
    progress.begins(name);
    return time.nanos().getAsLong();
  }

  private void end(String name, Step.Status status, long since) {
    Step step = new Step(name, status, (time.nanos().getAsLong() - since + 500_000) / 1_000_000);
    add(step);
    progress.step(step);
  }

  /** Steps of another attempt, which is over. */
  void take(StepLog other) {
    other.steps.forEach(this::add);
  }

  private void add(Step step) {
    if (steps.size() == KEPT) {
      steps.removeFirst();
    }
    steps.addLast(step);
  }

  private static String said(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}

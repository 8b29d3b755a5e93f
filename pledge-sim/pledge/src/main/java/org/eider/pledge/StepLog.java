package org.eider.pledge;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

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
    Optional<String> why = Optional.of("an error of the device itself");
    try {
      T result = work.run();
      why = Optional.empty();
      return result;
    } catch (SetbackException e) {
      why = Optional.of(e.getMessage());
      throw e;
    } catch (IOException e) {
      SetbackException broken = broken(name, e);
      why = Optional.of(broken.getMessage());
      throw broken;
    } finally {
      end(new Step(name, why.isEmpty() ? Step.Status.OK : Step.Status.FAILED, milliseconds(since), why));
    }
  }

  private static SetbackException broken(String name, IOException e) {
    if (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException)) {
      return new SetbackException(PledgeReason.GAVE_UP, name + ": stopped", e);
    }
    return new SetbackException(PledgeReason.UNREACHABLE, name + ": " + said(e), e);
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
      end(new Step(name, status, milliseconds(since), Optional.empty()));
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

  private long milliseconds(long since) {
    return (time.nanos().getAsLong() - since + 500_000) / 1_000_000;
  }

  private void end(Step step) {
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

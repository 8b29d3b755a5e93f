package org.eider.pledge;

import java.time.Duration;

/** Is told how an onboarding goes, one thing at a time, on the thread that runs it or one of those of its attempts; has to return quickly. */
@FunctionalInterface
public interface Progress {
  /** Nobody listens. */
  Progress SILENT = step -> {};

  /** A step is over. */
  void step(Step step);

  /** A step begins. */
  default void begins(String name) {}

  /** A join proxy was heard of for the first time; called from other threads too. */
  default void heard(RegistrarAddress proxy, String how) {}

  /** An attempt begins, the first is number 1. */
  default void attempt(RegistrarAddress registrar, int number) {}

  /** What is told from now on is of this attempt, which began before; only where several run at a time. */
  default void continues(RegistrarAddress registrar) {}

  /** Nothing happens for {@code delay} because {@code why}. */
  default void waits(Duration delay, String why) {}

  /** A wait between two requests is over. */
  default void waited() {}

  /** The device has reached a state. */
  default void reached(PledgeState state) {}
}

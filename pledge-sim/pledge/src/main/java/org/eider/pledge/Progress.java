package org.eider.pledge;

import java.time.Duration;

/** Is told how an onboarding goes, on the thread that runs it; has to return quickly. */
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

  /** Nothing happens for {@code delay} because {@code why}. */
  default void waits(Duration delay, String why) {}

  /** The device has reached a state. */
  default void reached(PledgeState state) {}
}

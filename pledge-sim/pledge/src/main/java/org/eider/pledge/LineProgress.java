package org.eider.pledge;

import java.time.Duration;
import org.eider.cli.Console;

/** A readable line for each step as it happens. */
final class LineProgress implements Progress {
  private final Console console;

  LineProgress(Console console) {
    this.console = console;
  }

  @Override
  public void heard(RegistrarAddress proxy, String how) {
    console.line("heard of %s %s", proxy, how);
  }

  @Override
  public void attempt(RegistrarAddress registrar, int number) {
    console.line("asking %s%s", registrar, number == 1 ? "" : ", attempt " + number);
  }

  @Override
  public void continues(RegistrarAddress registrar) {
    console.line("at %s", registrar);
  }

  @Override
  public void step(Step step) {
    console.line("  %-15s %-8s %6d ms%s", step.name(), step.status().label(), step.ms(), step.why().map(why -> "  " + why).orElse(""));
  }

  @Override
  public void waits(Duration delay, String why) {
    console.line("  waits %.1f s: %s", delay.toMillis() / 1000.0, why);
  }
}

package org.eider.pledge;

import java.util.Locale;
import java.util.Optional;

/**
 * One step of an onboarding, as it went.
 *
 * @param name the operation of the protocol ({@code requestvoucher}, {@code cacerts}, …) or what the pledge did by itself
 * @param status how it ended
 * @param ms how long it took, waiting included, in milliseconds
 * @param why what went wrong, of a step that failed
 */
public record Step(String name, Status status, long ms, Optional<String> why) {
  /** How a step ends. */
  public enum Status {
    /** Well. */
    OK,
    /** The registrar did not take it, and nothing depends on that: telemetry. */
    IGNORED,
    /** The attempt ended here. */
    FAILED;

    /** As in {@code --json}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}

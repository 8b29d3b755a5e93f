package org.eider.est;

import static java.util.Objects.requireNonNull;

/**
 * A refusal: a fine-grained reason for log, journal and tests, and a text that is fit to be sent to the peer.
 *
 * @param reason which rule refused
 * @param detail one sentence for the peer; no secrets, no internals
 */
public record Refusal(Reason reason, String detail) {
  /** One constant of an enum per service. */
  public interface Reason {
    /** The constant's name, as it stands in logs, journals and {@code --json}. */
    String name();

    /** What it means on the wire. */
    RefusalKind kind();
  }

  /** Rejects null. */
  public Refusal {
    requireNonNull(reason);
    requireNonNull(detail);
  }

  /** The reason's kind. */
  public RefusalKind kind() {
    return reason.kind();
  }
}

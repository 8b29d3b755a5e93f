package org.eider.registrar;

import java.time.Duration;

/**
 * Bounds of a {@link MasaDesk}.
 *
 * @param threads that talk to the MASA of one manufacturer
 * @param queue exchanges of one manufacturer that wait for one of its threads; beyond it the answer is OVERLOADED
 * @param pending exchanges that are kept in all; a manufacturer has a quarter
 * @param workers threads of the front end: a half may wait for one manufacturer's MASA and three quarters for all of them, no more
 * @param waiting how long a request waits for the exchange that it began or joined
 * @param patience from a request's first arrival to the refusal, when its MASA does not decide
 * @param absence from a request's last arrival until it is forgotten
 * @param identicalRetry how long an identical request of the same device gets the same voucher, without asking the MASA
 */
public record MasaDeskLimits(int threads, int queue, int pending, int workers, Duration waiting, Duration patience, Duration absence,
    Duration identicalRetry) {
  /** Sensible bounds for a site registrar. */
  public static MasaDeskLimits standard() {
    return new MasaDeskLimits(8, 128, 1_000, 16, Duration.ofSeconds(2), Duration.ofDays(4), Duration.ofMinutes(10), Duration.ofMinutes(10));
  }

  /** Checks that there is room for something. */
  public MasaDeskLimits {
    if (threads < 1 || queue < 0 || pending < 1 || workers < 1) {
      throw new IllegalArgumentException("a desk needs a thread and room for an exchange");
    }
  }

  /** Most exchanges of one manufacturer that are kept. */
  int pendingOfOne() {
    return Math.max(1, pending / 4);
  }

  /** Most requests that wait for one manufacturer's MASA. */
  int waitersOfOne() {
    return Math.max(1, workers / 2);
  }

  /** Most requests that wait for any MASA. */
  int waiters() {
    return Math.max(1, workers * 3 / 4);
  }
}

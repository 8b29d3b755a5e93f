package org.eider.testkit;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import org.eider.pki.UntrustedException;
import org.eider.wire.DecodeException;

/**
 * What every decoder of a peer's octets owes: a value or one of the declared exceptions, with a message that may be shown, within bounded
 * CPU time and memory. Anything else that a decoder throws passes through and fails the test.
 */
public final class Hostile {
  /** Most CPU time that one input may cost. */
  public static final Duration MAX_CPU = Duration.ofSeconds(1);
  /** Most octets that one input may make its decoder allocate. */
  public static final long MAX_ALLOCATED = 48L << 20;

  private static final int LONGEST_MESSAGE = 1024;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Reads one input. */
  public interface Reading<T> {
    /** The value. */
    T read() throws DecodeException, UntrustedException;
  }

  private Hostile() {}

  /** What is read; empty when it is refused as it may be. What costs too much is read once more, since the first may load classes. */
  public static <T> Optional<T> read(Reading<T> reading) {
    Spent first = Spent.sofar();
    Optional<T> value = once(reading);
    if (first.isWithinBounds()) {
      return value;
    }
    Spent second = Spent.sofar();
    value = once(reading);
    if (second.isWithinBounds()) {
      return value;
    }
    throw new AssertionError("an input that costs more than " + MAX_CPU + " of CPU time or " + MAX_ALLOCATED + " octets of memory");
  }

  private static <T> Optional<T> once(Reading<T> reading) {
    try {
      return Optional.of(reading.read());
    } catch (DecodeException | UntrustedException refused) {
      String said = refused.getMessage();
      if (said == null || said.length() > LONGEST_MESSAGE || said.chars().anyMatch(Character::isISOControl)) {
        throw new AssertionError("a refusal that cannot be shown", refused);
      }
      return Optional.empty();
    }
  }

  /** What this thread has used. */
  private record Spent(long cpuNanos, long octets) {
    static Spent sofar() {
      return new Spent(THREADS.getCurrentThreadCpuTime(), THREADS.getCurrentThreadAllocatedBytes());
    }

    boolean isWithinBounds() {
      Spent now = sofar();
      return now.cpuNanos - cpuNanos <= MAX_CPU.toNanos() && now.octets - octets <= MAX_ALLOCATED;
    }
  }
}

package org.eider.proxy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Ends circuits of one event loop that have outlived what they may. Lives on that loop. */
final class CircuitWatch {
  private static final long MOST_QUIET = TimeUnit.SECONDS.toNanos(5);

  private final CircuitConfig limits;
  private final LongSupplier nanos;
  private final Set<Circuit> circuits = new HashSet<>();

  CircuitWatch(CircuitConfig limits, LongSupplier nanos) {
    this.limits = limits;
    this.nanos = nanos;
  }

  void add(Circuit circuit) {
    circuits.add(circuit);
  }

  void remove(Circuit circuit) {
    circuits.remove(circuit);
  }

  void look() {
    long now = nanos.getAsLong();
    long quiet = Math.min(MOST_QUIET, limits.idle().toNanos() / 4);
    List.copyOf(circuits).forEach(circuit -> circuit.look(now, limits, quiet));
  }

  void endAll() {
    List.copyOf(circuits).forEach(Circuit::broken);
  }
}

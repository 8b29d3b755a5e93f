package org.eider.proxy;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what is relayed and what is not; of each kind of refusal it logs one line an interval. Safe for many threads. */
final class Tally {
  private static final Logger LOG = LoggerFactory.getLogger(Tally.class);

  private final LongSupplier nanos;
  private final long interval;
  private final Map<Relayed, LongAdder> relayed = new EnumMap<>(Relayed.class);
  private final Map<Refusal, Nuisance> refused = new EnumMap<>(Refusal.class);

  /** What is relayed. */
  enum Relayed {
    /** Circuits that reached a registrar. */
    CIRCUITS,
    /** Octets of circuits, from pledges. */
    CIRCUIT_OCTETS_UP,
    /** Octets of circuits, to pledges. */
    CIRCUIT_OCTETS_DOWN,
    /** Flows of the stateful mode. */
    FLOWS,
    /** Datagrams from pledges, stateful. */
    STATEFUL_UP,
    /** Datagrams to pledges, stateful. */
    STATEFUL_DOWN,
    /** Datagrams from pledges, stateless. */
    STATELESS_UP,
    /** Datagrams to pledges, stateless. */
    STATELESS_DOWN,
    /** Octets of datagrams, from pledges. */
    DATAGRAM_OCTETS_UP,
    /** Octets of datagrams, to pledges. */
    DATAGRAM_OCTETS_DOWN;

    /** For programs. */
    String label() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  private static final class Nuisance {
    final LongAdder count = new LongAdder();
    final AtomicLong told = new AtomicLong();
    final AtomicLong nextLine;

    Nuisance(long now) {
      nextLine = new AtomicLong(now);
    }
  }

  /**
   * Nothing counted.
   *
   * @param nanos a clock that never goes back
   * @param interval nanoseconds between two lines on one kind of refusal
   */
  Tally(LongSupplier nanos, long interval) {
    this.nanos = nanos;
    this.interval = interval;
    for (Relayed kind : Relayed.values()) {
      relayed.put(kind, new LongAdder());
    }
    for (Refusal kind : Refusal.values()) {
      refused.put(kind, new Nuisance(nanos.getAsLong()));
    }
  }

  void add(Relayed what, long count) {
    relayed.get(what).add(count);
  }

  long count(Relayed what) {
    return relayed.get(what).sum();
  }

  long count(Refusal why) {
    return refused.get(why).count.sum();
  }

  /** Counts a refusal; the first of an interval is told in the log, with how many there were since the last line. */
  void refuse(Refusal why, Object whom) {
    Nuisance nuisance = refused.get(why);
    nuisance.count.increment();
    long now = nanos.getAsLong();
    long due = nuisance.nextLine.get();
    if (now - due >= 0 && nuisance.nextLine.compareAndSet(due, now + interval)) {
      long count = nuisance.count.sum();
      LOG.atWarn().addKeyValue("whom", Place.text(whom)).addKeyValue("times", count - nuisance.told.getAndSet(count)).log(why.text());
    }
  }

  /** Whether what went wrong on a channel is the network's doing; anything else is an error of ours, counted and told. */
  boolean isOfTheNetwork(Throwable cause) {
    if (cause instanceof IOException) {
      return true;
    }
    refuse(Refusal.FAULT, cause);
    LOG.debug("an error on a channel", cause);
    return false;
  }
}

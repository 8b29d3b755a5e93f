package org.eider.grasp;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eider.wire.CleanText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What peers do wrong, in the log: one line for each kind in a minute, with how many there were. Safe for many threads. */
final class Nuisances {
  private static final Logger LOG = LoggerFactory.getLogger(Nuisances.class);
  private static final long INTERVAL = TimeUnit.MINUTES.toNanos(1);

  /** The kinds. */
  enum Kind {
    MALFORMED("no GRASP message"),
    UNKNOWN_TYPE("a message of unknown type"),
    TOO_MANY("more messages than are read"),
    NOT_OF_THE_LINK("a message from beyond the link"),
    WRONG_LOOP_COUNT("a loop count that is not allowed here"),
    NOT_EXPECTED("a message that is not expected here"),
    OTHER_LOCATOR("a locator that is not the initiator's address"),
    BAD_LOCATOR("a locator that is of no use here"),
    LINK_LOCAL("a flood of a link-local initiator"),
    TABLE_FULL("more objectives than are kept"),
    NOT_RELAYED("more to relay than is relayed"),
    TOO_MANY_PEERS("more connections than are taken"),
    REFUSED_PEER("a peer that is not let in"),
    LOST_PEER("a connection that failed"),
    CANNOT_SEND("a message that cannot be sent");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  private final LongSupplier nanos;
  private final Map<Kind, Tally> tallies = new EnumMap<>(Kind.class);

  private static final class Tally {
    private long written;
    private long leftOut;
  }

  Nuisances(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Counts one, and writes a line unless there has been one of its kind a short while ago; tells whether it did. */
  boolean note(Kind kind, String where, String detail) {
    long leftOut;
    synchronized (tallies) {
      Tally tally = tallies.get(kind);
      long now = nanos.getAsLong();
      if (tally != null && now - tally.written < INTERVAL) {
        tally.leftOut++;
        return false;
      }
      leftOut = tally == null ? 0 : tally.leftOut;
      Tally fresh = new Tally();
      fresh.written = now;
      tallies.put(kind, fresh);
    }
    LOG.info("grasp {}: {}: {}{}", where, kind.text, CleanText.of(detail), leftOut == 0 ? "" : " (and " + leftOut + " before)");
    return true;
  }
}

package org.eider.registrar;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.eider.wire.Octets;

/**
 * What the registrar has done, one entry after the other, each chained to the one before by its hash. Every {@link Fact}, every
 * certificate, every change of a manufacturer and every event of the registrar itself has one entry, written in the transaction of the
 * row that it speaks of; so there is none without the other. Entries are never changed.
 *
 * <p>Durability, threads and errors are those of {@link DeviceLedger}.
 */
public interface Journal {
  /** What an entry is about. Names are stored: they may be added to, not changed. */
  enum Step {
    /** A pledge asked for a voucher. */
    VOUCHER_REQUESTED,
    /** A pledge waits for an operator. */
    HELD,
    /** A pledge was refused a voucher. */
    VOUCHER_REFUSED,
    /** Requests and voucher of a granted exchange. */
    VOUCHER_EXCHANGED,
    /** An audit log, or that there was none, and what was concluded. */
    AUDIT_LOG_RECEIVED,
    /** A pledge got its voucher. */
    VOUCHER_ISSUED,
    /** The body of a report. */
    TELEMETRY_RECEIVED,
    /** A pledge reported on its voucher. */
    VOUCHER_STATUS,
    /** A device was refused a certificate. */
    ENROLMENT_REFUSED,
    /** Our CA signed a certificate. */
    CERTIFICATE_ISSUED,
    /** A device got its first certificate of this ownership. */
    ENROLLED,
    /** A device renewed its certificate. */
    REENROLLED,
    /** A device reported on its enrolment. */
    ENROLMENT_STATUS,
    /** An operator let a device in. */
    APPROVED,
    /** An operator kept a device out. */
    DENIED,
    /** A manufacturer was added or changed. */
    MANUFACTURER_PUT,
    /** A manufacturer and its expected devices were removed. */
    MANUFACTURER_REMOVED,
    /** Devices were put on a manufacturer's list. */
    DEVICES_EXPECTED,
    /** A row of before there was a journal. */
    ADOPTED,
    /** The registrar started. */
    STARTED,
    /** The registrar stopped in order. */
    STOPPED,
    /** A backup was made; the detail names it. */
    BACKUP_MADE,
    /** The store was restored from a backup; the detail names it. */
    RESTORED,
    /** The key of the checkpoints was made; the detail has the SHA-256 of its public key. */
    CHECKPOINT_KEY_MADE;

    /** The step that records {@code fact}. */
    public static Step of(Fact fact) {
      if (fact instanceof Fact.DeviceEvent event) {
        return ofEvent(event.kind());
      } else if (fact instanceof Fact.Decision decision) {
        return decision.approved() ? APPROVED : DENIED;
      } else if (fact instanceof Fact.VoucherExchange) {
        return VOUCHER_EXCHANGED;
      }
      return fact instanceof Fact.AuditLogReceived ? AUDIT_LOG_RECEIVED : TELEMETRY_RECEIVED;
    }

    /** The step that names a transaction of several facts: the last. */
    public static Step of(List<? extends Fact> facts) {
      return of(facts.get(facts.size() - 1));
    }

    private static Step ofEvent(Fact.DeviceEvent.Kind kind) {
      return switch (kind) {
        case VOUCHER_REQUESTED -> VOUCHER_REQUESTED;
        case HELD -> HELD;
        case VOUCHER_REFUSED -> VOUCHER_REFUSED;
        case VOUCHER_ISSUED -> VOUCHER_ISSUED;
        case VOUCHER_STATUS -> VOUCHER_STATUS;
        case ENROLMENT_REFUSED -> ENROLMENT_REFUSED;
        case ENROLLED -> ENROLLED;
        case REENROLLED -> REENROLLED;
        case ENROLMENT_STATUS -> ENROLMENT_STATUS;
      };
    }
  }

  /**
   * One entry. Text is cut to 255 characters; the row has all of it.
   *
   * @param number 1 for the first, and no gaps
   * @param at when, to the millisecond
   * @param step what happened
   * @param session id of the session in which it happened
   * @param device whom it concerns
   * @param reason of a refusal or decision, or the rule that decided
   * @param detail one sentence for people; may be empty
   * @param row the row that it speaks of; empty for events of the registrar itself
   * @param content SHA-256 over the content of that row; over nothing when there is none
   * @param previous hash of the entry before; 32 zeros for the first
   * @param hash SHA-256 over everything above
   */
  record Entry(long number, Instant at, Step step, Optional<String> session, Optional<DeviceId> device, Optional<String> reason,
      String detail, Optional<RowName> row, Octets content, Octets previous, Octets hash) {}

  /**
   * Names a row of the store.
   *
   * @param table its table
   * @param id its key: a number, or a manufacturer's name
   */
  record RowName(String table, String id) {
    @Override
    public String toString() {
      return "row " + id + " of " + table;
    }
  }

  /**
   * How far the journal goes.
   *
   * @param number of its last entry; 0 when there is none
   * @param hash of that entry; 32 zeros when there is none
   */
  record Head(long number, Octets hash) {}

  /**
   * Something that is not as the registrar left it.
   *
   * @param kind what is wrong
   * @param entry number of the entry where it shows; empty when none speaks of it
   * @param what one sentence that names the row or entry
   */
  record Fault(Kind kind, OptionalLong entry, String what) {
    /** What can be wrong. */
    public enum Kind {
      /** An entry's content is not what its hash says. */
      ENTRY_CHANGED,
      /** An entry is missing. */
      ENTRY_REMOVED,
      /** An entry does not follow the one before it. */
      LINK_BROKEN,
      /** A row is not what its entry says. */
      ROW_CHANGED,
      /** A row of which an entry speaks is missing. */
      ROW_REMOVED,
      /** A row of which no entry speaks, or two. */
      ROW_FOREIGN,
      /** The row of a device is not what its facts add up to. */
      DEVICE_DIFFERS,
      /** A signed checkpoint names another hash than the journal has. */
      CHECKPOINT_DIFFERS,
      /** A checkpoint's signature is not good, or its line is none. */
      CHECKPOINT_BAD,
      /** The journal ends before a signed checkpoint. */
      TAIL_MISSING,
      /** Store and CA do not agree. */
      CA_DIFFERS
    }
  }

  /**
   * What a check of everything found.
   *
   * @param head how far the journal went when the check began
   * @param faults the first ones, in the order in which they were found
   * @param faultCount how many there are altogether
   */
  record Report(Head head, List<Fault> faults, long faultCount) {
    /** Whether nothing is wrong. */
    public boolean isGood() {
      return faultCount == 0;
    }
  }

  /** Adds an event of the registrar itself, one that speaks of no row. */
  void note(Step step, String detail);

  /** How far it goes; everything up to there is durable. */
  Head head();

  /**
   * Entries in their order.
   *
   * @param after only those with a greater number
   * @param limit most entries to return
   */
  List<Entry> entries(long after, int limit);

  /** Entries that concern a device, newest first. */
  List<Entry> ofDevice(DeviceId device, int limit);

  /**
   * Recomputes every hash from the rows as they are, and looks for rows without entry. Reads everything once, in batches; what is
   * written meanwhile is not looked at.
   *
   * @param progress is told the number of entries that were checked, now and then
   */
  Report verify(LongConsumer progress);
}

package org.eider.masa;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eider.voucher.AuditLog;
import org.eider.voucher.AuditLog.Event;
import org.eider.voucher.AuditLog.Truncation;
import org.eider.wire.Octets;

/**
 * The vouchers of one device, oldest first, bounded (RFC 8995 section 5.8.1): beyond {@link #DUPLICATES} the oldest event gives way
 * that has a newer one of the same domain and kind, nonced or nonceless, and the one that is the newest then counts it; beyond {@link #EVENTS}
 * the oldest event gives way whatever it is.
 *
 * @param events what is kept
 * @param truncation what gave way; each counter stops at {@link #COUNTER}
 * @param owners SHA-256 over the SubjectPublicKeyInfo of every certificate that was ever pinned
 */
public record VoucherHistory(List<Event> events, Truncation truncation, Set<Octets> owners) {
  /** Events of a device, duplicates included, that are kept. */
  public static final int DUPLICATES = 64;
  /** Events of a device that are kept at all. */
  public static final int EVENTS = 1024;
  /** Where counters stop. */
  public static final int COUNTER = 1024;
  /** No voucher yet. */
  public static final VoucherHistory EMPTY = new VoucherHistory(List.of(), Truncation.NONE, Set.of());

  /** Keeps unmodifiable copies. */
  public VoucherHistory {
    events = List.copyOf(events);
    owners = Set.copyOf(owners);
  }

  /** The body of an audit-log answer. */
  public AuditLog auditLog() {
    return new AuditLog(1, events, truncation);
  }

  VoucherHistory with(JournalEntry.Granted granted) {
    List<Event> more = new ArrayList<>(events);
    more.add(new Event(granted.at(), granted.domainId(), granted.nonce(), Optional.of(granted.assertion()), 0));
    Set<Octets> pinned = new HashSet<>(owners);
    pinned.add(granted.keySha256());
    VoucherHistory longer = new VoucherHistory(more, truncation, pinned);
    return more.size() <= DUPLICATES ? longer : longer.shortened();
  }

  private VoucherHistory shortened() {
    Map<Kind, Integer> newest = new HashMap<>();
    for (int i = 0; i < events.size(); i++) {
      newest.put(Kind.of(events.get(i)), i);
    }
    for (int i = 0; i < events.size(); i++) {
      int stays = newest.get(Kind.of(events.get(i)));
      if (stays > i) {
        return withoutDuplicate(i, stays);
      }
    }
    return events.size() <= EVENTS ? this : new VoucherHistory(events.subList(1, events.size()), counted(0, 0, 1), owners);
  }

  private VoucherHistory withoutDuplicate(int index, int newest) {
    List<Event> kept = new ArrayList<>(events);
    Event dropped = kept.get(index);
    Event stays = kept.get(newest);
    long truncated = Math.min(COUNTER, stays.truncated() + dropped.truncated() + 1);
    kept.set(newest, new Event(stays.date(), stays.domainId(), stays.nonce(), stays.assertion(), truncated));
    kept.remove(index);
    boolean nonced = dropped.nonce().isPresent();
    return new VoucherHistory(kept, counted(nonced ? 1 : 0, nonced ? 0 : 1, 0), owners);
  }

  private Truncation counted(int nonced, int nonceless, int arbitrary) {
    return new Truncation(
        Math.min(COUNTER, truncation.noncedDuplicates() + nonced),
        Math.min(COUNTER, truncation.noncelessDuplicates() + nonceless),
        Math.min(COUNTER, truncation.arbitrary() + arbitrary));
  }

  private record Kind(Octets domainId, boolean nonced) {
    static Kind of(Event event) {
      return new Kind(event.domainId(), event.nonce().isPresent());
    }
  }
}

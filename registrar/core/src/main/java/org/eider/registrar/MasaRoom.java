package org.eider.registrar;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.eider.registrar.MasaTicket.Key;
import org.eider.registrar.MasaTicket.Stage;
import org.eider.wire.Octets;

/**
 * The exchanges at a {@link MasaDesk}, and how many there may be: in all, of a manufacturer, and one of a client. Used with the desk's
 * lock held; times are nanoseconds of the desk's clock.
 */
final class MasaRoom {
  /** A pledge that has stayed away for twice as long as it waits (RFC 8995 section 5.6) makes room for another. */
  private static final Duration STALE = Duration.ofMinutes(2);

  private final MasaDeskLimits limits;
  private final Map<Key, MasaTicket> tickets = new HashMap<>();
  private final Map<Octets, MasaTicket> ofClients = new HashMap<>();
  private final Map<String, MasaBulkhead> bulkheads = new TreeMap<>();
  private int waiters;

  MasaRoom(MasaDeskLimits limits) {
    this.limits = limits;
  }

  /** The exchange about this very request. */
  Optional<MasaTicket> about(Key key, DeviceId device) {
    return Optional.ofNullable(tickets.get(key)).filter(ticket -> ticket.device.equals(device));
  }

  /** Whether an attempt for another request of this client goes on. */
  boolean isBusy(Key key) {
    return Optional.ofNullable(ofClients.get(key.client())).filter(ticket -> ticket.stage == Stage.ACTIVE).isPresent();
  }

  /** A new exchange, counted as one that waits for a thread, in place of the client's last one; empty when there is no room. */
  Optional<MasaTicket> enter(Key key, DeviceId device, MasaErrand errand, long now) {
    Optional.ofNullable(ofClients.get(key.client())).ifPresent(this::remove);
    MasaBulkhead bulkhead = bulkheads.computeIfAbsent(device.manufacturer(), name -> new MasaBulkhead(name, limits));
    boolean fits = bulkhead.hasRoom()
        && (!bulkhead.isFull() || evict(ticket -> ticket.bulkhead == bulkhead, now))
        && (tickets.size() < limits.pending() || evict(ticket -> true, now));
    if (!fits) {
      return Optional.empty();
    }
    MasaTicket ticket = new MasaTicket(key, device, errand, bulkhead, now);
    tickets.put(key, ticket);
    ofClients.put(key.client(), ticket);
    bulkhead.keep(1);
    bulkhead.queued();
    return Optional.of(ticket);
  }

  /** Forgets an exchange, if it is not forgotten yet. */
  void remove(MasaTicket ticket) {
    if (tickets.remove(ticket.key, ticket)) {
      ofClients.remove(ticket.key.client(), ticket);
      ticket.bulkhead.keep(-1);
    }
  }

  /** Whether one more request may wait for this exchange; it is counted if so. */
  boolean mayWait(MasaTicket ticket) {
    boolean may = waiters < limits.waiters() && ticket.bulkhead.mayWait();
    if (may) {
      count(ticket, 1);
    }
    return may;
  }

  void hasWaited(MasaTicket ticket) {
    count(ticket, -1);
  }

  /** Exchanges whose next attempt is due and has room, the longest due first; they are counted as waiting for a thread. */
  List<MasaTicket> due(long now) {
    List<MasaTicket> due = new ArrayList<>();
    List<MasaTicket> ready = tickets.values().stream().filter(ticket -> ticket.stage == Stage.PAUSED && ticket.next - now <= 0)
        .sorted(Comparator.comparingLong(ticket -> ticket.next - now)).toList();
    for (MasaTicket ticket : ready) {
      if (ticket.bulkhead.hasRoomForRetry()) {
        ticket.stage = Stage.ACTIVE;
        ticket.bulkhead.queued();
        due.add(ticket);
      }
    }
    return due;
  }

  /** Forgets the exchanges whose pledges stay away, and the threads of manufacturers without any. */
  List<MasaTicket> forgetAbsent(long now) {
    List<MasaTicket> absent = tickets.values().stream()
        .filter(ticket -> ticket.stage != Stage.ACTIVE && now - ticket.visited >= limits.absence().toNanos()).toList();
    absent.forEach(this::remove);
    bulkheads.values().removeIf(MasaBulkhead::isIdle);
    return absent;
  }

  /** Nothing begins any more. */
  List<MasaBulkhead> close() {
    bulkheads.values().forEach(MasaBulkhead::shutdown);
    return List.copyOf(bulkheads.values());
  }

  MasaDesk.Counts counts() {
    Map<String, MasaDesk.Share> shares = new TreeMap<>();
    bulkheads.forEach((name, bulkhead) -> shares.put(name, bulkhead.share()));
    return new MasaDesk.Counts(tickets.size(), waiters, shares);
  }

  private void count(MasaTicket ticket, int change) {
    waiters += change;
    ticket.waiters += change;
    ticket.bulkhead.waits(change);
  }

  /** Forgets the exchange that nobody asked about for longest, of those that may be forgotten. */
  private boolean evict(Predicate<MasaTicket> candidate, long now) {
    Optional<MasaTicket> stalest = tickets.values().stream()
        .filter(candidate.and(ticket -> ticket.stage != Stage.ACTIVE && now - ticket.visited >= STALE.toNanos()))
        .max(Comparator.comparingLong(ticket -> now - ticket.visited));
    stalest.ifPresent(this::remove);
    return stalest.isPresent();
  }
}

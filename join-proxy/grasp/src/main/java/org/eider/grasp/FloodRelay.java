package org.eider.grasp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.eider.grasp.Nuisances.Kind;

/**
 * What a node with several interfaces passes on (RFC 8990 sections 2.5.4.4 and 2.5.6.2): each session once, one hop less, and no more in
 * a second than is allowed.
 */
final class FloodRelay {
  private static final int SECONDS = 130;

  private final SeenSessions seen;
  private final Pace pace;
  private final Nuisances nuisances;

  FloodRelay(int perSecond, LongSupplier nanos, Nuisances nuisances) {
    this.seen = new SeenSessions(perSecond * SECONDS, nanos);
    this.pace = new Pace(perSecond, nanos);
    this.nuisances = nuisances;
  }

  /** A session that was begun here: it is not passed on when it comes back. */
  void own(long session, Address initiator) {
    seen.add(new SessionKey(session, initiator));
  }

  /** What is passed on of a flood: the loop count of its first objective is decremented, all else is as it was. */
  Optional<Message.Flood> next(Message.Flood flood) {
    Objective first = flood.entries().get(0).objective();
    if (first.loopCount() <= 1 || !isNew(flood.session(), flood.initiator())) {
      return Optional.empty();
    }
    List<Message.Flood.Entry> entries = new ArrayList<>(flood.entries());
    entries.set(0, new Message.Flood.Entry(first.withLoopCount(first.loopCount() - 1), flood.entries().get(0).locator()));
    return Optional.of(new Message.Flood(flood.session(), flood.initiator(), flood.ttl(), entries));
  }

  /** What is passed on of a discovery. */
  Optional<Message.Discovery> next(Message.Discovery discovery) {
    int loopCount = discovery.objective().loopCount();
    if (loopCount <= 1 || !isNew(discovery.session(), discovery.initiator())) {
      return Optional.empty();
    }
    return Optional.of(new Message.Discovery(discovery.session(), discovery.initiator(), discovery.objective().withLoopCount(loopCount - 1)));
  }

  int size() {
    return seen.size();
  }

  private boolean isNew(long session, Address initiator) {
    SessionKey key = new SessionKey(session, initiator);
    if (seen.contains(key)) {
      return false;
    }
    if (!pace.allows() || !seen.add(key)) {
      nuisances.note(Kind.NOT_RELAYED, "relay", initiator.toString());
      return false;
    }
    return true;
  }
}

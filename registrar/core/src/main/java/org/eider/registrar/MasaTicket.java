package org.eider.registrar;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eider.est.Refusal;
import org.eider.wire.Octets;

/** One exchange at the desk, from the first arrival of a request to its answer. All fields are guarded by the desk's lock. */
final class MasaTicket {
  /** A request by its SHA-256, from the client whose certificate has that SHA-256. */
  record Key(Octets request, Octets client) {}

  /** How far it is. */
  enum Stage {
    /** An attempt waits for a thread, or goes on. */
    ACTIVE,
    /** The MASA is asked again at {@link #next}. */
    PAUSED,
    /** There is an answer, and nobody was there to take it. */
    ENDED
  }

  final Key key;
  final DeviceId device;
  final MasaErrand errand;
  final MasaBulkhead bulkhead;
  final long first;
  long visited;
  long next;
  int attempts;
  int waiters;
  Stage stage = Stage.ACTIVE;
  Optional<Refusal> trouble = Optional.empty();
  CompletableFuture<MasaErrand.Result> turn = new CompletableFuture<>();

  MasaTicket(Key key, DeviceId device, MasaErrand errand, MasaBulkhead bulkhead, long now) {
    this.key = key;
    this.device = device;
    this.errand = errand;
    this.bulkhead = bulkhead;
    this.first = now;
    this.visited = now;
  }

}

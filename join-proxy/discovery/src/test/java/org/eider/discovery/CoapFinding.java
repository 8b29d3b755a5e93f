package org.eider.discovery;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what a lookout saw. */
final class CoapFinding implements Lookout.Watcher {
  private final List<Sighting> seen = new CopyOnWriteArrayList<>();

  @Override
  public void seen(Sighting sighting) {
    seen.add(sighting);
  }

  @Override
  public void gone(Sighting sighting) {
    seen.removeIf(sighting::isSameThing);
  }

  List<Sighting> all() {
    return seen;
  }
}

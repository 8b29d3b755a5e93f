package org.eider.registrar.store;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Numbers of rows, of which there may be millions, most of them close together. */
final class IdSet {
  private static final int BITS = 16;

  private final Map<Long, BitSet> pages = new HashMap<>();

  /** Whether {@code id} was not there yet. */
  boolean add(long id) {
    BitSet page = pages.computeIfAbsent(id >> BITS, number -> new BitSet());
    boolean known = page.get(place(id));
    page.set(place(id));
    return !known;
  }

  boolean contains(long id) {
    BitSet page = pages.get(id >> BITS);
    return page != null && page.get(place(id));
  }

  private static int place(long id) {
    return (int) (id & ((1 << BITS) - 1));
  }
}

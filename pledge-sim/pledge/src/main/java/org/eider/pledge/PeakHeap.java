package org.eider.pledge;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;

/**
 * The most heap that this process has used since it began to look, garbage that was not collected yet included: an upper bound of what a
 * device needs, the lower the smaller the heap (<code>-Xmx</code>).
 */
final class PeakHeap {
  private final List<MemoryPoolMXBean> pools;

  private PeakHeap(List<MemoryPoolMXBean> pools) {
    this.pools = pools;
  }

  /** Begins to look. */
  static PeakHeap begin() {
    List<MemoryPoolMXBean> heap =
        ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() == MemoryType.HEAP).toList();
    heap.forEach(MemoryPoolMXBean::resetPeakUsage);
    return new PeakHeap(heap);
  }

  /** So much since then. */
  long octets() {
    return pools.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
  }
}

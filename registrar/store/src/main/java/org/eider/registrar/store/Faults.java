package org.eider.registrar.store;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.eider.registrar.Journal.Fault;
import org.eider.registrar.Journal.Head;
import org.eider.registrar.Journal.Report;

/** Faults as they are found; only the first are kept, all are counted. */
final class Faults {
  private static final int KEPT = 100;

  private final List<Fault> first = new ArrayList<>();
  private long count;

  void add(Fault.Kind kind, long entry, String what) {
    add(new Fault(kind, OptionalLong.of(entry), what));
  }

  void add(Fault.Kind kind, String what) {
    add(new Fault(kind, OptionalLong.empty(), what));
  }

  Report report(Head head) {
    return new Report(head, List.copyOf(first), count);
  }

  private void add(Fault fault) {
    count++;
    if (first.size() < KEPT) {
      first.add(fault);
    }
  }
}

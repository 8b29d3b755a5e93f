package org.eider.registrar.server.admin;

import java.util.List;
import java.util.Optional;
import org.eider.registrar.Journal;

/**
 * What a check of the journal found.
 *
 * @param whole whether nothing is wrong
 * @param entries how many entries there are
 * @param head hash of the last one in hexadecimal digits
 * @param faultCount how much is wrong
 * @param faults what, the first of them
 */
public record JournalReport(boolean whole, long entries, String head, long faultCount, List<Fault> faults) {
  /** Keeps an unmodifiable copy. */
  public JournalReport {
    faults = List.copyOf(faults);
  }

  /**
   * Something that is not as the registrar left it.
   *
   * @param kind what is wrong, lower case with dashes
   * @param entry where it shows
   * @param what one sentence that names row or entry
   */
  public record Fault(String kind, Optional<Long> entry, String what) {}

  static JournalReport of(Journal.Report report) {
    List<Fault> faults = report.faults().stream().map(fault -> new Fault(DirectAdministration.label(fault.kind()),
        fault.entry().isPresent() ? Optional.of(fault.entry().getAsLong()) : Optional.empty(), fault.what())).toList();
    return new JournalReport(report.isGood(), report.head().number(), report.head().hash().hex(), report.faultCount(), faults);
  }
}

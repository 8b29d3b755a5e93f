package org.eider.site;

import java.util.List;
import org.eider.cli.Console;
import org.eider.voucher.Assertion;

/** The table at the end of the demo. */
final class DemoTable {
  private DemoTable() {}

  static void print(Console console, List<OnboardedPledge> pledges) {
    console.line("");
    console.line("  %-12s %-9s %-10s %-44s %8s", "serial", "transport", "voucher", "LDevID", "ms");
    console.line("  %-12s %-9s %-10s %-44s %8s", "-".repeat(12), "-".repeat(9), "-".repeat(10), "-".repeat(44), "-".repeat(8));
    for (OnboardedPledge pledge : pledges) {
      console.line("  %-12s %-9s %-10s %-44s %8d",
          pledge.serial(),
          pledge.transport().label(),
          pledge.report().assertion().map(Assertion::label).orElse("none"),
          pledge.problem().map(problem -> "FAILED: " + problem).orElseGet(() -> pledge.report().ldevidSubject().orElse("")),
          pledge.ms());
    }
  }
}

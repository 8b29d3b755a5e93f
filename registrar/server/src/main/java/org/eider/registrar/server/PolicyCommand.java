package org.eider.registrar.server;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.registrar.Disposition;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.server.admin.AdminJson;
import org.eider.registrar.server.admin.Administration;
import org.eider.registrar.server.admin.AuditPolicyForm;
import org.eider.registrar.server.admin.DeviceReport;
import org.eider.registrar.server.admin.ManufacturerForm;
import org.eider.registrar.server.admin.PolicyReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code eider registrar policy}. */
@Command(
    name = "policy",
    mixinStandardHelpOptions = true,
    description = "Shows who is let in, and which rule decides about a device.",
    subcommands = {PolicyCommand.Show.class, PolicyCommand.Test.class})
final class PolicyCommand implements Callable<Integer> {
  @ParentCommand private RegistrarCommand parent;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command: show or test?");
  }

  private Console console() {
    return parent.console();
  }

  /** {@code eider registrar policy show}. */
  @Command(name = "show", mixinStandardHelpOptions = true, sortOptions = false,
      description = "Shows what is configured for a manufacturer, or for the manufacturer of a device: admission and audit policy.")
  static final class Show implements Callable<Integer> {
    @ParentCommand private PolicyCommand above;
    @Spec private CommandSpec spec;
    @Mixin private DataOption data;

    @Parameters(arity = "0..1", paramLabel = "SERIAL", description = "Product serial number, or MANUFACTURER/SERIAL (default: none).")
    private Optional<String> serial;

    @Option(names = "--manufacturer", paramLabel = "N", description = "The manufacturer, instead of a device (default: none).")
    private Optional<String> manufacturer;

    @Option(names = "--json", description = "Print JSON: the manufacturer as one object (default: ${DEFAULT-VALUE}).")
    private boolean json;

    @Override
    public Integer call() throws CommandFailure, IOException {
      if (serial.isPresent() == manufacturer.isPresent()) {
        throw new ParameterException(spec.commandLine(), "give either SERIAL or --manufacturer");
      }
      try (Administration administration = data.existing()) {
        String name = serial.isPresent() ? new DeviceName(serial.get()).any(administration).manufacturer() : manufacturer.orElseThrow();
        Manufacturer found = administration.manufacturers().stream().filter(one -> one.name().equals(name)).findFirst()
            .orElseThrow(() -> new CommandFailure("there is no manufacturer " + TextTable.clean(name), "see eider registrar manufacturer list"));
        if (json) {
          above.console().json(AdminJson.plain(ManufacturerForm.of(found)));
        } else {
          print(above.console(), found);
        }
      }
      return Cli.OK;
    }

    private static void print(Console console, Manufacturer manufacturer) {
      console.line("%-13s %s", "manufacturer", manufacturer.name());
      console.line("%-13s %s", "admission", manufacturer.admission().label() + ": " + words(manufacturer.admission()));
      console.line("audit log");
      for (var one : AuditPolicyForm.dispositions(manufacturer.auditPolicy()).entrySet()) {
        console.line("  %-11s %s", one.getKey(), one.getValue().label());
      }
      List<String> released = AuditPolicyForm.of(manufacturer.auditPolicy()).releasedDomains();
      console.line("%-13s %s", "released", released.isEmpty() ? "no domain" : String.join(", ", released));
    }

    private static String words(Manufacturer.Admission admission) {
      return switch (admission) {
        case AUTO -> "every device with a good IDevID is let in";
        case EXPECTED -> "devices on the list are let in, all others denied";
        case MANUAL -> "every device waits until it is approved";
      };
    }
  }

  /** {@code eider registrar policy test}. */
  @Command(name = "test", mixinStandardHelpOptions = true, sortOptions = false,
      description = {"Tells what would become of a device that asked for a voucher now, which rule decides and what every other rule says.",
          "The rules are given what is stored: decisions, lists, and its latest audit log, which at its next request is fetched anew."})
  static final class Test implements Callable<Integer> {
    @ParentCommand private PolicyCommand above;
    @Mixin private DataOption data;

    @Parameters(paramLabel = "SERIAL", description = "Product serial number, or MANUFACTURER/SERIAL, also of a device that has not come yet.")
    private String serial;

    @Option(names = "--json", description = "Print JSON: one object with the verdict, every rule and the audit log (default: ${DEFAULT-VALUE}).")
    private boolean json;

    @Override
    public Integer call() throws CommandFailure, IOException {
      DeviceName name = new DeviceName(serial);
      try (Administration administration = data.existing()) {
        PolicyReport report = administration.policy(name.any(administration)).orElseThrow(name::unknown);
        if (json) {
          above.console().json(AdminJson.plain(report));
        } else {
          print(above.console(), report);
        }
      }
      return Cli.OK;
    }

    private static void print(Console console, PolicyReport report) {
      console.line(TextTable.clean(report.manufacturer() + "/" + report.serial() + (report.known() ? "" : ", which has not been heard of,")
          + " " + outcome(report) + ": " + report.rule() + ": " + report.why()));
      console.line("");
      TextTable table = new TextTable("", "RULE", "SAYS", "WHY");
      report.rules().forEach(line -> table.row(line.decides() ? "=>" : "", line.rule(), line.disposition().orElse("-"), line.why()));
      table.lines().forEach(console::line);
      console.line("");
      console.line(TextTable.clean(report.auditLog().map(Test::log).orElse("no audit log has been fetched for it yet")));
    }

    private static String log(DeviceReport.AuditLog log) {
      return "audit log of " + log.at() + ": " + log.body().orElseGet(() -> "none, " + log.unavailable().orElse("for no known reason"));
    }

    private static String outcome(PolicyReport report) {
      if (report.disposition().equals(Disposition.ACCEPT.label())) {
        return "would be let in";
      }
      return report.disposition().equals(Disposition.HOLD.label()) ? "would have to wait" : "would be denied";
    }
  }
}

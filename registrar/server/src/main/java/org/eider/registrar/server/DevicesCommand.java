package org.eider.registrar.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.registrar.DeviceId;
import org.eider.registrar.server.admin.AdminJson;
import org.eider.registrar.server.admin.Administration;
import org.eider.registrar.server.admin.CertificateView;
import org.eider.registrar.server.admin.DeviceReport;
import org.eider.registrar.server.admin.DeviceView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code eider registrar devices}. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {"Shows the devices: state, times, LDevID, and why one waits or was refused. With a serial number: that device and its history."})
final class DevicesCommand implements Callable<Integer> {
  private static final int PAGE = Administration.MAX_PAGE;

  @ParentCommand private RegistrarCommand parent;
  @Mixin private DataOption data;

  @Parameters(arity = "0..1", paramLabel = "SERIAL",
      description = "Product serial number, or MANUFACTURER/SERIAL when several manufacturers use the same (default: all devices).")
  private Optional<String> serial;

  @Option(names = "--json", description = "Print JSON: an array of devices, or one object for one device (default: ${DEFAULT-VALUE}).")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure, IOException {
    try (Administration administration = data.existing()) {
      if (serial.isPresent()) {
        one(administration, serial.get());
      } else {
        all(administration);
      }
    }
    return Cli.OK;
  }

  private void all(Administration administration) throws IOException {
    List<DeviceView> devices = new ArrayList<>();
    List<DeviceView> page = administration.devices(Optional.empty(), PAGE);
    while (!page.isEmpty()) {
      devices.addAll(page);
      DeviceView last = page.get(page.size() - 1);
      page = page.size() < PAGE ? List.of() : administration.devices(Optional.of(new DeviceId(last.manufacturer(), last.serial())), PAGE);
    }
    if (json) {
      parent.console().json(AdminJson.plain(devices));
      return;
    }
    TextTable table = new TextTable("SERIAL", "MANUFACTURER", "STATE", "FIRST SEEN", "LAST SEEN", "LDEVID", "WAITS OR REFUSED");
    devices.forEach(device -> table.row(device.serial(), device.manufacturer(), device.state(), device.firstSeen().toString(),
        device.lastSeen().toString(), device.ldevid().map(CertificateView::subject).orElse("-"), trouble(device)));
    table.lines().forEach(parent.console()::line);
  }

  private void one(Administration administration, String text) throws CommandFailure, IOException {
    DeviceName name = new DeviceName(text);
    DeviceReport report = administration.device(name.known(administration)).orElseThrow(name::unknown);
    if (json) {
      parent.console().json(AdminJson.flat(report));
    } else {
      print(parent.console(), report);
    }
  }

  private static void print(Console console, DeviceReport report) {
    DeviceView device = report.device();
    field(console, "serial", device.serial());
    field(console, "manufacturer", device.manufacturer());
    field(console, "state", device.state());
    field(console, "first seen", device.firstSeen().toString());
    field(console, "last seen", device.lastSeen().toString());
    device.ldevid().ifPresent(ldevid ->
        field(console, "ldevid", ldevid.subject() + ", serial " + ldevid.serial() + ", until " + ldevid.notAfter()));
    device.refused().ifPresent(refused -> field(console, "refused", refused));
    device.held().ifPresent(held -> field(console, "waits", "since " + held.since() + ": " + held.rule() + ": " + held.why()));
    device.decision().ifPresent(decision -> field(console, "decision", said(decision)));
    report.auditLogs().stream().findFirst().flatMap(DeviceReport.AuditLog::judgement).ifPresent(
        judged -> field(console, "audit log", judged.disposition() + ": " + judged.rule() + ": " + judged.why()));
    field(console, "vouchers", Integer.toString(report.vouchers().size()));
    field(console, "audit logs", Integer.toString(report.auditLogs().size()));
    field(console, "certificates", Integer.toString(report.certificates().size()));
    console.line("");
    TextTable history = new TextTable("WHEN", "WHAT", "REASON", "DETAIL");
    report.history().forEach(event -> history.row(event.at().toString(), event.kind(), event.reason().orElse("-"), event.detail()));
    history.lines().forEach(console::line);
  }

  private static String trouble(DeviceView device) {
    return device.held().map(held -> held.rule() + ": " + held.why()).or(device::refused).orElse("-");
  }

  private static String said(DeviceView.Decision decision) {
    return (decision.approved() ? "approved" : "denied") + " by " + decision.by() + " at " + decision.at() + ", until " + decision.until()
        + (decision.reason().isEmpty() ? "" : ": " + decision.reason());
  }

  private static void field(Console console, String name, String value) {
    console.line("%-13s %s", name, TextTable.clean(value));
  }
}

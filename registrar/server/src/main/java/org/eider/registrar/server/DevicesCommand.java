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
    description = {"Shows the devices: state, times, LDevID, and why one was refused. With a serial number: that device and its history."})
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
    TextTable table = new TextTable("SERIAL", "MANUFACTURER", "STATE", "FIRST SEEN", "LAST SEEN", "LDEVID", "REFUSED");
    devices.forEach(device -> table.row(device.serial(), device.manufacturer(), device.state(), device.firstSeen().toString(),
        device.lastSeen().toString(), device.ldevid().map(CertificateView::subject).orElse("-"), device.refused().orElse("-")));
    table.lines().forEach(parent.console()::line);
  }

  private void one(Administration administration, String text) throws CommandFailure, IOException {
    DeviceReport report = administration.device(find(administration, text)).orElseThrow(() -> unknown(text));
    if (json) {
      parent.console().json(AdminJson.flat(report));
    } else {
      print(parent.console(), report);
    }
  }

  private static DeviceId find(Administration administration, String text) throws CommandFailure, IOException {
    List<DeviceView> found = administration.devices(text);
    if (found.size() > 1) {
      throw new CommandFailure("several manufacturers have a device " + text,
          "name one of " + String.join(", ", found.stream().map(device -> device.manufacturer() + "/" + device.serial()).toList()));
    }
    if (found.size() == 1) {
      return new DeviceId(found.get(0).manufacturer(), found.get(0).serial());
    }
    int slash = text.indexOf('/');
    if (slash < 1) {
      throw unknown(text);
    }
    return new DeviceId(text.substring(0, slash), text.substring(slash + 1));
  }

  private static CommandFailure unknown(String text) {
    return new CommandFailure("no device " + text + " has been heard of",
        "see eider registrar devices; a device of an unknown manufacturer is only in the log");
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
    field(console, "vouchers", Integer.toString(report.vouchers().size()));
    field(console, "audit logs", Integer.toString(report.auditLogs().size()));
    field(console, "certificates", Integer.toString(report.certificates().size()));
    console.line("");
    TextTable history = new TextTable("WHEN", "WHAT", "REASON", "DETAIL");
    report.history().forEach(event -> history.row(event.at().toString(), event.kind(), event.reason().orElse("-"), event.detail()));
    history.lines().forEach(console::line);
  }

  private static void field(Console console, String name, String value) {
    console.line("%-13s %s", name, TextTable.clean(value));
  }
}

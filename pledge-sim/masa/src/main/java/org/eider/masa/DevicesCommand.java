package org.eider.masa;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Logging;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code eider masa devices}. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Lists the devices that were made, and who owns them.")
final class DevicesCommand implements Callable<Integer> {
  private static final String ROW = "%-24s  %-20s  %8s  %-10s  %s";

  @ParentCommand private MasaCommand parent;

  @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder of the MASA.")
  private Path data;

  @Option(names = "--json", description = "Print a JSON array (default: a table).")
  private boolean json;

  @Parameters(arity = "0..1", paramLabel = "SERIAL", description = "Only the device of this serial number (default: all).")
  private Optional<String> serial;

  @Override
  public Integer call() throws CommandFailure {
    Logging.forCommand();
    MasaCommand.onExisting(data, manufacturer ->
        print(serial.isPresent() ? MasaCommand.devices(manufacturer, serial.get()) : manufacturer.inventory().all()));
    return Cli.OK;
  }

  private void print(List<Device> devices) {
    if (json) {
      parent.console().json(devices.stream().map(DevicesCommand::json).toList());
      return;
    }
    parent.console().line(ROW, "SERIAL", "MADE", "VOUCHERS", "OWNED BY", "DOMAIN ID");
    for (Device device : devices) {
      parent.console().line(ROW, device.id().serialNumber(), seconds(device.madeOn().toString()), vouchers(device),
          device.owner().map(owner -> owner.by().label()).orElse("-"), device.owner().map(owner -> owner.domainId().base64()).orElse("-"));
    }
  }

  private static Map<String, Object> json(Device device) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("serial", device.id().serialNumber());
    fields.put("idevid_issuer", device.id().issuer().base64());
    fields.put("made", device.madeOn().toString());
    fields.put("vouchers", vouchers(device));
    fields.put("owner", device.owner().map(DevicesCommand::json).orElse(null));
    return fields;
  }

  private static Map<String, Object> json(Owner owner) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("domain_id", owner.domainId().base64());
    fields.put("by", owner.by().label());
    fields.put("since", owner.since().toString());
    return fields;
  }

  private static long vouchers(Device device) {
    var left = device.history().truncation();
    return device.history().events().size() + left.noncedDuplicates() + left.noncelessDuplicates() + left.arbitrary();
  }

  private static String seconds(String instant) {
    return instant.replaceFirst("\\.\\d+Z$", "Z");
  }
}

package org.eider.registrar.server;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.registrar.server.admin.Administration;
import org.eider.registrar.server.admin.DeviceView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code eider registrar pending}. */
@Command(
    name = "pending",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {"Shows the devices that wait for you: since when, by which rule and why, and what to type. The longest waiting comes first.",
        "Shows " + Administration.MAX_PAGE + " devices at most."})
final class PendingCommand implements Callable<Integer> {
  @ParentCommand private RegistrarCommand parent;
  @Mixin private DataOption data;

  @Option(names = "--json", description = "Print JSON: an array of devices (default: ${DEFAULT-VALUE}).")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure, IOException {
    List<DeviceView> waiting;
    try (Administration administration = data.existing()) {
      waiting = administration.held(Administration.MAX_PAGE);
    }
    if (json) {
      parent.console().json(waiting.stream().map(this::plain).toList());
    } else {
      print(parent.console(), waiting);
    }
    return Cli.OK;
  }

  private void print(Console console, List<DeviceView> waiting) {
    if (waiting.isEmpty()) {
      console.line("nobody waits");
      return;
    }
    TextTable table = new TextTable("SERIAL", "MANUFACTURER", "WAITS SINCE", "LAST SEEN", "RULE", "WHY");
    waiting.forEach(device -> device.held().ifPresent(held -> table.row(device.serial(), device.manufacturer(), held.since().toString(),
        device.lastSeen().toString(), held.rule(), held.why())));
    table.lines().forEach(console::line);
    console.line("");
    if (waiting.size() == Administration.MAX_PAGE) {
      console.line("There may be more; these wait longest, those for an operator first.");
    }
    console.line("To let one in, for instance the first, or to keep it out:");
    console.line("  " + command("approve", waiting.get(0)));
    console.line("  " + command("deny", waiting.get(0)) + " --reason WHY");
  }

  private Map<String, Object> plain(DeviceView device) {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("manufacturer", device.manufacturer());
    plain.put("serial", device.serial());
    device.held().ifPresent(held -> {
      plain.put("since", held.since().toString());
      plain.put("rule", held.rule());
      plain.put("why", held.why());
    });
    plain.put("last_seen", device.lastSeen().toString());
    plain.put("approve", command("approve", device));
    plain.put("deny", command("deny", device));
    return plain;
  }

  private String command(String what, DeviceView device) {
    return "eider registrar " + what + " " + Shell.word(DeviceName.id(device).toString()) + " --data " + Shell.word(data.path().toString());
  }
}

package org.eider.registrar.server;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.registrar.server.admin.DeviceView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code eider registrar deny}. */
@Command(
    name = "deny",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {"Keeps a device out, whether it waits, has not come yet or would be let in by a rule; it is told so (403) when it asks.",
        "A denial counts for a year unless told otherwise, and until another decision about the same device."})
final class DenyCommand implements Callable<Integer> {
  @ParentCommand private RegistrarCommand parent;
  @Spec private CommandSpec spec;
  @Mixin private DecisionOptions options;

  @Option(names = "--for", paramLabel = "DURATION", defaultValue = "365d", converter = DecisionOptions.DurationWord.class,
      description = "How long the denial counts: 24h, 30d, 365d (default: ${DEFAULT-VALUE}).")
  private Duration valid;

  @Override
  public Integer call() throws CommandFailure, IOException {
    DeviceView device = options.decide(false, valid, spec.commandLine());
    device.decision().ifPresent(decision -> parent.console().line(
        "denied " + TextTable.clean(DeviceName.id(device).toString()) + " until " + decision.until()));
    return Cli.OK;
  }
}

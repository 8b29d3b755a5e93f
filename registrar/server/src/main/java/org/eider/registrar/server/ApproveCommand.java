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

/** {@code eider registrar approve}. */
@Command(
    name = "approve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {"Lets a device in that waits, or that will come. It asks again by itself, usually within a minute.",
        "An approval speaks about what held the device until then: what its audit log shows for the first time after that holds it again, "
            + "and what the manufacturer's audit policy denies stays denied. It ends after a while; what the device got until then it keeps."})
final class ApproveCommand implements Callable<Integer> {
  @ParentCommand private RegistrarCommand parent;
  @Spec private CommandSpec spec;
  @Mixin private DecisionOptions options;

  @Option(names = "--for", paramLabel = "DURATION", defaultValue = "24h", converter = DecisionOptions.DurationWord.class,
      description = "How long the approval counts: 90m, 24h, 7d (default: ${DEFAULT-VALUE}).")
  private Duration valid;

  @Override
  public Integer call() throws CommandFailure, IOException {
    DeviceView device = options.decide(true, valid, spec.commandLine());
    device.decision().ifPresent(decision -> parent.console().line("approved " + TextTable.clean(DeviceName.id(device).toString()) + " until "
        + decision.until() + "; it comes in when it asks the next time"));
    return Cli.OK;
  }
}

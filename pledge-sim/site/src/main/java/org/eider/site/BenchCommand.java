package org.eider.site;

import java.util.concurrent.Callable;
import org.eider.cli.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eider bench}: what onboardings cost. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures what a registrar costs on this machine, and what it could not cost less.",
    subcommands = {BenchHttpsCommand.class, BenchCoapsCommand.class, BenchFloorCommand.class, BenchProxyCommand.class, BenchPeerCommand.class})
final class BenchCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec spec;

  BenchCommand(Console console) {
    this.console = console;
  }

  Console console() {
    return console;
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which benchmark?");
  }
}

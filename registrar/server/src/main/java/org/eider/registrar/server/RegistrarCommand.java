package org.eider.registrar.server;

import java.util.concurrent.Callable;
import org.eider.cli.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eider registrar}: runs a registrar and looks after it. */
@Command(
    name = "registrar",
    mixinStandardHelpOptions = true,
    description = "The registrar of a domain: gives devices their voucher and their certificate (RFC 8995, RFC 7030).",
    subcommands = {ServeCommand.class, ConfigCommand.class, ManufacturerCommand.class, DevicesCommand.class,
      PendingCommand.class, ApproveCommand.class, DenyCommand.class, PolicyCommand.class, JournalCommand.class, BackupCommand.class,
      RestoreCommand.class})
public final class RegistrarCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec spec;

  /** A command that prints there. */
  public RegistrarCommand(Console console) {
    this.console = console;
  }

  Console console() {
    return console;
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command: " + String.join(", ", spec.subcommands().keySet()) + "?");
  }
}

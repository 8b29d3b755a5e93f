package org.eider.registrar.server;

import java.util.concurrent.Callable;
import org.eider.cli.Console;
import org.eider.cli.Subcommands;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code eider registrar}: runs a registrar and looks after it. */
@Command(
    name = "registrar",
    mixinStandardHelpOptions = true,
    description = "The registrar of a domain: gives devices their voucher and their certificate (RFC 8995, RFC 7030).")
public final class RegistrarCommand implements Callable<Integer> {
  private static final Subcommands COMMANDS = Subcommands.of(
      ServeCommand.class, ConfigCommand.class, ManufacturerCommand.class, DevicesCommand.class, PendingCommand.class, ApproveCommand.class,
      DenyCommand.class, PolicyCommand.class, JournalCommand.class, BackupCommand.class, RestoreCommand.class);

  private final Console console;

  @Spec private CommandSpec spec;

  private RegistrarCommand(Console console) {
    this.console = console;
  }

  /** The command with those below it, or with the one that {@code words} begin with. */
  public static CommandLine line(Console console, String... words) {
    return COMMANDS.below(new RegistrarCommand(console), words);
  }

  Console console() {
    return console;
  }

  @Override
  public Integer call() {
    throw Subcommands.missing(spec);
  }
}

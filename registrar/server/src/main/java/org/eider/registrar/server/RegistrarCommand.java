package org.eider.registrar.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.eider.cli.Console;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eider registrar}: runs a registrar and looks after it. */
@Command(
    name = "registrar",
    mixinStandardHelpOptions = true,
    description = "The registrar of a domain: gives devices their voucher and their certificate (RFC 8995, RFC 7030).")
public final class RegistrarCommand implements Callable<Integer> {
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("serve", ServeCommand.class);
    COMMANDS.put("config", ConfigCommand.class);
    COMMANDS.put("manufacturer", ManufacturerCommand.class);
    COMMANDS.put("devices", DevicesCommand.class);
    COMMANDS.put("pending", PendingCommand.class);
    COMMANDS.put("approve", ApproveCommand.class);
    COMMANDS.put("deny", DenyCommand.class);
    COMMANDS.put("policy", PolicyCommand.class);
    COMMANDS.put("journal", JournalCommand.class);
    COMMANDS.put("backup", BackupCommand.class);
    COMMANDS.put("restore", RestoreCommand.class);
  }

  private final Console console;

  @Spec private CommandSpec spec;

  private RegistrarCommand(Console console) {
    this.console = console;
  }

  /**
   * The command with those below it. Reflection over the options of one takes a while, so where {@code words}, which follow the
   * command's own name, begin with the name of one of them, it has only that.
   */
  public static CommandLine line(Console console, String... words) {
    CommandLine line = new CommandLine(new RegistrarCommand(console));
    if (words.length > 0 && COMMANDS.containsKey(words[0])) {
      return line.addSubcommand(words[0], COMMANDS.get(words[0]));
    }
    COMMANDS.forEach(line::addSubcommand);
    return line;
  }

  Console console() {
    return console;
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command: " + String.join(", ", spec.subcommands().keySet()) + "?");
  }
}

package org.eider.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The commands below one that does nothing by itself. */
public final class Subcommands {
  private final Map<String, Class<?>> commands = new LinkedHashMap<>();

  private Subcommands() {}

  /** Those, each of which has its name in its {@link Command}, in this order. */
  public static Subcommands of(Class<?>... commands) {
    Subcommands all = new Subcommands();
    for (Class<?> command : commands) {
      all.commands.put(command.getAnnotation(Command.class).name(), command);
    }
    return all;
  }

  /**
   * A command with these below it. Reflection over the options of one takes a while, so where {@code words}, which follow the upper
   * command's own name, begin with the name of one of them, it has only that.
   */
  public CommandLine below(Object upper, String... words) {
    CommandLine line = new CommandLine(upper);
    if (words.length > 0 && commands.containsKey(words[0])) {
      return line.addSubcommand(words[0], commands.get(words[0]));
    }
    commands.forEach(line::addSubcommand);
    return line;
  }

  /** What to throw when the upper command is called without one of them. */
  public static ParameterException missing(CommandSpec upper) {
    return new ParameterException(upper.commandLine(), "which command: " + String.join(", ", upper.subcommands().keySet()) + "?");
  }
}

package org.eider.proxy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.eider.cli.Console;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eider grasp}: for people who debug a link. */
@Command(
    name = "grasp",
    mixinStandardHelpOptions = true,
    description = "Looks at what is said by GRASP (RFC 8990) on a link, and says something there: for people who debug one.")
public final class GraspCommand implements Callable<Integer> {
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("watch", GraspWatchCommand.class);
    COMMANDS.put("flood", GraspFloodCommand.class);
    COMMANDS.put("discover", GraspDiscoverCommand.class);
  }

  private final Console console;

  @Spec private CommandSpec spec;

  private GraspCommand(Console console) {
    this.console = console;
  }

  /** The command with those below it, or with the one that {@code words} begin with. */
  public static CommandLine line(Console console, String... words) {
    CommandLine line = new CommandLine(new GraspCommand(console));
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

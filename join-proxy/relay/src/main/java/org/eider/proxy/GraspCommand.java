package org.eider.proxy;

import java.util.concurrent.Callable;
import org.eider.cli.Console;
import org.eider.cli.Subcommands;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code eider grasp}: for people who debug a link. */
@Command(
    name = "grasp",
    mixinStandardHelpOptions = true,
    description = "Looks at what is said by GRASP (RFC 8990) on a link, and says something there: for people who debug one.")
public final class GraspCommand implements Callable<Integer> {
  private static final Subcommands COMMANDS = Subcommands.of(GraspWatchCommand.class, GraspFloodCommand.class, GraspDiscoverCommand.class);

  private final Console console;

  @Spec private CommandSpec spec;

  private GraspCommand(Console console) {
    this.console = console;
  }

  /** The command with those below it, or with the one that {@code words} begin with. */
  public static CommandLine line(Console console, String... words) {
    return COMMANDS.below(new GraspCommand(console), words);
  }

  Console console() {
    return console;
  }

  @Override
  public Integer call() {
    throw Subcommands.missing(spec);
  }
}

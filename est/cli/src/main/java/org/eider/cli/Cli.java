package org.eider.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Runs a picocli command tree by the rules of Eider. A command is a {@code Callable<Integer>} that throws {@link CommandFailure} when
 * it cannot do its work.
 */
public final class Cli {
  /** Done. */
  public static final int OK = 0;
  /** Could not. */
  public static final int FAILED = 1;
  /** Called wrongly. */
  public static final int USAGE = 2;

  private Cli() {}

  /**
   * Parses, runs, and turns every outcome into an exit code. {@code --debug} anywhere among {@code args} adds stack traces.
   *
   * @param command the root, annotated for picocli
   */
  public static int run(Object command, Console console, String... args) {
    return run(new CommandLine(command), console, args);
  }

  /** The same for a command tree that is already put together. */
  public static int run(CommandLine line, Console console, String... args) {
    List<String> words = List.of(args);
    boolean debug = words.contains("--debug");
    line.setOut(new PrintWriter(console.out(), true));
    line.setErr(new PrintWriter(console.err(), true));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, given) -> calledWrongly(e, console));
    line.setExecutionExceptionHandler((e, failed, parsed) -> couldNot(e, console, debug));
    return line.execute(words.stream().filter(word -> !word.equals("--debug")).toArray(String[]::new));
  }

  private static int calledWrongly(ParameterException e, Console console) {
    console.note("error: " + e.getMessage());
    List<String> suggestions = e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
    String help = e.getCommandLine().getCommandSpec().qualifiedName() + " --help";
    console.note("hint: " + (suggestions.isEmpty() ? "see " + help : "did you mean " + String.join(" or ", suggestions) + "? see " + help));
    return USAGE;
  }

  private static int couldNot(Exception e, Console console, boolean debug) {
    if (e instanceof CommandFailure failure) {
      console.note("error: " + failure.getMessage());
      failure.hint().ifPresent(hint -> console.note("hint: " + hint));
    } else {
      console.note("error: " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
      console.note("hint: run it again with --debug to see where this comes from");
    }
    if (debug) {
      e.printStackTrace(console.err());
    }
    return FAILED;
  }
}

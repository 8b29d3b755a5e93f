package org.eider.proxy;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.eider.cli.Cli;
import org.eider.cli.Console;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program behind {@code ./eider join-proxy} and {@code ./eider grasp}: it runs on few jars, and knows nothing of a registrar. */
@Command(name = "eider", mixinStandardHelpOptions = true, version = "Eider 0.1.0", description = "The join proxy, and what looks at its link.")
public final class Main implements Callable<Integer> {
  private static final Map<String, BiFunction<Console, String[], Object>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("join-proxy", JoinProxyCommand::line);
    COMMANDS.put("grasp", GraspCommand::line);
  }

  @Spec private CommandSpec spec;

  private Main() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  /** Runs a command; the exit code is that of {@link Cli}. */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    Console console = new Console(out, err);
    CommandLine root = new CommandLine(new Main());
    // Reflection over one command's options takes a while; a named command needs only its own.
    boolean isNamed = args.length > 0 && COMMANDS.containsKey(args[0]);
    COMMANDS.forEach((name, command) -> {
      if (!isNamed || name.equals(args[0])) {
        root.addSubcommand(name, command.apply(console, isNamed ? Arrays.copyOfRange(args, 1, args.length) : new String[0]));
      }
    });
    return Cli.run(root, console, args);
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }
}

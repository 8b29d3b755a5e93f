package org.eider.site;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.eider.cli.Cli;
import org.eider.cli.Console;
import org.eider.masa.MasaCommand;
import org.eider.pledge.PledgeCommand;
import org.eider.proxy.GraspCommand;
import org.eider.proxy.JoinProxyCommand;
import org.eider.registrar.server.RegistrarCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program behind {@code ./eider}: finds the command and runs it. */
@Command(
    name = "eider",
    mixinStandardHelpOptions = true,
    version = "Eider 0.1.0",
    description = "Takes new devices into possession without touching them: BRSKI (RFC 8995) with EST.",
    footer = {"", "Begin with: eider demo", "Every command explains itself with --help; --debug anywhere shows stack traces."})
public final class Main implements Callable<Integer> {
  private static final Map<String, BiFunction<Console, String[], Object>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("demo", (console, words) -> new DemoCommand(console));
    COMMANDS.put("registrar", RegistrarCommand::line);
    COMMANDS.put("join-proxy", JoinProxyCommand::line);
    COMMANDS.put("grasp", GraspCommand::line);
    COMMANDS.put("masa", (console, words) -> new MasaCommand(console));
    COMMANDS.put("pledge", (console, words) -> new PledgeCommand(console));
    COMMANDS.put("voucher", (console, words) -> new VoucherCommand(console));
    COMMANDS.put("bench", (console, words) -> new BenchCommand(console));
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
    // Reflection over one command's options takes a while; a named command needs only its own.
    if (args.length > 0 && COMMANDS.containsKey(args[0])) {
      CommandLine root = new CommandLine(new Main());
      root.addSubcommand(args[0], COMMANDS.get(args[0]).apply(console, Arrays.copyOfRange(args, 1, args.length)));
      return Cli.run(root, console, args);
    }
    return Cli.run(allCommands(console), console, args);
  }

  /** The whole tree of commands. */
  static CommandLine allCommands(Console console) {
    CommandLine root = new CommandLine(new Main());
    COMMANDS.forEach((name, command) -> root.addSubcommand(name, command.apply(console, new String[0])));
    return root;
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }
}

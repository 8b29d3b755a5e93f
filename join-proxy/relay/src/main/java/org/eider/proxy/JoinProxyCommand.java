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

/** {@code eider join-proxy}: runs a join proxy and looks at it. */
@Command(
    name = "join-proxy",
    mixinStandardHelpOptions = true,
    description = "The join proxy of a link: lets devices without a network reach a registrar, and nothing else (RFC 8995 section 4).")
public final class JoinProxyCommand implements Callable<Integer> {
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("serve", ServeCommand.class);
    COMMANDS.put("status", StatusCommand.class);
    COMMANDS.put("config", ProxyConfigCommand.class);
  }

  private final Console console;

  @Spec private CommandSpec spec;

  private JoinProxyCommand(Console console) {
    this.console = console;
  }

  /** The command with those below it, or with the one that {@code words} begin with. */
  public static CommandLine line(Console console, String... words) {
    CommandLine line = new CommandLine(new JoinProxyCommand(console));
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

package org.eider.proxy;

import java.util.concurrent.Callable;
import org.eider.cli.Console;
import org.eider.cli.Subcommands;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code eider join-proxy}: runs a join proxy and looks at it. */
@Command(
    name = "join-proxy",
    mixinStandardHelpOptions = true,
    description = "The join proxy of a link: lets devices without a network reach a registrar, and nothing else (RFC 8995 section 4).")
public final class JoinProxyCommand implements Callable<Integer> {
  private static final Subcommands COMMANDS = Subcommands.of(ServeCommand.class, StatusCommand.class, ProxyConfigCommand.class);

  private final Console console;

  @Spec private CommandSpec spec;

  private JoinProxyCommand(Console console) {
    this.console = console;
  }

  /** The command with those below it, or with the one that {@code words} begin with. */
  public static CommandLine line(Console console, String... words) {
    return COMMANDS.below(new JoinProxyCommand(console), words);
  }

  Console console() {
    return console;
  }

  @Override
  public Integer call() {
    throw Subcommands.missing(spec);
  }
}

package org.eider.proxy;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code eider join-proxy config}. */
@Command(name = "config", mixinStandardHelpOptions = true, description = "Looks at configuration files.",
    subcommands = ProxyConfigCommand.Check.class)
final class ProxyConfigCommand implements Callable<Integer> {
  @ParentCommand private JoinProxyCommand parent;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command: check?");
  }

  /** {@code eider join-proxy config check}. */
  @Command(name = "check", mixinStandardHelpOptions = true,
      description = "Reads a configuration file and says what is wrong with it: file, line and key.")
  static final class Check implements Callable<Integer> {
    @ParentCommand private ProxyConfigCommand above;

    @Parameters(paramLabel = "FILE", description = "The file.")
    private Path file;

    @Override
    public Integer call() throws CommandFailure {
      Optional<String> contradiction = ProxyConfigFile.read(file).contradiction();
      if (contradiction.isPresent()) {
        throw new CommandFailure(file + ": " + contradiction.get());
      }
      above.parent.console().line(file + " is a good configuration");
      return Cli.OK;
    }
  }
}

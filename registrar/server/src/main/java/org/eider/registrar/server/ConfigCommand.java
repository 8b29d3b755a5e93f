package org.eider.registrar.server;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.config.ConfigException;
import org.eider.registrar.server.config.ConfigFile;
import org.eider.registrar.server.config.RegistrarConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code eider registrar config}. */
@Command(name = "config", mixinStandardHelpOptions = true, description = "Looks at configuration files.",
    subcommands = ConfigCommand.Check.class)
final class ConfigCommand implements Callable<Integer> {
  @ParentCommand private RegistrarCommand parent;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command: check?");
  }

  static RegistrarConfig read(Path file) throws CommandFailure {
    try {
      return ConfigFile.read(file);
    } catch (ConfigException e) {
      throw new CommandFailure(e.getMessage(), e.hint(), e);
    }
  }

  /** {@code eider registrar config check}. */
  @Command(name = "check", mixinStandardHelpOptions = true,
      description = "Reads a configuration file and says what is wrong with it: file, line and key.")
  static final class Check implements Callable<Integer> {
    @ParentCommand private ConfigCommand above;

    @Parameters(paramLabel = "FILE", description = "The file.")
    private Path file;

    @Override
    public Integer call() throws CommandFailure {
      Optional<String> contradiction = read(file).contradiction();
      if (contradiction.isPresent()) {
        throw new CommandFailure(file + ": " + contradiction.get());
      }
      above.parent.console().line(file + " is a good configuration");
      return Cli.OK;
    }
  }
}

package org.eider.proxy;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Logging;
import org.eider.config.BadSetting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code eider join-proxy serve}. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs the join proxy until it is told to stop (SIGTERM or Ctrl-C).",
      "Prints a line 'ready join-proxy tcp://[ADDRESS%%INTERFACE]:PORT' or 'ready join-proxy udp://[ADDRESS%%INTERFACE]:PORT MODE' on standard "
          + "output for each join port once it listens; logs go to standard error."})
final class ServeCommand implements Callable<Integer> {
  @ParentCommand private JoinProxyCommand parent;
  @Spec private CommandSpec spec;

  @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder of what it keeps; made at the first start, for this user only.")
  private Path data;

  @Mixin private ServeOptions options;

  @Override
  public Integer call() throws CommandFailure {
    Logging.forCommand(); // what reading the configuration has to say goes to standard error too
    ProxyConfig config = settings();
    Logging.forServer(org.slf4j.event.Level.valueOf(config.log().level().name()), switch (config.log().format()) {
      case TEXT -> Logging.Format.TEXT;
      case JSON -> Logging.Format.JSON;
    });
    ProxyProcess process = ProxyProcess.start(config, data, options.namesAnnouncing(),
        port -> parent.console().line("ready join-proxy " + port), System::nanoTime);
    return untilTheEnd(process);
  }

  private ProxyConfig settings() throws CommandFailure {
    try {
      ProxyConfig config = options.settings();
      Optional<String> contradiction = config.contradiction();
      if (contradiction.isPresent()) {
        throw new ParameterException(spec.commandLine(), contradiction.get());
      }
      return config;
    } catch (BadSetting bad) {
      throw new ParameterException(spec.commandLine(), bad.key() + " " + bad.getMessage());
    } catch (TypeConversionException bad) {
      throw new ParameterException(spec.commandLine(), "--announce: " + bad.getMessage());
    }
  }

  private static int untilTheEnd(ProxyProcess process) {
    // A Java process that gets SIGTERM ends with 143, whatever its hooks do, unless a hook ends it first.
    Thread onSignal = new Thread(() -> {
      process.close();
      Runtime.getRuntime().halt(Cli.OK);
    }, "shutdown");
    Runtime.getRuntime().addShutdownHook(onSignal);
    try {
      process.awaitEnd();
    } catch (InterruptedException stop) {
      Runtime.getRuntime().removeShutdownHook(onSignal);
      process.close();
    }
    return Cli.OK;
  }
}

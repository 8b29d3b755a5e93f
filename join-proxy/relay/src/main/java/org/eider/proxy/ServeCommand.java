package org.eider.proxy;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.eider.config.BadSetting;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Logging;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

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

  @Option(names = "--listen-interface", paramLabel = "IF",
      description = "Network interface of the pledges; may be repeated. Its link-local addresses are listened on, of lo that of loopback.")
  private List<String> interfaces = List.of();

  @Option(names = "--registrar", paramLabel = "ADDRESS",
      description = "A registrar, https://H:P, coaps://H:P or jpy://H:P (also coaps+jpy://H:P); may be repeated.")
  private List<String> registrars = List.of();

  @Option(names = "--mode", paramLabel = "circuit|stateful|stateless",
      description = "How to relay; may be repeated (default: as the registrars can be reached).")
  private List<String> modes = List.of();

  @Override
  public Integer call() throws CommandFailure {
    Logging.forServer();
    ProxyProcess process = ProxyProcess.start(settings(), port -> parent.console().line("ready join-proxy " + port), System::nanoTime);
    return untilTheEnd(process);
  }

  private ProxyConfig settings() {
    ProxyConfig standard = ProxyConfig.standard();
    ProxyConfig.Listen listen = standard.listen();
    try {
      return new ProxyConfig(new ProxyConfig.Listen(interfaces, listen.ipv4(), listen.circuitPort(), listen.statefulPort(),
          listen.statelessPort()), registrars, modes(), standard.circuits(), standard.stateful(), standard.stateless());
    } catch (BadSetting bad) {
      throw new ParameterException(spec.commandLine(), bad.key() + " " + bad.getMessage());
    }
  }

  private Set<Mode> modes() {
    Set<Mode> chosen = EnumSet.noneOf(Mode.class);
    for (String label : modes) {
      chosen.add(Mode.of(label).orElseThrow(
          () -> new ParameterException(spec.commandLine(), "--mode is circuit, stateful or stateless, not " + label)));
    }
    return chosen;
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

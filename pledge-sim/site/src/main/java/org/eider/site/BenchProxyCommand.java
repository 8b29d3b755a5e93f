package org.eider.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.cli.Logging;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code eider bench proxy}. */
@Command(
    name = "proxy",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures the join proxy against a direct connection and, where they are installed, against HAProxy in TCP mode (circuits) and socat"
          + " (datagrams): the same payload, the same far end, one after the other.",
      "Then what it holds: memory of open circuits, and of sources that a stateless proxy has heard once; and what it adds to an onboarding.",
      "HAProxy and the join proxy have two threads each. Exit 0 if everything could be measured that this machine has the programs for."})
final class BenchProxyCommand implements Callable<Integer> {
  private static final int MOST = 10_000_000;

  @ParentCommand private BenchCommand parent;

  @Option(names = "--seconds", paramLabel = "S", defaultValue = "5", description = "How long each rate is measured (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(names = "--warm-up", paramLabel = "S", defaultValue = "25",
      description = "How long each is loaded before that; Java compiles what it does for so long (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(names = "--circuits", paramLabel = "N", defaultValue = "10000",
      description = "How many circuits are open at a time, idle, with -Xmx128m; 0 for none (default: ${DEFAULT-VALUE}).")
  private int circuits;

  @Option(names = "--sources", paramLabel = "N", defaultValue = "1000000",
      description = "From how many sources a stateless proxy hears; 0 for none (default: ${DEFAULT-VALUE}).")
  private int sources;

  @Option(names = "--onboardings", paramLabel = "N", defaultValue = "200",
      description = "How many devices onboard directly, and as many through the proxy; 0 for none (default: ${DEFAULT-VALUE}).")
  private int onboardings;

  @Mixin private BenchOutput output;

  @Override
  public Integer call() throws IOException, CommandFailure, InterruptedException {
    output.check("--seconds", seconds, 1, 600);
    output.check("--warm-up", warmUp, 0, 600);
    output.check("--circuits", circuits, 0, MOST);
    output.check("--sources", sources, 0, MOST);
    output.check("--onboardings", onboardings, 0, MOST);
    Logging.forCommand();
    Path folder = Files.createTempDirectory("eider-bench-");
    try {
      ProxyFigures figures = new ProxyFigures();
      try (ProxyBench bench = new ProxyBench(folder, figures, warmUp, parent.console())) {
        bench.circuits(seconds);
        bench.idleCircuits(circuits);
        bench.datagrams(seconds);
        bench.sources(sources);
      }
      if (onboardings > 0) {
        new ProxiedOnboardings(folder, figures, parent.console()).measure(onboardings);
      }
      figures.put("java", System.getProperty("java.version"));
      print(parent.console(), figures);
      return Cli.OK;
    } finally {
      output.leave(folder, parent.console());
    }
  }

  private void print(Console console, ProxyFigures figures) {
    if (output.json()) {
      console.json(figures.json());
    } else {
      figures.json().forEach((name, value) -> console.line("  %-44s %14s", name.replace('_', ' '), value));
    }
  }
}

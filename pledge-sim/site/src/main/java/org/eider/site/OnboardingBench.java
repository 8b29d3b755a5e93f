package org.eider.site;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.cli.Logging;
import org.eider.pki.Crypto;
import org.eider.pledge.DeviceIdentity;
import org.eider.pledge.Mischief;
import org.eider.pledge.RegistrarAddress;
import org.eider.pledge.RegistrarAddress.Scheme;
import org.eider.wire.DecodeException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** What {@code eider bench https} and {@code eider bench coaps} have in common: all but the transport. */
abstract class OnboardingBench implements Callable<Integer> {
  /** What both say of the figures. */
  static final String COMPARED = "The CPU time of the registrar is compared with the floor: the public-key operations that it cannot avoid,"
      + " measured by themselves (see bench floor).";
  private static final int MOST = 1_000_000;
  private static final int MOST_AT_ONCE = 256;

  @ParentCommand private BenchCommand parent;

  @Option(names = "--onboardings", paramLabel = "N", defaultValue = "10000", description = "How many are measured (default: ${DEFAULT-VALUE}).")
  private int onboardings;

  @Option(names = "--concurrency", paramLabel = "C", defaultValue = "4",
      description = "How many devices are onboarded at a time (default: ${DEFAULT-VALUE}).")
  private int concurrency;

  @Option(names = "--warm-up", paramLabel = "W", defaultValue = "6000",
      description = "How many are onboarded before, unmeasured; fewer than 5000 measure the compiler (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(names = "--devices", paramLabel = "N", defaultValue = "0",
      description = "How many devices the registrar's store holds before (default: ${DEFAULT-VALUE}).")
  private int devices;

  @Option(names = "--crypto", paramLabel = "bc|accp", defaultValue = "bc",
      description = "What the registrar computes with, and the floor with it (default: ${DEFAULT-VALUE}).")
  private Crypto.Kind crypto;

  @Mixin private BenchOutput output;

  private final Scheme transport;
  private Map<PublicKeyWork, Double> costs = Map.of();
  private String provider = "";

  OnboardingBench(Scheme transport) {
    this.transport = transport;
  }

  /** What the devices do wrong on purpose. */
  Mischief mischief() {
    return Mischief.NONE;
  }

  @Override
  public Integer call() throws IOException, CommandFailure, InterruptedException {
    output.check("--onboardings", onboardings, 1, MOST);
    output.check("--concurrency", concurrency, 1, MOST_AT_ONCE);
    output.check("--warm-up", warmUp, 0, MOST);
    output.check("--devices", devices, 0, MOST);
    Logging.forCommand();
    Path folder = Files.createTempDirectory("eider-bench-");
    BenchSite site = new BenchSite(folder, crypto, transport);
    Thread onSignal = new Thread(() -> cleanUp(site, folder), "end-bench");
    Runtime.getRuntime().addShutdownHook(onSignal);
    try {
      BenchFigures figures = measure(site, folder);
      print(figures, site);
      return figures.run().errors() == 0 ? Cli.OK : Cli.FAILED;
    } finally {
      if (forget(onSignal)) {
        cleanUp(site, folder);
      }
    }
  }

  private BenchFigures measure(BenchSite site, Path folder) throws IOException, CommandFailure, InterruptedException {
    console().note("measuring single public-key operations");
    floor(folder);
    console().note("starting MASA and registrar" + (devices > 0 ? ", with " + devices + " devices in the store" : ""));
    site.start(devices);
    console().note("making " + (warmUp + onboardings) + " devices");
    List<DeviceIdentity> made = site.make(warmUp + onboardings);
    BenchDriver driver = new BenchDriver(address(site), mischief(), concurrency, console());
    BenchDriver.Run before = driver.onboard("warm-up", made.subList(0, warmUp));
    before.firstError().ifPresent(problem -> console().note("warm-up: " + before.errors() + " failed, for instance " + problem));
    long registrar = site.registrar().pid();
    Duration cpu = ProcessUse.cpu(registrar);
    BenchDriver.Run run = driver.onboard("measured", made.subList(warmUp, made.size()));
    Duration used = ProcessUse.cpu(registrar).minus(cpu);
    run.firstError().ifPresent(problem -> console().note(run.errors() + " failed, for instance " + problem));
    if (run.onboarded() == 0) {
      throw new CommandFailure("not one onboarding went well", "run it with --keep and read registrar.log and masa.log");
    }
    return new BenchFigures(run, used, PublicKeyWork.onboarding(costs), ProcessUse.rssMegabytes(registrar),
        System.getProperty("java.version"), provider);
  }

  /** In a process that does nothing else, with the registrar's Java options. */
  private void floor(Path folder) throws IOException, CommandFailure, InterruptedException {
    Path out = folder.resolve("floor.json");
    Path log = folder.resolve("floor.log");
    Process process = new ProcessBuilder(
        Launch.of(List.of("bench", "floor", "--json", "--crypto", crypto.label())).with(BenchSite.REGISTRAR_JAVA).commandLine())
        .redirectOutput(out.toFile()).redirectError(log.toFile()).start();
    try {
      if (process.waitFor() != Cli.OK) {
        throw new CommandFailure("single operations could not be measured: " + Files.readString(log).strip());
      }
    } finally {
      process.destroyForcibly();
    }
    JsonNode object = new ObjectMapper().readTree(out.toFile());
    costs = new EnumMap<>(PublicKeyWork.class);
    for (PublicKeyWork work : PublicKeyWork.values()) {
      costs.put(work, object.required(BenchFloorCommand.name(work)).doubleValue());
    }
    provider = object.required(BenchFloorCommand.PROVIDER).textValue();
  }

  private RegistrarAddress address(BenchSite site) {
    try {
      return RegistrarAddress.parse(site.registrar().address(transport).toString());
    } catch (DecodeException e) {
      throw new IllegalStateException("a server tells its own address", e);
    }
  }

  private void print(BenchFigures figures, BenchSite site) {
    if (output.json()) {
      console().json(figures.json());
      return;
    }
    console().line("%d onboardings, %d at a time, after %d to warm up; %d devices stored before; %d errors",
        figures.run().onboarded(), concurrency, warmUp, devices, figures.run().errors());
    console().line("  onboardings per second   %8.1f", figures.perSecond());
    console().line("  latency, median          %8.2f ms", figures.percentileMs(50));
    console().line("  latency, 99th percentile %8.2f ms", figures.percentileMs(99));
    console().line("  registrar CPU            %8.3f ms for each onboarding", figures.registrarCpuMs());
    console().line("  floor                    %8.3f ms, below", figures.floorMs());
    console().line("  ratio                    %8.2f", figures.registrarCpuMs() / figures.floorMs());
    console().line("  registrar memory         %8.1f MB resident", figures.rssMegabytes());
    console().line("  registrar start to ready %8.2f s, and %.2f s when CA and store are made",
        site.restart().toMillis() / 1e3, site.firstStart().toMillis() / 1e3);
    console().line("  Java %s, %s", figures.java(), figures.provider());
    console().line("");
    BenchFloorCommand.table(console(), costs);
  }

  private void cleanUp(BenchSite site, Path folder) {
    site.close();
    output.leave(folder, console());
  }

  private static boolean forget(Thread onSignal) {
    try {
      return Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException endingAlready) {
      return false; // then the hook does it
    }
  }

  private Console console() {
    return parent.console();
  }
}

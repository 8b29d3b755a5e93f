package org.eider.site;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.pki.Crypto;
import org.eider.pledge.DeviceIdentity;
import org.eider.pledge.Mischief;
import org.eider.pledge.RegistrarAddress;
import org.eider.pledge.RegistrarAddress.Scheme;

/** What a join proxy adds to the time of an onboarding: devices take turns, one straight to the registrar, one through the proxy. */
final class ProxiedOnboardings {
  private static final int WARM_UP = 300;
  private static final int BLOCK = 20;
  private static final int MEDIAN = 50;
  private static final long LONGEST_MICROS = 600_000_000;

  private final Path folder;
  private final ProxyFigures figures;
  private final Console console;

  ProxiedOnboardings(Path folder, ProxyFigures figures, Console console) {
    this.folder = folder;
    this.figures = figures;
    this.console = console;
  }

  /** Onboards so many each way, one at a time. */
  void measure(int each) throws IOException, CommandFailure, InterruptedException {
    for (Scheme transport : Scheme.values()) {
      console.note(each + " onboardings over " + transport.label() + " directly, and as many through the proxy");
      Path own = Files.createDirectories(folder.resolve(transport.label()));
      try (BenchSite site = new BenchSite(own, Crypto.Kind.BC, transport, "::1")) {
        site.start(0);
        int port = site.registrar().address(transport).getPort();
        // All devices come from one address here, where others have one each.
        Path config = Files.writeString(own.resolve("proxy.yaml"), ProxyProcess.WITHOUT_LIMITS);
        List<String> to = List.of("--config", config.toString(), "--registrar", transport.label() + "://[::1]:" + port);
        try (ProxyProcess proxy = ProxyProcess.start(own, own.resolve("proxy"), List.of(), to, 2)) {
          compare(transport, each, site, port, proxy.address());
        }
      }
    }
  }

  private void compare(Scheme transport, int each, BenchSite site, int port, InetSocketAddress proxy)
      throws IOException, CommandFailure, InterruptedException {
    BenchDriver direct = driver(transport, port);
    BenchDriver through = driver(transport, proxy.getPort());
    List<DeviceIdentity> devices = site.make(WARM_UP + 2 * each);
    require(direct.onboard("warm-up", devices.subList(0, WARM_UP / 2)));
    require(through.onboard("warm-up", devices.subList(WARM_UP / 2, WARM_UP)));
    Histogram straight = new Histogram(LONGEST_MICROS, 3);
    Histogram proxied = new Histogram(LONGEST_MICROS, 3);
    int from = WARM_UP;
    for (int done = 0; done < each; done += BLOCK) {
      int size = Math.min(BLOCK, each - done);
      straight.add(require(direct.onboard("direct", devices.subList(from, from + size))).micros());
      proxied.add(require(through.onboard("through the proxy", devices.subList(from + size, from + 2 * size))).micros());
      from += 2 * size;
    }
    String name = transport.label() + "_onboarding";
    figures.put(name + "_direct_p50_ms", straight.getValueAtPercentile(MEDIAN) / 1e3, 1);
    figures.put(name + "_proxied_p50_ms", proxied.getValueAtPercentile(MEDIAN) / 1e3, 1);
    figures.ratio(name + "_proxied_to_direct", name + "_proxied_p50_ms", name + "_direct_p50_ms");
  }

  private BenchDriver driver(Scheme transport, int port) throws CommandFailure {
    try {
      return new BenchDriver(RegistrarAddress.parse(transport.label() + "://[::1]:" + port), Mischief.NONE, 1, console);
    } catch (org.eider.wire.DecodeException e) {
      throw new CommandFailure("no address", "run it with --debug", e);
    }
  }

  private static BenchDriver.Run require(BenchDriver.Run run) throws CommandFailure {
    Optional<String> error = run.firstError();
    if (error.isPresent()) {
      throw new CommandFailure(run.errors() + " onboardings failed, for instance " + error.get(), "run it with --keep and read the logs");
    }
    return run;
  }
}

package org.eider.site;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;

/** Join proxies between a driver, which is this process, and a far end, which is another; each measurement has a fresh one. */
final class ProxyBench implements AutoCloseable {
  private static final int AT_ONCE = 16;
  private static final int FLOWS = 8;
  private static final long STREAMED_A_SECOND = 800L << 20;
  private static final int SAMPLE = 100;
  private static final long SETTLE_MILLIS = 2000;
  private static final int FILES_OF_ITS_OWN = 150;

  private final Path folder;
  private final ProxyFigures figures;
  private final int warmUp;
  private final Console console;
  private ServerProcess peer;
  private InetSocketAddress far;

  /** Starts the far end; everything is loaded for {@code warmUp} seconds before it is measured. */
  ProxyBench(Path folder, ProxyFigures figures, int warmUp, Console console) throws IOException, CommandFailure, InterruptedException {
    this.folder = folder;
    this.figures = figures;
    this.warmUp = warmUp;
    this.console = console;
    this.peer = ServerProcess.start("peer", folder, Launch.of(List.of("bench", "peer")), 1);
    this.far = ProxyProcess.address(peer.ready().get(0));
  }

  /** Connections a second and throughput: direct, HAProxy, circuit proxy. */
  void circuits(int seconds) throws IOException, CommandFailure, InterruptedException {
    tcp("direct", far, seconds);
    if (ForeignRelay.has("haproxy")) {
      try (ForeignRelay haproxy = ForeignRelay.haproxy(folder, far)) {
        tcp("haproxy", haproxy.address(), seconds);
      }
    }
    long began = System.nanoTime();
    try (ProxyProcess proxy = proxy("circuit", List.of())) {
      figures.put("start_to_ready_s", (System.nanoTime() - began) / 1e9, 2);
      TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
      figures.put("idle_rss_mb", ProcessUse.rssMegabytes(proxy.pid()), 1);
      tcp("circuit", proxy.address(), seconds);
      figures.put("busy_rss_mb", ProcessUse.rssMegabytes(proxy.pid()), 1);
    }
    figures.ratio("connections_to_haproxy", "circuit_connections_per_s", "haproxy_connections_per_s");
    figures.ratio("throughput_to_haproxy", "circuit_mb_per_s", "haproxy_mb_per_s");
  }

  private void tcp(String name, InetSocketAddress address, int seconds) throws CommandFailure, InterruptedException {
    console.note("connections and streams, " + name);
    CircuitLoad load = new CircuitLoad(address);
    load.connectionsPerSecond(AT_ONCE, warmUp);
    figures.put(name + "_connections_per_s", load.connectionsPerSecond(AT_ONCE, seconds), 0);
    load.throughput(seconds * STREAMED_A_SECOND / 4);
    figures.put(name + "_mb_per_s", load.throughput(seconds * STREAMED_A_SECOND), 0);
  }

  /** Opens so many circuits, lets them idle, and looks whether they live and what they hold. */
  void idleCircuits(int wanted) throws IOException, CommandFailure, InterruptedException {
    int count = possible(wanted);
    if (count == 0) {
      return;
    }
    console.note(count + " circuits that idle");
    try (ProxyProcess proxy = proxy("circuit", List.of("-Xmx128m", "-XX:+UseSerialGC"))) {
      double before = LiveHeap.megabytes(proxy.pid());
      List<SocketChannel> open = new CircuitLoad(proxy.address()).open(count);
      try {
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
        figures.put("idle_circuits", open.size(), 0);
        figures.put("idle_circuits_heap_mb", LiveHeap.megabytes(proxy.pid()), 1);
        figures.put("idle_circuits_heap_before_mb", before, 1);
        figures.put("idle_circuits_rss_mb", ProcessUse.rssMegabytes(proxy.pid()), 1);
        int every = Math.max(1, count / SAMPLE);
        for (int i = 0; i < count; i += every) {
          if (!CircuitLoad.isAlive(open.get(i))) {
            throw new CommandFailure("circuit " + i + " of " + count + " is dead", "run it with --keep and read join-proxy.log");
          }
        }
      } finally {
        for (SocketChannel circuit : open) {
          circuit.close();
        }
      }
    }
  }

  /** Datagrams a second: direct, socat, stateful, stateless. */
  void datagrams(int seconds) throws IOException, CommandFailure, InterruptedException {
    udp("direct_udp", far, seconds);
    if (ForeignRelay.has("socat")) {
      try (ForeignRelay socat = ForeignRelay.socat(folder, far)) {
        udp("socat", socat.address(), seconds);
      }
    }
    for (String mode : List.of("stateful", "stateless")) {
      try (ProxyProcess proxy = proxy(mode, List.of())) {
        udp(mode, proxy.address(), seconds);
      }
      figures.ratio(mode + "_to_socat", mode + "_datagrams_per_s", "socat_datagrams_per_s");
    }
  }

  private void udp(String name, InetSocketAddress address, int seconds) throws CommandFailure, InterruptedException {
    console.note("datagrams, " + name);
    DatagramLoad load = new DatagramLoad(address);
    load.roundTrips(FLOWS, warmUp);
    DatagramLoad.Rate rate = load.roundTrips(FLOWS, seconds);
    figures.put(name + "_datagrams_per_s", rate.perSecond(), 0);
    figures.put(name + "_lost", rate.lost(), 4);
  }

  /** What a stateless proxy keeps of so many sources. */
  void sources(int count) throws IOException, CommandFailure, InterruptedException {
    if (count == 0) {
      return;
    }
    console.note(count + " sources, each heard once");
    try (ProxyProcess proxy = proxy("stateless", List.of())) {
      DatagramLoad load = new DatagramLoad(proxy.loopback4());
      load.fromDistinctSources(count / 100);
      double before = LiveHeap.megabytes(proxy.pid());
      int sent = load.fromDistinctSources(count);
      figures.put("sources", sent, 0);
      figures.put("sources_heap_before_mb", before, 2);
      figures.put("sources_heap_after_mb", LiveHeap.megabytes(proxy.pid()), 2);
    }
  }

  private ProxyProcess proxy(String mode, List<String> java) throws IOException, CommandFailure, InterruptedException {
    Path config = folder.resolve(mode + ".yaml");
    Files.writeString(config, ProxyProcess.WITHOUT_LIMITS, StandardCharsets.UTF_8);
    String registrar = switch (mode) {
      case "circuit" -> "https";
      case "stateful" -> "coaps";
      default -> "coaps+jpy";
    } + "://[::1]:" + far.getPort();
    List<String> words = new ArrayList<>(List.of("--config", config.toString(), "--registrar", registrar, "--mode", mode));
    return ProxyProcess.start(folder, folder.resolve("proxy-" + mode), java, words, 2); // of IPv6 and of IPv4
  }

  /** A circuit is two open files of the proxy, and not every system lets a process have as many as are wanted. */
  private int possible(int wanted) {
    long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount() : Integer.MAX_VALUE;
    int most = (int) Math.min(wanted, (files - FILES_OF_ITS_OWN) / 2);
    if (most < wanted) {
      console.note("only " + most + " circuits, since a process may have " + files + " open files here (ulimit -Hn)");
    }
    return most;
  }

  @Override
  public void close() {
    peer.close();
  }
}

package org.eider.site;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.eider.cli.CommandFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three hosts on this machine, as network namespaces of Linux in a row: {@code pledge - proxy - registrar}. The pledge has
 * link-local addresses and nothing else; proxy and registrar have addresses of the site as well. Nobody routes, so the pledge reaches the
 * registrar through the proxy or not at all. Needs root and {@code ip} (Debian iproute2).
 */
final class NetworkCell implements AutoCloseable {
  /** The network interface of the pledge, its only one. */
  static final String PLEDGE_LINK = "link0";
  /** The network interface of the proxy where the pledge is. */
  static final String CELL_LINK = "cell0";
  /** The network interface where proxy and registrar see each other, on both of them. */
  static final String SITE_LINK = "site0";
  /** The registrar's address there. */
  static final String REGISTRAR_ADDRESS = "fd00:e1de::1";
  /** The proxy's address there. */
  static final String PROXY_ADDRESS = "fd00:e1de::2";

  private static final Logger LOG = LoggerFactory.getLogger(NetworkCell.class);
  private static final long PATIENCE_SECONDS = 20;

  /** Who is on a machine of its own. */
  enum Host {
    PLEDGE, PROXY, REGISTRAR;

    /** The end of its namespace's name. */
    private String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How the hosts are joined. */
  @FunctionalInterface
  interface Wiring {
    /**
     * Makes an interface in each of two namespaces, such that what one sends the other receives; both are down.
     *
     * @return what ends the link, beside the end of the namespaces
     */
    Closeable join(String namespace, String name, String otherNamespace, String otherName) throws IOException, CommandFailure, InterruptedException;
  }

  private final String prefix;
  private final List<Closeable> links = new ArrayList<>();
  private final Thread onSignal = new Thread(this::remove, "remove-namespaces");

  private NetworkCell(String prefix) {
    this.prefix = prefix;
  }

  /** Whether this process may make network namespaces, and has what it takes. */
  static boolean isPossible() {
    return "root".equals(System.getProperty("user.name")) && Files.isDirectory(Path.of("/proc/self/ns"))
        && Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":")).anyMatch(folder -> Files.isExecutable(Path.of(folder, "ip")));
  }

  /** Three hosts joined by virtual Ethernet. */
  static NetworkCell build() throws IOException, CommandFailure, InterruptedException {
    return build(NetworkCell::veth, NetworkCell::veth);
  }

  /** The same with other cables: from pledge to proxy, and from proxy to registrar. */
  static NetworkCell build(Wiring toProxy, Wiring toRegistrar) throws IOException, CommandFailure, InterruptedException {
    NetworkCell cell = new NetworkCell("eider-" + Long.toString(ProcessHandle.current().pid(), 36) + Long.toString(System.nanoTime() % 46_656, 36) + "-");
    Runtime.getRuntime().addShutdownHook(cell.onSignal);
    boolean built = false;
    try {
      cell.wire(toProxy, toRegistrar);
      built = true;
      return cell;
    } finally {
      if (!built) {
        cell.close();
      }
    }
  }

  private void wire(Wiring toProxy, Wiring toRegistrar) throws IOException, CommandFailure, InterruptedException {
    for (Host host : Host.values()) {
      run("ip", "netns", "add", namespace(host));
      // Nobody else is there, so nobody has the address: an interface can be used at once.
      run(inside(host, "sh", "-c", "for f in all default; do echo 0 > /proc/sys/net/ipv6/conf/$f/accept_dad; done"));
      run("ip", "-n", namespace(host), "link", "set", "lo", "up");
    }
    links.add(toProxy.join(namespace(Host.PLEDGE), PLEDGE_LINK, namespace(Host.PROXY), CELL_LINK));
    links.add(toRegistrar.join(namespace(Host.PROXY), SITE_LINK, namespace(Host.REGISTRAR), SITE_LINK));
    up(Host.PLEDGE, PLEDGE_LINK);
    up(Host.PROXY, CELL_LINK);
    up(Host.PROXY, SITE_LINK);
    up(Host.REGISTRAR, SITE_LINK);
    run("ip", "-n", namespace(Host.PROXY), "addr", "add", PROXY_ADDRESS + "/64", "dev", SITE_LINK, "nodad");
    run("ip", "-n", namespace(Host.REGISTRAR), "addr", "add", REGISTRAR_ADDRESS + "/64", "dev", SITE_LINK, "nodad");
  }

  private void up(Host host, String link) throws IOException, CommandFailure, InterruptedException {
    run("ip", "-n", namespace(host), "link", "set", link, "up");
  }

  /** Virtual Ethernet. */
  static Closeable veth(String namespace, String name, String otherNamespace, String otherName)
      throws IOException, CommandFailure, InterruptedException {
    run("ip", "link", "add", name, "netns", namespace, "type", "veth", "peer", "name", otherName, "netns", otherNamespace);
    return () -> { };
  }

  /** The name of a host's namespace. */
  String namespace(Host host) {
    return prefix + host.label();
  }

  /** What makes a command run on that host. */
  List<String> prefix(Host host) {
    return List.of("ip", "netns", "exec", namespace(host));
  }

  /** A command as it is to be run for that host. */
  String[] inside(Host host, String... command) {
    List<String> line = new ArrayList<>(prefix(host));
    line.addAll(List.of(command));
    return line.toArray(String[]::new);
  }

  /** Runs a command to its end; what it wrote to either stream. */
  static String run(String... command) throws IOException, CommandFailure, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new CommandFailure("'" + String.join(" ", command) + "' does not end");
    }
    if (process.exitValue() != 0) {
      throw new CommandFailure("'" + String.join(" ", command) + "' failed: " + said, "network namespaces need root and a Linux that has them");
    }
    return said;
  }

  /** Removes the hosts; whatever still runs on them keeps its own until it ends. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException endingAlready) {
      return; // then the hook does it
    }
    remove();
  }

  private void remove() {
    List<String> trouble = new ArrayList<>();
    for (Closeable link : links) {
      try {
        link.close();
      } catch (IOException e) {
        trouble.add(String.valueOf(e.getMessage()));
      }
    }
    for (Host host : Host.values()) {
      try {
        new ProcessBuilder("ip", "netns", "del", namespace(host)).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
            .waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (IOException e) {
        trouble.add(String.valueOf(e.getMessage()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (!trouble.isEmpty()) {
      LOG.warn("something of {} is left: {}", prefix, String.join("; ", trouble));
    }
  }
}

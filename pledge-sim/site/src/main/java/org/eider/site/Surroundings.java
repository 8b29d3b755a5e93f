package org.eider.site;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.cli.CommandFailure;
import org.eider.pledge.RegistrarAddress.Scheme;
import org.eider.site.NetworkCell.Host;

/** Where the parties of a site are, and how its devices get to the registrar. */
interface Surroundings extends AutoCloseable {
  /** What makes a command run where that host is; nothing when that is here. */
  List<String> prefix(Host host);

  /** Where the registrar listens, and what else it is told, beside its ports. */
  List<String> registrar();

  /** What the join proxy is told, beside its data folder; empty when there is none. */
  default Optional<List<String>> proxy(ServerProcess registrar) {
    return Optional.empty();
  }

  /** Whether the join proxy gets a certificate of its own before it relays. */
  default boolean proxyEnrols() {
    return false;
  }

  /** How many ready lines the join proxy prints before devices are switched on. */
  default int proxyLines() {
    return 2;
  }

  /** How a device on a host of its own finds the registrar; empty when devices are threads of this process. */
  default Optional<List<String>> search(Scheme transport) {
    return Optional.empty();
  }

  /** One sentence about it. */
  String description();

  @Override
  void close();

  /** Everybody on this machine's loopback, no join proxy. */
  static Surroundings direct() {
    return new OneHost(false);
  }

  /** A join proxy in between: on hosts of their own where this process may make some, otherwise on loopback. */
  static Surroundings viaProxy() throws IOException, CommandFailure, InterruptedException {
    return NetworkCell.isPossible() ? new ThreeHosts(NetworkCell.build(), true) : new OneHost(true);
  }

  /** Everybody on loopback. */
  record OneHost(boolean hasProxy) implements Surroundings {
    @Override
    public List<String> prefix(Host host) {
      return List.of();
    }

    @Override
    public List<String> registrar() {
      return List.of("--host", "localhost");
    }

    @Override
    public Optional<List<String>> proxy(ServerProcess registrar) {
      if (!hasProxy) {
        return Optional.empty();
      }
      return Optional.of(Stream.concat(Stream.of("--listen-interface", "lo"),
          registrar.ready().stream().flatMap(address -> Stream.of("--registrar", address))).toList());
    }

    @Override
    public String description() {
      return hasProxy ? "all on loopback, a join proxy in between; run it as root on Linux to see hosts that are apart" : "all on loopback";
    }

    @Override
    public void close() {
      // nothing was made
    }
  }

  /**
   * Three hosts in a row: the devices have link-local addresses only.
   *
   * @param hasProxy whether a join proxy, which is a device that was onboarded before them, runs on the one in the middle
   */
  record ThreeHosts(NetworkCell cell, boolean hasProxy) implements Surroundings {
    @Override
    public List<String> prefix(Host host) {
      return cell.prefix(host);
    }

    @Override
    public List<String> registrar() {
      return List.of("--host", "::", "--jpy-port", "0", "--announce", "grasp,mdns,coap", "--interface", NetworkCell.SITE_LINK);
    }

    @Override
    public Optional<List<String>> proxy(ServerProcess registrar) {
      return hasProxy ? Optional.of(List.of("--listen-interface", NetworkCell.CELL_LINK, "--domain-interface", NetworkCell.SITE_LINK,
          "--discover", "grasp")) : Optional.empty();
    }

    @Override
    public boolean proxyEnrols() {
      return hasProxy;
    }

    @Override
    public int proxyLines() {
      return 3; // a circuit, a stateful and a stateless join port
    }

    @Override
    public Optional<List<String>> search(Scheme transport) {
      return Optional.of(List.of("--interface", NetworkCell.PLEDGE_LINK, "--discover", switch (transport) {
        case HTTPS -> "grasp";
        case COAPS -> "coap";
      }));
    }

    @Override
    public String description() {
      return "three hosts in a row as network namespaces: devices, " + (hasProxy ? "join proxy, " : "nothing yet, ") + "registrar with MASA";
    }

    @Override
    public void close() {
      cell.close();
    }
  }
}

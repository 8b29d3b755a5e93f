package org.eider.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eider.cli.CommandFailure;
import org.eider.grasp.Address;
import org.eider.grasp.GraspProbe;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import picocli.CommandLine.Option;

/** The options by which {@code eider grasp} commands say where. */
final class GraspLinks {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);

  @Option(names = "--interface", required = true, paramLabel = "IF", description = "Network interface; may be repeated.")
  private List<String> interfaces = List.of();

  @Option(names = "--grasp-port", paramLabel = "P", description = "UDP port of GRASP (default: ${DEFAULT-VALUE}).")
  private int port = 7017;

  /** One probe for each interface. */
  Probes open(GraspProbe.Listener listener) throws CommandFailure {
    List<GraspProbe> probes = new ArrayList<>();
    try {
      for (String name : interfaces) {
        probes.add(GraspProbe.open(name, port, listener));
      }
      return new Probes(List.copyOf(interfaces), probes);
    } catch (IOException e) {
      probes.forEach(GraspProbe::close);
      throw new CommandFailure(e.getMessage(), "see ip link for the names of interfaces", e);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("no port: " + port);
    }
  }

  /** Probes that listen to nothing. */
  static GraspProbe.Listener deaf() {
    return new GraspProbe.Listener() {
      @Override
      public void heard(org.eider.grasp.Message message, Octets datagram, InetSocketAddress source, String interfaceName) {
        // it is not asked for
      }

      @Override
      public void refused(DecodeException why, Octets datagram, InetSocketAddress source, String interfaceName) {
        // it is not asked for
      }
    };
  }

  /** A source for people: the scope is that of the interface, which is told beside it. */
  static String text(InetSocketAddress source) {
    String address = Address.of(source.getAddress()).toString();
    return (address.contains(":") ? "[" + address + "]" : address) + ":" + source.getPort();
  }

  /** Probes in the order of their interfaces. */
  record Probes(List<String> interfaces, List<GraspProbe> all) implements AutoCloseable {
    /** The address on an interface; waits a little for one that has just come up. */
    InetAddress address(int index) throws CommandFailure, InterruptedException {
      long end = System.nanoTime() + PATIENCE;
      while (System.nanoTime() < end) {
        if (all.get(index).address().isPresent()) {
          return all.get(index).address().get();
        }
        Thread.sleep(100);
      }
      throw new CommandFailure("no link-local address on " + interfaces.get(index), "is it up? see ip -6 address show dev " + interfaces.get(index));
    }

    @Override
    public void close() {
      all.forEach(GraspProbe::close);
    }
  }
}

package org.eider.mdns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Browses for services by Multicast DNS: asks at once, after one second, two, four and so on up to an hour (RFC 8995 section 4.1), anew
 * when an interface comes back, and for what is missing of an instance. Hears answers of neighbours from port 5353 only.
 */
public final class MdnsBrowser implements AutoCloseable {
  /** Is told. Called on the thread of the browser; must not block. */
  public interface Listener {
    /** An address of an instance was found, or found again. */
    void found(MdnsFound found);

    /** An instance said good-bye. */
    void lost(MdnsFound found);
  }

  private final LinkLoop loop;

  private MdnsBrowser(LinkLoop loop) {
    this.loop = loop;
  }

  /**
   * Begins.
   *
   * @param types services and protocols, for instance {@code _brski-proxy._udp}
   * @throws IOException when an interface is not there, or a program has taken the port that does not share it
   */
  public static MdnsBrowser start(List<String> interfaces, Set<String> types, Listener listener, int port, LongSupplier nanos,
      RandomGenerator random) throws IOException {
    return new MdnsBrowser(LinkLoop.start("mdns-lookout", interfaces, new Guest(types, listener, port, nanos, random), nanos));
  }

  @Override
  public void close() {
    loop.close();
  }

  private static final class Guest implements LinkGuest {
    private static final Logger LOG = LoggerFactory.getLogger(MdnsBrowser.class);
    private static final int PER_SOURCE = 20;
    private static final int TOTAL = 200;
    private static final long LONG = TimeUnit.SECONDS.toNanos(60);

    private final Set<String> types;
    private final Listener listener;
    private final int number;
    private final LongSupplier nanos;
    private final RandomGenerator random;
    private final LinkPace pace;
    private final Map<String, Browsing> links = new HashMap<>();

    Guest(Set<String> types, Listener listener, int number, LongSupplier nanos, RandomGenerator random) {
      this.types = Set.copyOf(types);
      this.listener = listener;
      this.number = number;
      this.nanos = nanos;
      this.random = random;
      this.pace = new LinkPace(PER_SOURCE, TOTAL, nanos);
    }

    @Override
    public void open(NetworkInterface link, List<LinkPort> ports) throws IOException {
      MdnsPorts.open(link, number, ports);
    }

    @Override
    public void up(String interfaceName, List<LinkPort> ports) {
      links.put(interfaceName, new Browsing(types, ports, listener, nanos, random));
    }

    @Override
    public void down(String interfaceName) {
      links.remove(interfaceName);
    }

    @Override
    public void received(LinkPort port, InetSocketAddress source, Octets datagram) {
      Browsing browsing = links.get(port.link().getName());
      if (browsing == null || source.getPort() != port.number() || !LinkPort.isNeighbour(port.link(), source.getAddress())) {
        return;
      }
      try {
        DnsMessage message = DnsMessage.decode(datagram);
        if (message.isResponse() && pace.allows(source.getAddress())) {
          browsing.heard(message, source.getAddress());
        }
      } catch (DecodeException e) {
        LOG.debug("no answer from {}: {}", source, e.getMessage());
      }
    }

    @Override
    public long tick() {
      return links.values().stream().mapToLong(Browsing::tick).min().orElse(LONG);
    }

    @Override
    public void ending() {
      links.clear();
    }
  }
}

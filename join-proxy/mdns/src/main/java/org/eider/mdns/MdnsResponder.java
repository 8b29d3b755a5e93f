package org.eider.mdns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces services by Multicast DNS and answers who asks for them (RFC 6762, RFC 6763): makes sure that nobody else has its names, tells
 * twice unasked, later to questions for all and for one, to resolvers that know only DNS, and says good-bye. Whose name is taken gets another.
 * Shares port 5353 with other responders of the machine.
 */
public final class MdnsResponder implements AutoCloseable {
  static final int LONGEST = 47;

  private final LinkLoop loop;
  private final Guest guest;

  private MdnsResponder(LinkLoop loop, Guest guest) {
    this.loop = loop;
    this.guest = guest;
  }

  /**
   * Listens, with nothing to announce yet.
   *
   * @param instance beginning of all names, at most {@value #LONGEST} octets; better one that is unique on the link
   * @throws IOException when an interface is not there, or a program has taken the port that does not share it
   */
  public static MdnsResponder start(List<String> interfaces, String instance, int port, LongSupplier nanos, RandomGenerator random)
      throws IOException {
    Guest guest = new Guest(instance, port, nanos, random);
    return new MdnsResponder(LinkLoop.start("mdns-herald", interfaces, guest, nanos), guest);
  }

  /** Replaces what is announced; says good-bye for what is not among it any more. Does not block. */
  public void announce(Collection<MdnsService> services) {
    List<MdnsService> copy = List.copyOf(services);
    loop.execute(() -> guest.announce(copy));
  }

  /** Says good-bye. */
  @Override
  public void close() {
    loop.close();
  }

  private static final class Guest implements LinkGuest {
    private static final Logger LOG = LoggerFactory.getLogger(MdnsResponder.class);
    private static final int PER_SOURCE = 10;
    private static final int TOTAL = 100;
    private static final int ANSWERS_PER_SOURCE = 20;
    private static final int ANSWERS = 200;
    private static final long LONG = TimeUnit.SECONDS.toNanos(60);

    private final String instance;
    private final int number;
    private final LongSupplier nanos;
    private final RandomGenerator random;
    private final LinkPace pace;
    private final LinkPace answers;
    private final Map<String, Speaker> links = new HashMap<>();
    private List<MdnsService> services = List.of();

    Guest(String instance, int number, LongSupplier nanos, RandomGenerator random) {
      this.instance = instance;
      this.number = number;
      this.nanos = nanos;
      this.random = random;
      this.pace = new LinkPace(PER_SOURCE, TOTAL, nanos);
      this.answers = new LinkPace(ANSWERS_PER_SOURCE, ANSWERS, nanos);
    }

    void announce(List<MdnsService> now) {
      services = now;
      links.values().forEach(speaker -> speaker.tell(services));
    }

    @Override
    public void open(NetworkInterface link, List<LinkPort> ports) throws IOException {
      MdnsPorts.open(link, number, ports);
    }

    @Override
    public void up(String interfaceName, List<LinkPort> ports) {
      Speaker speaker = new Speaker(ports, instance, nanos, random);
      links.put(interfaceName, speaker);
      speaker.tell(services);
    }

    @Override
    public void down(String interfaceName) {
      links.remove(interfaceName);
    }

    @Override
    public void received(LinkPort port, InetSocketAddress source, Octets datagram) {
      Speaker speaker = links.get(port.link().getName());
      if (speaker == null || speaker.isSilent() || !LinkPort.isNeighbour(port.link(), source.getAddress())) {
        return;
      }
      try {
        DnsMessage message = DnsMessage.decode(datagram);
        if (message.isResponse() && source.getPort() == port.number() && answers.allows(source.getAddress())) {
          speaker.heard(message, source.getAddress());
        } else if (!message.isResponse() && pace.allows(source.getAddress())) {
          speaker.asked(message, port, source);
        }
      } catch (DecodeException e) {
        LOG.debug("nothing to answer from {}: {}", source, e.getMessage());
      }
    }

    @Override
    public long tick() {
      return links.values().stream().mapToLong(Speaker::tick).min().orElse(LONG);
    }

    @Override
    public void ending() {
      links.values().forEach(Speaker::goodbye);
    }
  }
}

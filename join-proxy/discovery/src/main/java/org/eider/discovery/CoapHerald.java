package org.eider.discovery;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.eider.mdns.LinkGuest;
import org.eider.mdns.LinkLoop;
import org.eider.mdns.LinkPace;
import org.eider.mdns.LinkPort;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers pledges that ask their neighbours for join ports by CoAP (constrained-join-proxy section 5.2): {@code <>;brski-jp=PORT} for each
 * {@link Service#PROXY_COAPS} on the interface. Shares UDP port 5683 with other CoAP servers of the machine. Whoever is no neighbour is
 * not answered, and of those that ask without end some questions are left unanswered.
 */
public final class CoapHerald implements Herald {
  private static final Logger LOG = LoggerFactory.getLogger(CoapHerald.class);
  private static final int COAP = 5683;

  private final LinkLoop loop;
  private final Guest guest;

  private CoapHerald(LinkLoop loop, Guest guest) {
    this.loop = loop;
    this.guest = guest;
  }

  /**
   * Listens, with nothing to tell yet.
   *
   * @throws IOException when an interface is not there, or port 5683 is taken by a program that does not share it
   */
  public static CoapHerald start(List<String> interfaces) throws IOException {
    return start(interfaces, COAP, System::nanoTime);
  }

  static CoapHerald start(List<String> interfaces, int port, LongSupplier nanos) throws IOException {
    Guest guest = new Guest(port, nanos);
    return new CoapHerald(LinkLoop.start("coap-herald", interfaces, guest, nanos), guest);
  }

  /** Of the offers, those of join proxies over CoAPS count. */
  @Override
  public void tell(Set<Offer> offers) {
    guest.offers = Set.copyOf(offers);
  }

  @Override
  public void close() {
    loop.close();
  }

  private static final class Guest implements LinkGuest {
    private static final int PER_SOURCE = 5;
    private static final int TOTAL = 50;
    private static final int MOST_WAITING = 64;
    private static final long LEISURE = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LONG = TimeUnit.SECONDS.toNanos(60);

    private final int number;
    private final LongSupplier nanos;
    private final RandomGenerator random = new SecureRandom();
    private final LinkPace pace;
    private final Deque<Answer> waiting = new ArrayDeque<>();
    private volatile Set<Offer> offers = Set.of();

    /** One that is not sent before its time. */
    private record Answer(long due, LinkPort from, InetSocketAddress to, CoapMessage message) {}

    Guest(int number, LongSupplier nanos) {
      this.number = number;
      this.nanos = nanos;
      this.pace = new LinkPace(PER_SOURCE, TOTAL, nanos);
    }

    @Override
    public void open(NetworkInterface link, List<LinkPort> ports) throws IOException {
      ports.add(LinkPort.group(link, InetAddress.getByName("ff02::fd"), number, 1));
      for (InetAddress address : Collections.list(link.getInetAddresses())) {
        if (address instanceof Inet6Address && (address.isLinkLocalAddress() || address.isLoopbackAddress())) {
          ports.add(LinkPort.own(link, address, number));
        }
      }
    }

    @Override
    public void up(String interfaceName, List<LinkPort> ports) {
      LOG.info("answers CoAP discovery on {}", interfaceName);
    }

    @Override
    public void down(String interfaceName) {
      waiting.removeIf(answer -> answer.from.link().getName().equals(interfaceName));
    }

    @Override
    public void received(LinkPort port, InetSocketAddress source, Octets datagram) {
      if (!port.isOnLink(source.getAddress()) || !pace.allows(source.getAddress())) {
        return;
      }
      try {
        CoapMessage message = CoapMessage.decode(datagram);
        Optional<CoapMessage> answer = new CoapAnswers(joinPorts(port), random).to(message, port.isGroup());
        if (answer.isPresent() && waiting.size() < MOST_WAITING) {
          long leisure = port.isGroup() ? random.nextLong(LEISURE) : 0;
          waiting.add(new Answer(nanos.getAsLong() + leisure, port, source, answer.get()));
        }
      } catch (DecodeException e) {
        LOG.debug("no question from {}: {}", source, e.getMessage());
      }
    }

    @Override
    public long tick() {
      long wait = LONG;
      for (var each = waiting.iterator(); each.hasNext(); ) {
        Answer answer = each.next();
        long left = answer.due - nanos.getAsLong();
        if (left <= 0) {
          each.remove();
          send(answer);
        } else {
          wait = Math.min(wait, left);
        }
      }
      return wait;
    }

    @Override
    public void ending() {
      waiting.clear();
    }

    private List<Integer> joinPorts(LinkPort port) {
      return offers.stream().filter(offer -> offer.service() == Service.PROXY_COAPS && offer.interfaceName().equals(port.link().getName()))
          .map(Offer::port).distinct().sorted().toList();
    }

    private static void send(Answer answer) {
      try {
        answer.from.send(answer.message.encode().toArray(), answer.to);
      } catch (IOException e) {
        LOG.debug("cannot answer {}: {}", answer.to, e.getMessage());
      }
    }
  }
}

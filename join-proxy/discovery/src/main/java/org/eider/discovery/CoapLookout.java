package org.eider.discovery;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.eider.discovery.Links.Link;
import org.eider.mdns.LinkGuest;
import org.eider.mdns.LinkLoop;
import org.eider.mdns.LinkPort;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks by multicast CoAP for registrars or join proxies: at once, then after one second, two, four, and from then on every
 * {@value #LONGEST_SECONDS} seconds, since answers get lost and things change. IPv6 only. An interface that comes back is begun anew.
 */
public final class CoapLookout implements Lookout {
  /** The longest time between questions, in seconds. */
  static final int LONGEST_SECONDS = 60;

  private static final Logger LOG = LoggerFactory.getLogger(CoapLookout.class);
  private static final int COAP = 5683;
  private static final long SECOND = 1_000_000_000L;
  private static final Duration LIFETIME = Duration.ofSeconds(3 * LONGEST_SECONDS);

  private final LinkLoop loop;

  private CoapLookout(LinkLoop loop) {
    this.loop = loop;
  }

  /**
   * Asks for those of the services that can be asked for by CoAP; the others are nobody's business here.
   *
   * @throws IOException when an interface is not there
   */
  public static CoapLookout start(List<String> interfaces, Set<Service> wanted, Watcher watcher) throws IOException {
    return start(interfaces, wanted, watcher, COAP, System::nanoTime);
  }

  static CoapLookout start(List<String> interfaces, Set<Service> wanted, Watcher watcher, int port, LongSupplier nanos) throws IOException {
    List<CoapQuestion> questions = Arrays.stream(CoapQuestion.values()).filter(question -> wanted.contains(question.service())).toList();
    return new CoapLookout(LinkLoop.start("coap-lookout", interfaces, new Guest(questions, watcher, port, nanos), nanos));
  }

  @Override
  public void close() {
    loop.close();
  }

  private static final class Guest implements LinkGuest {
    private final List<CoapQuestion> questions;
    private final Lookout.Watcher watcher;
    private final int port;
    private final LongSupplier nanos;
    private final RandomGenerator random = new SecureRandom();
    private final Map<String, Asking> links = new HashMap<>();

    Guest(List<CoapQuestion> questions, Lookout.Watcher watcher, int port, LongSupplier nanos) {
      this.questions = questions;
      this.watcher = watcher;
      this.port = port;
      this.nanos = nanos;
    }

    @Override
    public void open(NetworkInterface link, List<LinkPort> ports) throws IOException {
      ports.add(LinkPort.asking(link, Asking.HOPS));
    }

    @Override
    public void up(String interfaceName, List<LinkPort> ports) {
      links.put(interfaceName, new Asking(ports.get(0), nanos.getAsLong()));
    }

    @Override
    public void down(String interfaceName) {
      links.remove(interfaceName);
    }

    @Override
    public long tick() {
      long wait = LONGEST_SECONDS * SECOND;
      for (Asking asking : links.values()) {
        long now = nanos.getAsLong();
        if (asking.due - now <= 0) {
          asking.ask(now, this);
        }
        wait = Math.min(wait, asking.due - now);
      }
      return wait;
    }

    @Override
    public void received(LinkPort from, InetSocketAddress source, Octets datagram) {
      Asking asking = links.get(from.link().getName());
      if (asking == null) {
        return;
      }
      try {
        CoapMessage answer = CoapMessage.decode(datagram);
        Optional<CoapQuestion> question = asking.answered(answer, nanos.getAsLong());
        if (question.isPresent()) {
          for (Link link : Links.parse(answer.payload())) {
            question.get().meaning(link, from, source.getAddress()).ifPresent(where -> watcher.seen(new Sighting(
                question.get().service(), Method.COAP, where, from.link().getName(), 0, 0, Optional.of(LIFETIME),
                source.getAddress())));
          }
          asking.acknowledge(answer, source);
        }
      } catch (DecodeException e) {
        LOG.debug("no answer to be used from {}: {}", source, e.getMessage());
      } catch (IOException e) {
        LOG.debug("cannot acknowledge to {}: {}", source, e.getMessage());
      }
    }

    @Override
    public void ending() {
      links.clear();
    }
  }

  /** The questions on one interface, and what has come of them. */
  private static final class Asking {
    /** So that routers of a site let it pass, and no others. */
    static final int HOPS = 16;

    private static final int TOKEN = 8;
    private static final int MOST_PENDING = 32;
    private static final int MOST_ANSWERS = 64;
    private static final long IN_TIME = 20 * SECOND;

    private final LinkPort port;
    private final Map<Octets, Pending> pending = new LinkedHashMap<>();
    private long delay = SECOND;
    private long due;

    /** A question on its way. */
    private static final class Pending {
      final CoapQuestion question;
      final long since;
      int answers;

      Pending(CoapQuestion question, long since) {
        this.question = question;
        this.since = since;
      }
    }

    Asking(LinkPort port, long due) {
      this.port = port;
      this.due = due;
    }

    /** Asks everything, everywhere. Where nothing can be sent yet, it will be tried again in a second. */
    void ask(long now, Guest guest) {
      boolean sent = false;
      for (CoapQuestion question : guest.questions) {
        try {
          for (var group : question.groups()) {
            sent |= send(question, new InetSocketAddress(group, guest.port), now, guest.random);
          }
        } catch (IOException e) {
          LOG.debug("no groups for {}: {}", question.filter(), e.getMessage());
        }
      }
      due = now + (sent ? delay - (long) (delay * 0.25 * guest.random.nextDouble()) : SECOND);
      delay = sent ? Math.min(2 * delay, LONGEST_SECONDS * SECOND) : delay;
    }

    private boolean send(CoapQuestion question, InetSocketAddress group, long now, RandomGenerator random) {
      byte[] token = new byte[TOKEN];
      random.nextBytes(token);
      CoapMessage message = CoapMessage.discovery(random.nextInt(0x10000), Octets.of(token), question.filter());
      try {
        port.send(message.encode().toArray(), group);
      } catch (IOException e) {
        LOG.debug("cannot ask {} on {}: {}", group, port.link().getName(), e.getMessage());
        return false;
      }
      if (pending.size() == MOST_PENDING) {
        pending.remove(pending.keySet().iterator().next());
      }
      pending.put(message.token(), new Pending(question, now));
      return true;
    }

    /** The question that this answers with links, if it answers one in time and not the hundredth time. */
    Optional<CoapQuestion> answered(CoapMessage answer, long now) {
      boolean isAnswer = (answer.type() == CoapMessage.Type.NON_CONFIRMABLE || answer.type() == CoapMessage.Type.CONFIRMABLE)
          && answer.code() == CoapMessage.CONTENT && answer.strange().isEmpty()
          && answer.format().isPresent() && answer.format().getAsInt() == CoapMessage.LINK_FORMAT;
      return Optional.ofNullable(pending.get(answer.token()))
          .filter(question -> isAnswer && now - question.since <= IN_TIME && question.answers++ < MOST_ANSWERS)
          .map(question -> question.question);
    }

    void acknowledge(CoapMessage answer, InetSocketAddress source) throws IOException {
      if (answer.type() == CoapMessage.Type.CONFIRMABLE) {
        CoapMessage ack = CoapMessage.bare(CoapMessage.Type.ACKNOWLEDGEMENT, CoapMessage.EMPTY, answer.id(), Octets.empty());
        port.send(ack.encode().toArray(), source);
      }
    }
  }
}

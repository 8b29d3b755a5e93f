package org.eider.mdns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces services by Multicast DNS and answers who asks for them (RFC 6762, RFC 6763): twice unasked, later to questions for all and
 * for one, to resolvers that know only DNS, and says good-bye. Shares port 5353 with other responders of the machine. Does not probe:
 * the name of its instance has to be one that nobody else has, for which a random part serves.
 */
public final class MdnsResponder implements AutoCloseable {
  private final LinkLoop loop;
  private final Guest guest;

  private MdnsResponder(LinkLoop loop, Guest guest) {
    this.loop = loop;
    this.guest = guest;
  }

  /**
   * Listens, with nothing to announce yet.
   *
   * @param instance beginning of all names, at most 40 octets; to be unique on the link
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
    private static final long LONG = TimeUnit.SECONDS.toNanos(60);

    private final String instance;
    private final int number;
    private final LongSupplier nanos;
    private final RandomGenerator random;
    private final LinkPace pace;
    private final Map<String, Speaker> links = new HashMap<>();
    private List<MdnsService> services = List.of();

    Guest(String instance, int number, LongSupplier nanos, RandomGenerator random) {
      this.instance = instance;
      this.number = number;
      this.nanos = nanos;
      this.random = random;
      this.pace = new LinkPace(PER_SOURCE, TOTAL, nanos);
    }

    void announce(List<MdnsService> now) {
      services = now;
      links.values().forEach(speaker -> speaker.tell(zone(speaker.link())));
    }

    private Zone zone(NetworkInterface link) {
      return new Zone(services, link, instance);
    }

    @Override
    public void open(NetworkInterface link, List<LinkPort> ports) throws IOException {
      MdnsPorts.open(link, number, ports);
    }

    @Override
    public void up(String interfaceName, List<LinkPort> ports) {
      Speaker speaker = new Speaker(ports, nanos, random);
      links.put(interfaceName, speaker);
      speaker.tell(zone(speaker.link()));
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
        if (!message.isResponse() && pace.allows(source.getAddress())) {
          speaker.asked(message, port, source);
        }
      } catch (DecodeException e) {
        LOG.debug("no question from {}: {}", source, e.getMessage());
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

  /** Who speaks on one interface. */
  private static final class Speaker {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int ANNOUNCEMENTS = 2;
    /** So that a message fits into the smallest packet that every link of IPv6 carries. */
    private static final int MOST_OCTETS = 1200;

    private final List<LinkPort> ports;
    private final LongSupplier nanos;
    private final RandomGenerator random;
    private final Map<DnsRecord, Long> multicast = new HashMap<>();
    /** What is to be answered to all, and when. */
    private final Map<DnsRecord, Long> waiting = new HashMap<>();
    private Zone zone;
    private int announcements;
    private long announceAt;

    Speaker(List<LinkPort> ports, LongSupplier nanos, RandomGenerator random) {
      this.ports = ports;
      this.nanos = nanos;
      this.random = random;
      this.zone = new Zone(List.of(), link(), "");
    }

    NetworkInterface link() {
      return ports.get(0).link();
    }

    boolean isSilent() {
      return zone.isEmpty();
    }

    void tell(Zone now) {
      List<DnsRecord> kept = now.all().toList();
      List<DnsRecord> withdrawn = withdrawn(zone.all().filter(record -> !kept.contains(record)));
      boolean isMore = !zone.all().toList().containsAll(kept);
      zone = now;
      multicast.clear();
      waiting.clear();
      send(withdrawn, List.of());
      if (isMore) {
        announcements = ANNOUNCEMENTS;
        announceAt = nanos.getAsLong() + random.nextLong(100) * MILLI;
      }
    }

    void goodbye() {
      send(withdrawn(zone.all()), List.of());
    }

    /** Pointers first: where it takes several messages, nobody loses the addresses of an instance before it has heard that this ends. */
    private static List<DnsRecord> withdrawn(Stream<DnsRecord> records) {
      return records.map(record -> record.living(0)).sorted(Comparator.comparing(record -> !(record.data() instanceof DnsRecord.Pointer))).toList();
    }

    long tick() {
      long now = nanos.getAsLong();
      if (announcements > 0 && announceAt - now <= 0) {
        announcements--;
        announceAt = now + SECOND;
        toAll(zone.all().toList(), now);
      }
      List<DnsRecord> due = waiting.entrySet().stream().filter(entry -> entry.getValue() - now <= 0).map(Map.Entry::getKey).toList();
      if (!due.isEmpty()) {
        waiting.keySet().removeAll(due);
        toAll(due, now);
      }
      long next = waiting.values().stream().mapToLong(at -> at - now).min().orElse(60 * SECOND);
      return announcements > 0 ? Math.min(next, announceAt - now) : next;
    }

    /** Nothing is multicast twice within a second (RFC 6762 section 6). */
    private void toAll(List<DnsRecord> answers, long now) {
      List<DnsRecord> fresh = answers.stream().filter(record -> !multicast.containsKey(record) || now - multicast.get(record) >= SECOND - MILLI).toList();
      List<DnsRecord> besides = zone.besides(fresh);
      if (!fresh.isEmpty() && send(fresh, besides)) {
        fresh.forEach(record -> multicast.put(record, now));
      }
    }

    void asked(DnsMessage query, LinkPort port, InetSocketAddress source) {
      List<DnsRecord> answers = zone.answers(query);
      if (answers.isEmpty()) {
        return;
      }
      boolean isLegacy = source.getPort() != port.number();
      boolean isForOne = query.questions().stream().allMatch(DnsMessage.Question::unicast);
      if (isLegacy) {
        alone(new DnsMessage(query.id(), true, query.questions().stream().map(question ->
            new DnsMessage.Question(question.name(), question.type(), false)).toList(), answers.stream().map(DnsRecord::legacy).toList(),
            zone.besides(answers).stream().map(DnsRecord::legacy).toList()), port, source);
      } else if (isForOne) {
        alone(DnsMessage.response(answers, zone.besides(answers)), port, source);
      } else {
        long due = nanos.getAsLong() + (answers.stream().allMatch(DnsRecord::flush) ? 0 : (20 + random.nextLong(100)) * MILLI);
        answers.forEach(record -> waiting.putIfAbsent(record, due));
      }
    }

    private static void alone(DnsMessage message, LinkPort port, InetSocketAddress to) {
      try {
        port.send(message.encode().toArray(), to);
      } catch (IOException e) {
        Guest.LOG.debug("cannot answer {}: {}", to, e.getMessage());
      }
    }

    /** In as many messages as it takes. */
    private boolean send(List<DnsRecord> answers, List<DnsRecord> besides) {
      boolean sent = false;
      List<DnsRecord> part = new ArrayList<>();
      List<DnsRecord> all = new ArrayList<>(answers);
      all.addAll(besides);
      for (DnsRecord record : all) {
        part.add(record);
        if (part.size() > 1 && DnsMessage.response(part, List.of()).encode().size() > MOST_OCTETS) {
          part.remove(part.size() - 1);
          sent |= MdnsPorts.send(ports, DnsMessage.response(part, List.of()));
          part = new ArrayList<>(List.of(record));
        }
      }
      return (part.isEmpty() ? sent : MdnsPorts.send(ports, DnsMessage.response(part, List.of()))) || sent;
    }
  }
}

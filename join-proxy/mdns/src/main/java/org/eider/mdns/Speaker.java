package org.eider.mdns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.eider.wire.CleanText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who speaks on one interface, under names that it has made sure of (RFC 6762 sections 6 and 8 to 10). For one thread. */
final class Speaker {
  private static final Logger LOG = LoggerFactory.getLogger(Speaker.class);
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final int ANNOUNCEMENTS = 2;
  /** The least time between two answers to who probes for a name of ours. */
  private static final long DEFENCE = 250 * MILLI;
  /** So that a message fits into the smallest packet that every link of IPv6 carries. */
  private static final int MOST_OCTETS = 1200;

  private final List<LinkPort> ports;
  private final String instance;
  private final LongSupplier nanos;
  private final RandomGenerator random;
  private final Names names;
  private final Map<DnsRecord, Long> multicast = new HashMap<>();
  /** What is to be answered to all, and when. */
  private final Map<DnsRecord, Long> waiting = new HashMap<>();
  private List<MdnsService> services = List.of();
  /** What is wanted, and of that what is told: the services whose names are ours. */
  private Zone zone;
  private Zone told;
  private int announcements;
  private long announceAt;

  Speaker(List<LinkPort> ports, String instance, LongSupplier nanos, RandomGenerator random) {
    this.ports = ports;
    this.instance = instance;
    this.nanos = nanos;
    this.random = random;
    this.names = new Names(nanos, random);
    this.zone = new Zone(List.of(), link(), instance);
    this.told = zone;
  }

  private NetworkInterface link() {
    return ports.get(0).link();
  }

  boolean isSilent() {
    return zone.isEmpty();
  }

  /** Replaces what is announced. */
  void tell(List<MdnsService> now) {
    services = now;
    want();
  }

  private void want() {
    zone = new Zone(services, link(), names.beginning(instance));
    names.want(zone.names());
    say(zone.under(names.ours()));
  }

  private void say(Zone now) {
    List<DnsRecord> kept = now.all().toList();
    List<DnsRecord> withdrawn = withdrawn(told.all().filter(record -> !kept.contains(record)));
    boolean isMore = !told.all().toList().containsAll(kept);
    told = now;
    multicast.clear();
    waiting.clear();
    send(withdrawn);
    if (isMore) {
      announcements = ANNOUNCEMENTS;
      announceAt = nanos.getAsLong();
    }
  }

  void goodbye() {
    send(withdrawn(told.all()));
  }

  /** Pointers first: where it takes several messages, nobody loses the addresses of an instance before it has heard that this ends. */
  private static List<DnsRecord> withdrawn(Stream<DnsRecord> records) {
    return records.map(record -> record.living(0)).sorted(Comparator.comparing(record -> !(record.data() instanceof DnsRecord.Pointer))).toList();
  }

  long tick() {
    long now = nanos.getAsLong();
    switch (names.next()) {
      case PROBE -> send(names.wanted(), this::probe);
      case SURE -> say(zone.under(names.ours()));
      case NOTHING -> { }
    }
    if (announcements > 0 && announceAt - now <= 0) {
      announcements--;
      announceAt = now + SECOND;
      toAll(told.all().toList(), now, SECOND);
    }
    List<DnsRecord> due = waiting.entrySet().stream().filter(entry -> entry.getValue() - now <= 0).map(Map.Entry::getKey).toList();
    if (!due.isEmpty()) {
      waiting.keySet().removeAll(due);
      toAll(due, now, SECOND);
    }
    long next = waiting.values().stream().mapToLong(at -> at - now).reduce(names.due(), Math::min);
    return announcements > 0 ? Math.min(next, announceAt - now) : next;
  }

  /** For names that are not ours yet. */
  private DnsMessage probe(List<DnsName> part) {
    return DnsMessage.probe(part.stream().map(name -> new DnsMessage.Question(name, DnsRecord.ANY, false)).toList(),
        part.stream().flatMap(name -> zone.under(name).stream()).map(DnsRecord::proposed).toList());
  }

  /** Nothing is multicast twice within a time (RFC 6762 section 6). */
  private void toAll(List<DnsRecord> answers, long now, long apart) {
    List<DnsRecord> fresh = answers.stream().filter(record -> !multicast.containsKey(record) || now - multicast.get(record) >= apart - MILLI).toList();
    List<DnsRecord> all = new ArrayList<>(fresh);
    all.addAll(told.besides(fresh));
    if (!fresh.isEmpty() && send(all)) {
      fresh.forEach(record -> multicast.put(record, now));
    }
  }

  void asked(DnsMessage query, LinkPort port, InetSocketAddress source) {
    List<DnsName> probed = query.questions().stream().map(DnsMessage.Question::name)
        .filter(name -> query.additional().stream().anyMatch(record -> record.name().equals(name))).toList();
    for (DnsName name : names.wanted().stream().filter(probed::contains).toList()) {
      if (compare(query.additional(), zone.under(name), name) > 0) {
        names.waits(source.getAddress());
      }
    }
    List<DnsRecord> answers = told.answers(query);
    if (answers.isEmpty()) {
      return;
    }
    boolean isLegacy = source.getPort() != port.number();
    boolean isForOne = query.questions().stream().allMatch(DnsMessage.Question::unicast);
    if (isLegacy) {
      alone(new DnsMessage(query.id(), true, query.questions().stream().map(question ->
          new DnsMessage.Question(question.name(), question.type(), false)).toList(), answers.stream().map(DnsRecord::legacy).toList(),
          told.besides(answers).stream().map(DnsRecord::legacy).toList()), port, source);
    } else if (!probed.isEmpty()) {
      toAll(answers, nanos.getAsLong(), DEFENCE);
    } else if (isForOne) {
      alone(DnsMessage.response(answers, told.besides(answers)), port, source);
    } else {
      long due = nanos.getAsLong() + (answers.stream().allMatch(DnsRecord::flush) ? 0 : (20 + random.nextLong(100)) * MILLI);
      answers.forEach(record -> waiting.putIfAbsent(record, due));
    }
  }

  /** Of two who propose records for a name at the same time, the one whose records are greater may go on (RFC 6762 section 8.2). */
  private static int compare(List<DnsRecord> theirs, List<DnsRecord> ours, DnsName name) {
    List<byte[]> left = proposals(theirs, name);
    List<byte[]> right = proposals(ours, name);
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      int order = Arrays.compareUnsigned(left.get(i), right.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.size(), right.size());
  }

  private static List<byte[]> proposals(List<DnsRecord> records, DnsName name) {
    return records.stream().filter(record -> record.name().equals(name)).map(DnsRecord::typeAndData).sorted(Arrays::compareUnsigned).toList();
  }

  /** Looks whether somebody else has a name of ours (RFC 6762 section 9), or is about to have what we tell forgotten (section 6.6). */
  void heard(DnsMessage response, InetAddress source) {
    for (DnsRecord record : Stream.concat(response.answers().stream(), response.additional().stream()).filter(each -> each.ttl() > 0).toList()) {
      List<DnsRecord> ours = zone.under(record.name()).stream().filter(DnsRecord::flush).toList();
      Optional<DnsRecord> same = ours.stream().filter(own -> own.says(record)).findFirst();
      boolean isOfOneType = ours.stream().anyMatch(own -> own.type() == record.type());
      if (same.isPresent()) {
        same.filter(own -> record.ttl() < own.ttl() / 2 && told.all().anyMatch(own::equals))
            .ifPresent(own -> waiting.putIfAbsent(own, nanos.getAsLong()));
      } else if (isOfOneType || names.wanted().contains(record.name())) {
        contradicted(record.name(), source);
        return;
      }
    }
  }

  private void contradicted(DnsName name, InetAddress source) {
    switch (names.taken(name, source)) {
      case DOUBTED -> told = zone.under(names.ours());
      case GIVEN_UP -> {
        LOG.info("mdns on {}: {} has the name {} too, taking another", link().getName(), source.getHostAddress(), CleanText.of(name.first()));
        want();
      }
      case NOT_BELIEVED -> LOG.debug("{} claims one name after the other", source);
    }
  }

  private static void alone(DnsMessage message, LinkPort port, InetSocketAddress to) {
    try {
      port.send(message.encode().toArray(), to);
    } catch (IOException e) {
      LOG.debug("cannot answer {}: {}", to, e.getMessage());
    }
  }

  private boolean send(List<DnsRecord> records) {
    return send(records, part -> DnsMessage.response(part, List.of()));
  }

  /** In as many messages as it takes; tells whether any of them went. */
  private <T> boolean send(Collection<T> all, Function<List<T>, DnsMessage> message) {
    boolean sent = false;
    List<T> part = new ArrayList<>();
    for (T one : all) {
      part.add(one);
      if (part.size() > 1 && message.apply(part).encode().size() > MOST_OCTETS) {
        part.remove(part.size() - 1);
        sent |= MdnsPorts.send(ports, message.apply(part));
        part = new ArrayList<>(List.of(one));
      }
    }
    return !part.isEmpty() && MdnsPorts.send(ports, message.apply(part)) || sent;
  }
}

package org.eider.mdns;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.eider.mdns.DnsMessage.Question;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is asked and known on one interface, bounded whatever others say. For one thread. */
final class Browsing {
  private static final Logger LOG = LoggerFactory.getLogger(Browsing.class);
  static final int MOST_INSTANCES = 128;
  static final int MOST_OF_ONE = 16;
  private static final int MOST_KNOWN = 16;
  private static final int MOST_QUESTIONS = 16;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST = TimeUnit.HOURS.toNanos(1);

  private final Map<DnsName, String> types = new LinkedHashMap<>();
  private final List<LinkPort> ports;
  private final MdnsBrowser.Listener listener;
  private final LongSupplier nanos;
  private final RandomGenerator random;
  /** The one heard of last stands last. */
  private final Map<Key, Instance> instances = new LinkedHashMap<>(16, 0.75f, true);
  private long delay = SECOND;
  private long askAt;

  /** What one neighbour tells of a name; what another tells of the same name does not touch it. */
  private record Key(DnsName name, InetAddress by) {}

  Browsing(Set<String> types, List<LinkPort> ports, MdnsBrowser.Listener listener, LongSupplier nanos, RandomGenerator random) {
    new TreeSet<>(types).forEach(type -> this.types.put(Zone.typeName(type), type));
    this.ports = ports;
    this.listener = listener;
    this.nanos = nanos;
    this.random = random;
    this.askAt = nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(random.nextLong(20, 120));
  }

  /** Asks what is due, forgets what is over; returns in how many nanoseconds there is something again. */
  long tick() {
    long now = nanos.getAsLong();
    instances.values().removeIf(instance -> instance.isOver(now));
    if (askAt - now <= 0) {
      boolean sent = MdnsPorts.send(ports, DnsMessage.query(types.keySet().stream().map(type -> new Question(type, DnsRecord.PTR, false)).toList(), known(now)));
      askAt = now + (sent ? delay + (long) (delay * 0.1 * random.nextDouble()) : SECOND);
      delay = sent ? Math.min(2 * delay, LONGEST) : delay;
    }
    askForMissing(now);
    return instances.values().stream().mapToLong(instance -> instance.due(now) - now).reduce(askAt - now, Math::min);
  }

  private List<DnsRecord> known(long now) {
    return instances.values().stream().filter(instance -> instance.server().isPresent()).limit(MOST_KNOWN)
        .map(instance -> new DnsRecord(Zone.typeName(instance.type), false, instance.pointerLeft(now), new DnsRecord.Pointer(instance.name))).toList();
  }

  private void askForMissing(long now) {
    List<Question> questions = new ArrayList<>();
    for (Instance instance : instances.values()) {
      List<Question> missing = Stream.of(true, false).flatMap(isIpv6 -> instance.missing(isIpv6, now).stream()).distinct().toList();
      if (!missing.isEmpty() && questions.size() < MOST_QUESTIONS) {
        questions.addAll(missing);
        instance.asked(now);
      }
    }
    if (!questions.isEmpty()) {
      MdnsPorts.send(ports, DnsMessage.query(questions, List.of()));
    }
  }

  /** Takes a neighbour's answer in. */
  void heard(DnsMessage message, InetAddress source) {
    long now = nanos.getAsLong();
    List<DnsRecord> records = Stream.concat(message.answers().stream(), message.additional().stream()).toList();
    Set<Instance> touched = new HashSet<>();
    for (DnsRecord record : records) {
      if (record.data() instanceof DnsRecord.Pointer pointer && types.containsKey(record.name()) && pointer.target().isChildOf(record.name())) {
        pointed(types.get(record.name()), pointer.target(), record.ttl(), source, now).ifPresent(touched::add);
      }
    }
    for (DnsRecord record : records) {
      Optional.ofNullable(instances.get(new Key(record.name(), source))).filter(instance -> described(instance, record, now)).ifPresent(touched::add);
    }
    for (Instance instance : instances.values()) {
      if (instance.source.equals(source) && addressed(instance, records, now)) {
        touched.add(instance);
      }
    }
    touched.forEach(instance -> tell(instance, now));
  }

  private Optional<Instance> pointed(String type, DnsName name, long ttl, InetAddress source, long now) {
    Key key = new Key(name, source);
    Instance known = instances.get(key);
    if (ttl == 0) {
      if (known != null) {
        found(known, now).forEach(listener::lost);
        instances.remove(key);
      }
      return Optional.empty();
    }
    if (known == null) {
      if (instances.values().stream().filter(instance -> instance.source.equals(source)).count() >= MOST_OF_ONE) {
        return Optional.empty();
      }
      makeRoom();
      known = new Instance(type, name, source, now);
      instances.put(key, known);
    }
    known.pointed(ttl, now);
    return Optional.of(known);
  }

  /** At the cost of the neighbour who tells of the most: of its instances the one that was not heard of for longest is forgotten. */
  private void makeRoom() {
    if (instances.size() < MOST_INSTANCES) {
      return;
    }
    Map<InetAddress, Integer> told = new HashMap<>();
    instances.keySet().forEach(key -> told.merge(key.by, 1, Integer::sum));
    int most = Collections.max(told.values());
    instances.remove(instances.keySet().stream().filter(key -> told.get(key.by) == most).findFirst().orElseThrow());
  }

  private static boolean described(Instance instance, DnsRecord record, long now) {
    if (record.data() instanceof DnsRecord.Server server && server.port() > 0) {
      instance.served(server, record.ttl(), now);
      return true;
    }
    if (record.data() instanceof DnsRecord.Text text) {
      instance.said(text);
      return true;
    }
    return false;
  }

  /** Addresses of one message belong together; one that flushes replaces those of earlier messages. */
  private static boolean addressed(Instance instance, List<DnsRecord> records, long now) {
    List<DnsRecord> addresses = records.stream()
        .filter(record -> record.data() instanceof DnsRecord.Address && instance.isAt(record.name())).toList();
    if (addresses.stream().anyMatch(DnsRecord::flush)) {
      instance.forgetAddresses();
    }
    addresses.forEach(record -> instance.reachedAt(((DnsRecord.Address) record.data()).address(), record.ttl(), now));
    return !addresses.isEmpty();
  }

  private void tell(Instance instance, long now) {
    found(instance, now).forEach(listener::found);
  }

  private List<MdnsFound> found(Instance instance, long now) {
    List<MdnsFound> all = new ArrayList<>();
    instance.server().ifPresent(server -> {
      for (InetAddress address : instance.addresses().keySet()) {
        try {
          Duration left = Duration.ofNanos(Math.max(0, instance.left(address, now)));
          all.add(new MdnsFound(instance.type, instance.name.first(), ports.get(0).link().getName(), LinkPort.on(ports.get(0).link(), address),
              server.port(), server.priority(), server.weight(), instance.keys(), left, instance.source));
        } catch (IOException e) {
          LOG.debug("an address without place: {}", e.getMessage());
        }
      }
    });
    return all;
  }
}

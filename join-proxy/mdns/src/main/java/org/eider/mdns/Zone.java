package org.eider.mdns;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eider.wire.Octets;

/** The records that announce services on one interface (RFC 6763 sections 4 to 6 and 9). Immutable. */
final class Zone {
  static final DnsName LOCAL = DnsName.of("local");

  private static final DnsName TYPES = DnsName.of("_services._dns-sd._udp.local");
  /** RFC 6762 section 10. */
  private static final long HOST_TTL = 120;
  private static final long OTHER_TTL = 4500;

  private final List<Entry> entries = new ArrayList<>();
  private final Set<DnsRecord> records = new LinkedHashSet<>();

  /** What announces one service: records under its name, under that of its host, and those that lead there. */
  private record Entry(DnsName name, DnsName host, List<DnsRecord> records) {}

  /**
   * The records of those services that are for this interface.
   *
   * @param instance what names of services and hosts begin with
   */
  Zone(Collection<MdnsService> services, NetworkInterface link, String instance) {
    for (MdnsService service : services) {
      if (service.interfaceName().equals(link.getName())) {
        add(entry(service, link, instance));
      }
    }
  }

  private Zone(List<Entry> entries) {
    entries.forEach(this::add);
  }

  private void add(Entry entry) {
    entries.add(entry);
    records.addAll(entry.records);
  }

  private static Entry entry(MdnsService service, NetworkInterface link, String instance) {
    DnsName type = typeName(service.type());
    DnsName name = type.child(instance + "-" + service.port());
    DnsName host = LOCAL.child(String.format(Locale.ROOT, "%s-%08x", instance, Arrays.hashCode(service.address().getAddress())));
    List<DnsRecord> records = new ArrayList<>();
    records.add(new DnsRecord(TYPES, false, OTHER_TTL, new DnsRecord.Pointer(type)));
    records.add(new DnsRecord(type, false, OTHER_TTL, new DnsRecord.Pointer(name)));
    records.add(new DnsRecord(name, true, HOST_TTL, new DnsRecord.Server(0, 0, service.port(), host)));
    records.add(new DnsRecord(name, true, OTHER_TTL, new DnsRecord.Text(service.text().stream().map(Octets::utf8).toList())));
    List<InetAddress> addresses = service.address().isAnyLocalAddress() ? Collections.list(link.getInetAddresses()) : List.of(service.address());
    for (InetAddress address : addresses) {
      records.add(new DnsRecord(host, true, HOST_TTL, new DnsRecord.Address(address)));
    }
    return new Entry(name, host, records);
  }

  static DnsName typeName(String type) {
    String[] labels = type.split("\\.");
    return LOCAL.child(labels[1]).child(labels[0]);
  }

  boolean isEmpty() {
    return records.isEmpty();
  }

  /** The names that nobody else may have. */
  Set<DnsName> names() {
    return entries.stream().flatMap(entry -> Stream.of(entry.name, entry.host)).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Those services whose names are all among these. */
  Zone under(Set<DnsName> names) {
    return new Zone(entries.stream().filter(entry -> names.contains(entry.name) && names.contains(entry.host)).toList());
  }

  /** What is under a name. */
  List<DnsRecord> under(DnsName name) {
    return records.stream().filter(record -> record.name().equals(name)).toList();
  }

  /** All records. */
  Stream<DnsRecord> all() {
    return records.stream();
  }

  /** Those that answer the questions, without what the asker knows well enough (RFC 6762 section 7.1). */
  List<DnsRecord> answers(DnsMessage query) {
    return records.stream().filter(record -> query.questions().stream().anyMatch(question -> question.asksFor(record)))
        .filter(record -> query.answers().stream().noneMatch(known -> known.says(record) && known.ttl() >= record.ttl() / 2))
        .toList();
  }

  /** What one will ask for next (RFC 6763 section 12). */
  List<DnsRecord> besides(List<DnsRecord> answers) {
    Set<DnsRecord> all = new LinkedHashSet<>(answers);
    List<DnsRecord> next = new ArrayList<>(answers);
    for (int depth = 0; depth < 2; depth++) {
      List<DnsRecord> from = next;
      next = records.stream().filter(record -> from.stream().anyMatch(before -> leadsTo(before, record)) && all.add(record)).toList();
    }
    all.removeAll(answers);
    return List.copyOf(all);
  }

  private static boolean leadsTo(DnsRecord from, DnsRecord to) {
    if (from.name().equals(TYPES)) {
      return false;
    }
    return from.data() instanceof DnsRecord.Pointer pointer && pointer.target().equals(to.name())
        || from.data() instanceof DnsRecord.Server server && server.target().equals(to.name());
  }
}

package org.eider.mdns;

import static java.util.Objects.requireNonNull;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.eider.wire.Octets;

/**
 * A resource record of class IN.
 *
 * @param flush whether it replaces what was known under this name and type (RFC 6762 section 10.2)
 * @param ttl seconds, 0 to 2^32 - 1; 0 takes the record back
 */
record DnsRecord(DnsName name, boolean flush, long ttl, Data data) {
  static final int A = 1;
  static final int PTR = 12;
  static final int TXT = 16;
  static final int AAAA = 28;
  static final int SRV = 33;
  static final int ANY = 255;

  /** What a record says. */
  sealed interface Data {
    /** The number of its type. */
    int type();
  }

  /** PTR. */
  record Pointer(DnsName target) implements Data {
    @Override
    public int type() {
      return PTR;
    }
  }

  /** SRV (RFC 2782). */
  record Server(int priority, int weight, int port, DnsName target) implements Data {
    @Override
    public int type() {
      return SRV;
    }
  }

  /** TXT: strings of at most 255 octets. */
  record Text(List<Octets> strings) implements Data {
    Text {
      strings = List.copyOf(strings);
    }

    @Override
    public int type() {
      return TXT;
    }
  }

  /** A or AAAA; without scope. */
  record Address(InetAddress address) implements Data {
    @Override
    public int type() {
      return address instanceof Inet6Address ? AAAA : A;
    }
  }

  /** Anything else. */
  record Other(int type, Octets octets) implements Data {}

  DnsRecord {
    requireNonNull(name);
    requireNonNull(data);
    if (ttl < 0 || ttl > 0xffff_ffffL) {
      throw new IllegalArgumentException("no lifetime: " + ttl);
    }
  }

  int type() {
    return data.type();
  }

  /** The same with another lifetime. */
  DnsRecord living(long seconds) {
    return new DnsRecord(name, flush, seconds, data);
  }

  /** The same for resolvers that know nothing of Multicast DNS (RFC 6762 section 6.7). */
  DnsRecord legacy() {
    return new DnsRecord(name, false, Math.min(ttl, 10), data);
  }

  /** As it is proposed in a probe: not as the only one there is (RFC 6762 section 10.2). */
  DnsRecord proposed() {
    return new DnsRecord(name, false, ttl, data);
  }

  /** By what records of one class and name are ordered (RFC 6762 section 8.2). */
  byte[] typeAndData() {
    byte[] written = DnsWriter.data(data);
    return ByteBuffer.allocate(2 + written.length).putShort((short) type()).put(written).array();
  }

  boolean says(DnsRecord other) {
    return name.equals(other.name) && data.equals(other.data);
  }
}

package org.eider.mdns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eider.mdns.DnsMessage.Question;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/** Reads one message (RFC 1035 section 4). A pointer of a name leads to what stands before the name, so that no name is without end. */
final class DnsReader {
  private static final int MOST_RECORDS = 256;
  private static final int IN = 1;
  private static final int TOP_BIT = 0x8000;
  /** Opcode and response code, which are 0 (RFC 6762 sections 18.3 and 18.11). */
  private static final int KIND = 0x780f;

  private final Octets in;
  private int at;

  DnsReader(Octets in) {
    this.in = in;
  }

  DnsMessage message() throws DecodeException {
    if (in.size() > DnsMessage.LARGEST) {
      throw new DecodeException(Flaw.TOO_LONG, "message", "longer than " + DnsMessage.LARGEST + " octets");
    }
    int id = number();
    int flags = number();
    if ((flags & KIND) != 0) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, "message", "not a query or a good response");
    }
    int[] counts = {number(), number(), number(), number()};
    if (counts[0] + counts[1] + counts[2] + counts[3] > MOST_RECORDS) {
      throw new DecodeException(Flaw.TOO_LONG, "message", "more than " + MOST_RECORDS + " records");
    }
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < counts[0]; i++) {
      question().ifPresent(questions::add);
    }
    List<DnsRecord> answers = records(counts[1]);
    List<DnsRecord> additional = records(counts[2] + counts[3]);
    if (at != in.size()) {
      throw new DecodeException(Flaw.TRAILING_BYTES, "message", "something follows the last record");
    }
    return new DnsMessage(id, (flags & TOP_BIT) != 0, questions, answers, additional);
  }

  private Optional<Question> question() throws DecodeException {
    DnsName name = name(in.size());
    int type = number();
    int kind = number();
    return (kind & ~TOP_BIT) == IN || kind == DnsRecord.ANY ? Optional.of(new Question(name, type, (kind & TOP_BIT) != 0)) : Optional.empty();
  }

  private List<DnsRecord> records(int count) throws DecodeException {
    List<DnsRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      DnsName name = name(in.size());
      int type = number();
      int kind = number();
      long ttl = (long) number() << 16 | number();
      int end = number() + at;
      if (end > in.size()) {
        throw new DecodeException(Flaw.TRUNCATED, "record", "ends too early");
      }
      if ((kind & ~TOP_BIT) == IN) {
        records.add(new DnsRecord(name, (kind & TOP_BIT) != 0, ttl, data(type, end)));
        if (at != end) {
          throw new DecodeException(Flaw.TRAILING_BYTES, "record", "longer than its content");
        }
      }
      at = end;
    }
    return records;
  }

  private DnsRecord.Data data(int type, int end) throws DecodeException {
    return switch (type) {
      case DnsRecord.PTR -> new DnsRecord.Pointer(name(end));
      case DnsRecord.SRV -> new DnsRecord.Server(number(), number(), number(), name(end));
      case DnsRecord.TXT -> new DnsRecord.Text(strings(end));
      case DnsRecord.A -> address(4, end);
      case DnsRecord.AAAA -> address(16, end);
      default -> new DnsRecord.Other(type, octets(end - at));
    };
  }

  private List<Octets> strings(int end) throws DecodeException {
    List<Octets> strings = new ArrayList<>();
    while (at < end) {
      int length = octet();
      if (length > end - at) {
        throw new DecodeException(Flaw.TRUNCATED, "text", "ends too early");
      }
      strings.add(octets(length));
    }
    return strings;
  }

  private DnsRecord.Address address(int size, int end) throws DecodeException {
    if (end - at != size) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, "address", "of another length");
    }
    try {
      InetAddress address = InetAddress.getByAddress(octets(size).toArray());
      if (address.getAddress().length != size) {
        throw new DecodeException(Flaw.WRONG_TYPE, "address", "IPv4 in IPv6");
      }
      return new DnsRecord.Address(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four or sixteen octets are an address", e);
    }
  }

  /** Reads a name that, pointers aside, ends before {@code end}. */
  private DnsName name(int end) throws DecodeException {
    List<String> labels = new ArrayList<>();
    int size = 1;
    int back = -1;
    int lowest = at;
    for (int length = octet(); length != 0; length = octet()) {
      if (length >= 0xc0) {
        int target = (length & 0x3f) << 8 | octet();
        back = back < 0 ? at : back;
        if (target >= lowest) {
          throw new DecodeException(Flaw.OUT_OF_RANGE, "name", "a pointer that does not lead back");
        }
        lowest = target;
        at = target;
      } else if (length > DnsName.MAX_LABEL) {
        throw new DecodeException(Flaw.OUT_OF_RANGE, "name", "a label of an unknown kind");
      } else {
        size += 1 + length;
        if (size > DnsName.MAX_NAME) {
          throw new DecodeException(Flaw.TOO_LONG, "name", "longer than " + DnsName.MAX_NAME + " octets");
        }
        labels.add(new String(octets(length).toArray(), StandardCharsets.ISO_8859_1));
      }
    }
    at = back < 0 ? at : back;
    if (at > end) {
      throw new DecodeException(Flaw.TRUNCATED, "name", "ends too late");
    }
    return new DnsName(labels);
  }

  private int number() throws DecodeException {
    return octet() << 8 | octet();
  }

  private int octet() throws DecodeException {
    if (at >= in.size()) {
      throw new DecodeException(Flaw.TRUNCATED, "message", "ends too early");
    }
    return in.at(at++);
  }

  private Octets octets(int length) throws DecodeException {
    if (length > in.size() - at) {
      throw new DecodeException(Flaw.TRUNCATED, "message", "ends too early");
    }
    at += length;
    return in.slice(at - length, at);
  }
}

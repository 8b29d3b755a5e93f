package org.eider.mdns;

import java.util.List;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * A message of Multicast DNS (RFC 6762 section 18), sections behind the answers in one.
 *
 * @param id 0 but for resolvers that know nothing of Multicast DNS
 * @param isResponse else it is a query
 * @param answers in a query what the asker knows already
 * @param additional authority and additional records; in a query that is written, authority records, which it takes to probe (RFC 6762 section 8.2)
 */
record DnsMessage(int id, boolean isResponse, List<Question> questions, List<DnsRecord> answers, List<DnsRecord> additional) {
  /** The largest message that is read (RFC 6762 section 17). */
  static final int LARGEST = 9000;

  /**
   * A question of class IN.
   *
   * @param type number of the type of records, or 255 for any
   * @param unicast whether the asker would rather be answered alone (RFC 6762 section 5.4)
   */
  record Question(DnsName name, int type, boolean unicast) {
    boolean asksFor(DnsRecord record) {
      return (type == DnsRecord.ANY || type == record.type()) && name.equals(record.name());
    }
  }

  DnsMessage {
    questions = List.copyOf(questions);
    answers = List.copyOf(answers);
    additional = List.copyOf(additional);
  }

  static DnsMessage query(List<Question> questions, List<DnsRecord> known) {
    return new DnsMessage(0, false, questions, known, List.of());
  }

  /** Asks whether anybody has these names, which are to be used like that. */
  static DnsMessage probe(List<Question> questions, List<DnsRecord> proposed) {
    return new DnsMessage(0, false, questions, List.of(), proposed);
  }

  static DnsMessage response(List<DnsRecord> answers, List<DnsRecord> additional) {
    return new DnsMessage(0, true, List.of(), answers, additional);
  }

  /**
   * Reads a message; records of other classes are left out.
   *
   * @throws DecodeException when it is malformed, or of another kind than queries and good responses
   */
  static DnsMessage decode(Octets datagram) throws DecodeException {
    return new DnsReader(datagram).message();
  }

  Octets encode() {
    return new DnsWriter().message(this);
  }
}

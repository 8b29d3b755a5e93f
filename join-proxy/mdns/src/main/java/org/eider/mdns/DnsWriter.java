package org.eider.mdns;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eider.wire.Octets;

/** Writes one message; what two names have in common is written once, but for the targets of SRV (RFC 2782). */
final class DnsWriter {
  private static final int RESPONSE_AND_AUTHORITATIVE = 0x8400;
  private static final int TOP_BIT = 0x8000;
  private static final int IN = 1;
  private static final int FARTHEST = 0x3fff;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Map<String, Integer> written = new HashMap<>();

  Octets message(DnsMessage message) {
    number(message.id());
    number(message.isResponse() ? RESPONSE_AND_AUTHORITATIVE : 0);
    number(message.questions().size());
    number(message.answers().size());
    number(message.isResponse() ? 0 : message.additional().size());
    number(message.isResponse() ? message.additional().size() : 0);
    for (DnsMessage.Question question : message.questions()) {
      name(question.name());
      number(question.type());
      number(question.unicast() ? IN | TOP_BIT : IN);
    }
    message.answers().forEach(this::record);
    message.additional().forEach(this::record);
    return Octets.of(out.toByteArray());
  }

  private void record(DnsRecord record) {
    name(record.name());
    number(record.type());
    number(record.flush() ? IN | TOP_BIT : IN);
    number((int) (record.ttl() >> 16));
    number((int) record.ttl());
    byte[] data = data(record.data());
    number(data.length);
    out.writeBytes(data);
  }

  /** What stands behind the length of a record. */
  static byte[] data(DnsRecord.Data data) {
    DnsWriter writer = new DnsWriter();
    if (data instanceof DnsRecord.Pointer pointer) {
      writer.name(pointer.target());
    } else if (data instanceof DnsRecord.Server server) {
      writer.number(server.priority());
      writer.number(server.weight());
      writer.number(server.port());
      writer.name(server.target());
    } else if (data instanceof DnsRecord.Text text) {
      writer.strings(text.strings());
    } else if (data instanceof DnsRecord.Address address) {
      writer.out.writeBytes(address.address().getAddress());
    } else if (data instanceof DnsRecord.Other other) {
      writer.out.writeBytes(other.octets().toArray());
    }
    return writer.out.toByteArray();
  }

  /** At least one string, which is empty when there is nothing to say (RFC 6763 section 6.1). */
  private void strings(List<Octets> strings) {
    for (Octets string : strings.isEmpty() ? List.of(Octets.empty()) : strings) {
      out.write(string.size());
      out.writeBytes(string.toArray());
    }
  }

  private void name(DnsName name) {
    List<String> labels = name.labels();
    for (int i = 0; i < labels.size(); i++) {
      String rest = new DnsName(labels.subList(i, labels.size())).folded();
      Integer before = written.get(rest);
      if (before != null) {
        number(0xc000 | before);
        return;
      }
      if (out.size() <= FARTHEST) {
        written.put(rest, out.size());
      }
      out.write(labels.get(i).length());
      out.writeBytes(labels.get(i).getBytes(StandardCharsets.ISO_8859_1));
    }
    out.write(0);
  }

  private void number(int number) {
    out.write(number >> 8);
    out.write(number);
  }
}

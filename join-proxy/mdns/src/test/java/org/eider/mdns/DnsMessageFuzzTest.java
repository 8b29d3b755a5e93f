package org.eider.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A message of anybody on the link is read or refused, within bounds; what was read is written, and means the same. */
class DnsMessageFuzzTest {
  static Stream<Arguments> seeds() throws Exception {
    DnsName type = DnsName.of("_brski-proxy._tcp.local");
    DnsName host = DnsName.of("host.local");
    DnsMessage response = DnsMessage.response(List.of(new DnsRecord(type, false, 4500, new DnsRecord.Pointer(type.child("x"))),
        new DnsRecord(type.child("x"), true, 120, new DnsRecord.Server(0, 0, 1, host)),
        new DnsRecord(type.child("x"), true, 120, new DnsRecord.Text(List.of(Octets.utf8("est-tls"))))),
        List.of(new DnsRecord(host, true, 120, new DnsRecord.Address(InetAddress.getByName("fe80::1")))));
    return Seeds.of(response.encode(), DnsMessage.query(List.of(new DnsMessage.Question(type, 12, true)), response.answers()).encode(),
        Octets.hex("000000000001000000000000c00c000c0001"), Octets.hex("000084000000000100000000" + "01610162c00c" + "000c0001000000000002c00c"),
        Octets.hex("000000000100000000000000"), Octets.hex("0000000000ff000000000000" + "c000000c0001".repeat(40))).arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsAMessageOrRefuses(byte[] input) {
    Hostile.read(() -> DnsMessage.decode(Octets.of(input))).ifPresent(message -> {
      Octets written = message.encode();
      if (written.size() <= DnsMessage.LARGEST) {
        assertThat(Hostile.read(() -> DnsMessage.decode(written)).orElseThrow().encode()).isEqualTo(written);
      }
    });
  }
}

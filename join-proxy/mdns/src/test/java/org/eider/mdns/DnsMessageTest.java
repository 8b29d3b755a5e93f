package org.eider.mdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.eider.mdns.DnsMessage.Question;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DnsMessageTest {
  private static final DnsName TYPE = DnsName.of("_brski-proxy._tcp.local");
  private static final DnsName NAME = TYPE.child("A proxy. Or two");
  private static final DnsName HOST = DnsName.of("host.local");

  @Test
  void questionIsWrittenAsTheRfcSays() {
    assertThat(DnsMessage.query(List.of(new Question(DnsName.of("a.local"), DnsRecord.PTR, true)), List.of()).encode().hex())
        .isEqualTo("0000" + "0000" + "0001" + "0000" + "0000" + "0000" + "0161056c6f63616c00" + "000c" + "8001");
  }

  @Test
  void everyKindOfRecordComesBackUnchanged() throws Exception {
    DnsMessage message = DnsMessage.response(List.of(
        new DnsRecord(TYPE, false, 4500, new DnsRecord.Pointer(NAME)), new DnsRecord(NAME, true, 120, new DnsRecord.Server(1, 2, 8443, HOST)),
        new DnsRecord(NAME, true, 4500, new DnsRecord.Text(List.of(Octets.utf8("est-tls"), Octets.utf8("a=b"))))),
        List.of(new DnsRecord(HOST, true, 0xffff_ffffL, new DnsRecord.Address(InetAddress.getByName("fe80::1"))),
            new DnsRecord(HOST, true, 0, new DnsRecord.Address(InetAddress.getByName("192.0.2.1"))),
            new DnsRecord(HOST, false, 1, new DnsRecord.Other(47, Octets.hex("0102")))));
    assertThat(DnsMessage.decode(message.encode())).isEqualTo(message);
  }

  @Test
  void namesAreWrittenOnceAndPointedTo() throws Exception {
    DnsRecord record = new DnsRecord(NAME, true, 1, new DnsRecord.Text(List.of(Octets.empty())));
    assertThat(DnsMessage.response(List.of(record, record), List.of()).encode().size()).isEqualTo(12 + (16 + TYPE.folded().length() + 1 + 11) + (2 + 11));
    // a pointer within the data of SRV, which others write (RFC 6762 section 18.14)
    DnsMessage srv = DnsMessage.decode(Octets.hex("000084000000000100000000" + "0161056c6f63616c00" + "00218001" + "00000078" + "0008" + "000000001234" + "c00e"));
    assertThat(srv.answers()).singleElement().isEqualTo(new DnsRecord(DnsName.of("a.local"), true, 120, new DnsRecord.Server(0, 0, 0x1234, DnsName.of("local"))));
  }

  @Test
  void caseOfLettersDoesNotCount() {
    assertThat(DnsName.of("_BRSKI-Proxy._TCP.Local")).isEqualTo(TYPE).hasSameHashCodeAs(TYPE);
    assertThat(NAME.isChildOf(DnsName.of("_Brski-Proxy._tcp.LOCAL"))).isTrue();
    assertThat(NAME.isChildOf(DnsName.of("_tcp.local"))).isFalse();
    assertThat(NAME.first()).isEqualTo("A proxy. Or two");
  }

  @Test
  void recordsOfOtherClassesAreLeftOut() throws Exception {
    String opt = "00" + "0029" + "1000" + "00000000" + "000b" + "000a0007" + "01020304050607";
    DnsMessage message = DnsMessage.decode(Octets.hex("123400000001000000000001" + "0161056c6f63616c00" + "000c0001" + opt));
    assertThat(message.id()).isEqualTo(0x1234);
    assertThat(message.questions()).hasSize(1);
    assertThat(message.additional()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
      "'', TRUNCATED", "0000, TRUNCATED", "000000000001000000000000, TRUNCATED", "00000000000100000000000001, TRUNCATED",
      "000000000000000000000000ff, TRAILING_BYTES", "000028000000000000000000, OUT_OF_RANGE", "000084030000000000000000, OUT_OF_RANGE",
      "00000000ffffffffffffffff, TOO_LONG", "000000000001000000000000c00c000c0001, OUT_OF_RANGE", "000000000001000000000000c0ff000c0001, OUT_OF_RANGE",
      "0000000000010000000000000161c00c000c0001, OUT_OF_RANGE", "00000000000100000000000080000c0001, OUT_OF_RANGE",
      "00008400000000010000000000000c00010000000000ff, TRUNCATED", "000084000000000100000000000001000100000000000501020304 05, OUT_OF_RANGE",
      "00008400000000010000000000000c000100000000000200ff, TRAILING_BYTES", "0000840000000001000000000000100001000000000002ff00, TRUNCATED"})
  void whatIsNoMessageIsRefused(String hex, Flaw flaw) {
    assertThatThrownBy(() -> DnsMessage.decode(Octets.hex(hex.replace(" ", ""))))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
  }

  @Test
  void pointersThatGoInCirclesAndNamesWithoutEndAreRefused() {
    // the name at 12 points to 19, the data there back to 12
    String circle = "000084000000000200000000" + "00" + "00100001" + "00000000" + "0002" + "c019" + "c017";
    assertThatThrownBy(() -> DnsMessage.decode(Octets.hex(circle + "00100001000000000000"))).isInstanceOf(DecodeException.class);
    String label = "3f" + "61".repeat(63);
    assertThatThrownBy(() -> DnsMessage.decode(Octets.hex("000000000001000000000000" + label.repeat(4) + "00000c0001")))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
    assertThatThrownBy(() -> DnsMessage.decode(Octets.of(new byte[DnsMessage.LARGEST + 1]))).isInstanceOf(DecodeException.class);
  }
}

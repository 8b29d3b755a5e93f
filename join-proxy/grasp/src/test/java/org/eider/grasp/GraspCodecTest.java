package org.eider.grasp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.eider.testkit.Damage;
import org.eider.testkit.Vector;
import org.eider.testkit.Vectors;
import org.eider.wire.CborItem;
import org.eider.wire.CborWriter;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class GraspCodecTest {
  private static final GraspCodec CODEC = GraspCodec.standard();
  private static final String ADDRESS = "5020010db8f000baaa28ccdc4c97036781";
  /** A flood up to and including its ttl; the head of the array stands before it. */
  private static final String FLOOD = "091a00357b4e" + ADDRESS + "192710";
  private static final String LOCATOR = "841867" + ADDRESS + "0601";

  static Stream<Vector> messages() {
    return Vectors.manifest("grasp").stream().filter(vector -> vector.file().endsWith(".hex"));
  }

  static Stream<Message> everyMessage() throws Exception {
    Address v6 = new Address(Octets.hex("fe800000000000000000000000000001"));
    Address v4 = new Address(Octets.hex("c0000201"));
    Locator ip = new Locator.Ip(v6, 6, 4443);
    Locator v4In41 = new Locator.Ip(v4, 41, OptionalInt.empty());
    Locator fqdn = new Locator.Fqdn("registrar.example", 17, OptionalInt.of(5684));
    Locator uri = new Locator.Uri("coaps://r.example", OptionalInt.empty(), OptionalInt.empty());
    Objective bare = new Objective("SRV.est", 4, 255, Optional.empty());
    Objective full = new Objective("EX\u00e4", 15, 0, Optional.of(Octets.hex("bf6161f7ff")));
    return Stream.of(
        new Message.Noop(), new Message.Discovery(0, v4, bare), new Message.Response(1, v6, 0, false, List.of(ip, v4In41), Optional.of(full)),
        new Message.Response(0xffff_ffffL, v6, 0xffff_ffffL, true, List.of(fqdn, uri), Optional.empty()),
        new Message.RequestNegotiation(2, full), new Message.RequestSynchronisation(3, bare), new Message.Negotiation(4, full),
        new Message.End(5, true, Optional.empty()), new Message.End(6, false, Optional.empty()), new Message.End(7, false, Optional.of("no")),
        new Message.Wait(8, 0xffff_ffffL), new Message.Synchronisation(9, full),
        new Message.Flood(10, v6, 180_000, List.of(new Message.Flood.Entry(bare, Optional.empty()), new Message.Flood.Entry(full, Optional.of(uri)))),
        new Message.Invalid(11, Optional.empty()), new Message.Invalid(12, Optional.of(Octets.hex("820102"))));
  }

  @Test
  void everyFileIsInTheManifest() {
    assertThat(Vectors.unlisted("grasp")).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("messages")
  void messageDecodesOrIsRefusedAsItsManifestSays(Vector vector) throws Exception {
    Octets datagram = vector.hex();
    String result = vector.expectResult().orElse("ACCEPT");
    if (result.startsWith("REJECT") || vector.file().endsWith("deep-nesting.hex")) {
      assertThatThrownBy(() -> CODEC.decode(datagram)).isInstanceOf(DecodeException.class);
    } else if (result.startsWith("discard")) {
      assertThat(CODEC.decode(datagram)).isEqualTo(new Message.Unknown(42, 3_504_974));
    } else {
      Message message = CODEC.decode(datagram);
      assertThat(shape(CborItem.read(CODEC.encode(message), 2048))).isEqualTo(shape(vector.expect().get("cbor")));
      assertThat(CODEC.decode(CODEC.encode(message))).isEqualTo(message);
      if (vector.derived().isEmpty()) {
        assertThat(CODEC.encode(message)).as("octet for octet").isEqualTo(datagram);
      }
    }
  }

  /** What a manifest says a message means, beside what we wrote. */
  private static Object shape(JsonNode node) {
    if (node.isObject()) {
      return "h'" + node.get("bytes").asText() + "'";
    }
    return node.isArray() ? Stream.iterate(0, i -> i < node.size(), i -> i + 1).map(i -> shape(node.get(i))).toList().toString() : node.toString();
  }

  private static Object shape(CborItem item) {
    return item.diagnostic();
  }

  @ParameterizedTest
  @MethodSource("everyMessage")
  void everyKindOfMessageComesBackUnchanged(Message message) throws Exception {
    assertThat(CODEC.decode(CODEC.encode(message))).isEqualTo(message);
  }

  @ParameterizedTest(name = "{2}")
  @CsvSource({
      "86, 82 8463455831110200 80 82 8463455831110200 80, a pair twice", "9f, 82 9f63455831110200ff 80 ff, arrays without a length",
      "85, 82 847f614562583 1ff110200 80, name in chunks", "85, 9f 84 7803455831 1811 190002 00 9fff ff, heads longer than needed"})
  void lengthsAndHeadsMayBeWrittenInOtherWays(String head, String rest, String what) throws Exception {
    Message message = CODEC.decode(Octets.hex(head + FLOOD + rest.replace(" ", "")));
    Objective objective = ((Message.Flood) message).entries().get(0).objective();
    assertThat(objective).isEqualTo(new Objective("EX1", 17, 2, Optional.of(Octets.hex("00"))));
  }

  @ParameterizedTest(name = "{2}")
  @CsvSource({
      "80, MISSING, nothing", "8109, MISSING, no session", "820901, MISSING, no initiator", "a0, WRONG_TYPE, a map", "09, WRONG_TYPE, an integer",
      "'', TRUNCATED, no octet", "82190100 01, OUT_OF_RANGE, type 256", "822001, WRONG_TYPE, type -1", "8201f6, WRONG_TYPE, session null",
      "84010150" + "20010db8f000baaa28ccdc4c97036781" + "8563455831050200 00, UNEXPECTED, objective of five",
      "84010150" + "20010db8f000baaa28ccdc4c97036781" + "82634558 3105, MISSING, objective of two",
      "84010141008363455831 0502, OUT_OF_RANGE, initiator of one octet",
      "830401846345583105020018, TRAILING_BYTES, more behind it", "83040184434558310502 00, WRONG_TYPE, name of octets",
      "83040184634558313b ffffffffffffffff0200, WRONG_TYPE, negative flags", "83040184634558311b 00000001000000000200, OUT_OF_RANGE, 33 flags",
      "8304018463ff5831050200, WRONG_TYPE, name not UTF-8", "830601811863, MISSING, neither accepted nor declined",
      "8306018218656161, UNEXPECTED, reason to accept", "83060183186661616161, UNEXPECTED, two reasons", "83060182186600, WRONG_TYPE, reason a number",
      "84060181186581 1866, UNEXPECTED, both", "830601 80, WRONG_TYPE, an empty option", "83070120, WRONG_TYPE, waiting time below zero",
      "8307011b0000000100000000, OUT_OF_RANGE, waiting time of 33 bits", "830701c100, WRONG_TYPE, tagged", "84070100 01, UNEXPECTED, no option behind it"})
  void whatIsNoMessageIsRefused(String hex, Flaw flaw, String what) throws Exception {
    refused(hex.replace(" ", ""), flaw);
  }

  @ParameterizedTest(name = "{2}")
  @CsvSource({
      "83186750fe800000000000000000000000000001 06, MISSING, no port", "84186750fe8000000000000000000000000001 0601, TRUNCATED, ends early",
      "84186744c00002010601, OUT_OF_RANGE, IPv4 in IPv6", "8418684fc0000201c0000201c0000201c000020601, OUT_OF_RANGE, 15 octets",
      "84186844c0000201 06f6, WRONG_TYPE, TCP without port", "84186844c0000201f601, WRONG_TYPE, address without protocol",
      "84186844c00002011901 0001, OUT_OF_RANGE, protocol 256", "84186844c0000201061a00010000, OUT_OF_RANGE, port 65536",
      "84186961610 6f6, WRONG_TYPE, FQDN over TCP without port", "8418694161 0601, WRONG_TYPE, FQDN of octets",
      "8418 6a6161060120, UNEXPECTED, five in a pair", "f6, WRONG_TYPE, null for none"})
  void locatorsAreChecked(String locator, Flaw flaw, String what) throws Exception {
    String hex = locator.replace(" ", "");
    String head = what.startsWith("five") ? "83" : "82";
    refused("85" + FLOOD + head + "8463455831050200" + hex, flaw);
  }

  private static void refused(String hex, Flaw flaw) throws DecodeException {
    Octets datagram = Octets.hex(hex);
    assertThatThrownBy(() -> CODEC.decode(datagram))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
  }

  @Test
  void optionsThatDoNotFitAreDropped() throws Exception {
    assertThat(CODEC.decode(Octets.hex("84" + "070105" + LOCATOR))).isEqualTo(new Message.Wait(1, 5));
    assertThat(CODEC.decode(Octets.hex("84" + "0601" + "811865" + LOCATOR))).isEqualTo(new Message.End(1, true, Optional.empty()));
    Message flood = CODEC.decode(Octets.hex("86" + FLOOD + "82" + "1864" + LOCATOR + "82" + "8463455831050200" + "80"));
    assertThat(((Message.Flood) flood).entries()).as("a Divert outside a response").hasSize(1);
    Message unknownLocator = CODEC.decode(Octets.hex("86" + FLOOD + "82" + "8463455831050200" + "82186b00" + "82" + "8463455831050200" + "80"));
    assertThat(((Message.Flood) unknownLocator).entries()).as("a locator of a kind to come").hasSize(1);
    refused("85" + FLOOD + "82" + "8463455831050200" + "82186b00", Flaw.MISSING);
  }

  @Test
  void responsesNameLocatorsOrDivertButNotBoth() throws Exception {
    String start = "0201" + ADDRESS + "00";
    assertThat(((Message.Response) CODEC.decode(Octets.hex("85" + start + "82" + "1864" + LOCATOR))).isDivert()).isTrue();
    refused("86" + start + "82" + "1864" + LOCATOR + LOCATOR, Flaw.UNEXPECTED);
    refused("84" + start, Flaw.MISSING);
    refused("85" + start + "811864", Flaw.MISSING);
    refused("85" + start + "82" + "1864" + "80", Flaw.WRONG_TYPE);
    refused("87" + start + LOCATOR + "8363455831050 2".replace(" ", "") + "83634558310502", Flaw.UNEXPECTED);
  }

  @Test
  void oneMoreLevelOfArraysIsTakenFromFloods() throws Exception {
    String pair = "82" + "8463455831050200" + LOCATOR;
    Message nested = CODEC.decode(Octets.hex("85" + FLOOD + "82" + pair + pair));
    assertThat(nested).isEqualTo(CODEC.decode(Octets.hex("86" + FLOOD + pair + pair)));
    assertThat(CODEC.encode(nested)).isEqualTo(Octets.hex("86" + FLOOD + pair + pair));
    Octets twice = Octets.hex("85" + FLOOD + "81" + "81" + pair);
    assertThatThrownBy(() -> CODEC.decode(twice)).isInstanceOf(DecodeException.class);
  }

  @Test
  void sizeIsCapped() {
    Octets value = new CborWriter().octets(Octets.of(new byte[2100])).toOctets();
    Message.Synchronisation great = new Message.Synchronisation(1, new Objective("x", 4, 1, Optional.of(value)));
    assertThatThrownBy(() -> CODEC.encode(great)).isInstanceOf(IllegalArgumentException.class);
    Octets encoded = new GraspCodec(4096).encode(great);
    assertThatThrownBy(() -> CODEC.decode(encoded))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
  }

  @Test
  void messageOfDefaultSizeIsTaken() throws Exception {
    int around = CODEC.encode(new Message.Synchronisation(1, objective(1024))).size() - 1024;
    Message greatest = new Message.Synchronisation(1, objective(GraspCodec.DEFAULT_LIMIT - around));
    assertThat(CODEC.encode(greatest).size()).isEqualTo(GraspCodec.DEFAULT_LIMIT);
    assertThat(CODEC.decode(CODEC.encode(greatest))).isEqualTo(greatest);
  }

  private static Objective objective(int octets) {
    return new Objective("x", 4, 1, Optional.of(new CborWriter().octets(Octets.of(new byte[octets])).toOctets()));
  }

  /** 5,000 damaged and 5,000 random datagrams: each is refused as malformed or read; nothing else ever happens. */
  @Test
  void junkIsRefusedOrRead() throws Exception {
    Random random = new Random(7017);
    List<Octets> whole = everyMessage().map(CODEC::encode).toList();
    int refused = 0;
    for (int i = 0; i < 10_000; i++) {
      byte[] junk = new byte[random.nextInt(40)];
      random.nextBytes(junk);
      try {
        CODEC.decode(i % 2 == 0 ? Damage.to(whole.get(random.nextInt(whole.size())), random) : Octets.of(junk));
      } catch (DecodeException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(5_000);
  }

  @ParameterizedTest
  @CsvSource({
      "fe800000000000000000000000000001, fe80::1", "00000000000000000000000000000000, ::", "00000000000000000000000000000001, ::1",
      "20010db8000000010001000100010001, 2001:db8:0:1:1:1:1:1", "20010db8000000000001000000000000, 2001:db8:0:0:1::", "c0000201, 192.0.2.1",
      "00000000000000000000ffffc0000201, ::ffff:c000:201", "20010000000000000000000000000000, 2001::"})
  void addressesAreWrittenShort(String hex, String text) throws Exception {
    Address address = new Address(Octets.hex(hex));
    assertThat(address.toString()).isEqualTo(text);
    assertThat(Address.of(address.inet())).as("through a socket's address").isEqualTo(address);
  }

  @Test
  void messagesArePrintedAsTheRfcsPrintThem() throws Exception {
    Message flood = CODEC.decode(Octets.hex("85091a00bc4e4f50fe8000000000000000000000000000011a0002bf20"
        + "828468414e5f50726f787904016084186750fe8000000000000000000000000000010619115b"));
    assertThat(Diagnostics.of(flood)).isEqualTo("[M_FLOOD, 12340815, fe80::1, 180000, [[\"AN_Proxy\", 4, 1, \"\"], "
        + "[O_IPv6_LOCATOR, fe80::1, IPPROTO_TCP, 4443]]]");
    String bad = Diagnostics.of(new Message.RequestSynchronisation(1, Objective.flooded("a\u001b[2J\u202e\"", 1, "\n\u2028")));
    assertThat(bad).isEqualTo("[M_REQ_SYN, 1, [\"a\\u001b[2J\\u202e\\\"\", 4, 1, \"\\u000a\\u2028\"]]");
    assertThat(everyMessage().map(Diagnostics::of)).allSatisfy(line -> assertThat(line).startsWith("[M_").endsWith("]"));
  }
}

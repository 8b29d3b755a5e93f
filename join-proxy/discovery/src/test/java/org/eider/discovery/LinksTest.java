package org.eider.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eider.discovery.Links.Link;
import org.eider.testkit.Vector;
import org.eider.testkit.Vectors;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinksTest {
  static Stream<Vector> published() {
    return Vectors.manifest("join-proxy").stream().filter(vector -> vector.file().startsWith("link-format/") && vector.expect().has("links"));
  }

  static Stream<Vector> printed() {
    return Vectors.manifest("join-proxy").stream().filter(vector -> vector.file().startsWith("link-format/cbrski-pledge"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("published")
  void publishedLinksAreReadAsTheManifestSays(Vector vector) throws Exception {
    List<Link> links = Links.parse(vector.octets());
    JsonNode expected = vector.expect().get("links");
    assertThat(links).hasSameSizeAs(expected);
    for (int i = 0; i < links.size(); i++) {
      assertThat(links.get(i).target()).isEqualTo(expected.get(i).get("uri").asText());
      for (Map.Entry<String, JsonNode> attribute : expected.get(i).properties()) {
        if (!List.of("uri", "port").contains(attribute.getKey())) {
          assertThat(links.get(i).attributes()).containsEntry(attribute.getKey(), attribute.getValue().asText());
        }
      }
      if (expected.get(i).has("brski-jp")) {
        assertThat(links.get(i).joinPort()).contains(expected.get(i).get("brski-jp").asInt());
      }
    }
  }

  /** The answers that the draft prints for a pledge have ports, each in a payload of its own or behind a comma, quoted or not. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("printed")
  void printedAnswersAreRead(Vector vector) throws Exception {
    Matcher payloads = Pattern.compile("Payload:\\n((?: +<.*\\n?)+)").matcher(vector.text());
    List<Integer> ports = new java.util.ArrayList<>();
    while (payloads.find()) {
      Links.parse(Octets.utf8(payloads.group(1))).forEach(link -> ports.add(link.joinPort().orElseThrow()));
    }
    assertThat(ports).isEqualTo(Pattern.compile("brski-jp=\"?([0-9]+)").matcher(vector.text()).results()
        .map(result -> Integer.valueOf(result.group(1))).collect(Collectors.toList())).isNotEmpty();
  }

  @Test
  void valuesMayBeQuotedBareOrAbsent() throws Exception {
    assertThat(Links.parse(Octets.utf8("<>;brski-jp=\"63245\" ; var=\"a \\\"b\\\", <c>; d\";OBS;rt=\"x brski\" , </a>")))
        .containsExactly(
            new Link("", Map.of("brski-jp", "63245", "var", "a \"b\", <c>; d", "obs", "", "rt", "x brski")), new Link("/a", Map.of()));
    assertThat(Links.parse(Octets.empty())).isEmpty();
    assertThat(Links.parse(Octets.utf8("<>;brski-jp=1;brski-jp=2")).get(0).joinPort()).contains(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "x", "<", "<>;", "<>;=", "<>;a=", "<>;a=\"", "<>;a=\"\\", "<>;a=\"\\\"", "<>,", "<>,,<>", "<> <>", "<a b>", "<a<b>", "<>;a=b c", "<>;a=b\"c\"", ",<>"})
  void malformedLinksAreRefused(String text) {
    assertThatThrownBy(() -> Links.parse(Octets.utf8(text))).isInstanceOf(DecodeException.class);
  }

  @Test
  void linksAreBoundedAndUtf8() {
    for (Octets document : List.of(Octets.utf8("<>,".repeat(64) + "<>"), Octets.utf8("<>" + ";a".repeat(33)), Octets.of(new byte[] {'<', (byte) 0xc3, '>'}))) {
      assertThatThrownBy(() -> Links.parse(document)).isInstanceOf(DecodeException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"70000", "0", "-1", "+1", "65536", "1e3", "0x10", " 1", "", "\"", "999999", "٣"})
  void whatIsNoPortIsNone(String value) {
    assertThat(new Link("", Map.of("brski-jp", value)).joinPort()).isEmpty();
  }

  @Test
  void portsAreDecimal() {
    assertThat(Links.port("65535")).contains(65_535);
    assertThat(Links.port("1")).contains(1);
  }

  @Test
  void coapsHasADefaultPortAndJpyHasNone() throws Exception {
    assertThat(target("coaps://[2001:db8::52]/b", "coaps", Optional.of(5684))).contains("2001:db8:0:0:0:0:0:52 5684");
    assertThat(target("COAPS://[2001:db8::52]:7", "coaps", Optional.of(5684))).contains("2001:db8:0:0:0:0:0:52 7");
    assertThat(target("jpy://[2001:db8::52]:7634", "jpy", Optional.empty())).contains("2001:db8:0:0:0:0:0:52 7634");
    assertThat(target("jpy://[2001:db8::52]:7634/path?query", "jpy", Optional.empty())).contains("2001:db8:0:0:0:0:0:52 7634");
    assertThat(target("jpy://192.0.2.1:7634", "jpy", Optional.empty())).contains("192.0.2.1 7634");
    assertThat(target("jpy://[2001:db8::52]", "jpy", Optional.empty())).isEmpty();
    assertThat(target("jpy://[2001:db8::52]/", "jpy", Optional.empty())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "", "/b", "coaps:", "coaps://", "coaps://host/b", "coap://[2001:db8::52]", "https://[2001:db8::52]", "coaps://[::]", "coaps://[ff02::fd]",
      "coaps://[fe80::1%25eth0]", "coaps://[2001:db8::52]:0", "coaps://[2001:db8::52]:65536", "coaps://[2001:db8::52]:", "coaps://u@[2001:db8::52]",
      "coaps://[:::]", "coaps://999.1.1.1", "coaps://1.2.3", "coaps://[1.2.3.4]x"})
  void targetsThatLeadNowhereAreIgnored(String text) throws Exception {
    assertThat(target(text, "coaps", Optional.of(5684))).isEmpty();
  }

  private static Optional<String> target(String text, String scheme, Optional<Integer> port) throws Exception {
    return LinksTarget.of(text, scheme, port, NetworkInterface.getByName("lo"))
        .map(where -> where.getAddress().getHostAddress() + " " + where.getPort());
  }
}

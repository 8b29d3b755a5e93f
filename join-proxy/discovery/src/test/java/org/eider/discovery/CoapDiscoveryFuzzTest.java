package org.eider.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.eider.discovery.CoapMessage.Type;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages and links of anybody on the link are read or refused, within bounds. */
class CoapDiscoveryFuzzTest {
  static Stream<Arguments> messages() throws DecodeException {
    return Seeds.of(CoapMessage.discovery(1, Octets.hex("0102"), "brski-jp=*").encode(),
        CoapMessage.links(Type.NON_CONFIRMABLE, 2, Octets.hex("0102030405060708"), "<>;brski-jp=1").encode(),
        CoapMessage.bare(Type.RESET, 0, 3, Octets.empty()).encode(), Octets.hex("50010001e1ffff1a"), Octets.hex("58"), Octets.hex("50010001ff"),
        Octets.hex("50010001deffffffff"), Octets.hex("5001000110101010ff00")).arguments();
  }

  static Stream<Arguments> documents() {
    return Seeds.of("<>;brski-jp=8485,<>;brski-jp=\"63245\";var=\"c509 v2\"", "<coaps://[2001:db8::52]/b>;rt=\"brski x\"", "<", "<>;a=\"\\", "<>,".repeat(70),
        "<>" + ";a=b".repeat(40)).andVectors("join-proxy", ".txt").arguments();
  }

  @MethodSource("messages")
  @FuzzTest
  void readsAMessageOrRefuses(byte[] input) {
    Hostile.read(() -> CoapMessage.decode(Octets.of(input))).filter(message -> message.strange().isEmpty())
        .ifPresent(message -> assertThat(Hostile.read(() -> CoapMessage.decode(message.encode()))).contains(message));
  }

  @MethodSource("documents")
  @FuzzTest
  void readsLinksOrRefuses(byte[] input) {
    Hostile.read(() -> Links.parse(Octets.of(input))).ifPresent(links -> links.forEach(link -> {
      assertThat(link.joinPort().orElse(1)).isBetween(1, 65_535);
      link.isOfType("brski");
    }));
  }
}

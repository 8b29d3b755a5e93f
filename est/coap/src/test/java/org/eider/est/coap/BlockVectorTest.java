package org.eider.est.coap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.eider.testkit.Vectors;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;

/** The messages that RFC 9148 appendix B.1 prints: {@code crts} in blocks of 64 octets. */
class BlockVectorTest {
  /** Header and token; Uri-Host, Uri-Port, two of Uri-Path, Accept 281; Block2 comes behind them. */
  private static final String REQUEST = "4101%04x9a" + "3b6578616d706c652e636f6d" + "42237d" + "43657374" + "0463727473" + "620119" + "61%02x";
  /** Block2 of 64 octets. */
  private static final int SZX = 2;

  @Test
  void theBlocksAreThoseThatArePrinted() throws Exception {
    Octets whole = Vectors.named("est", "rfc9148-b1-crts-639.hex").hex();
    JsonNode printed = new ObjectMapper().readTree(Vectors.named("est", "rfc9148-b1-block2.json").text());
    CoapRoutes routes = CoapRoutes.builder()
        .on("GET", "/est/crts", 0, request -> CoapAnswer.content(ContentFormat.CERTS_ONLY, whole)).build();
    try (CoapsServer server = CoapsServer.start(new CoapsConfig("vector", "127.0.0.1", 0, Site.SERVER, Site.limits()), routes);
        RawDtls client = RawDtls.to(server)) {
      assertThat(printed.path("blocks")).hasSize(3);
      for (JsonNode block : printed.path("blocks")) {
        int number = block.path("num").asInt();
        client.send(String.format(REQUEST, 0x1000 + number, number << 4 | SZX));
        String answer = client.receive();
        assertThat(answer).as("block %d", number)
            .startsWith(String.format("6145%04x9a", 0x1000 + number))
            .contains("c2" + "0119" + "b1" + block.path("block2_option_value").asText())
            .endsWith("ff" + block.path("payload_hex").asText());
      }
    }
  }
}

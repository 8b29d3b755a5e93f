package org.eider.est.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.eider.testkit.LogLines;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a server logs and counts. */
class ExchangeLogTest {
  private final Site site = new Site();
  private final LogLines log = LogLines.of(CoapsServer.class);
  private final Queue<CoapEvents.Exchange> exchanges = new ConcurrentLinkedQueue<>();
  private CoapsServer server;

  @BeforeEach
  void start() throws Exception {
    server = CoapsServer.start(new CoapsConfig("site", "127.0.0.1", 0, Site.SERVER, Site.limits()), site.routes().build(),
        new CoapEvents() {
          @Override
          public void exchange(Exchange exchange) {
            exchanges.add(exchange);
          }
        });
  }

  @AfterEach
  void stop() {
    server.close();
    log.close();
  }

  private List<String> lines() {
    return log.texts().stream().filter(line -> line.startsWith("exchange ")).toList();
  }

  @Test
  void anExchangeIsOneLineHoweverManyBlocksItHas() throws Exception {
    try (CoapsConnection connection = Site.connect(server)) {
      connection.exchange(CoapCall.post("/echo", ContentFormat.CBOR, Octets.of(new byte[5000])));
      connection.exchange(CoapCall.get("/no"));
      await().until(() -> lines().size() == 2);
      String session = site.lastSession().id();
      assertThat(lines().get(0)).startsWith("exchange method=POST path=/echo status=2.04 ms=").contains(" session=" + session + " peer=127.0.0.1:");
      assertThat(lines().get(1)).contains("path=/no status=4.03", "outcome=refused reason=NOT_YOU detail=go?away");
      assertThat(exchanges).extracting(CoapEvents.Exchange::code).containsExactly(CoapCode.CHANGED, CoapCode.FORBIDDEN);
      assertThat(exchanges).extracting(exchange -> exchange.route().orElse("-")).containsExactly("/echo", "/no");
      assertThat(exchanges).extracting(exchange -> exchange.reason().orElse("-")).containsExactly("-", "NOT_YOU");
    }
  }

  @Test
  void whatNoServiceSawIsCountedAlwaysAndLoggedInModeration() throws Exception {
    try (CoapsConnection connection = Site.connect(server)) {
      for (int i = 0; i < 200; i++) {
        connection.exchange(CoapCall.get("/nowhere"));
      }
      assertThat(exchanges).hasSize(200).allMatch(exchange -> exchange.route().isEmpty()
          && exchange.reason().orElse("-").equals("NO_SUCH_RESOURCE"));
      assertThat(lines()).hasSizeBetween(20, 199);
    }
  }

  @Test
  void aHandshakeThatFailsIsALineWithoutStackTrace() throws Exception {
    try (RawDtls raw = new RawDtls(server.address(), new org.eider.pki.Credential(
        org.eider.testkit.TestPki.key(org.eider.pki.KeyType.P256).getPrivate(), Site.PLEDGE.chain()), settings -> settings)) {
      raw.send("40010001b568656c6c6f");
      await().until(() -> log.texts().stream().anyMatch(line -> line.startsWith("handshake failed peer=127.0.0.1:")));
      assertThat(log.events()).allMatch(event -> event.getThrowableProxy() == null);
    }
  }
}

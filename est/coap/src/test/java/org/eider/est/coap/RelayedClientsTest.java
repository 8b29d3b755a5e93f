package org.eider.est.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eider.est.coap.CoapEvents.Shed;
import org.eider.est.coap.DatagramFraming.Frame;
import org.eider.limits.SourceLimits;
import org.eider.limits.SourceLimits.Rate;
import org.eider.testkit.HeaderRelay;
import org.eider.testkit.LogLines;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server whose clients come through relays, told apart by the headers of these (constrained-join-proxy sections 4.4 and 7). */
class RelayedClientsTest {
  private static final String GET_HELLO = "40010001b568656c6c6f";
  private static final int LEAST_MTU_PAYLOAD = 1280 - 40 - 8;
  private static final Duration LONG = Duration.ofMinutes(10);

  private final Site site = new Site();
  private final Map<Shed, Integer> shed = new ConcurrentHashMap<>();
  private final AtomicInteger dropped = new AtomicInteger();
  private CoapsServer server;

  private void serve(CoapsConfig.Limits limits, Duration idle) throws IOException {
    CoapsConfig config = new CoapsConfig("relayed", "127.0.0.1", 0, Site.SERVER, limits).withRelayed(new Prefix(), idle);
    server = CoapsServer.start(config, site.routes().build(), new CoapEvents() {
      @Override
      public void shed(Shed what) {
        shed.merge(what, 1, Integer::sum);
      }

      @Override
      public void datagramDropped() {
        dropped.incrementAndGet();
      }
    });
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static CoapsConnection connect(HeaderRelay.Door door) throws IOException {
    return CoapsConnection.open(Site.client(), "127.0.0.1", door.port());
  }

  private static String hello(CoapsConnection connection) throws IOException {
    return connection.exchange(CoapCall.get("/hello")).payload().utf8();
  }

  private HeaderRelay relay() throws IOException {
    return new HeaderRelay(server.address(), new PrefixHeaders());
  }

  private HeaderRelay neighbour() throws IOException {
    return new HeaderRelay(server.address(), InetAddress.getByName("127.0.0.2"), new PrefixHeaders());
  }

  @Test
  void twoClientsBehindOneAddressHaveTheirOwnSessionsAtTheSameTime() throws Exception {
    serve(Site.limits(), LONG);
    try (HeaderRelay relay = relay()) {
      byte[] body = new byte[4000];
      new Random(1).nextBytes(body);
      try (CoapsConnection one = connect(relay.door("one")); CoapsConnection two = connect(relay.door("two"))) {
        List<CompletableFuture<CoapAnswer>> answers = List.of(echo(one, body), echo(two, body));
        for (CompletableFuture<CoapAnswer> answer : answers) {
          assertThat(answer.get().payload()).isEqualTo(Octets.of(body));
        }
        assertThat(site.sessions).hasSize(2).extracting(session -> session.id()).doesNotHaveDuplicates();
        assertThat(site.sessions).extracting(session -> session.peer()).containsOnly(relay.address());
        assertThat(server.sessions()).isEqualTo(2);
      }
      await("the relay is there until it has passed on that both are done").until(() -> server.sessions() == 0);
    }
  }

  private static CompletableFuture<CoapAnswer> echo(CoapsConnection connection, byte[] body) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return connection.exchange(CoapCall.post("/echo", ContentFormat.CBOR, Octets.of(body)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  @Test
  void aClientWhoseHeaderChangesGoesOnByItsConnectionIdAndTheNewestHeaderIsSentBack() throws Exception {
    serve(Site.limits(), LONG);
    try (HeaderRelay relay = relay()) {
      HeaderRelay.Door door = relay.door("first");
      try (CoapsConnection connection = connect(door)) {
        assertThat(hello(connection)).isEqualTo("hello");
        for (String header : List.of("second", "third", "")) {
          door.rename(Octets.utf8(header));
          assertThat(hello(connection)).isEqualTo("hello");
          assertThat(relay.latest().utf8()).isEqualTo(header);
        }
        assertThat(site.sessions).extracting(session -> session.id()).containsOnly(site.lastSession().id());
        assertThat(server.sessions()).isEqualTo(1);
      }
    }
  }

  @Test
  void withoutAConnectionIdAnotherHeaderIsAnotherClient() throws Exception {
    serve(Site.limits(), LONG);
    try (HeaderRelay relay = relay()) {
      HeaderRelay.Door door = relay.door("first");
      try (RawDtls client = new RawDtls(door.address(), Site.PLEDGE, settings -> settings.set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, null))) {
        assertThat(client.ask(GET_HELLO)).isEqualTo("2.05");
        door.rename(Octets.utf8("second"));
        client.send("40010002b568656c6c6f");
        assertThat(client.receive(1000)).isEmpty();
        door.rename(Octets.utf8("first"));
        assertThat(client.ask("40010003b568656c6c6f")).isEqualTo("2.05");
      }
    }
  }

  private Frame exchange(DatagramSocket from, String header, byte[] payload) throws Exception {
    byte[] datagram = new Prefix().wrap(new Frame(Octets.utf8(header), Octets.of(payload))).toArray();
    from.setSoTimeout(2000);
    from.send(new DatagramPacket(datagram, datagram.length, server.address()));
    DatagramPacket answer = new DatagramPacket(new byte[2000], 2000);
    from.receive(answer);
    return new Prefix().unwrap(Octets.of(Arrays.copyOf(answer.getData(), answer.getLength())));
  }

  private static boolean isVerifyRequest(Frame frame) {
    return frame.payload().toArray()[13] == 3;
  }

  @Test
  void aCookieIsGoodForTheHeaderAndTheRelayThatItWasMadeFor() throws Exception {
    serve(Site.limits(), LONG);
    byte[] random = new byte[32];
    try (DatagramSocket one = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        DatagramSocket two = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Frame verify = exchange(one, "header", Hello.client(random, 0, new byte[0]));
      assertThat(verify.header().utf8()).isEqualTo("header");
      assertThat(isVerifyRequest(verify)).isTrue();
      byte[] payload = verify.payload().toArray();
      byte[] cookie = Arrays.copyOfRange(payload, 28, 28 + payload[27]);
      assertThat(isVerifyRequest(exchange(one, "other", Hello.client(random, 1, cookie)))).as("another header").isTrue();
      assertThat(isVerifyRequest(exchange(two, "header", Hello.client(random, 1, cookie)))).as("another relay").isTrue();
      assertThat(server.handshakes()).isZero();
      assertThat(isVerifyRequest(exchange(one, "header", Hello.client(random, 1, cookie)))).isFalse();
      assertThat(server.handshakes()).isEqualTo(1);
    }
  }

  @Test
  void whatIsNotInTheFramingIsDroppedCountedAndLoggedOnce() throws Exception {
    serve(Site.limits(), LONG);
    try (LogLines log = LogLines.of(CoapsServer.class); HeaderRelay relay = relay()) {
      for (int i = 0; i < 1000; i++) {
        relay.raw(new byte[] {9, 1, 2, 3});
      }
      await().until(() -> dropped.get() == 1000);
      try (CoapsConnection honest = connect(relay.door("honest"))) {
        assertThat(hello(honest)).isEqualTo("hello");
      }
      assertThat(log.texts().stream().filter(line -> line.contains("datagram dropped")).toList()).hasSizeBetween(1, 3)
          .allMatch(line -> line.contains("via=127.0.0.1:" + relay.address().getPort()));
      assertThat(relay.largest()).as("honest answers only").isPositive();
    }
  }

  @Test
  void junkWithinTheFramingIsNothingAlsoUnderTheHeaderOfASession() throws Exception {
    serve(Site.limits(), LONG);
    Random random = new Random(7);
    try (HeaderRelay relay = relay(); CoapsConnection honest = connect(relay.door("honest"))) {
      assertThat(hello(honest)).isEqualTo("hello");
      for (int i = 0; i < 3000; i++) {
        byte[] junk = new byte[random.nextInt(600)];
        random.nextBytes(junk);
        if (junk.length > 3 && i % 2 == 0) {
          System.arraycopy(HexFormat.of().parseHex("16fefd"), 0, junk, 0, 3);
        }
        relay.send(Octets.utf8(i % 3 == 0 ? "honest" : "junk" + i % 100), Octets.of(junk));
      }
      assertThat(hello(honest)).isEqualTo("hello");
      assertThat(server.sessions()).isEqualTo(1);
    }
  }

  @Test
  void aFloodOfHeadersPushesNoSessionAside() throws Exception {
    serve(Site.limits(), LONG);
    try (HeaderRelay relay = relay(); CoapsConnection honest = connect(relay.door("honest"))) {
      assertThat(hello(honest)).isEqualTo("hello");
      byte[] hello = Hello.client(new byte[32], 0, new byte[0]);
      for (int i = 0; i < 3 * ReturnPaths.MOST_STRANGERS; i++) {
        relay.send(Octets.utf8("flood" + i), Octets.of(hello));
      }
      assertThat(hello(honest)).isEqualTo("hello");
      assertThat(server.handshakes()).isZero();
    }
  }

  @Test
  void aRelayHoldsSoManySessionsAndItsOldestMakesRoomWhileItsNeighboursHaveTheirOwn() throws Exception {
    serve(Site.limits().withPerSource(new SourceLimits(2, Rate.ANY, Rate.ANY, 100)), LONG);
    try (HeaderRelay relay = relay(); HeaderRelay neighbour = neighbour();
        CoapsConnection one = connect(relay.door("1")); CoapsConnection two = connect(relay.door("2"));
        CoapsConnection beside = connect(neighbour.door("1"))) {
      await().until(() -> server.sessions() == 3);
      hello(two);
      hello(one);
      try (CoapsConnection three = connect(relay.door("3"))) {
        await().until(() -> !two.isOpen());
        assertThat(hello(three)).isEqualTo("hello");
        assertThat(hello(one)).isEqualTo("hello");
        assertThat(hello(beside)).isEqualTo("hello");
        assertThatThrownBy(() -> hello(two)).isInstanceOf(IOException.class);
        assertThat(shed).containsEntry(Shed.SESSION, 1);
      }
    }
  }

  @Test
  void thereAreSoManySessionsInAllAndTheRelayThatHasMostLosesOne() throws Exception {
    serve(Site.limits().withSessions(3), LONG);
    try (HeaderRelay relay = relay(); HeaderRelay neighbour = neighbour();
        CoapsConnection beside = connect(neighbour.door("1")); CoapsConnection one = connect(relay.door("1"));
        CoapsConnection two = connect(relay.door("2")); CoapsConnection three = connect(relay.door("3"))) {
      await().until(() -> !one.isOpen());
      assertThat(hello(beside)).isEqualTo("hello");
      assertThat(hello(two)).isEqualTo("hello");
      assertThat(hello(three)).isEqualTo("hello");
      assertThat(server.sessions()).isEqualTo(3);
    }
  }

  @Test
  void handshakesAreCountedToTheAccountOfTheRelay() throws Exception {
    serve(Site.limits().withPerSource(new SourceLimits(100, new Rate(1, 2), Rate.ANY, 100)), LONG);
    try (HeaderRelay relay = relay(); HeaderRelay neighbour = neighbour();
        CoapsConnection one = connect(relay.door("1")); CoapsConnection two = connect(relay.door("2"))) {
      assertThatThrownBy(() -> connect(relay.door("3"))).isInstanceOf(IOException.class);
      assertThat(shed).containsKey(Shed.SOURCE_HANDSHAKES);
      try (CoapsConnection beside = connect(neighbour.door("1"))) {
        assertThat(List.of(hello(one), hello(two), hello(beside))).containsOnly("hello");
      }
    }
  }

  @Test
  void aSessionFromWhichNothingComesEnds() throws Exception {
    serve(Site.limits(), Duration.ofSeconds(1));
    try (HeaderRelay relay = relay(); CoapsConnection idle = connect(relay.door("1"))) {
      await().until(() -> server.sessions() == 1);
      await().atMost(Duration.ofSeconds(10)).until(() -> server.sessions() == 0);
      await().until(() -> !idle.isOpen());
      try (CoapsConnection again = connect(relay.door("1"))) {
        assertThat(hello(again)).isEqualTo("hello");
      }
    }
  }

  @Test
  void noDatagramIsLargerThanWhatEveryLinkPassesOnWhateverTheHeader() throws Exception {
    serve(Site.limits(), LONG);
    try (HeaderRelay relay = relay();
        CoapsConnection connection = CoapsConnection.open(Site.client().withBlockSize(1024), "127.0.0.1",
            relay.door(Octets.of(new byte[255])).port())) {
      assertThat(connection.exchange(CoapCall.get("/large")).payload().size()).isEqualTo(10_000);
      assertThat(connection.exchange(CoapCall.post("/echo", ContentFormat.CBOR, Octets.of(new byte[5000]))).payload().size()).isEqualTo(5000);
      assertThat(relay.largest()).isBetween(700, LEAST_MTU_PAYLOAD);
    }
  }

  @Test
  void theLogTellsThePeerAndTheRelay() throws Exception {
    serve(Site.limits(), LONG);
    try (LogLines log = LogLines.of(CoapsServer.class); HeaderRelay relay = relay(); CoapsConnection connection = connect(relay.door("one"))) {
      hello(connection);
      await().until(() -> log.texts().stream().anyMatch(line -> line.contains("path=/hello")));
      InetSocketAddress via = relay.address();
      assertThat(log.texts().stream().filter(line -> line.contains("path=/hello")).toList()).singleElement().asString()
          .containsPattern("peer=100:0:0:0:[0-9a-f:]+ via=127.0.0.1:" + via.getPort() + "( |$)");
    }
  }
}

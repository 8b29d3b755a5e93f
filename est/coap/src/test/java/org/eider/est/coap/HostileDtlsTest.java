package org.eider.est.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eider.limits.AddressRange;
import org.eider.limits.SourceLimits;
import org.eider.limits.SourceLimits.Rate;
import org.eider.est.coap.CoapEvents.Shed;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Datagrams that are no DTLS, floods of handshakes, and sessions that are too many: memory stays bounded, an honest client is served. */
class HostileDtlsTest {
  private static final String GET_HELLO = "40010001b568656c6c6f";
  private static final int FLOOD = 20_000;

  private final Site site = new Site();
  private final Map<Shed, Integer> shed = new ConcurrentHashMap<>();
  private final AtomicInteger begun = new AtomicInteger();
  private CoapsServer server;

  private void serve(CoapsConfig.Limits limits) throws IOException {
    server = CoapsServer.start(new CoapsConfig("site", "0.0.0.0", 0, Site.SERVER, limits), site.routes().build(), new CoapEvents() {
      @Override
      public void shed(Shed what) {
        shed.merge(what, 1, Integer::sum);
      }

      @Override
      public void handshakeDone(long nanos) {
        begun.incrementAndGet();
      }
    });
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** 127.0.0.0/8 has an address for everybody. */
  private static InetAddress source(int number) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 1, (byte) (number >> 8), (byte) number});
  }

  private java.net.InetSocketAddress target() {
    return new java.net.InetSocketAddress("127.0.0.1", server.address().getPort());
  }

  private void serveHonestly() throws Exception {
    try (CoapsConnection honest = Site.connect(server)) {
      assertThat(honest.exchange(CoapCall.get("/hello")).payload().utf8()).isEqualTo("hello");
    }
  }

  private static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 10;
  }

  @Test
  void octetsThatAreNoDtlsAreNothing() throws Exception {
    serve(Site.limits());
    Random random = new Random(1);
    try (DatagramSocket socket = new DatagramSocket(0, source(1))) {
      for (int i = 0; i < 5000; i++) {
        byte[] garbage = new byte[1 + random.nextInt(600)];
        random.nextBytes(garbage);
        if (i % 2 == 0) {
          garbage[0] = (byte) (20 + random.nextInt(6));
        }
        socket.send(new DatagramPacket(garbage, garbage.length, target()));
      }
    }
    serveHonestly();
    assertThat(begun.get()).isEqualTo(1);
  }

  @Test
  void aFloodOfHellosFromForgedAddressesLeavesNothingBehind() throws Exception {
    serve(Site.limits());
    serveHonestly();
    long before = heap();
    Random random = new Random(2);
    for (int i = 0; i < FLOOD; i++) {
      byte[] nonce = new byte[32];
      random.nextBytes(nonce);
      byte[] cookie = new byte[i % 2 == 0 ? 0 : 32];
      random.nextBytes(cookie);
      byte[] hello = Hello.client(nonce, 0, cookie);
      try (DatagramSocket socket = new DatagramSocket(0, source(i))) {
        socket.send(new DatagramPacket(hello, hello.length, target()));
      }
    }
    serveHonestly();
    assertThat(server.handshakes()).isZero();
    assertThat(heap() - before).as("KiB").isLessThan(8 * 1024);
  }

  @Test
  void halfOpenHandshakesAreBoundedAndTheOldestMakesRoom() throws Exception {
    serve(Site.limits().withHandshakes(64, Rate.ANY, Duration.ofSeconds(60)));
    serveHonestly();
    long before = heap();
    Random random = new Random(3);
    for (int i = 0; i < 2000; i++) {
      assertThat(Hello.begin(source(i), target(), random)).isTrue();
      assertThat(server.handshakes()).isLessThanOrEqualTo(64);
    }
    serveHonestly();
    assertThat(shed.get(Shed.HANDSHAKE)).isGreaterThanOrEqualTo(2000 - 64);
    await().untilAsserted(() -> assertThat(heap() - before).as("KiB").isLessThan(24 * 1024));
  }

  @Test
  void aRateForAllHandshakesKeepsTwentyThousandOfThemCheap() throws Exception {
    serve(Site.limits().withHandshakes(64, new Rate(100, 100), Duration.ofSeconds(60)));
    serveHonestly();
    long before = heap();
    Random random = new Random(4);
    int goingOn = 0;
    for (int i = 0; i < FLOOD; i++) {
      goingOn += Hello.begin(source(i), target(), random) ? 1 : 0;
    }
    assertThat(goingOn + shed.get(Shed.HANDSHAKES)).isEqualTo(FLOOD);
    assertThat(server.handshakes()).isLessThanOrEqualTo(64);
    await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(this::serveHonestly);
    await().untilAsserted(() -> assertThat(heap() - before).as("KiB").isLessThan(32 * 1024));
  }

  @Test
  void aHandshakeThatStopsIsGivenUp() throws Exception {
    serve(Site.limits().withHandshakes(64, Rate.ANY, Duration.ofSeconds(1)));
    assertThat(Hello.begin(source(1), target(), new Random(5))).isTrue();
    assertThat(server.handshakes()).isEqualTo(1);
    await().until(() -> server.handshakes() == 0);
  }

  @Test
  void aSourceMakesSoManyHandshakesAndNoMore() throws Exception {
    serve(Site.limits().withPerSource(new SourceLimits(100, new Rate(1, 3), Rate.ANY, 100))
        .withTrusted(List.of(AddressRange.parse("127.2.0.0/16")), SourceLimits.NONE));
    Random random = new Random(6);
    for (int i = 0; i < 3; i++) {
      assertThat(Hello.begin(source(1), target(), random)).isTrue();
    }
    assertThat(Hello.begin(source(1), target(), random)).as("an alert instead").isFalse();
    assertThat(shed).containsEntry(Shed.SOURCE_HANDSHAKES, 1);
    assertThat(Hello.begin(source(2), target(), random)).isTrue();
    for (int i = 0; i < 10; i++) {
      assertThat(Hello.begin(InetAddress.getByName("127.2.0.1"), target(), random)).isTrue();
    }
    serveHonestly();
  }

  @Test
  void theSessionThatIdlesLongestOfTheGreediestSourceMakesRoom() throws Exception {
    serve(Site.limits().withSessions(4));
    List<RawDtls> greedy = new ArrayList<>();
    try (CoapsConnection honest = Site.connect(server)) {
      for (int i = 0; i < 6; i++) {
        RawDtls one = new RawDtls(target(), Site.PLEDGE, settings -> settings, source(9));
        greedy.add(one);
        assertThat(one.ask(GET_HELLO)).isEqualTo("2.05");
        assertThat(server.sessions()).isLessThanOrEqualTo(4);
      }
      assertThat(honest.isOpen()).isTrue();
      assertThat(honest.exchange(CoapCall.get("/hello")).code()).isEqualTo(CoapCode.CONTENT);
      assertThat(shed).containsEntry(Shed.SESSION, 3);
    } finally {
      greedy.forEach(RawDtls::close);
    }
  }

  @Test
  void aSourceHoldsSoManySessionsAndItsOldestMakesRoom() throws Exception {
    serve(Site.limits().withPerSource(new SourceLimits(2, Rate.ANY, Rate.ANY, 100)));
    try (CoapsConnection first = Site.connect(server); CoapsConnection second = Site.connect(server)) {
      first.exchange(CoapCall.get("/hello"));
      try (CoapsConnection third = Site.connect(server)) {
        await().until(() -> !second.isOpen());
        assertThat(first.exchange(CoapCall.get("/hello")).code()).isEqualTo(CoapCode.CONTENT);
        assertThat(third.exchange(CoapCall.get("/hello")).code()).isEqualTo(CoapCode.CONTENT);
        assertThatThrownBy(() -> second.exchange(CoapCall.get("/hello"))).isInstanceOf(IOException.class);
        assertThat(server.sessions()).isEqualTo(2);
      }
    }
  }

  @Test
  void aSessionOfWhichTooManyRecordsAreForgedEnds() throws Exception {
    serve(Site.limits());
    try (Relay relay = new Relay(target());
        CoapsConnection connection = CoapsConnection.open(Site.client(), "127.0.0.1", relay.address().getPort())) {
      relay.forgeries.set(100);
      assertThat(connection.exchange(CoapCall.get("/hello")).code()).isEqualTo(CoapCode.CONTENT);
      relay.forgeries.set(400);
      // Whether this one is still answered is a matter of who is faster.
      CompletableFuture.runAsync(() -> assertThatThrownBy(() -> connection.exchange(CoapCall.get("/hello"))));
      await().until(() -> !connection.isOpen());
      await().until(() -> server.sessions() == 0);
    }
    serveHonestly();
  }

  @Test
  void sessionsOfVanishedPeersAreSmall() throws Exception {
    serve(Site.limits().withSessions(2000));
    serveHonestly();
    Map<String, Long> used = new java.util.HashMap<>();
    used.put("before", heap());
    for (int i = 0; i < 300; i++) {
      CoapsConnection pledge = Site.connect(server);
      pledge.exchange(CoapCall.get("/hello"));
      pledge.vanish();
    }
    site.sessions.clear();
    assertThat(server.sessions()).isEqualTo(300);
    await().untilAsserted(() -> assertThat((heap() - used.get("before")) / 300).as("KiB for each").isLessThan(16));
  }
}

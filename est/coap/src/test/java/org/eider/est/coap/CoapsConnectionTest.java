package org.eider.est.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.UntrustedException;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoapsConnectionTest {
  private final Site site = new Site();
  private CoapsServer server;

  @BeforeEach
  void start() throws IOException {
    server = site.server();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aGetIsAnsweredInASessionThatKnowsBothCertificates() throws Exception {
    try (CoapsConnection connection = Site.connect(server)) {
      CoapAnswer answer = connection.exchange(CoapCall.get("/hello"));
      assertThat(answer.code()).isEqualTo(CoapCode.CONTENT);
      assertThat(answer.is(ContentFormat.TEXT)).isTrue();
      assertThat(answer.payload().utf8()).isEqualTo("hello");
      assertThat(site.lastSession().client()).contains(Site.PLEDGE.certificate());
      assertThat(site.lastSession().shown()).isEqualTo(Site.SERVER.certificate());
      assertThat(site.lastSession().peer().getAddress().isLoopbackAddress()).isTrue();
      assertThat(connection.serverChain()).isEqualTo(Site.SERVER.chain());
      connection.exchange(CoapCall.get("/hello"));
      assertThat(site.sessions).extracting(session -> session.id()).hasSize(2).containsOnly(site.lastSession().id());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 511, 512, 513, 1024, 4000, 16 * 1024})
  void bodiesOfAnySizeGoAndComeInBlocks(int size) throws Exception {
    byte[] body = new byte[size];
    new Random(size).nextBytes(body);
    for (int block : new int[] {64, 512, 1024}) {
      try (CoapsConnection connection = Site.connect(server, Site.client().withBlockSize(block))) {
        CoapAnswer answer = connection.exchange(CoapCall.post("/echo", ContentFormat.VOUCHER_COSE, Octets.of(body)));
        assertThat(answer.code()).isEqualTo(CoapCode.CHANGED);
        assertThat(answer.payload()).isEqualTo(Octets.of(body));
        assertThat(answer.is(ContentFormat.VOUCHER_COSE)).isTrue();
      }
    }
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedAtItsFirstBlock() throws Exception {
    try (CoapsConnection connection = Site.connect(server)) {
      CoapAnswer small = connection.exchange(CoapCall.post("/small", ContentFormat.CBOR, Octets.of(new byte[101])));
      CoapAnswer large = connection.exchange(CoapCall.post("/echo", ContentFormat.CBOR, Octets.of(new byte[16 * 1024 + 1])));
      assertThat(small.code()).isEqualTo(CoapCode.REQUEST_ENTITY_TOO_LARGE);
      assertThat(large.code()).isEqualTo(CoapCode.REQUEST_ENTITY_TOO_LARGE);
      assertThat(site.sessions).isEmpty();
    }
  }

  @Test
  void aLargeAnswerComesWithItsEtag() throws Exception {
    try (CoapsConnection connection = Site.connect(server)) {
      CoapAnswer answer = connection.exchange(CoapCall.get("/large").accepting(ContentFormat.CBOR));
      assertThat(answer.payload().size()).isEqualTo(10_000);
      assertThat(answer.etag()).contains(Octets.utf8("v1"));
    }
  }

  @Test
  void aHandlerThatTakesItsTimeIsAnsweredSeparately() throws Exception {
    try (CoapsConnection connection = Site.connect(server)) {
      CompletableFuture<CoapAnswer> answer = CompletableFuture.supplyAsync(() -> {
        try {
          return connection.exchange(CoapCall.get("/wait"));
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      });
      site.waiting.await();
      CompletableFuture.delayedExecutor(1500, java.util.concurrent.TimeUnit.MILLISECONDS).execute(site.gate::countDown);
      assertThat(answer.get().payload().utf8()).isEqualTo("waited");
    }
  }

  @Test
  void aPendingDecisionIsToldAsSuch() throws Exception {
    try (CoapsConnection connection = Site.connect(server)) {
      CoapAnswer answer = connection.exchange(CoapCall.get("/later"));
      assertThat(answer.code()).isEqualTo(CoapCode.SERVICE_UNAVAILABLE);
      assertThat(answer.retryAfter()).contains(Duration.ofSeconds(60));
    }
  }

  @Test
  void refusalsCarryTheirExplanation() throws Exception {
    try (CoapsConnection connection = Site.connect(server)) {
      CoapAnswer no = connection.exchange(CoapCall.get("/no"));
      assertThat(no.code()).hasToString("4.03");
      assertThat(no.payload().utf8()).isEqualTo("go away");
      assertThat(no.contentFormat()).isEmpty();
      assertThat(connection.exchange(CoapCall.get("/nowhere")).code()).isEqualTo(CoapCode.NOT_FOUND);
      assertThat(connection.exchange(CoapCall.get("/echo")).code()).isEqualTo(CoapCode.METHOD_NOT_ALLOWED);
      CoapAnswer failed = connection.exchange(CoapCall.get("/throw"));
      assertThat(failed.code()).isEqualTo(CoapCode.INTERNAL_SERVER_ERROR);
      assertThat(failed.payload().utf8()).doesNotContain("secret");
      assertThat(connection.exchange(CoapCall.post("/nothing", ContentFormat.CBOR, Octets.utf8("x"))).payload().isEmpty()).isTrue();
    }
  }

  @Test
  void optionsArriveAsTheyWereSent() throws Exception {
    try (CoapsConnection connection = Site.connect(server)) {
      CoapCall call = CoapCall.get("/asked").with("rt=a b").with("x").accepting(ContentFormat.JSON).unless(Octets.utf8("v1"));
      assertThat(connection.exchange(call).payload().utf8()).isEqualTo("/asked [rt=a b, x] OptionalInt[50] 1");
    }
  }

  @Test
  void aNumberStandsForAPath() throws Exception {
    try (CoapsConnection connection = Site.connect(server)) {
      CoapCall call = CoapCall.post("/echo", ContentFormat.CBOR, Octets.of(new byte[3000]));
      assertThat(connection.exchange(call.abbreviated(402)).payload().size()).isEqualTo(3000);
      assertThat(connection.exchange(call.abbreviated(999)).code()).isEqualTo(CoapCode.BAD_OPTION);
    }
  }

  @Test
  void aServerThatIsNotTrustedGetsNoRequest() {
    CoapsClientConfig picky = CoapsClientConfig.standard(Site.PLEDGE, (chain, host) -> {
      throw new UntrustedException(UntrustedException.Fault.NO_PATH, "not " + host);
    });
    assertThatThrownBy(() -> Site.connect(server, picky))
        .isInstanceOf(IOException.class).hasCauseInstanceOf(UntrustedException.class).hasMessageContaining("not 127.0.0.1");
    assertThat(server.sessions()).isZero();
  }

  @Test
  void aHandshakeThatBrokeOffIsToldFromOneThatWasRefused() throws Exception {
    assertThatThrownBy(() -> refused(AlertDescription.INTERNAL_ERROR)).isInstanceOf(ConnectException.class).hasMessageContaining("broke off");
    assertThatThrownBy(() -> refused(AlertDescription.BAD_CERTIFICATE)).isInstanceOf(IOException.class).isNotInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> refused(AlertDescription.HANDSHAKE_FAILURE)).isInstanceOf(IOException.class).isNotInstanceOf(ConnectException.class);
  }

  /** By a server that says nothing but one fatal alert. */
  private static void refused(AlertDescription why) throws Exception {
    try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> served = CompletableFuture.runAsync(() -> {
        try {
          DatagramPacket hello = new DatagramPacket(new byte[2000], 2000);
          server.receive(hello);
          byte[] alert = {21, (byte) 0xfe, (byte) 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, why.getCode()};
          server.send(new DatagramPacket(alert, alert.length, hello.getSocketAddress()));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
      CoapsConnection.open(Site.client(), "127.0.0.1", server.getLocalPort()).close();
      served.join();
    }
  }

  @Test
  void aServerThatIsSilentIsGivenUp() throws Exception {
    try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      CoapsClientConfig hasty = Site.client().withTimes(Duration.ofMillis(300), Duration.ofSeconds(1));
      assertThatThrownBy(() -> CoapsConnection.open(hasty, "127.0.0.1", silent.getLocalPort())).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void anAnswerThatDoesNotComeIsGivenUp() throws Exception {
    try (CoapsConnection connection = Site.connect(server, Site.client().withTimes(Duration.ofSeconds(10), Duration.ofMillis(700)))) {
      assertThatThrownBy(() -> connection.exchange(CoapCall.get("/wait"))).isInstanceOf(SocketTimeoutException.class);
      site.gate.countDown();
      assertThat(connection.exchange(CoapCall.get("/hello")).payload().utf8()).isEqualTo("hello");
    }
  }

  @Test
  void aSessionThatTheServerEndsIsNotOpen() throws Exception {
    try (CoapsConnection connection = Site.connect(server)) {
      assertThat(connection.isOpen()).isTrue();
      server.close();
      org.awaitility.Awaitility.await().until(() -> !connection.isOpen());
      assertThatThrownBy(() -> connection.exchange(CoapCall.get("/hello"))).isInstanceOf(IOException.class);
    }
  }

  @Test
  void whatTheServerShowsCanBeRenewed() throws Exception {
    Credential next = Site.PKI.server(java.util.List.of("localhost"), java.util.List.of("127.0.0.1"));
    try (CoapsConnection before = Site.connect(server)) {
      server.show(next);
      try (CoapsConnection after = Site.connect(server)) {
        assertThat(before.serverChain()).isEqualTo(Site.SERVER.chain());
        assertThat(after.serverChain()).isEqualTo(next.chain());
        before.exchange(CoapCall.get("/hello"));
        assertThat(site.lastSession().shown()).isEqualTo(Site.SERVER.certificate());
        after.exchange(CoapCall.get("/hello"));
        assertThat(site.lastSession().shown()).isEqualTo(next.certificate());
      }
    }
    assertThatThrownBy(() -> server.show(Site.PKI.signer("rsa", KeyType.RSA2048))).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sessionsAreCounted() throws Exception {
    try (CoapsConnection one = Site.connect(server); CoapsConnection other = Site.connect(server)) {
      assertThat(one.isOpen() && other.isOpen()).isTrue();
      // The server counts a session when its last flight is out, which the client may see first.
      org.awaitility.Awaitility.await().untilAsserted(() -> assertThat(server.sessions()).isEqualTo(2));
    }
    org.awaitility.Awaitility.await().until(() -> server.sessions() == 0);
  }
}

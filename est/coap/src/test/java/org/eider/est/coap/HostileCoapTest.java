package org.eider.est.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eider.limits.SourceLimits;
import org.eider.limits.SourceLimits.Rate;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CoAP that is wrong, inside of DTLS: refused with the right code, nothing kept, the session and others go on. */
class HostileCoapTest {
  private static final String GET = "4001";
  private static final String POST = "4002";
  private static final String HELLO = "b5" + "68656c6c6f";
  private static final String ECHO = "b4" + "6563686f";
  private static final String CBOR = "113c";
  private static final byte[] BLOCK = new byte[64];

  private final Site site = new Site();
  private CoapsServer server;
  private int mid = 0x1000;

  @BeforeEach
  void start() throws IOException {
    serve(Site.limits());
  }

  private void serve(CoapsConfig.Limits limits) throws IOException {
    server = site.server(limits);
  }

  @AfterEach
  void stop() throws Exception {
    try (CoapsConnection honest = Site.connect(server)) {
      assertThat(honest.exchange(CoapCall.get("/asked")).code()).isEqualTo(CoapCode.CONTENT);
    } finally {
      server.close();
    }
  }

  private String mid() {
    mid++;
    return String.format("%04x", mid);
  }

  /** A block of 64 octets of a POST to /echo: number, whether more follow. */
  private String block(int number, boolean more, String path, String format, byte fill) {
    byte[] payload = new byte[64];
    java.util.Arrays.fill(payload, fill);
    int value = number << 4 | (more ? 8 : 0) | 2;
    // Block1 is option 27, Content-Format is 12
    String option = value < 256 ? String.format("d102%02x", value) : String.format("d202%04x", value);
    return POST + mid() + path + format + option + "ff" + Octets.of(payload).hex();
  }

  private String block(int number, boolean more) {
    return block(number, more, ECHO, CBOR, (byte) number);
  }

  /** Options before Uri-Path (11) count from 0, those behind it from 11. */
  @ParameterizedTest
  @CsvSource({
    "'', e0fcd1, an unknown one", "'', d10501, the reserved 29", "9101, '', oscore", "1101, '', if-match", "50, '', if-none-match",
    "'', d20b6161, proxy-uri", "'', d10f61, proxy-scheme"
  })
  void criticalOptionsThatAreNotUnderstoodAreBadOptions(String before, String after, String what) throws Exception {
    String hello = switch (what) {
      case "oscore" -> before + "2568656c6c6f";
      case "if-match" -> before + "a568656c6c6f";
      case "if-none-match" -> before + "6568656c6c6f";
      default -> HELLO + after;
    };
    try (RawDtls raw = RawDtls.to(server)) {
      assertThat(raw.ask(GET + mid() + hello)).isEqualTo("4.02");
      assertThat(site.sessions).isEmpty();
    }
  }

  @Test
  void electiveOptionsThatAreNotUnderstoodArePassedBy() throws Exception {
    try (RawDtls raw = RawDtls.to(server)) {
      // 65000 is even
      assertThat(raw.ask(GET + mid() + HELLO + "e0fcd0")).isEqualTo("2.05");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "d20003e7, a number that nobody knows", "d1ff, cut off", "d50000000000ff, five octets", "d4ffffffff, the largest",
    "b4656368 6f21 0192, beside a path"
  })
  void anAbbreviationThatIsNoneIsABadOptionAndNeverNotFound(String options, String what) throws Exception {
    try (RawDtls raw = RawDtls.to(server)) {
      String message = switch (what) {
        case "cut off" -> POST + mid() + "d200e7";
        case "beside a path" -> POST + mid() + ECHO + "220192";
        default -> POST + mid() + options;
      };
      assertThat(raw.ask(message)).isEqualTo("4.02");
    }
  }

  @Test
  void blocksThatBeginInTheMiddleAreIncomplete() throws Exception {
    try (RawDtls raw = RawDtls.to(server)) {
      assertThat(raw.ask(block(3, true))).isEqualTo("4.08");
      assertThat(raw.ask(block(0, true))).isEqualTo("2.31");
      assertThat(raw.ask(block(2, true))).isEqualTo("4.08");
      assertThat(raw.ask(block(1, false))).isEqualTo("4.08");
      assertThat(site.sessions).isEmpty();
    }
  }

  @Test
  void blocksThatBeginAgainReplaceWhatCameBefore() throws Exception {
    try (RawDtls raw = RawDtls.to(server)) {
      assertThat(raw.ask(block(0, true, ECHO, CBOR, (byte) 1))).isEqualTo("2.31");
      assertThat(raw.ask(block(1, true, ECHO, CBOR, (byte) 1))).isEqualTo("2.31");
      assertThat(raw.ask(block(0, true, ECHO, CBOR, (byte) 2))).isEqualTo("2.31");
      raw.send(block(1, false, ECHO, CBOR, (byte) 3));
      assertThat(raw.receive()).endsWith("02".repeat(64) + "03".repeat(64));
    }
  }

  @Test
  void blocksThatChangeTheirFormatAreIncomplete() throws Exception {
    try (RawDtls raw = RawDtls.to(server)) {
      assertThat(raw.ask(block(0, true))).isEqualTo("2.31");
      assertThat(raw.ask(block(1, false, ECHO, "1132", (byte) 1))).isEqualTo("4.08");
    }
  }

  @Test
  void blocksBeyondTheBoundOfTheRouteAreTooLarge() throws Exception {
    try (RawDtls raw = RawDtls.to(server)) {
      String small = "b5" + Octets.utf8("small").hex();
      assertThat(raw.ask(block(0, true, small, CBOR, (byte) 1))).isEqualTo("2.31");
      assertThat(raw.ask(block(1, true, small, CBOR, (byte) 1))).isEqualTo("4.13");
      for (int i = 0; i < 256; i++) {
        assertThat(raw.ask(block(i, true))).isEqualTo("2.31");
      }
      assertThat(raw.ask(block(256, true))).isEqualTo("4.13");
    }
  }

  @Test
  void aBlockWithMoreThanItsSizeIsABadRequest() throws Exception {
    try (RawDtls raw = RawDtls.to(server)) {
      // a block of 16 octets with 20 of them
      assertThat(raw.ask(POST + mid() + ECHO + CBOR + "d10208" + "ff" + "00".repeat(20))).isEqualTo("4.00");
    }
  }

  @Test
  void anAnnouncedSizeBeyondTheBoundIsTooLargeAtOnce() throws Exception {
    try (RawDtls raw = RawDtls.to(server)) {
      // Size1 is option 60: 20000 octets
      assertThat(raw.ask(POST + mid() + ECHO + CBOR + "d1020a" + "d2144e20" + "ff" + Octets.of(BLOCK).hex())).isEqualTo("4.13");
      // fewer are announced than come
      assertThat(raw.ask(POST + mid() + ECHO + CBOR + "d1020a" + "d11464" + "ff" + Octets.of(BLOCK).hex())).isEqualTo("2.31");
      assertThat(raw.ask(block(1, true))).isIn("4.13", "2.31");
    }
  }

  @Test
  void twoPeersThatSendBlocksToOnePathAtATimeDoNotMix() throws Exception {
    try (RawDtls one = RawDtls.to(server); RawDtls other = RawDtls.to(server)) {
      for (int i = 0; i < 5; i++) {
        assertThat(one.ask(block(i, true, ECHO, CBOR, (byte) 1))).isEqualTo("2.31");
        assertThat(other.ask(block(i, true, ECHO, CBOR, (byte) 2))).isEqualTo("2.31");
      }
      one.send(block(5, false, ECHO, CBOR, (byte) 1));
      assertThat(one.receive()).endsWith("01".repeat(384)).doesNotContain("0202");
      other.send(block(5, false, ECHO, CBOR, (byte) 2));
      assertThat(other.receive()).endsWith("02".repeat(384)).doesNotContain("0101");
    }
  }

  @Test
  void bodiesThatAreAbandonedHoldUpTheirPeerAlone() throws Exception {
    try (RawDtls raw = RawDtls.to(server); CoapsConnection honest = Site.connect(server)) {
      List<String> codes = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        // Uri-Query makes another resource of it: option 15
        codes.add(raw.ask(POST + mid() + ECHO + CBOR + "31" + String.format("%02x", 0x61 + i) + "c10a" + "ff" + Octets.of(BLOCK).hex()));
      }
      assertThat(codes).containsExactly("2.31", "2.31", "5.03", "5.03", "5.03");
      CoapAnswer answer = honest.exchange(CoapCall.post("/echo", ContentFormat.CBOR, Octets.of(new byte[3000])));
      assertThat(answer.payload().size()).isEqualTo(3000);
    }
  }

  @Test
  void bodiesOfAllPeersTogetherAreBounded() throws Exception {
    server.close();
    serve(Site.limits().withTransfers(3));
    try (RawDtls one = RawDtls.to(server); RawDtls two = RawDtls.to(server); RawDtls three = RawDtls.to(server);
        RawDtls four = RawDtls.to(server)) {
      assertThat(one.ask(block(0, true))).isEqualTo("2.31");
      assertThat(two.ask(block(0, true))).isEqualTo("2.31");
      assertThat(three.ask(block(0, true))).isEqualTo("2.31");
      four.send(block(0, true));
      String answer = four.receive();
      assertThat(RawDtls.code(answer)).isEqualTo("5.03");
      assertThat(one.ask(block(1, false))).isEqualTo("2.04");
      assertThat(four.ask(block(0, true))).isEqualTo("2.31");
    }
  }

  @Test
  void anAnswerThatIsNotKeptAnyMoreIsNotMadeAgainByItsBlocks() throws Exception {
    try (RawDtls raw = RawDtls.to(server)) {
      // Block2 is option 23: number 4
      assertThat(raw.ask(POST + mid() + ECHO + CBOR + "b142" + "ff00")).isEqualTo("4.08");
      assertThat(site.sessions).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "80010001b568656c6c6f", "49010001ffffffffffffffffff", "40010001f0", "40010001b968656c6c6f", "40010001ff", "4001", "40", "400100010f",
    "40e00001", "60450001ff61", "70000001ff", "4000000161", "40010001de"
  })
  void messagesThatAreNoCoapAreRejectedOrPassedBy(String message) throws Exception {
    try (RawDtls raw = RawDtls.to(server)) {
      raw.send(message);
      String answer = raw.receive(300).orElse("");
      // Nothing, a reset, or 4.02 where the header could be read (RFC 7252 section 4.2).
      assertThat(answer).matches("|70.*|6082.*");
      assertThat(raw.ask(GET + mid() + HELLO)).as("the session goes on").isEqualTo("2.05");
    }
  }

  @Test
  void arbitraryOctetsInASessionAreSurvived() throws Exception {
    Random random = new Random(7);
    try (RawDtls raw = RawDtls.to(server)) {
      for (int i = 0; i < 2000; i++) {
        byte[] message = new byte[random.nextInt(120)];
        random.nextBytes(message);
        if (i % 2 == 0 && message.length > 4) {
          message[0] = (byte) (0x40 + random.nextInt(9));
          message[1] = (byte) (1 + random.nextInt(5));
        }
        raw.send(message);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"612f62, a slash in a segment", "0a, a control character", "'', an empty segment", "2e2e, dots"})
  void pathsThatOnlyReadLikeOthersAreRefused(String segment, String what) throws Exception {
    try (RawDtls raw = RawDtls.to(server)) {
      String code = raw.ask(GET + mid() + String.format("b%x", segment.length() / 2) + segment);
      assertThat(code).isEqualTo(what.equals("dots") ? "4.04" : "4.00");
    }
  }

  @Test
  void aRequestThatComesTwiceIsHandledOnceAndAnsweredTwice() throws Exception {
    try (RawDtls raw = RawDtls.to(server)) {
      String request = POST + mid() + ECHO + CBOR + "ff61";
      raw.send(request);
      String first = raw.receive();
      raw.send(request);
      assertThat(raw.receive()).isEqualTo(first);
      assertThat(site.sessions).hasSize(1);
    }
  }

  @Test
  void aMessageIdIsAnothersOwnInAnotherSession() throws Exception {
    String request = POST + mid() + ECHO + CBOR + "ff61";
    try (RawDtls one = RawDtls.to(server); RawDtls other = RawDtls.to(server)) {
      assertThat(one.ask(request)).isEqualTo("2.04");
      assertThat(other.ask(request)).isEqualTo("2.04");
      assertThat(site.sessions).hasSize(2);
    }
  }

  @Test
  void observationIsNotOffered() throws Exception {
    try (RawDtls raw = RawDtls.to(server)) {
      raw.send(GET + mid() + "60" + "55" + HELLO.substring(2));
      assertThat(raw.receive()).startsWith("6045").contains("c0ff").doesNotContain("60" + "60");
    }
  }

  @Test
  void whenAllWorkersAreBusyTheRestIsToldToComeLater() throws Exception {
    server.close();
    serve(Site.limits().withWorkers(1, 1));
    try (RawDtls one = RawDtls.to(server); RawDtls two = RawDtls.to(server); CoapsConnection three = Site.connect(server)) {
      String wait = "b4" + Octets.utf8("wait").hex();
      one.send(GET + mid() + wait);
      site.waiting.await();
      two.send(GET + mid() + wait);
      org.awaitility.Awaitility.await().until(() -> server.queued() == 1);
      CoapAnswer answer = three.exchange(CoapCall.get("/hello"));
      assertThat(answer.code()).isEqualTo(CoapCode.SERVICE_UNAVAILABLE);
      assertThat(answer.maxAge().orElseThrow().toSeconds()).isBetween(5L, 15L);
      assertThat(one.receive()).as("an empty acknowledgement").startsWith("6000");
      site.gate.countDown();
      assertThat(one.receive()).as("an answer of its own").startsWith("4045");
    }
  }

  @Test
  void aSourceMakesSoManyRequestsAndHoldsSoManyWorkersAndNoMore() throws Exception {
    server.close();
    serve(Site.limits().withWorkers(4, 4).withPerSource(new SourceLimits(100, Rate.ANY, new Rate(1, 20), 25)));
    try (CoapsConnection one = Site.connect(server); CoapsConnection two = Site.connect(server); CoapsConnection three = Site.connect(server)) {
      CountDownLatch asked = new CountDownLatch(2);
      List<CompletableFuture<CoapAnswer>> waiting = List.of(one, two).stream().map(connection -> CompletableFuture.supplyAsync(() -> {
        asked.countDown();
        return get(connection, "/wait");
      })).toList();
      asked.await();
      org.awaitility.Awaitility.await().until(() -> server.busyWorkers() == 2);
      assertThat(get(three, "/hello").code()).as("a quarter of 8").isEqualTo(CoapCode.SERVICE_UNAVAILABLE);
      site.gate.countDown();
      for (CompletableFuture<CoapAnswer> answer : waiting) {
        assertThat(answer.get(5, TimeUnit.SECONDS).code()).isEqualTo(CoapCode.CONTENT);
      }
      int served = 0;
      while (get(three, "/hello").code().isSuccess()) {
        served++;
      }
      assertThat(served).isBetween(16, 25);
      org.awaitility.Awaitility.await().until(() -> get(three, "/hello").code().isSuccess());
    }
    org.awaitility.Awaitility.await().until(() -> server.sessions() == 0);
    server.close();
    serve(Site.limits());
  }

  private static CoapAnswer get(CoapsConnection connection, String path) {
    try {
      return connection.exchange(CoapCall.get(path));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.util.stream.Stream;
import org.eider.testkit.LogLines;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/1.1 octet by octet, over a plain socket (RFC 9110, RFC 9112). */
class HttpParsingTest {
  private static final String NL = "\r\n";

  private final Site site = new Site();
  private final LogLines log = LogLines.of(HttpsServer.class);
  private HttpsServer server;
  private Raw raw;

  @BeforeEach
  void start() throws IOException {
    server = site.plain(Site.limits());
    raw = new Raw(server.address());
  }

  @AfterEach
  void stop() throws IOException {
    raw.close();
    server.close();
    log.close();
  }

  @Test
  void oneConnectionCarriesManyRequests() throws IOException {
    for (int i = 0; i < 5; i++) {
      Raw.Answer answer = raw.request("POST", "/echo", "number " + i).answer();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("number " + i);
      assertThat(answer.headers()).doesNotContainKey("connection").containsKey("x-eider-session").containsKey("date");
    }
    assertThat(site.sessions.stream().map(s -> s.id()).distinct()).hasSize(1);
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrder() throws IOException {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      all.append("POST /echo HTTP/1.1" + NL + "Host: x" + NL + "Content-Length: 3" + NL + NL).append(100 + i);
    }
    raw.send(all.toString());
    for (int i = 0; i < 50; i++) {
      assertThat(raw.answer().body()).isEqualTo(Integer.toString(100 + i));
    }
  }

  @Test
  void thousandsOfPipelinedRefusalsDoNotExhaustTheStack() throws IOException {
    int many = 3000;
    raw.send(("GET /no HTTP/1.1" + NL + "Host: x" + NL + NL).repeat(many));
    for (int i = 0; i < many; i++) {
      assertThat(raw.answer().status()).isEqualTo(404);
    }
  }

  @Test
  void aBodyInThousandsOfTinyChunksIsReadWhole() throws IOException {
    raw.send("POST /echo HTTP/1.1" + NL + "Host: x" + NL + "Transfer-Encoding: chunked" + NL + NL + ("1" + NL + "a" + NL).repeat(4000)
        + "0" + NL + NL);
    assertThat(raw.answer().body()).isEqualTo("a".repeat(4000));
    assertThat(raw.request("GET", "/hello", "").answer().status()).isEqualTo(200);
  }

  @Test
  void aRequestCutIntoSingleOctetsIsUnderstood() throws IOException {
    for (char c : ("POST /echo HTTP/1.1" + NL + "Host: x" + NL + "Content-Length: 2" + NL + NL + "ok").toCharArray()) {
      raw.send(String.valueOf(c));
    }
    assertThat(raw.answer().body()).isEqualTo("ok");
  }

  @ParameterizedTest
  @CsvSource({"GET, /nothing", "POST, /files", "GET, /hello/", "GET, /hello%2f", "GET, //hello", "GET, /HELLO", "OPTIONS, /"})
  void anUnknownPathIsAnsweredWith404AndTheConnectionGoesOn(String method, String target) throws IOException {
    assertThat(raw.request(method, target, "").answer().status()).isEqualTo(404);
    assertThat(raw.request("GET", "/hello", "").answer().status()).isEqualTo(200);
  }

  @Test
  void anotherMethodIsAnsweredWith405AndTheMethodsThatWork() throws IOException {
    Raw.Answer answer = raw.request("DELETE", "/echo", "").answer();
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.headers()).containsEntry("allow", "POST, PUT");
  }

  @Test
  void headIsRefusedWithoutBody() throws IOException {
    Raw.Answer answer = raw.request("HEAD", "/hello", "").answer(false);
    assertThat(answer.status()).isEqualTo(405);
    assertThat(raw.request("GET", "/hello", "").answer().body()).isEqualTo("hello\n");
  }

  @Test
  void aRefusalComesBeforeTheBodyAndEndsTheConnection() throws IOException {
    raw.send("POST /nothing HTTP/1.1" + NL + "Host: x" + NL + "Content-Length: 1000000" + NL + NL + "begun");
    Raw.Answer answer = raw.answer();
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.headers()).containsEntry("connection", "close");
    assertThat(raw.ended()).isTrue();
  }

  @Test
  void aRefusalReachesAClientThatKeepsSendingItsBody() throws IOException {
    raw.send("POST /echo HTTP/1.1" + NL + "Host: x" + NL + "Content-Length: 500000" + NL + NL);
    for (int i = 0; i < 50; i++) {
      raw.send("x".repeat(10_000));
    }
    assertThat(raw.answer().status()).isEqualTo(413);
  }

  @Test
  void aBodyOfExactlyTheLimitIsTakenAndOneOctetMoreIsNot() throws IOException {
    assertThat(raw.request("POST", "/echo", "y".repeat(4096)).answer().status()).isEqualTo(200);
    assertThat(raw.request("POST", "/echo", "y".repeat(4097)).answer().status()).isEqualTo(413);
    assertThat(site.sessions).hasSize(1);
  }

  @Test
  void aChunkedBodyBeyondTheLimitIsAnsweredWith413() throws IOException {
    raw.send("POST /echo HTTP/1.1" + NL + "Host: x" + NL + "Transfer-Encoding: chunked" + NL + NL + "1000" + NL + "z".repeat(4096) + NL
        + "1" + NL + "z" + NL);
    assertThat(raw.answer().status()).isEqualTo(413);
    assertThat(raw.ended()).isTrue();
    assertThat(site.sessions).isEmpty();
  }

  @Test
  void aBodyWhereNoneBelongsIsAnsweredWith413() throws IOException {
    assertThat(raw.request("GET", "/hello", "body").answer().status()).isEqualTo(413);
  }

  @Test
  void trailersAreReadAndIgnored() throws IOException {
    raw.send("POST /echo HTTP/1.1" + NL + "Host: x" + NL + "Transfer-Encoding: chunked" + NL + NL + "2" + NL + "hi" + NL + "0" + NL
        + "X-Late: 1" + NL + NL);
    assertThat(raw.answer().body()).isEqualTo("hi");
  }

  @Test
  void continueIsSentOnlyWhenTheBodyIsWanted() throws IOException {
    raw.send("POST /echo HTTP/1.1" + NL + "Host: x" + NL + "Content-Length: 2" + NL + "Expect: 100-continue" + NL + NL);
    assertThat(raw.answer().status()).isEqualTo(100);
    assertThat(raw.send("ok").answer().body()).isEqualTo("ok");
    raw.send("POST /echo HTTP/1.1" + NL + "Host: x" + NL + "Content-Length: 99999" + NL + "Expect: 100-continue" + NL + NL);
    assertThat(raw.answer().status()).isEqualTo(413);
  }

  @Test
  void anotherExpectationIsAnsweredWith417() throws IOException {
    raw.send("POST /echo HTTP/1.1" + NL + "Host: x" + NL + "Content-Length: 2" + NL + "Expect: wonders" + NL + NL + "ok");
    assertThat(raw.answer().status()).isEqualTo(417);
  }

  static Stream<Arguments> ambiguousRequests() {
    String post = "POST /echo HTTP/1.1" + NL + "Host: x" + NL;
    String smuggled = "GET /hello HTTP/1.1" + NL + "Host: x" + NL + NL;
    return Stream.of(
        Arguments.of("both lengths", post + "Content-Length: 4" + NL + "Transfer-Encoding: chunked" + NL + NL + "0" + NL + NL + smuggled,
            400),
        Arguments.of("both lengths, other order", post + "Transfer-Encoding: chunked" + NL + "Content-Length: 4" + NL + NL + "0" + NL
            + NL + smuggled, 400),
        Arguments.of("two lengths", post + "Content-Length: 2" + NL + "Content-Length: 40" + NL + NL + "ok" + smuggled, 400),
        Arguments.of("the same length twice", post + "Content-Length: 2" + NL + "Content-Length: 2" + NL + NL + "ok" + smuggled, 400),
        Arguments.of("a list of lengths", post + "Content-Length: 2, 2" + NL + NL + "ok" + smuggled, 400),
        Arguments.of("a signed length", post + "Content-Length: +2" + NL + NL + "ok" + smuggled, 400),
        Arguments.of("a negative length", post + "Content-Length: -2" + NL + NL + smuggled, 400),
        Arguments.of("a hexadecimal length", post + "Content-Length: 0x2" + NL + NL + "ok" + smuggled, 400),
        Arguments.of("an endless length", post + "Content-Length: 99999999999999999999999" + NL + NL + smuggled, 400),
        Arguments.of("an unknown coding", post + "Transfer-Encoding: gzip, chunked" + NL + NL + "0" + NL + NL + smuggled, 400),
        Arguments.of("chunked twice", post + "Transfer-Encoding: chunked" + NL + "Transfer-Encoding: chunked" + NL + NL + "0" + NL + NL
            + smuggled, 400),
        Arguments.of("identity", post + "Transfer-Encoding: identity" + NL + NL + smuggled, 400),
        Arguments.of("a disguised coding", post + "Transfer-Encoding: xchunked" + NL + NL + smuggled, 400),
        Arguments.of("a coding before 1.1", "POST /echo HTTP/1.0" + NL + "Transfer-Encoding: chunked" + NL + NL + "0" + NL + NL
            + smuggled, 400),
        Arguments.of("space before the colon", post + "Content-Length : 2" + NL + NL + "ok" + smuggled, 400),
        Arguments.of("a bare line feed", "POST /echo HTTP/1.1\nHost: x\nContent-Length: 2\n\nok" + smuggled, 400),
        Arguments.of("a chunk size that is no number", post + "Transfer-Encoding: chunked" + NL + NL + "zz" + NL + "ok" + NL + smuggled,
            400),
        Arguments.of("a chunk size with sign", post + "Transfer-Encoding: chunked" + NL + NL + "-2" + NL + "ok" + NL + smuggled, 400),
        Arguments.of("an endless chunk size", post + "Transfer-Encoding: chunked" + NL + NL + "fffffffffffff" + NL + smuggled, 400),
        Arguments.of("a chunk longer than it says", post + "Transfer-Encoding: chunked" + NL + NL + "1" + NL + "okay" + NL + "0" + NL
            + NL + smuggled, 400),
        Arguments.of("no Host", "GET /hello HTTP/1.1" + NL + NL + smuggled, 400),
        Arguments.of("two Hosts", "GET /hello HTTP/1.1" + NL + "Host: x" + NL + "Host: y" + NL + NL + smuggled, 400),
        Arguments.of("another version", "GET /hello HTTP/2.0" + NL + "Host: x" + NL + NL + smuggled, 400),
        Arguments.of("no HTTP", "hello" + NL + NL + smuggled, 400),
        Arguments.of("a zero octet in a header", "GET /hello HTTP/1.1" + NL + "Host: x" + NL + "A: b\0c" + NL + NL + smuggled, 400));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ambiguousRequests")
  void whatCouldHideASecondRequestIsRefusedAndTheConnectionEnds(String what, String octets, int status) throws IOException {
    Raw.Answer answer = raw.send(octets).answer();
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.headers()).containsEntry("connection", "close").containsKey("x-eider-session");
    assertThat(raw.ended()).isTrue();
    assertThat(site.sessions).isEmpty();
  }

  @Test
  void headersBeyondTheLimitAreAnsweredWith431() throws IOException {
    raw.send("GET /hello HTTP/1.1" + NL + "Host: x" + NL + "X-Long: " + "h".repeat(9000) + NL + NL);
    assertThat(raw.answer().status()).isEqualTo(431);
    assertThat(raw.ended()).isTrue();
  }

  @Test
  void manySmallHeadersBeyondTheLimitAreAnsweredWith431() throws IOException {
    raw.send("GET /hello HTTP/1.1" + NL + "Host: x" + NL + ("a: b" + NL).repeat(3000) + NL);
    assertThat(raw.answer().status()).isEqualTo(431);
  }

  @Test
  void aRequestLineBeyondTheLimitIsAnsweredWith414() throws IOException {
    raw.send("GET /" + "l".repeat(9000) + " HTTP/1.1" + NL + "Host: x" + NL + NL);
    assertThat(raw.answer().status()).isEqualTo(414);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/files/../hello", "/files/%2e%2e/hello", "/files/.%2E/hello", "/./hello", "/hello/%2e", "/hello%00",
      "/hello%0d%0aX:1", "/hel%6", "/%zz",
      "/caf%e9", "hello", "*", "x:443", "/hello#x"})
  void aTargetThatNeedsInterpretationIsRefused(String target) throws IOException {
    assertThat(raw.request("GET", target, "").answer().status()).isEqualTo(400);
    assertThat(site.sessions).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
      "/files/a%2Fb, /files/a/b -", "/files/a/b?x=%2F&y, /files/a/b x=%2F&y", "/files/%C3%A9, /files/é -", "/%66iles/a, /files/a -",
      "https://other.example/files/a, /files/a -", "http://other.example:1/files/?q, /files/ q"
  })
  void aPathIsDecodedOnceAndTheAuthorityOfAnAbsoluteTargetIgnored(String target, String seen) throws IOException {
    assertThat(raw.request("GET", target, "").answer().body()).isEqualTo(seen + "\n");
  }

  @Test
  void anEncodedSlashMakesNoRouteOutOfTwoSegments() throws IOException {
    assertThat(raw.request("GET", "/files%2Fa", "").answer().status()).isEqualTo(404);
  }

  @Test
  void aHandlerThatThrowsIsAnsweredWith500WithoutDetailAndLoggedOnce() throws IOException {
    Raw.Answer answer = raw.request("GET", "/throw", "").answer();
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.body()).doesNotContain("secret");
    assertThat(log.events().stream().filter(e -> e.getLevel() == Level.ERROR)).singleElement()
        .satisfies(e -> assertThat(e.getThrowableProxy().getMessage()).isEqualTo("secret detail"));
    assertThat(raw.request("GET", "/hello", "").answer().status()).isEqualTo(200);
  }

  @Test
  void aHeaderThatWouldSplitTheAnswerIsAFaultOfTheHandler() throws IOException {
    Raw.Answer answer = raw.request("GET", "/bad-header", "").answer();
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.headers()).doesNotContainKey("b");
  }

  @Test
  void anAnswerWithoutContentHasNoLength() throws IOException {
    Raw.Answer answer = raw.request("GET", "/empty", "").answer();
    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.headers()).doesNotContainKey("content-length");
    assertThat(raw.request("GET", "/hello", "").answer().status()).isEqualTo(200);
  }

  @Test
  void aHandlerMayEndTheConnection() throws IOException {
    Raw.Answer answer = raw.request("GET", "/leave", "").answer();
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.headers()).containsEntry("connection", "close");
    assertThat(raw.ended()).isTrue();
  }

  @Test
  void aClientMayEndTheConnection() throws IOException {
    raw.send("GET /hello HTTP/1.1" + NL + "Host: x" + NL + "Connection: close" + NL + NL);
    assertThat(raw.answer().headers()).containsEntry("connection", "close");
    assertThat(raw.ended()).isTrue();
  }

  @Test
  void beforeVersionElevenAConnectionCarriesOneRequestWhateverItAsksFor() throws IOException {
    raw.send("POST /echo HTTP/1.0" + NL + "Connection: keep-alive" + NL + "Content-Length: 2" + NL + "Content-Length: 9" + NL + NL + "ok"
        + "GET /hello HTTP/1.1" + NL + "Host: x" + NL + NL);
    assertThat(raw.answer().body()).isEqualTo("ok");
    assertThat(raw.ended()).isTrue();
    assertThat(site.sessions).hasSize(1);
  }

  @Test
  void eachExchangeIsOneLogLineWithSessionAndNote() throws IOException {
    String session = raw.request("GET", "/leave", "").answer().headers().get("x-eider-session");
    await().until(() -> !log.texts().isEmpty());
    assertThat(log.texts()).singleElement().asString()
        .matches("exchange method=GET path=/leave status=401 ms=\\d+ session=" + session
            + " peer=127\\.0\\.0\\.1:\\d+ outcome=refused reason=NOT_YOU detail=go\\?away");
  }

  @Test
  void aPathCannotForgeLogLinesNorFillTheLog() throws IOException {
    raw.request("GET", "/files/%E2%80%A8%C2%85%E2%80%AE" + "p".repeat(1500), "").answer();
    await().until(() -> !log.texts().isEmpty());
    assertThat(log.texts()).singleElement().asString().startsWith("exchange method=GET path=/files/???ppp").hasSizeLessThan(320);
  }
}

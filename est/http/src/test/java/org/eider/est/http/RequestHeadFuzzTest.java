package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a client sends as HTTP is a request that a route answers, or is refused with a status that tells it so. */
class RequestHeadFuzzTest {
  private static final int MAX_HEADER = 16 * 1024;
  private static final Routes ROUTES = Routes.builder()
      .on("POST", "/a", 100, request -> HttpResponse.empty(200))
      .on("GET", "/a", 0, request -> HttpResponse.empty(200))
      .under("POST", "/b/", 1000, request -> HttpResponse.empty(200))
      .build();

  static Stream<Arguments> seeds() {
    String post = "POST /a HTTP/1.1\r\nHost: x\r\n";
    return Seeds.of("GET /a HTTP/1.1\r\nHost: x\r\n\r\n", post + "Content-Length: 3\r\n\r\nabc", post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        post + "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nTrailer: z\r\n\r\n", post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", post + "Content-Length: -1\r\n\r\n", post + "Content-Length: 99999999999999999999\r\n\r\n",
        post + "Expect: 100-continue\r\nContent-Length: 1\r\n\r\n", "GET /b/%2f HTTP/1.0\r\n\r\n", "GET /a HTTP/2.0\r\n\r\n", "GET  /a\tHTTP/1.1\r\n\r\n",
        post + " folded: x\r\n\r\n", post + "A : b\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        "\r\n".repeat(50) + "GET /a HTTP/1.1\r\nHost: x\r\n\r\n", post + "Transfer-Encoding: gzip, chunked\r\n\r\n").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void judgesEveryHead(byte[] input) {
    Hostile.read(() -> {
      EmbeddedChannel channel = new EmbeddedChannel(new StrictRequestDecoder(ServerPipeline.http(MAX_HEADER)));
      channel.writeInbound(Unpooled.wrappedBuffer(input));
      channel.finish();
      for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
        if (message instanceof io.netty.handler.codec.http.HttpRequest head) {
          judge(head);
        }
        ReferenceCountUtil.release(message);
      }
      return true;
    });
  }

  private static void judge(io.netty.handler.codec.http.HttpRequest head) {
    try {
      RequestHead judged = RequestHead.judge(head, ROUTES);
      assertThat(judged.target().path()).matches("/a|/b/(?s:.*)");
      assertThat(judged.headers().all().getOrDefault("content-length", List.of())).hasSizeLessThan(2);
    } catch (RequestHead.Refused refused) {
      assertThat(refused.answer().status()).isIn(400, 404, 405, 413, 414, 417, 431);
    }
  }
}

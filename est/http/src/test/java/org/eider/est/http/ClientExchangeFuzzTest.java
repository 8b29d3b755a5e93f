package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a server answers is one response within the bounds, or an {@link IOException}; nobody waits for ever. */
class ClientExchangeFuzzTest {
  private static final int MAX_BODY = 1000;

  static Stream<Arguments> seeds() {
    return Seeds.of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\nuntil the end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nA: b\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "ICY 200 OK\r\n\r\n", "HTTP/1.1 999 \r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nabc", "HTTP/1.1 -1 x\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length:99999999999\n\n").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void givesAResponseOrFails(byte[] input) {
    Hostile.read(() -> {
      ClientExchange exchange = new ClientExchange(MAX_BODY);
      EmbeddedChannel channel =
          new EmbeddedChannel(new HttpResponseDecoder(ServerPipeline.http(32 * 1024).setStrictLineParsing(false)), exchange);
      CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
      exchange.expect(answer);
      if (input.length > 1) {
        int half = Math.min(input[0] & 0xff, input.length);
        channel.writeInbound(Unpooled.copiedBuffer(input, 0, half));
        if (channel.isOpen()) {
          channel.writeInbound(Unpooled.copiedBuffer(input, half, input.length - half));
        }
      }
      channel.finishAndReleaseAll();
      assertThat(answer).isDone();
      answer.handle((response, failure) -> failure == null ? isFine(response) : isDeclared(failure)).join();
      return true;
    });
  }

  private static boolean isFine(HttpResponse response) {
    assertThat(response.status() / 100).isBetween(2, 9);
    assertThat(response.body().size()).isLessThanOrEqualTo(MAX_BODY);
    return true;
  }

  private static boolean isDeclared(Throwable failure) {
    assertThat(failure).isInstanceOf(IOException.class);
    return true;
  }
}

package org.eider.est.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eider.wire.Octets;

/**
 * Collects the responses of one connection, one at a time; interim ones (1xx) are skipped. Whatever is not the answer to a question
 * that was asked ends the connection. Runs on the connection's event loop.
 */
final class ClientExchange extends ChannelInboundHandlerAdapter {
  private final int maxBody;
  private static final int LEAST_STATUS = 100;
  private static final int GREATEST_STATUS = 999;

  private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private Optional<CompletableFuture<HttpResponse>> asked = Optional.empty();
  private Optional<io.netty.handler.codec.http.HttpResponse> head = Optional.empty();
  private boolean octetsSeen;
  private volatile boolean over;

  ClientExchange(int maxBody) {
    this.maxBody = maxBody;
  }

  /** The next response completes {@code answer}. */
  void expect(CompletableFuture<HttpResponse> answer) {
    asked = Optional.of(answer);
    head = Optional.empty();
    octetsSeen = false;
    body.reset();
  }

  /** Whether this connection will carry no further exchange; may be asked from any thread. */
  boolean isOver() {
    return over;
  }

  void octetsSeen() {
    octetsSeen = true;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (asked.isEmpty()) {
        end(ctx);
      } else if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
        fail(ctx, new UnusableResponseException("the response is no HTTP", part.decoderResult().cause()));
      } else {
        take(ctx, message);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(ctx, ended(new ClosedChannelException()));
  }

  /** The peer's close_notify ends the connection as much as the end of TCP does. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslCloseCompletionEvent) {
      end(ctx);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(ctx, ended(cause));
  }

  /** How a connection ended that somebody may be waiting on. */
  IOException ended(Throwable cause) {
    return octetsSeen
        ? new IOException("the connection ended within the response: " + ExchangeLog.reason(cause), cause)
        : new StaleConnectionException("the connection ended before the response: " + ExchangeLog.reason(cause), cause);
  }

  private void take(ChannelHandlerContext ctx, Object message) {
    if (message instanceof io.netty.handler.codec.http.HttpResponse response) {
      int status = response.status().code();
      if (status < LEAST_STATUS || status > GREATEST_STATUS) {
        fail(ctx, new UnusableResponseException("the response's status is no number of three digits"));
        return;
      }
      head = Optional.of(response);
    }
    if (message instanceof HttpContent content) {
      if (content.content().readableBytes() > maxBody - body.size()) {
        fail(ctx, new UnusableResponseException("the response is larger than " + maxBody + " octets"));
        return;
      }
      body.writeBytes(ByteBufUtil.getBytes(content.content()));
      if (message instanceof LastHttpContent) {
        complete(ctx);
      }
    }
  }

  private void complete(ChannelHandlerContext ctx) {
    io.netty.handler.codec.http.HttpResponse whole = head.orElseThrow();
    int status = whole.status().code();
    if (status >= 100 && status < 200) {
      body.reset();
      return;
    }
    boolean last = !HttpUtil.isKeepAlive(whole);
    Optional<CompletableFuture<HttpResponse>> answer = asked;
    asked = Optional.empty();
    if (last) {
      end(ctx);
    }
    answer.ifPresent(a -> a.complete(new HttpResponse(status, headers(whole), Octets.of(body.toByteArray()), last)));
  }

  private void fail(ChannelHandlerContext ctx, IOException failure) {
    asked.ifPresent(answer -> answer.completeExceptionally(failure));
    asked = Optional.empty();
    end(ctx);
  }

  private void end(ChannelHandlerContext ctx) {
    over = true;
    ctx.close();
  }

  private static Headers headers(io.netty.handler.codec.http.HttpResponse response) {
    Map<String, List<String>> all = new HashMap<>();
    response.headers().forEach(header ->
        all.computeIfAbsent(header.getKey().toLowerCase(Locale.ROOT), name -> new ArrayList<>()).add(header.getValue()));
    return new Headers(all);
  }
}

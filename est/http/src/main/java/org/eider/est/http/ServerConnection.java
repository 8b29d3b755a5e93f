package org.eider.est.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.eider.est.ClientSession;
import org.eider.est.Notes;
import org.eider.limits.Quota;
import org.eider.est.http.ServerEvents.Shed;
import org.eider.wire.Octets;

/**
 * One connection to the server: one request after the other, each read whole, handled on a worker, answered, and only then the next
 * one looked at. Nothing is read from the socket while a handler runs: reading is switched off, and what was decoded already waits
 * in the flow control handler. Every method runs on the connection's event loop, except
 * {@link #handle} and {@link #drain}.
 */
final class ServerConnection extends ChannelInboundHandlerAdapter {
  private static final HttpResponse LATE = KitRefusal.TOO_SLOW.answer("the request did not come in time").closing();

  /** Where the connection stands. */
  private enum Phase {
    /** TLS is not established. */
    GREETING,
    /** No octet of a request has come. */
    IDLE,
    /** Some octets of a request's head have come. */
    HEAD,
    /** The head is read, the body is coming. */
    BODY,
    /** A worker has it, or the answer is being written. */
    BUSY,
    /** Nothing is read any more. */
    OVER
  }

  private final ServerContext server;
  private final Channel channel;
  private final X509Certificate shown;
  private final InetSocketAddress peer;
  private final String id;
  /** Not reused: a connection that idles would keep the room of the largest body it ever sent. */
  private ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private Phase phase = Phase.GREETING;
  private Optional<ClientSession> session = Optional.empty();
  private Optional<RequestHead> head = Optional.empty();
  private Optional<HttpResponse> early = Optional.empty();
  private Notes notes = new Notes();
  private Optional<ScheduledFuture<?>> timer = Optional.empty();
  private String method = "-";
  private String path = "-";
  private boolean keepAlive;
  private Optional<Quota> quota = Optional.empty();
  private final long accepted = System.nanoTime();
  private long begun;

  ServerConnection(ServerContext server, Channel channel, X509Certificate shown) {
    this.server = server;
    this.channel = channel;
    this.shown = shown;
    this.peer = channel.remoteAddress() instanceof InetSocketAddress address ? address : new InetSocketAddress(0);
    this.id = server.newSessionId();
  }

  /** Octets came in; the first of a request start its clock. */
  void octetsSeen() {
    if (phase == Phase.IDLE) {
      begin();
    }
  }

  /** Ends the connection as soon as nothing is in flight on it. */
  void drain() {
    channel.eventLoop().execute(() -> {
      if (phase == Phase.GREETING || phase == Phase.IDLE) {
        over();
      }
    });
  }

  /** Waits for the end of the connection; tells whether it came in time. Not for event loops. */
  boolean awaitEnd(long nanos) {
    return channel.closeFuture().awaitUninterruptibly(Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  /** Ends the connection now. */
  ChannelFuture abort() {
    return channel.close();
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (!server.isSecure()) {
      session = Optional.of(new ClientSession(id, peer, List.of(), shown, Optional.empty()));
      await();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancelTimer();
    phase = Phase.OVER;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && phase == Phase.GREETING) {
      server.gate().greeted(this);
      if (handshake.isSuccess()) {
        server.events().handshakeDone(System.nanoTime() - accepted);
        established(ctx.pipeline().get(SslHandler.class).engine());
      } else {
        server.events().handshakeFailed(System.nanoTime() - accepted);
        server.log().handshakeFailed(id, peer, handshake.cause());
        over();
      }
    }
  }

  /** A broken connection, or octets that are no TLS: there is nobody left to answer. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException || cause instanceof CodecException)) {
      ExchangeLog.connectionFailed(id, cause);
    }
    if (phase != Phase.GREETING) {
      over();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof io.netty.handler.codec.http.HttpRequest request) {
        onHead(request);
      }
      if (message instanceof HttpContent content && phase == Phase.BODY) {
        onContent(content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void established(SSLEngine engine) {
    session = Optional.of(new ClientSession(id, peer, chainOf(engine), shown, Bindings.of(engine)));
    engine.getSession().invalidate();
    await();
  }

  /** Waits for the next request. */
  private void await() {
    phase = Phase.IDLE;
    method = "-";
    path = "-";
    head = Optional.empty();
    early = Optional.empty();
    notes = new Notes();
    body = new ByteArrayOutputStream(0);
    if (server.isDraining() || !server.gate().settle(this)) {
      over();
      return;
    }
    after(server.limits().idle(), this::over);
    channel.eventLoop().execute(() -> channel.config().setAutoRead(true));
  }

  private void begin() {
    phase = Phase.HEAD;
    begun = System.nanoTime();
    server.gate().settle(this);
    after(server.limits().request(), () -> answer(LATE));
  }

  private void onHead(io.netty.handler.codec.http.HttpRequest request) {
    if (phase == Phase.IDLE) {
      begin();
    }
    if (phase != Phase.HEAD) {
      return;
    }
    method = request.method().name();
    path = request.uri().split("\\?", 2)[0];
    keepAlive = HttpUtil.isKeepAlive(request) && request.protocolVersion().equals(HttpVersion.HTTP_1_1);
    phase = Phase.BODY;
    boolean paid = quota().request();
    try {
      RequestHead judged = RequestHead.judge(request, server.routes());
      path = judged.target().path();
      head = Optional.of(judged);
      if (!paid) {
        shed(judged, tooMany());
      } else if (judged.expectsContinue()) {
        channel.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
      }
    } catch (RequestHead.Refused refused) {
      refuse(request, paid ? refused.answer() : refused.answer().close() ? tooMany().closing() : tooMany());
    }
  }

  private HttpResponse tooMany() {
    return server.shed(Shed.SOURCE_REQUESTS, KitRefusal.SOURCE_REQUESTS, "too many requests from where you are");
  }

  /** Answers without the body: at once and for the last time if one may be coming, else behind the end of the request. */
  private void refuse(io.netty.handler.codec.http.HttpRequest request, HttpResponse answer) {
    if (answer.close() || request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING) || HttpUtil.getContentLength(request, 0L) > 0) {
      answer(answer.closing());
    } else {
      early = Optional.of(answer);
    }
  }

  /** Answers behind the body, so that the connection can be used again; unless the client waits for a word before it sends one. */
  private void shed(RequestHead judged, HttpResponse answer) {
    if (judged.expectsContinue()) {
      answer(answer.closing());
    } else {
      early = Optional.of(answer);
    }
  }

  private Quota quota() {
    Quota known = quota.orElseGet(() -> server.gate().quota(this));
    quota = Optional.of(known);
    return known;
  }

  private void onContent(HttpContent content) {
    if (content.decoderResult().isFailure()) {
      answer(RequestHead.malformed(content.decoderResult()));
      return;
    }
    int most = head.map(h -> h.route().maxBody()).orElse(0);
    ByteBuf octets = content.content();
    if (octets.readableBytes() > most - body.size()) {
      answer(head.map(h -> RequestHead.tooLarge(h.route())).orElse(LATE));
      return;
    }
    body.writeBytes(ByteBufUtil.getBytes(octets));
    if (content instanceof LastHttpContent) {
      early.ifPresentOrElse(this::answer, this::dispatch);
    }
  }

  private void dispatch() {
    if (!busy()) {
      return;
    }
    Quota source = quota();
    if (!source.takesOff()) {
      answer(server.shed(Shed.SOURCE_SHARE, KitRefusal.SOURCE_SHARE, "too many requests wait already, of where you are"));
      return;
    }
    RequestHead complete = head.orElseThrow();
    HttpRequest request = new HttpRequest(complete.method(), complete.target().path(), complete.target().query(), complete.headers(),
        Octets.of(body.toByteArray()), session.orElseThrow().forRequest());
    body = new ByteArrayOutputStream(0);
    notes = request.session().notes();
    try {
      server.workers().execute(() -> {
        try {
          handle(complete.route().handler(), request);
        } finally {
          source.landed();
        }
      });
    } catch (RejectedExecutionException full) {
      source.landed();
      answer(server.shed(Shed.QUEUE_FULL, KitRefusal.QUEUE_FULL, "too many requests wait already"));
    }
  }

  /** Runs on a worker. Catches everything: this is the root of what a request does. */
  private void handle(HttpHandler handler, HttpRequest request) {
    HttpResponse response;
    FullHttpResponse encoded;
    try {
      response = handler.handle(request);
      encoded = encode(response);
    } catch (Throwable failure) {
      ExchangeLog.handlerFailed(request.method(), request.path(), id, failure);
      response = KitRefusal.INTERNAL.answer("internal error");
      encoded = encode(response);
    }
    HttpResponse answered = response;
    FullHttpResponse written = encoded;
    try {
      channel.eventLoop().execute(() -> write(answered, written, false));
    } catch (RejectedExecutionException closed) {
      log(answered, false);
    }
  }

  /** Answers from the event loop; what is left of the request is not read. */
  private void answer(HttpResponse response) {
    boolean unread = response.close() && phase != Phase.BUSY;
    write(response, encode(response), unread);
  }

  private FullHttpResponse encode(HttpResponse response) {
    return server.encode(response, id, method.equals("HEAD"));
  }

  private void write(HttpResponse response, FullHttpResponse encoded, boolean unread) {
    if (phase == Phase.OVER) {
      encoded.release();
      log(response, false);
      return;
    }
    if (!busy()) {
      encoded.release();
      log(response, false);
      return;
    }
    boolean last = response.close() || !keepAlive || server.isDraining();
    if (last) {
      encoded.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    after(server.limits().request(), this::over);
    channel.writeAndFlush(encoded).addListener(written -> {
      log(response, written.isSuccess());
      if (!written.isSuccess() || last && !unread) {
        over();
      } else if (last) {
        cancelTimer();
        phase = Phase.OVER;
        Linger.begin(channel);
      } else {
        await();
      }
    });
  }

  /** From now until the answer is written, nothing more is taken from the peer; tells whether the connection has not been sent away. */
  private boolean busy() {
    if (!server.gate().stir(this)) {
      over();
      return false;
    }
    phase = Phase.BUSY;
    channel.config().setAutoRead(false);
    cancelTimer();
    return true;
  }

  private void over() {
    cancelTimer();
    phase = Phase.OVER;
    channel.close();
  }

  private void log(HttpResponse response, boolean delivered) {
    long nanos = System.nanoTime() - begun;
    long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
    server.log().exchange(new ExchangeLog.Line(method, path, response, millis, id, peer, delivered), notes);
    server.events().exchange(new ServerEvents.Exchange(head.map(h -> h.route().name()), response.status(),
        notes.value(Notes.REASON), nanos));
  }

  private void after(Duration delay, Runnable task) {
    cancelTimer();
    timer = Optional.of(channel.eventLoop().schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void cancelTimer() {
    timer.ifPresent(t -> t.cancel(false));
    timer = Optional.empty();
  }

  private static List<X509Certificate> chainOf(SSLEngine engine) {
    try {
      List<X509Certificate> chain = new ArrayList<>();
      for (java.security.cert.Certificate certificate : engine.getSession().getPeerCertificates()) {
        chain.add((X509Certificate) certificate);
      }
      return chain;
    } catch (SSLPeerUnverifiedException none) {
      return List.of();
    }
  }
}

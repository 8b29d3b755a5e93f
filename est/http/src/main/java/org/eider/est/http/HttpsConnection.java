package org.eider.est.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import org.eider.est.ChannelBinding;
import org.eider.est.ServerTrust;
import org.eider.pki.UntrustedException;
import org.eider.wire.Octets;

/**
 * One TLS connection to one server, for one request after the other. Blocking; for one thread at a time. Redirects are returned, not
 * followed.
 *
 * <p>{@link ServerTrust} is asked during the handshake, on an event loop that all connections share, so it must not block. In TLS 1.3
 * the channel binding is there only when the server asked for a client certificate and the configuration has one.
 */
public final class HttpsConnection implements AutoCloseable {
  private static final int MAX_HEADER = 32 * 1024;
  private static final int MAX_CHUNK = 16 * 1024;

  private final ClientConfig config;
  private final String authority;
  private final Channel channel;
  private final ClientExchange exchange;
  private final List<X509Certificate> serverChain;
  private final Optional<ChannelBinding> binding;
  private final String protocol;
  private volatile int exchanges;

  /** A TCP connection and what it passes through; a pipeline forgets its handlers when the connection ends, so they are held here. */
  private record Dialled(Channel channel, SslHandler tls, ClientExchange exchange) {}

  private HttpsConnection(ClientConfig config, String authority, Dialled dialled) throws IOException {
    SSLEngine engine = dialled.tls().engine();
    this.config = config;
    this.authority = authority;
    this.channel = dialled.channel();
    this.exchange = dialled.exchange();
    this.serverChain = chainOf(engine);
    this.binding = Bindings.of(engine);
    this.protocol = engine.getSession().getProtocol();
  }

  /**
   * Connects and completes the handshake.
   *
   * @param host DNS name or IP address, an IPv6 address with or without brackets, a link-local one with its zone
   * @throws IOException when the server cannot be reached, is not trusted ({@code UntrustedException} as cause) or is too slow
   *     ({@link java.net.SocketTimeoutException})
   */
  public static HttpsConnection open(ClientConfig config, String host, int port) throws IOException {
    return open(new ClientTls(config), host, port);
  }

  private static HttpsConnection open(ClientTls tls, String host, int port) throws IOException {
    return open(tls, host, port, System.nanoTime() + tls.config().connectTimeout().toNanos(), channel -> {});
  }

  /**
   * As {@link #open(ClientConfig, String, int)}, for many connections of one configuration.
   *
   * @param deadline of {@link System#nanoTime} for TCP and TLS
   * @param dialling is told each connection before it is there, so that it can be ended early
   */
  static HttpsConnection open(ClientTls tls, String host, int port, long deadline, Consumer<Channel> dialling) throws IOException {
    String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    Dialled dialled = dial(tls, bare, port, deadline, dialling);
    try {
      shakeHands(dialled.tls().handshakeFuture(), deadline);
      String name = bare.indexOf(':') >= 0 ? "[" + withoutZone(bare) + "]" : bare;
      return new HttpsConnection(tls.config(), port == 443 ? name : name + ":" + port, dialled);
    } catch (IOException e) {
      dialled.channel().close();
      throw e;
    }
  }

  /** The zone of a link-local address means nothing to the other side (RFC 6874 section 4). */
  private static String withoutZone(String ipv6) {
    int zone = ipv6.indexOf('%');
    return zone < 0 ? ipv6 : ipv6.substring(0, zone);
  }

  /**
   * Sends a request and waits for the whole response.
   *
   * @param headers beside host and content-length
   * @throws IOException when the connection breaks or no response comes in time; {@link UnusableResponseException} when the response
   *     exceeds the limit or is no HTTP
   */
  public HttpResponse exchange(String method, String pathAndQuery, Headers headers, Octets body) throws IOException {
    FullHttpRequest request = request(method, pathAndQuery, headers, body);
    exchanges = exchanges + 1;
    CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    CompletableFuture<Void> sent = new CompletableFuture<>();
    channel.eventLoop().execute(() -> {
      exchange.expect(answer);
      channel.writeAndFlush(request).addListener(written -> {
        if (!written.isSuccess()) {
          answer.completeExceptionally(exchange.ended(written.cause()));
        }
        sent.complete(null);
      });
    });
    Duration patience = config.responseTimeout();
    CompletableFuture<Object> either = CompletableFuture.anyOf(sent, answer);
    await(either, patience, "the request could not be sent");
    return await(answer, patience, "no response");
  }

  /** The chain that the server showed, end entity first. */
  public List<X509Certificate> serverChain() {
    return serverChain;
  }

  /** The session's channel binding. */
  public Optional<ChannelBinding> binding() {
    return binding;
  }

  /** {@code TLSv1.2} or {@code TLSv1.3}. */
  public String protocol() {
    return protocol;
  }

  /** Whether a further request can be tried: neither side has closed. */
  public boolean isOpen() {
    return channel.isActive() && !exchange.isOver();
  }

  /** Runs {@code task} on the event loop once no exchange has begun for {@code time}. */
  void whenIdleFor(Duration time, Runnable task) {
    int before = exchanges;
    channel.eventLoop().schedule(() -> {
      if (exchanges == before) {
        task.run();
      }
    }, time.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    channel.close();
  }

  /** Tries the host's addresses in turn. */
  private static Dialled dial(ClientTls tls, String host, int port, long deadline, Consumer<Channel> dialling) throws IOException {
    IOException failure = new IOException("no address of " + host);
    for (InetAddress address : InetAddress.getAllByName(host)) {
      SslHandler handshake = new SslHandler(tls.engine(host, port));
      handshake.setHandshakeTimeoutMillis(millisUntil(deadline));
      ClientExchange exchange = new ClientExchange(tls.config().maxBody());
      ChannelFuture connected = bootstrap(handshake, exchange, millisUntil(deadline)).connect(new InetSocketAddress(address, port));
      dialling.accept(connected.channel());
      try {
        connected.await();
      } catch (InterruptedException e) {
        connected.cancel(false);
        connected.channel().close(); // it may have connected just now
        throw interrupted();
      }
      if (connected.isSuccess()) {
        return new Dialled(connected.channel(), handshake, exchange);
      }
      Throwable cause = connected.cause();
      String message = "cannot connect to " + host + " port " + port + ": " + cause.getMessage();
      failure = cause instanceof ConnectTimeoutException ? new SocketTimeoutException(message) : new IOException(message, cause);
    }
    throw failure;
  }

  private static Bootstrap bootstrap(SslHandler handshake, ClientExchange exchange, long millis) {
    return new Bootstrap()
        .group(ClientLoops.group())
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(millis, Integer.MAX_VALUE))
        .handler(new ChannelInitializer<SocketChannel>() {
          @Override
          protected void initChannel(SocketChannel channel) {
            HttpDecoderConfig http = ServerPipeline.http(MAX_HEADER).setMaxChunkSize(MAX_CHUNK).setStrictLineParsing(false);
            channel.pipeline().addLast(handshake, new OctetWatch(exchange::octetsSeen), new HttpClientCodec(http, false, false), exchange);
          }
        });
  }

  private static void shakeHands(Future<Channel> handshake, long deadline) throws IOException {
    try {
      if (!handshake.await(millisUntil(deadline))) {
        throw new SocketTimeoutException("the TLS handshake took too long");
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
    if (handshake.isSuccess()) {
      return;
    }
    if (handshake.cause() instanceof SslHandshakeTimeoutException) {
      throw new SocketTimeoutException("the TLS handshake took too long");
    }
    Optional<UntrustedException> untrusted = ClientTls.distrust(handshake.cause());
    String reason = untrusted.map(Throwable::getMessage).orElseGet(() -> ExchangeLog.reason(handshake.cause()));
    SSLHandshakeException failure = new SSLHandshakeException("TLS handshake failed: " + reason);
    failure.initCause(untrusted.<Throwable>map(u -> u).orElse(handshake.cause()));
    throw failure;
  }

  private FullHttpRequest request(String method, String pathAndQuery, Headers headers, Octets body) {
    FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), pathAndQuery,
        Unpooled.wrappedBuffer(body.toArray()));
    headers.all().forEach((name, values) -> request.headers().set(name, values));
    request.headers().set(HttpHeaderNames.HOST, authority);
    if (!body.isEmpty() || method.equals("POST") || method.equals("PUT")) {
      request.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.size());
    }
    return request;
  }

  private <T> T await(CompletableFuture<T> result, Duration patience, String late) throws IOException {
    try {
      return result.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      channel.close();
      throw new SocketTimeoutException(late + " within " + patience.toMillis() + " ms");
    } catch (InterruptedException e) {
      channel.close();
      throw interrupted();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StaleConnectionException stale) {
        throw stale;
      }
      if (e.getCause() instanceof UnusableResponseException unusable) {
        throw unusable;
      }
      throw new IOException(e.getCause().getMessage(), e.getCause());
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted");
  }

  private static long millisUntil(long deadline) {
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
  }

  private static List<X509Certificate> chainOf(SSLEngine engine) throws IOException {
    List<X509Certificate> chain = new ArrayList<>();
    for (java.security.cert.Certificate certificate : engine.getSession().getPeerCertificates()) {
      chain.add((X509Certificate) certificate);
    }
    return List.copyOf(chain);
  }
}

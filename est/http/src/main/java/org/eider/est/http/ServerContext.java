package org.eider.est.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eider.est.ChannelBinding;
import org.eider.est.ClientSession;

/** What the connections of one server share. */
final class ServerContext {
  private static final int SESSION_ID_OCTETS = 6;

  private final ServerConfig config;
  private final Routes routes;
  private final X509Certificate shown;
  private final ExecutorService workers;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean full = new AtomicBoolean();
  private volatile boolean draining;

  ServerContext(ServerConfig config, Routes routes, X509Certificate shown, ExecutorService workers, InstantSource clock) {
    this.config = config;
    this.routes = routes;
    this.shown = shown;
    this.workers = workers;
    this.clock = clock;
  }

  Routes routes() {
    return routes;
  }

  ServerConfig.Limits limits() {
    return config.limits();
  }

  boolean isSecure() {
    return config.credential().isPresent();
  }

  ExecutorService workers() {
    return workers;
  }

  Set<ServerConnection> connections() {
    return connections;
  }

  boolean isDraining() {
    return draining;
  }

  void drain() {
    draining = true;
  }

  /** Counts a connection in, or tells that there is no room. */
  boolean admit(ServerConnection connection) {
    if (draining) {
      return false;
    }
    if (connections.size() >= config.limits().connections()) {
      if (full.compareAndSet(false, true)) {
        ExchangeLog.full(config.name(), config.limits().connections());
      }
      return false;
    }
    return connections.add(connection);
  }

  void forget(ServerConnection connection) {
    if (connections.remove(connection)) {
      full.set(false);
    }
  }

  String newSessionId() {
    byte[] id = new byte[SESSION_ID_OCTETS];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  ClientSession session(String id, InetSocketAddress peer, List<X509Certificate> chain, Optional<ChannelBinding> binding) {
    return new ClientSession(id, peer, chain, shown, binding);
  }

  /**
   * The response as Netty writes it; fails where a header's value would break the message.
   *
   * @param headOnly whether the request was HEAD, which no body answers (RFC 9110 section 9.3.2)
   */
  FullHttpResponse encode(HttpResponse response, String session, boolean headOnly) {
    FullHttpResponse encoded = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(response.status()),
        headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(response.body().toArray()));
    HttpHeaders headers = encoded.headers();
    response.headers().all().forEach((name, values) -> headers.set(name, values));
    headers.remove(HttpHeaderNames.TRANSFER_ENCODING).remove(HttpHeaderNames.CONNECTION);
    headers.set("x-eider-session", session);
    headers.set(HttpHeaderNames.DATE, DateFormatter.format(new Date(clock.millis())));
    if (response.status() == 204) {
      headers.remove(HttpHeaderNames.CONTENT_LENGTH);
    } else {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, response.body().size());
    }
    return encoded;
  }
}

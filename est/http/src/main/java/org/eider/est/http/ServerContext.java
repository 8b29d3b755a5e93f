package org.eider.est.http;

import io.github.bucket4j.TimeMeter;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Date;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eider.limits.Gate;
import org.eider.est.http.ServerEvents.Shed;

/** What the connections of one server share. */
final class ServerContext {
  private static final int SESSION_ID_OCTETS = 6;
  /** Seconds. */
  private static final int RETRY_LEAST = 5;
  private static final int RETRY_SPREAD = 11;

  private final ServerConfig config;
  private final Routes routes;
  private final ExecutorService workers;
  private final InstantSource clock;
  private final ServerEvents events;
  private final ExchangeLog log = new ExchangeLog(TimeMeter.SYSTEM_NANOTIME);
  private final Gate<ServerConnection> gate;
  private final SecureRandom random = new SecureRandom();
  private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean full = new AtomicBoolean();
  private volatile boolean draining;

  ServerContext(ServerConfig config, Routes routes, ExecutorService workers, ServerEvents events, InstantSource clock) {
    this.config = config;
    this.routes = routes;
    this.workers = workers;
    this.events = events;
    this.clock = clock;
    this.gate = new Gate<>(config.limits().bounds(), config.credential().isPresent(), TimeMeter.SYSTEM_NANOTIME);
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

  ServerEvents events() {
    return events;
  }

  ExchangeLog log() {
    return log;
  }

  Gate<ServerConnection> gate() {
    return gate;
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

  /** Counts a connection in, at the cost of one that idles where there is no room; or tells that there is none. */
  boolean admit(ServerConnection connection, InetAddress address) {
    if (draining) {
      events.shed(Shed.STOPPING);
      return false;
    }
    Gate.Answer<ServerConnection> answer = gate.admit(connection, address);
    answer.refused().map(ServerContext::shed).ifPresent(events::shed);
    answer.idle().ifPresent(victim -> events.shed(Shed.IDLE_CONNECTION));
    answer.greeting().ifPresent(victim -> events.shed(Shed.HANDSHAKE));
    answer.victims().forEach(ServerConnection::abort);
    boolean isFull = answer.idle().isPresent() && gate.size() >= config.limits().connections()
        || answer.refused().equals(Optional.of(Gate.Shut.CONNECTIONS));
    if (isFull && full.compareAndSet(false, true)) {
      ExchangeLog.full(config.name(), config.limits().connections());
    }
    if (answer.refused().isPresent()) {
      return false;
    }
    connections.add(connection);
    events.connectionOpened();
    return true;
  }

  private static Shed shed(Gate.Shut why) {
    return switch (why) {
      case CONNECTIONS -> Shed.CONNECTIONS;
      case SOURCE_CONNECTIONS -> Shed.SOURCE_CONNECTIONS;
      case SOURCE_HANDSHAKES -> Shed.SOURCE_HANDSHAKES;
    };
  }

  /** A connection that was let in has ended. */
  void forget(ServerConnection connection) {
    connections.remove(connection);
    gate.leave(connection);
    if (gate.size() < config.limits().connections() / 4 * 3) {
      full.set(false);
    }
    events.connectionClosed();
  }

  /** The answer to a request that is not served now; clients that were shed together do not come back together. */
  HttpResponse shed(Shed what, KitRefusal why, String detail) {
    events.shed(what);
    return why.answer(detail).with("retry-after", Integer.toString(RETRY_LEAST + random.nextInt(RETRY_SPREAD)));
  }

  String newSessionId() {
    byte[] id = new byte[SESSION_ID_OCTETS];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
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

package org.eider.est.http;

import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One log line per exchange and one per failed handshake; whatever a peer chose is cleaned and cut before it is written. */
final class ExchangeLog {
  private static final Logger LOG = LoggerFactory.getLogger(HttpsServer.class);
  private static final int LONGEST = 200;

  private ExchangeLog() {}

  static void exchange(
      String method, String path, HttpResponse response, boolean delivered, long millis, String session, InetSocketAddress peer) {
    LOG.info("exchange {} {} {} {} ms session={} peer={}{}{}", clean(method), clean(path), response.status(), millis, session, text(peer),
        delivered ? "" : " undelivered", response.note().map(note -> " note=" + clean(note)).orElse(""));
  }

  static void handshakeFailed(String session, InetSocketAddress peer, Throwable cause) {
    LOG.info("handshake failed session={} peer={} reason={}", session, text(peer), clean(reason(cause)));
  }

  static void handlerFailed(String method, String path, String session, Throwable cause) {
    LOG.error("handler of {} {} failed session={}", clean(method), clean(path), session, cause);
  }

  /** Something that this server does not expect, on an event loop. */
  static void connectionFailed(String session, Throwable cause) {
    LOG.error("connection failed session={}", session, cause);
  }

  static void full(String server, int connections) {
    LOG.warn("server {} is full: {} connections; further ones are closed until one ends", server, connections);
  }

  /** What a peer chose, fit for a line of log. */
  static String clean(String text) {
    int length = Math.min(text.length(), LONGEST);
    StringBuilder clean = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      clean.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || Character.getType(c) == Character.FORMAT ? '?' : c);
    }
    return length < text.length() ? clean.append('…').toString() : clean.toString();
  }

  /** The innermost message of a failure: libraries wrap what happened in several layers. */
  static String reason(Throwable cause) {
    if (cause instanceof ClosedChannelException) {
      return "the peer closed the connection";
    }
    Throwable innermost = cause;
    for (int depth = 0; innermost.getCause() != null && depth < 16; depth++) {
      innermost = innermost.getCause();
    }
    return Optional.ofNullable(innermost.getMessage()).orElse(innermost.getClass().getSimpleName());
  }

  private static String text(InetSocketAddress peer) {
    return peer.getAddress().getHostAddress() + ":" + peer.getPort();
  }
}

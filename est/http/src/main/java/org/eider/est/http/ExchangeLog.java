package org.eider.est.http;

import io.github.bucket4j.TimeMeter;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import org.eider.est.Notes;
import org.eider.limits.LineBudget;
import org.eider.wire.CleanText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One log line per exchange and one per failed handshake; whatever a peer chose is cleaned and cut before it is written. Of what a flood
 * causes, failed handshakes and requests that no service saw, only so many lines a second are written; the next one tells how many were
 * not.
 */
final class ExchangeLog {
  private static final Logger LOG = LoggerFactory.getLogger(HttpsServer.class);

  private static final int FLOOD_LINES_PER_SECOND = 20;

  private final LineBudget floods;

  ExchangeLog(TimeMeter clock) {
    this.floods = new LineBudget(FLOOD_LINES_PER_SECOND, clock);
  }

  /** What the kit knows of an exchange. */
  record Line(
      String method, String path, HttpResponse response, long millis, String session, InetSocketAddress peer, boolean delivered) {}

  /** The one line of an exchange; what a service noted goes before what the response says. */
  void exchange(Line line, Notes notes) {
    line.response().note().ifPresent(note -> notes.explain(note.reason(), note.detail()));
    boolean cheap = KitRefusal.isCheap(line.response());
    if (cheap && !floods.allows()) {
      return;
    }
    LoggingEventBuilder event = LOG.atInfo()
        .addKeyValue("method", clean(line.method()))
        .addKeyValue("path", clean(line.path()))
        .addKeyValue("status", line.response().status())
        .addKeyValue("ms", line.millis())
        .addKeyValue("session", line.session())
        .addKeyValue("peer", text(line.peer()));
    notes.inLogOrder().forEach(event::addKeyValue);
    if (!line.delivered()) {
      event.addKeyValue("undelivered", true);
    }
    if (cheap) {
      tellLeftOut(event);
    }
    event.log("exchange");
  }

  void handshakeFailed(String session, InetSocketAddress peer, Throwable cause) {
    if (!floods.allows()) {
      return;
    }
    LoggingEventBuilder event = LOG.atInfo()
        .addKeyValue("session", session).addKeyValue("peer", text(peer)).addKeyValue(Notes.DETAIL, clean(reason(cause)));
    tellLeftOut(event);
    event.log("handshake failed");
  }

  private void tellLeftOut(LoggingEventBuilder event) {
    long leftOut = floods.takeLeftOut();
    if (leftOut > 0) {
      event.addKeyValue("left-out", leftOut);
    }
  }

  /** A handler failed, which is our own fault. */
  static void handlerFailed(String method, String path, String session, Throwable cause) {
    LOG.atError().addKeyValue("session", session).addKeyValue("method", clean(method)).addKeyValue("path", clean(path)).setCause(cause)
        .log("handler failed");
  }

  /** Something that this server does not expect, on an event loop. */
  static void connectionFailed(String session, Throwable cause) {
    LOG.atError().addKeyValue("session", session).setCause(cause).log("connection failed");
  }

  static void full(String server, int connections) {
    LOG.warn("server {} is full: {} connections; those that idle are closed for new ones", server, connections);
  }

  /** What a peer chose, fit for a line of log. */
  static String clean(String text) {
    return CleanText.of(text);
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

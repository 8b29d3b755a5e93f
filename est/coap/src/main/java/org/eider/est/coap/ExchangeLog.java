package org.eider.est.coap;

import io.github.bucket4j.TimeMeter;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.eider.est.Notes;
import org.eider.limits.LineBudget;
import org.eider.wire.CleanText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One log line per exchange, however many blocks it has, and one per failed handshake; whatever a peer chose is cleaned and cut before
 * it is written. Of what a flood causes, failed handshakes and requests that no service saw, only so many lines a second are written;
 * the next one tells how many were not.
 */
final class ExchangeLog {
  private static final Logger LOG = LoggerFactory.getLogger(CoapsServer.class);

  private static final int FLOOD_LINES_PER_SECOND = 20;
  private static final int DROP_LINES_PER_SECOND = 1;

  private final LineBudget floods;
  private final LineBudget drops;

  ExchangeLog(TimeMeter clock) {
    this.floods = new LineBudget(FLOOD_LINES_PER_SECOND, clock);
    this.drops = new LineBudget(DROP_LINES_PER_SECOND, clock);
  }

  /** What the kit knows of an exchange. */
  record Line(String method, String path, CoapAnswer answer, long millis, String session, Peer peer) {}

  /** The one line of an exchange; what a service noted goes before what the answer says. */
  void exchange(Line line, Notes notes) {
    line.answer().note().ifPresent(note -> notes.explain(note.reason(), note.detail()));
    boolean cheap = KitRefusal.isCheap(line.answer());
    if (cheap && !floods.allows()) {
      return;
    }
    LoggingEventBuilder event = LOG.atInfo()
        .addKeyValue("method", CleanText.of(line.method()))
        .addKeyValue("path", CleanText.of(line.path()))
        .addKeyValue("status", line.answer().code())
        .addKeyValue("ms", line.millis())
        .addKeyValue("session", line.session());
    tellPeer(event, line.peer());
    notes.inLogOrder().forEach(event::addKeyValue);
    if (cheap) {
      tellLeftOut(event, floods);
    }
    event.log("exchange");
  }

  void handshakeFailed(Optional<Peer> peer, Throwable cause) {
    if (!floods.allows()) {
      return;
    }
    LoggingEventBuilder event = LOG.atInfo();
    peer.ifPresentOrElse(known -> tellPeer(event, known), () -> event.addKeyValue("peer", "-"));
    event.addKeyValue(Notes.DETAIL, CleanText.of(reason(cause)));
    tellLeftOut(event, floods);
    event.log("handshake failed");
  }

  /** A datagram came from a relay, or was to go there, and was dropped. */
  void dropped(InetSocketAddress relay, String why) {
    if (!drops.allows()) {
      return;
    }
    LoggingEventBuilder event = LOG.atInfo().addKeyValue("via", text(relay)).addKeyValue(Notes.DETAIL, CleanText.of(why));
    tellLeftOut(event, drops);
    event.log("datagram dropped");
  }

  private static void tellPeer(LoggingEventBuilder event, Peer peer) {
    event.addKeyValue("peer", text(peer.address()));
    peer.via().ifPresent(relay -> event.addKeyValue("via", text(relay)));
  }

  private static void tellLeftOut(LoggingEventBuilder event, LineBudget budget) {
    long leftOut = budget.takeLeftOut();
    if (leftOut > 0) {
      event.addKeyValue("left-out", leftOut);
    }
  }

  /** A handler failed, which is our own fault. */
  static void handlerFailed(String method, String path, String session, Throwable cause) {
    LOG.atError().addKeyValue("session", session).addKeyValue("method", CleanText.of(method)).addKeyValue("path", CleanText.of(path))
        .setCause(cause).log("handler failed");
  }

  /** The innermost message of a failure: libraries wrap what happened in several layers. */
  static String reason(Throwable cause) {
    Throwable innermost = cause;
    for (int depth = 0; innermost.getCause() != null && depth < 16; depth++) {
      innermost = innermost.getCause();
    }
    return Optional.ofNullable(innermost.getMessage()).orElse(innermost.getClass().getSimpleName());
  }

  private static String text(InetSocketAddress peer) {
    return peer == null || peer.getAddress() == null ? "-" : peer.getAddress().getHostAddress() + ":" + peer.getPort();
  }
}

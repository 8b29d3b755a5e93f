package org.eider.est.coap;

import io.github.bucket4j.TimeMeter;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.server.MessageDeliverer;
import org.eider.est.ClientSession;
import org.eider.est.Notes;
import org.eider.est.coap.CoapEvents.Shed;

/**
 * Hands requests that are complete to a worker, and what the handler answers to Californium. A handler that takes longer than
 * {@link #PATIENCE} is not waited for: the request is acknowledged, and the answer goes in a message of its own (RFC 7252 section 5.2.2).
 */
final class Dispatcher implements MessageDeliverer {
  /** Well below the 2 s after which a client repeats its request (RFC 7252 section 4.8). */
  static final Duration PATIENCE = Duration.ofMillis(500);

  private static final Duration STOPPED = Duration.ofSeconds(10);
  /** Seconds. */
  private static final int RETRY_LEAST = 5;
  private static final int RETRY_SPREAD = 11;

  private final CoapRoutes routes;
  private final Transfers transfers;
  private final Threads threads;
  private final Handshakes handshakes;
  private final CoapEvents events;
  private final ExchangeLog log;
  private final SecureRandom random = new SecureRandom();

  /** Workers run handlers; the timer acknowledges what takes them long. */
  record Threads(ExecutorService workers, ScheduledExecutorService timer) {}

  Dispatcher(CoapRoutes routes, CoapsConfig.Limits limits, Threads threads, Handshakes handshakes, CoapEvents events, ExchangeLog log) {
    this.routes = routes;
    this.transfers = new Transfers(limits.transfers());
    this.threads = threads;
    this.handshakes = handshakes;
    this.events = events;
    this.log = log;
  }

  /** A request on its way to its answer. */
  private record Going(Exchange exchange, Association association, Peer peer, CoapRequest request, CoapRoutes.Route route, long begun) {}

  /** An answer, and what Californium sends for it; making the second fails where the first has an impossible option. */
  private record Answered(CoapAnswer answer, Response response) {
    static Answered by(CoapAnswer answer) {
      return new Answered(answer, Messages.response(answer));
    }
  }

  /** The answer to a request that is not served now; clients that were shed together do not come back together. */
  CoapAnswer shed(Shed what, KitRefusal why, String detail) {
    events.shed(what);
    return why.answer(detail).withMaxAge(Duration.ofSeconds(RETRY_LEAST + random.nextInt(RETRY_SPREAD)));
  }

  /** Counts a block in; tells whether its body may go on. */
  boolean takesBlock(Request request, BlockOption block) {
    Object session = Association.of(request.getSourceContext()).<Object>map(association -> association).orElse("none");
    String resource = request.getOptions().getUriString();
    if (!block.isM()) {
      transfers.done(session, resource);
      return true;
    }
    return transfers.take(session, resource, System.nanoTime());
  }

  /** Something came from a session. */
  void heardOf(Request request) {
    Association.of(request.getSourceContext()).ifPresent(handshakes::heardOf);
  }

  /** A request has been answered without a worker. */
  void refused(Request request, CoapAnswer answer) {
    Association association = Association.of(request.getSourceContext()).orElse(null);
    String path = Messages.path(request.getOptions()).orElse("?");
    log.exchange(new ExchangeLog.Line(request.getCode().name(), path, answer, 0, association == null ? "-" : association.id(),
        handshakes.peer(request.getSourceContext().getPeerAddress())), new Notes());
    events.exchange(new CoapEvents.Exchange(Optional.empty(), answer.code(), answer.note().flatMap(CoapAnswer.Note::reason), 0));
  }

  @Override
  public void deliverRequest(Exchange exchange) {
    long begun = System.nanoTime();
    Request request = exchange.getRequest();
    Association association = Association.of(request.getSourceContext()).orElseThrow();
    String path = Messages.path(request.getOptions()).orElseThrow();
    CoapRoutes.Route route = routes.at(path).orElseThrow().get(request.getCode().name());
    Peer peer = handshakes.peer(request.getSourceContext().getPeerAddress());
    ClientSession session = session(association, peer.real());
    Going going = new Going(exchange, association, peer, Messages.request(request, path, session), route, begun);
    BlockOption block = request.getOptions().getBlock2();
    if (block != null && block.getNum() > 0 && !going.request().method().equals("GET")) {
      answer(going, KitRefusal.BLOCK_GONE.answer("this answer is not kept any more"));
    } else if (!association.quota().request()) {
      answer(going, shed(Shed.SOURCE_REQUESTS, KitRefusal.SOURCE_REQUESTS, "too many requests from where you are"));
    } else if (!association.quota().takesOff()) {
      answer(going, shed(Shed.SOURCE_SHARE, KitRefusal.SOURCE_SHARE, "too many requests wait already, of where you are"));
    } else {
      handshakes.busy(association);
      dispatch(going);
    }
  }

  private void dispatch(Going going) {
    Exchange exchange = going.exchange();
    ScheduledFuture<?> acknowledgement = threads.timer().schedule(
        () -> exchange.execute(exchange::sendAccept), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    try {
      threads.workers().execute(() -> {
        Answered answered = handle(going);
        acknowledgement.cancel(false);
        landed(going);
        send(going, answered);
      });
    } catch (RejectedExecutionException full) {
      acknowledgement.cancel(false);
      landed(going);
      answer(going, threads.workers().isShutdown() ? KitRefusal.STOPPING.answer("this server is stopping").withMaxAge(STOPPED)
          : shed(Shed.QUEUE_FULL, KitRefusal.QUEUE_FULL, "too many requests wait already"));
    }
  }

  private void landed(Going going) {
    going.association().quota().landed();
    handshakes.quiet(going.association());
  }

  private static ClientSession session(Association association, InetSocketAddress peer) {
    return new ClientSession(association.id(), peer, association.chain(), association.shown(), Optional.empty());
  }

  /** Runs on a worker. Catches everything: this is the root of what a request does. */
  private static Answered handle(Going going) {
    CoapRequest request = going.request();
    try {
      return Answered.by(going.route().handler().handle(request));
    } catch (Throwable failure) {
      ExchangeLog.handlerFailed(request.method(), request.path(), request.session().id(), failure);
      return Answered.by(KitRefusal.INTERNAL.answer("internal error"));
    }
  }

  private void answer(Going going, CoapAnswer answer) {
    send(going, Answered.by(answer));
  }

  private void send(Going going, Answered answered) {
    CoapAnswer answer = answered.answer();
    going.exchange().sendResponse(answered.response());
    long nanos = System.nanoTime() - going.begun();
    CoapRequest request = going.request();
    log.exchange(new ExchangeLog.Line(request.method(), request.path(), answer, TimeUnit.NANOSECONDS.toMillis(nanos),
        request.session().id(), going.peer()), request.session().notes());
    events.exchange(new CoapEvents.Exchange(
        Optional.of(going.route().name()), answer.code(), request.session().notes().value(Notes.REASON), nanos));
  }

  @Override
  public void deliverResponse(Exchange exchange, Response response) {
    // a server sends no requests
  }
}

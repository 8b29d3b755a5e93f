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

  /** Seconds. */
  private static final int RETRY_LEAST = 5;
  private static final int RETRY_SPREAD = 11;

  private final CoapRoutes routes;
  private final ExecutorService workers;
  private final ScheduledExecutorService timer;
  private final CoapEvents events;
  private final ExchangeLog log;
  private final SecureRandom random = new SecureRandom();

  Dispatcher(CoapRoutes routes, ExecutorService workers, ScheduledExecutorService timer, CoapEvents events, ExchangeLog log) {
    this.routes = routes;
    this.workers = workers;
    this.timer = timer;
    this.events = events;
    this.log = log;
  }

  /** A request on its way to its answer. */
  private record Going(Exchange exchange, CoapRequest request, CoapRoutes.Route route, long begun) {}

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
    Transfers transfers = Association.of(request.getSourceContext()).map(Association::transfers).orElseGet(Transfers::new);
    String resource = request.getOptions().getUriString();
    if (!block.isM()) {
      transfers.done(resource);
      return true;
    }
    return transfers.take(resource, System.nanoTime());
  }

  /** A request has been answered without a worker. */
  void refused(Request request, CoapAnswer answer) {
    Association association = Association.of(request.getSourceContext()).orElse(null);
    String path = Messages.path(request.getOptions()).orElse("?");
    log.exchange(new ExchangeLog.Line(request.getCode().name(), path, answer, 0, association == null ? "-" : association.id(),
        request.getSourceContext().getPeerAddress()), new Notes());
    events.exchange(new CoapEvents.Exchange(Optional.empty(), answer.code(), answer.note().flatMap(CoapAnswer.Note::reason), 0));
  }

  @Override
  public void deliverRequest(Exchange exchange) {
    long begun = System.nanoTime();
    Request request = exchange.getRequest();
    Optional<Association> association = Association.of(request.getSourceContext());
    String path = Messages.path(request.getOptions()).orElseThrow();
    CoapRoutes.Route route = routes.at(path).orElseThrow().get(request.getCode().name());
    ClientSession session = association.map(a -> session(a, request.getSourceContext().getPeerAddress())).orElseThrow();
    Going going = new Going(exchange, Messages.request(request, path, session), route, begun);
    BlockOption block = request.getOptions().getBlock2();
    if (block != null && block.getNum() > 0 && !going.request().method().equals("GET")) {
      answer(going, KitRefusal.BLOCK_GONE.answer("this answer is not kept any more"));
      return;
    }
    dispatch(going);
  }

  private void dispatch(Going going) {
    Exchange exchange = going.exchange();
    ScheduledFuture<?> acknowledgement = timer.schedule(
        () -> exchange.execute(exchange::sendAccept), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    try {
      workers.execute(() -> {
        Answered answered = handle(going);
        acknowledgement.cancel(false);
        send(going, answered);
      });
    } catch (RejectedExecutionException full) {
      acknowledgement.cancel(false);
      answer(going, shed(Shed.QUEUE_FULL, KitRefusal.QUEUE_FULL, "too many requests wait already"));
    }
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
        request.session().id(), request.session().peer()), request.session().notes());
    events.exchange(new CoapEvents.Exchange(
        Optional.of(going.route().name()), answer.code(), request.session().notes().value(Notes.REASON), nanos));
  }

  @Override
  public void deliverResponse(Exchange exchange, Response response) {
    // a server sends no requests
  }
}

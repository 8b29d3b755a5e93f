package org.eider.grasp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.eider.grasp.Message.Flood.Entry;
import org.eider.grasp.Nuisances.Kind;

/** What a node of the domain answers, and what it asks: discovery, synchronisation, negotiation. */
final class DomainDesk implements AutoCloseable {
  private static final int WORKERS = 4;
  private static final int QUEUE = 64;
  private static final Duration ANSWER = Duration.ofSeconds(2);

  private final Transport transport;
  private final GraspCodec codec;
  private final SessionIds sessions;
  private final FloodRelay relay;
  private final Map<String, Link> links;
  private final boolean relays;
  private final LongSupplier nanos;
  private final Nuisances nuisances;
  private final ThreadPoolExecutor workers;
  private final Map<String, Negotiation.Partner> partners = new ConcurrentHashMap<>();
  /** Discoveries that are going on, as many as there are workers and callers, and what is done with answers over connections. */
  private final Map<SessionKey, BiConsumer<Message.Response, InetSocketAddress>> pending = new ConcurrentHashMap<>();
  private volatile Told told = new Told(List.of(), 0);

  private record Told(List<Entry> entries, long ttl) {
    Stream<Entry> of(String name) {
      return entries.stream().filter(entry -> entry.objective().name().equals(name));
    }
  }

  DomainDesk(Transport transport, GraspCodec codec, SessionIds sessions, FloodRelay relay, Map<String, Link> links, boolean relays,
      LongSupplier nanos, Nuisances nuisances) {
    this.transport = transport;
    this.codec = codec;
    this.sessions = sessions;
    this.relay = relay;
    this.links = links;
    this.relays = relays;
    this.nanos = nanos;
    this.nuisances = nuisances;
    this.workers = new ThreadPoolExecutor(WORKERS, WORKERS, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE), task -> {
      Thread thread = new Thread(task, "grasp-discovery");
      thread.setDaemon(true);
      return thread;
    }, (task, pool) -> nuisances.note(Kind.NOT_RELAYED, "discovery", "too many at a time"));
    workers.allowCoreThreadTimeOut(true);
  }

  void told(List<Entry> entries, Duration ttl) {
    told = new Told(entries, ttl.toMillis());
  }

  void negotiates(String objective, Negotiation.Partner partner) {
    partners.put(objective, partner);
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }

  /** A multicast discovery: it is answered by TCP to where it came from, passed on, or dropped without a word. */
  void asked(Message.Discovery question, InetSocketAddress source, Optional<Link> from, Peers peers) {
    if (sessions.isActive(question.session())) {
      return;
    }
    Optional<Message.Response> own = answer(question);
    if (own.isPresent()) {
      workers.execute(() -> respond(own.get(), source));
      return;
    }
    List<Link> others = links.values().stream().filter(link -> from.filter(link::equals).isEmpty()).toList();
    if (relays && others.size() + peers.neighbours() > 0) {
      relay.next(question)
          .ifPresent(next -> workers.execute(() -> passOn(next, others, peers, Optional.empty(), response -> respond(response, source))));
    }
  }

  /** A message over a connection; whether the connection goes on. */
  boolean received(Peers.Peer peer, Message message, Peers peers) throws IOException {
    Wire wire = peer.wire();
    if (message instanceof Message.InSession said && isRequest(message) && sessions.isActive(said.session())) {
      return false;
    } else if (message instanceof Message.Discovery question) {
      return askedDirectly(question, peer, peers);
    } else if (message instanceof Message.Response response) {
      BiConsumer<Message.Response, InetSocketAddress> waits = pending.get(new SessionKey(response.session(), response.initiator()));
      if (waits != null) {
        waits.accept(response, wire.peer());
      }
      return true;
    } else if (message instanceof Message.RequestSynchronisation request) {
      Optional<Entry> entry = told.of(request.objective().name()).findFirst();
      if (entry.isPresent()) {
        wire.send(new Message.Synchronisation(request.session(), entry.get().objective()));
      }
      return false;
    } else if (message instanceof Message.RequestNegotiation request) {
      negotiate(wire, request);
      return false;
    } else if (message instanceof Message.Unknown unknown) {
      nuisances.note(Kind.UNKNOWN_TYPE, "tcp", wire.peer().getAddress().getHostAddress());
      peer.tell(GraspEncoder.encode(new Message.Invalid(unknown.session(), Optional.empty())));
      return true;
    }
    nuisances.note(Kind.NOT_EXPECTED, "tcp", wire.peer().getAddress().getHostAddress());
    return true;
  }

  /** Asks on links and neighbours' connections until the time is over. */
  void discover(Message.Discovery question, Collection<Link> on, Duration timeout, Peers peers, Consumer<Discovered> answers) throws IOException {
    ask(question, on, timeout, peers, Optional.empty(),
        (response, responder) -> answers.accept(Discovered.of(response, responder, interfaceOf(responder))));
  }

  private void ask(Message.Discovery question, Collection<Link> on, Duration timeout, Peers peers, Optional<Peers.Peer> except,
      BiConsumer<Message.Response, InetSocketAddress> answers) throws IOException {
    SessionKey key = new SessionKey(question.session(), question.initiator());
    pending.put(key, answers);
    try {
      peers.tell(codec.encode(question), except);
      new Discoverer(on, codec, nanos, nuisances).discover(question, timeout, answers);
    } finally {
      pending.remove(key);
    }
  }

  private String interfaceOf(InetSocketAddress responder) {
    return responder.getAddress() instanceof java.net.Inet6Address six && six.getScopedInterface() != null ? six.getScopedInterface().getName() : "";
  }

  private static boolean isRequest(Message message) {
    return message instanceof Message.Discovery || message instanceof Message.RequestSynchronisation || message instanceof Message.RequestNegotiation;
  }

  private boolean askedDirectly(Message.Discovery question, Peers.Peer peer, Peers peers) {
    Optional<Message.Response> own = answer(question);
    if (own.isPresent()) {
      peer.tell(codec.encode(own.get()));
    } else if (relays) {
      relay.next(question).ifPresent(next -> workers.execute(() ->
          passOn(next, List.copyOf(links.values()), peers, Optional.of(peer), response -> peer.tell(codec.encode(response)))));
    }
    return true;
  }

  /** What is told by floods is answered for as well; what is not anywhere is nothing to answer. */
  private Optional<Message.Response> answer(Message.Discovery question) {
    Told now = told;
    List<Locator> locators = now.of(question.objective().name()).flatMap(entry -> entry.locator().stream()).distinct().toList();
    if (locators.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Message.Response(question.session(), question.initiator(), now.ttl(), false, locators,
        now.of(question.objective().name()).map(Entry::objective).findFirst()));
  }

  private void respond(Message.Response response, InetSocketAddress to) {
    try (Wire wire = transport.connectPlain(to, ANSWER)) {
      wire.send(response);
      wire.finish();
    } catch (IOException e) {
      nuisances.note(Kind.LOST_PEER, "discovery", to.getAddress().getHostAddress() + ": " + e.getMessage());
    }
  }

  /** Asks the others in the name of who asked, and hands on what they answer. */
  private void passOn(Message.Discovery question, List<Link> others, Peers peers, Optional<Peers.Peer> except, Consumer<Message.Response> back) {
    try {
      ask(question, others, Discoverer.timeout(question.objective().loopCount()), peers, except, (response, responder) -> back.accept(response));
    } catch (IOException e) {
      nuisances.note(Kind.CANNOT_SEND, "discovery", e.getMessage());
    }
  }

  private void negotiate(Wire wire, Message.RequestNegotiation request) throws IOException {
    Negotiation.Partner partner = partners.get(request.objective().name());
    if (partner != null) {
      try (Negotiation negotiation = Negotiation.asked(wire, request, Negotiation.PATIENCE)) {
        partner.negotiate(negotiation);
      }
    }
  }
}

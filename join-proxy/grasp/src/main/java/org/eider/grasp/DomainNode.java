package org.eider.grasp;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.eider.grasp.Flooded.Origin;
import org.eider.grasp.Nuisances.Kind;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * GRASP inside the domain (RFC 8990, RFC 8994 section 6.9): multicast on interfaces that are declared secured, TCP with neighbours. It
 * floods, hears floods, passes them on when told to, answers discoveries and requests for what it floods, and negotiates where somebody
 * is there to do it. It shares nothing with a {@link DullNode}.
 */
public final class DomainNode implements AutoCloseable {
  private final Settings settings;
  private final GraspCodec codec;
  private final LongSupplier nanos;
  private final Nuisances nuisances;
  private final FloodCache cache;
  private final FloodRelay relay;
  private final SessionIds sessions;
  private final Set<String> wanted;
  private final Flooded.Listener listener;
  private final FloodSchedule schedule;
  private final ScheduledExecutorService timer;
  private final Map<String, Link> links = new LinkedHashMap<>();
  private final Transport transport;
  private final Peers peers;
  private final DomainDesk desk;
  private volatile List<Message.Flood.Entry> told = List.of();
  /** Only the timer's thread uses it. */
  private Optional<ScheduledFuture<?>> next = Optional.empty();

  /**
   * How a node works.
   *
   * @param interfaces secured ones
   * @param port UDP port of multicast, 7017 but for tests
   * @param relays whether it passes on
   * @param neighbours to which a connection is held; names that are unresolved are resolved whenever one connects
   * @param listen where it takes connections
   * @param tls for these connections; without it they are taken on secured interfaces only
   * @param limits what peers may cost
   * @param timing of what it tells
   */
  public record Settings(List<String> interfaces, int port, boolean relays, List<InetSocketAddress> neighbours,
      Optional<InetSocketAddress> listen, Optional<GraspTls> tls, NodeLimits limits, FloodTiming timing) {
    /** Keeps copies. */
    public Settings {
      interfaces = List.copyOf(interfaces);
      neighbours = List.copyOf(neighbours);
    }

    /** Multicast on secured interfaces only, nothing relayed. */
    public static Settings of(List<String> securedInterfaces) {
      return new Settings(securedInterfaces, DullNode.Settings.GRASP_PORT, false, List.of(), Optional.empty(), Optional.empty(),
          NodeLimits.STANDARD, FloodTiming.STANDARD);
    }
  }

  private DomainNode(Settings settings, Set<String> wanted, Flooded.Listener listener, LongSupplier nanos) throws IOException {
    this.settings = settings;
    this.codec = new GraspCodec(settings.limits().messageSize());
    this.nanos = nanos;
    this.nuisances = new Nuisances(nanos);
    this.wanted = Set.copyOf(wanted);
    this.cache = new FloodCache(wanted, settings.limits().entriesPerName(), settings.limits().otherEntries(), nanos);
    this.relay = new FloodRelay(settings.limits().relayedPerSecond(), nanos, nuisances);
    this.sessions = new SessionIds(new SecureRandom(), nanos);
    this.listener = listener;
    this.schedule = new FloodSchedule(settings.timing(), nanos.getAsLong());
    this.transport = new Transport(settings.interfaces(), settings.tls(), codec, nanos);
    this.desk = new DomainDesk(transport, codec, sessions, relay, links, settings.relays(), nanos, nuisances);
    this.peers = new Peers(transport, settings.limits(), settings.listen(), new PeerEars(), nanos, nuisances);
    this.timer = DullNode.timer("grasp-domain");
  }

  /**
   * Starts.
   *
   * @param wanted names of objectives of which the listener is told
   * @throws IOException when an interface is not there, or a port is taken
   */
  public static DomainNode open(Settings settings, Set<String> wanted, Flooded.Listener listener) throws IOException {
    DomainNode node = new DomainNode(settings, wanted, listener, System::nanoTime);
    try {
      for (String name : settings.interfaces()) {
        node.links.put(name, Link.open(name, settings.limits(), settings.port(), node.new LinkEars(), node.nanos, node.nuisances));
      }
      node.peers.start(settings.neighbours());
      return node;
    } catch (IOException e) {
      node.close();
      throw e;
    }
  }

  /**
   * Replaces what is flooded, on all links and to all neighbours, now and once in a period; nothing any more when it is empty. Requests
   * for it and discoveries of it are answered too. The same again changes nothing.
   *
   * @throws IllegalArgumentException when it does not fit into one message
   */
  public void tell(List<Message.Flood.Entry> entries) {
    List<Message.Flood.Entry> copy = List.copyOf(entries);
    if (!copy.isEmpty()) {
      DullNode.checkSize(copy);
    }
    if (copy.equals(told)) {
      return;
    }
    told = copy;
    desk.told(copy, settings.timing().ttl());
    timer.execute(this::soon);
  }

  /** Lets somebody negotiate an objective; without, connections that ask for it are closed at once. */
  public void negotiates(String objective, Negotiation.Partner partner) {
    desk.negotiates(objective, partner);
  }

  /** What is known of a name now. */
  public List<Flooded> known(String name) {
    return cache.of(name);
  }

  /** How many neighbours are connected. */
  public int neighbours() {
    return peers.neighbours();
  }

  /** Where connections are taken. */
  public Optional<InetSocketAddress> listening() {
    return peers.listening();
  }

  /**
   * Asks who has an objective; blocks until the time is over.
   *
   * @param loopCount how far, 6 as a rule
   * @param answers told of each answer, from several threads
   */
  public void discover(String objective, int loopCount, Duration timeout, Consumer<Discovered> answers) throws IOException {
    Address initiator = initiator().orElseThrow(() -> new IOException("no address to ask from"));
    long session = sessions.fresh();
    relay.own(session, initiator);
    Objective asked = new Objective(objective, Objective.Flag.DISCOVERY.bit() | Objective.Flag.SYNCHRONISATION.bit(), loopCount, Optional.empty());
    try {
      desk.discover(new Message.Discovery(session, initiator, asked), links.values(), timeout, peers, answers);
    } finally {
      sessions.release(session);
    }
  }

  /**
   * Asks for the value of an objective.
   *
   * @return empty when it is not to be had there
   */
  public Optional<Objective> synchronise(InetSocketAddress at, String objective, Duration patience) throws IOException {
    long session = sessions.fresh();
    Objective asked = new Objective(objective, Objective.Flag.SYNCHRONISATION.bit(), 1, Optional.empty());
    try (Wire wire = transport.connect(at)) {
      wire.send(new Message.RequestSynchronisation(session, asked));
      Optional<Message> answer = wire.receive(patience);
      if (answer.orElse(null) instanceof Message.Synchronisation said && said.session() == session && said.objective().name().equals(objective)) {
        return Optional.of(said.objective());
      }
      return Optional.empty();
    } catch (DecodeException e) {
      throw new IOException("no answer that can be read: " + e.getMessage(), e);
    } finally {
      sessions.release(session);
    }
  }

  /** Begins a negotiation with a first offer, whose loop count says how many turns there may be. */
  public Negotiation negotiate(InetSocketAddress at, Objective first, Duration patience) throws IOException {
    Wire wire = transport.connect(at);
    try {
      long session = sessions.fresh();
      Negotiation begun = Negotiation.begun(wire, session, first, patience);
      sessions.release(session);
      return begun;
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    peers.close();
    desk.close();
    links.values().forEach(Link::close);
  }

  private void soon() {
    schedule.restart(nanos.getAsLong());
    plan();
  }

  /** Who asks for what is flooded gets it as a flood too, soon: the answer has one locator, and the flood has all. */
  private void hurry(String asked) {
    if (told.stream().anyMatch(entry -> entry.objective().name().equals(asked))) {
      schedule.hurry(nanos.getAsLong());
      plan();
    }
  }

  private void plan() {
    next.ifPresent(old -> old.cancel(false));
    next = told.isEmpty() ? Optional.empty()
        : Optional.of(timer.schedule(this::flood, schedule.until(nanos.getAsLong()), TimeUnit.NANOSECONDS));
  }

  private void flood() {
    List<Message.Flood.Entry> entries = told;
    try {
      Optional<Address> initiator = initiator();
      if (initiator.isPresent() && !entries.isEmpty()) {
        long session = sessions.fresh();
        relay.own(session, initiator.get());
        Octets message = codec.encode(new Message.Flood(session, initiator.get(), settings.timing().ttl().toMillis(), entries));
        links.values().forEach(link -> link.send(message));
        peers.tell(message, Optional.empty());
        sessions.release(session);
      } else {
        nuisances.note(Kind.CANNOT_SEND, "domain", "no address but link-local ones");
      }
    } catch (SocketException e) {
      nuisances.note(Kind.CANNOT_SEND, "domain", e.getMessage());
    } finally {
      schedule.told(nanos.getAsLong());
      plan();
    }
  }

  /** An address that is ours alone (RFC 8990 section 2.8.4): of IPv6 if there is one, never link-local. */
  private Optional<Address> initiator() throws SocketException {
    List<InetAddress> addresses = new ArrayList<>();
    for (String name : settings.interfaces()) {
      NetworkInterface card = NetworkInterface.getByName(name);
      if (card != null) {
        addresses.addAll(Collections.list(card.getInetAddresses()));
      }
    }
    listening().map(InetSocketAddress::getAddress).ifPresent(addresses::add);
    if (settings.interfaces().isEmpty()) {
      NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).forEach(addresses::add);
    }
    return addresses.stream().filter(each -> !each.isLinkLocalAddress() && !each.isAnyLocalAddress())
        .min(Comparator.comparing(InetAddress::isLoopbackAddress).thenComparing(each -> !(each instanceof Inet6Address))).map(Address::of);
  }

  /** One flood, from wherever; {@code fromLink} and {@code fromPeer} are where it does not go. */
  private void flooded(Message.Flood flood, Origin origin, Optional<Link> fromLink, Optional<Peers.Peer> fromPeer) {
    if (isLinkLocalFromAfar(flood)) {
      nuisances.note(Kind.LINK_LOCAL, origin.interfaceName(), origin.source().getAddress().getHostAddress());
      return;
    }
    for (Message.Flood.Entry entry : flood.entries()) {
      Flooded one = new Flooded(entry.objective(), entry.locator(), flood.ttl(), flood.initiator(), origin);
      if (cache.put(one)) {
        nuisances.note(Kind.TABLE_FULL, origin.interfaceName(), entry.objective().name());
      }
      if (wanted.contains(entry.objective().name())) {
        tellListener(one);
      }
    }
    if (settings.relays()) {
      relay.next(flood).map(codec::encode).ifPresent(message -> {
        links.values().stream().filter(link -> fromLink.filter(link::equals).isEmpty()).forEach(link -> link.send(message));
        peers.tell(message, fromPeer);
      });
    }
  }

  /** A link-local initiator means this link, so its flood goes one hop (RFC 8990 section 2.5.6.2). */
  private static boolean isLinkLocalFromAfar(Message.Flood flood) {
    return flood.initiator().isLinkLocal() && flood.entries().stream().anyMatch(entry -> entry.objective().loopCount() != 1);
  }

  private void tellListener(Flooded flooded) {
    synchronized (listener) {
      listener.flooded(flooded);
    }
  }

  private final class LinkEars implements Link.Listener {
    @Override
    public void opened(LinkAddress here) {
      timer.execute(DomainNode.this::soon);
    }

    @Override
    public void heard(Octets datagram, InetSocketAddress source, LinkAddress here) {
      Optional<Link> link = Optional.ofNullable(links.get(here.name()));
      if (!here.isNeighbour(source.getAddress())) {
        nuisances.note(Kind.NOT_OF_THE_LINK, here.name(), source.getAddress().getHostAddress());
        return;
      }
      try {
        Message message = codec.decode(datagram);
        if (message instanceof Message.Flood flood) {
          flooded(flood, new Origin(here.name(), here.index(), source), link, Optional.empty());
        } else if (message instanceof Message.Discovery discovery) {
          desk.asked(discovery, source, link, peers);
          timer.execute(() -> hurry(discovery.objective().name()));
        } else if (!(message instanceof Message.Noop)) {
          nuisances.note(message instanceof Message.Unknown ? Kind.UNKNOWN_TYPE : Kind.NOT_EXPECTED, here.name(),
              source.getAddress().getHostAddress());
        }
      } catch (DecodeException e) {
        nuisances.note(Kind.MALFORMED, here.name(), source.getAddress().getHostAddress() + ": " + e.getMessage());
      }
    }
  }

  private final class PeerEars implements Peers.Listener {
    @Override
    public void joined(Peers.Peer peer) {
      timer.execute(DomainNode.this::soon);
    }

    @Override
    public boolean received(Peers.Peer peer, Message message) throws IOException {
      if (message instanceof Message.Flood flood) {
        flooded(flood, origin(peer.wire()), Optional.empty(), Optional.of(peer));
        return true;
      }
      return desk.received(peer, message, peers);
    }

    private Origin origin(Wire wire) throws SocketException {
      NetworkInterface card = NetworkInterface.getByInetAddress(wire.local().getAddress());
      return card == null ? new Origin("", 0, wire.peer()) : new Origin(card.getName(), card.getIndex(), wire.peer());
    }
  }
}

package org.eider.est.coap;

import io.github.bucket4j.TimeMeter;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.californium.scandium.ConnectionListener;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.DTLSContext;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.SessionAdapter;
import org.eider.limits.Gate;
import org.eider.limits.Quota;
import org.eider.limits.Source;
import org.eider.limits.SourceLimits;
import org.eider.est.coap.CoapEvents.Shed;
import org.eider.pki.Credential;

/**
 * The DTLS sessions of a server, from the ClientHello with the right cookie on: who is let in, who has to make room, which credential
 * a handshake shows, and what is known of a session. Called on DTLS threads.
 */
final class Handshakes extends SessionAdapter implements ConnectionListener {
  /** Records of a session that do not authenticate before it is ended: tags of 8 octets can be guessed (RFC 9147 section 4.5.3). */
  private static final int MOST_FORGED = 128;

  private final CoapsConfig.Limits limits;
  private final AtomicReference<Credential> credential;
  private final CoapEvents events;
  private final ExchangeLog log;
  private final Function<InetSocketAddress, Peer> peers;
  private final SecureRandom random = new SecureRandom();
  private final Gate<ConnectionId> gate;
  private final Quota total;
  private final Map<ConnectionId, Greeting> going = new ConcurrentHashMap<>();
  private final Set<ConnectionId> sessions = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Consumer<ConnectionId>> evictor = new AtomicReference<>(id -> { });

  /** A handshake that is going on: what it shows from its first flight to its last, and since when. */
  private record Greeting(Credential shows, long since) {}

  /** None yet; {@code peers} says who is at an address. */
  Handshakes(CoapsConfig config, CoapEvents events, ExchangeLog log, Function<InetSocketAddress, Peer> peers, TimeMeter clock) {
    this.limits = config.limits();
    this.credential = new AtomicReference<>(config.credential());
    this.events = events;
    this.log = log;
    this.peers = peers;
    this.gate = new Gate<>(limits.bounds(), true, clock, config.relayed().isPresent() ? Source::exactly : Source::of);
    this.total = new Quota(new SourceLimits(1, limits.handshakeRate(), SourceLimits.Rate.ANY, 100), 1, clock);
  }

  /** Who ends a session that has to make room. */
  void evictWith(Consumer<ConnectionId> how) {
    evictor.set(how);
  }

  void show(Credential next) {
    credential.set(next);
  }

  int sessions() {
    return sessions.size();
  }

  int handshakes() {
    return going.size();
  }

  /** The names of all sessions. */
  List<ConnectionId> open() {
    return List.copyOf(sessions);
  }

  /** Who is at an address. */
  Peer peer(InetSocketAddress address) {
    return peers.apply(address);
  }

  /** What the handshake of a connection shows. */
  Credential shownOn(ConnectionId connection) {
    Greeting greeting = going.get(connection);
    return greeting == null ? credential.get() : greeting.shows();
  }

  /** The client's chain is within bounds: lets any issuer through, and says who that is from now on. */
  Association associate(ConnectionId connection, List<X509Certificate> chain) {
    return new Association(
        Association.newId(random), connection, List.copyOf(chain), shownOn(connection).certificate(), gate.quota(connection));
  }

  /** A session has a request in flight; it will not have to make room meanwhile. */
  void busy(Association association) {
    gate.stir(association.connection());
  }

  /** A session was heard of; one with a request in flight goes on being busy. */
  void heardOf(Association association) {
    gate.touch(association.connection());
  }

  /** A session has nothing in flight any more. */
  void quiet(Association association) {
    gate.settle(association.connection());
  }

  /** Gives up the handshakes that take too long. */
  void sweep() {
    long now = System.nanoTime();
    going.forEach((connection, greeting) -> {
      if (now - greeting.since() > limits.handshake().toNanos()) {
        sendAway(connection);
      }
    });
  }

  private void sendAway(ConnectionId connection) {
    going.remove(connection);
    evictor.get().accept(connection);
  }

  @Override
  public void handshakeStarted(Handshaker handshaker) throws HandshakeException {
    ConnectionId connection = handshaker.getConnection().getConnectionId();
    if (!total.handshake()) {
      events.shed(Shed.HANDSHAKES);
      throw PeerCertificates.refusal(AlertDescription.INTERNAL_ERROR, "too many handshakes");
    }
    Gate.Answer<ConnectionId> answer = gate.admit(connection, peer(handshaker.getPeerAddress()).account());
    answer.idle().ifPresent(victim -> events.shed(Shed.SESSION));
    answer.greeting().ifPresent(victim -> events.shed(Shed.HANDSHAKE));
    answer.victims().forEach(this::sendAway);
    if (answer.refused().isPresent()) {
      events.shed(shed(answer.refused().get()));
      throw PeerCertificates.refusal(AlertDescription.INTERNAL_ERROR, "not let in: " + answer.refused().get());
    }
    going.put(connection, new Greeting(credential.get(), System.nanoTime()));
  }

  private static Shed shed(Gate.Shut why) {
    return switch (why) {
      case CONNECTIONS -> Shed.SESSIONS;
      case SOURCE_CONNECTIONS -> Shed.SOURCE_SESSIONS;
      case SOURCE_HANDSHAKES -> Shed.SOURCE_HANDSHAKES;
    };
  }

  @Override
  public void contextEstablished(Handshaker handshaker, DTLSContext established) {
    ConnectionId connection = handshaker.getConnection().getConnectionId();
    gate.greeted(connection);
    gate.settle(connection);
    events.handshakeDone(nanos(Optional.ofNullable(going.remove(connection))));
  }

  @Override
  public void handshakeFailed(Handshaker handshaker, Throwable error) {
    ConnectionId connection = handshaker.getConnection().getConnectionId();
    Optional<Greeting> greeting = connection == null ? Optional.empty() : Optional.ofNullable(going.remove(connection));
    if (connection != null && !sessions.contains(connection)) {
      gate.leave(connection);
    }
    events.handshakeFailed(nanos(greeting));
    log.handshakeFailed(Optional.ofNullable(handshaker.getPeerAddress()).map(peers), error);
  }

  private static long nanos(Optional<Greeting> greeting) {
    return greeting.map(begun -> System.nanoTime() - begun.since()).orElse(0L);
  }

  @Override
  public void onConnectionEstablished(Connection connection) {
    if (sessions.add(connection.getConnectionId())) {
      events.sessionOpened();
    }
  }

  /** Scandium remembers a connection for two minutes after it is gone, so as to know its ClientHello again: not with all that it had. */
  @Override
  public void onConnectionRemoved(Connection connection) {
    ConnectionId id = connection.getConnectionId();
    going.remove(id);
    gate.leave(id);
    if (sessions.remove(id)) {
      events.sessionClosed();
    }
    if (connection.hasEstablishedDtlsContext()) {
      connection.resetContext();
    }
  }

  @Override
  public boolean onConnectionMacError(Connection connection) {
    DTLSContext context = connection.getEstablishedDtlsContext();
    if (context == null || context.getMacErrors() < MOST_FORGED) {
      return false;
    }
    sendAway(connection.getConnectionId());
    return true;
  }

  @Override
  public boolean onConnectionUpdatesSequenceNumbers(Connection connection, boolean writeSequenceNumber) {
    return false;
  }

  @Override
  public void beforeExecution(Connection connection) {
    // nothing is kept for a thread
  }

  @Override
  public void updateExecution(Connection connection) {
    // nothing is kept for a thread
  }

  @Override
  public void afterExecution(Connection connection) {
    // nothing is kept for a thread
  }
}

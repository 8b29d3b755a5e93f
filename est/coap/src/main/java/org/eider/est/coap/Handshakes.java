package org.eider.est.coap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.californium.scandium.ConnectionListener;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.DTLSContext;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.SessionAdapter;
import org.eider.pki.Credential;

/**
 * The handshakes of a server: which credential each of them shows, what is known when it is finished, and how many sessions there are.
 * Called on DTLS threads.
 */
final class Handshakes extends SessionAdapter implements ConnectionListener {
  private final AtomicReference<Credential> credential;
  private final CoapEvents events;
  private final ExchangeLog log;
  private final SecureRandom random = new SecureRandom();
  private final Cache<ConnectionId, Greeting> going;
  private final Set<ConnectionId> sessions = ConcurrentHashMap.newKeySet();

  /** A handshake that is going on: what it shows from its first flight to its last, and since when. */
  private record Greeting(Credential shows, long since) {}

  Handshakes(CoapsConfig config, CoapEvents events, ExchangeLog log) {
    this.credential = new AtomicReference<>(config.credential());
    this.events = events;
    this.log = log;
    this.going = Caffeine.newBuilder()
        .maximumSize(config.limits().sessions()).expireAfterWrite(config.limits().handshake()).executor(Runnable::run).build();
  }

  void show(Credential next) {
    credential.set(next);
  }

  int sessions() {
    return sessions.size();
  }

  /** What the handshake of a connection shows. */
  Credential shownOn(ConnectionId connection) {
    return greeting(connection).shows();
  }

  /** The client's chain is within bounds: lets any issuer through, and says who that is from now on. */
  Association associate(ConnectionId connection, List<X509Certificate> chain) {
    return new Association(Association.newId(random), List.copyOf(chain), shownOn(connection).certificate(), new Transfers());
  }

  private Greeting greeting(ConnectionId connection) {
    return going.get(connection, id -> new Greeting(credential.get(), System.nanoTime()));
  }

  private Optional<Greeting> end(Handshaker handshaker) {
    ConnectionId connection = handshaker.getConnection().getConnectionId();
    return Optional.ofNullable(connection).flatMap(id -> Optional.ofNullable(going.asMap().remove(id)));
  }

  @Override
  public void handshakeStarted(Handshaker handshaker) {
    greeting(handshaker.getConnection().getConnectionId());
  }

  @Override
  public void contextEstablished(Handshaker handshaker, DTLSContext established) {
    Optional<Greeting> greeting = end(handshaker);
    events.handshakeDone(greeting.map(g -> System.nanoTime() - g.since()).orElse(0L));
  }

  @Override
  public void handshakeFailed(Handshaker handshaker, Throwable error) {
    Optional<Greeting> greeting = end(handshaker);
    events.handshakeFailed(greeting.map(g -> System.nanoTime() - g.since()).orElse(0L));
    log.handshakeFailed(handshaker.getPeerAddress(), error);
  }

  @Override
  public void onConnectionEstablished(Connection connection) {
    if (sessions.add(connection.getConnectionId())) {
      events.sessionOpened();
    }
  }

  @Override
  public void onConnectionRemoved(Connection connection) {
    if (sessions.remove(connection.getConnectionId())) {
      events.sessionClosed();
    }
  }

  @Override
  public boolean onConnectionUpdatesSequenceNumbers(Connection connection, boolean writeSequenceNumber) {
    return false;
  }

  @Override
  public boolean onConnectionMacError(Connection connection) {
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

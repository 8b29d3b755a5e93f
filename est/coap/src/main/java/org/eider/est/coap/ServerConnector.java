package org.eider.est.coap;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.californium.elements.util.ClockUtil;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.InMemoryReadWriteLockConnectionStore;
import org.eclipse.californium.scandium.dtls.ResumptionSupportingConnectionStore;

/** A connector that forgets a session when its peer says that it ends: Scandium would keep it for a resumption that there is not. */
class ServerConnector extends DTLSConnector {
  static final long STALE_SECONDS = 60;

  private final ResumptionSupportingConnectionStore store;

  /**
   * A connector that has not begun.
   *
   * @param mostConnections what Scandium keeps itself; who decides earlier who goes has less
   */
  ServerConnector(DtlsConnectorConfig config, int mostConnections) {
    this(config, new InMemoryReadWriteLockConnectionStore(mostConnections, STALE_SECONDS, null, false).setTag(config.getLoggingTag()));
  }

  /** One with another store. */
  ServerConnector(DtlsConnectorConfig config, ResumptionSupportingConnectionStore store) {
    super(config, store);
    this.store = store;
    setAlertHandler((peer, alert) -> {
      if (alert.getDescription() == AlertDescription.CLOSE_NOTIFY && peer != null) {
        Connection connection = store.get(peer);
        if (connection != null && connection.isClosed()) {
          store.remove(connection, true);
        }
      }
    });
  }

  /** Ends a session or a handshake: tells its peer, and forgets it. */
  final void evict(ConnectionId id) {
    Connection connection = store.get(id);
    if (connection == null) {
      return;
    }
    try {
      if (connection.hasEstablishedDtlsContext() && connection.getPeerAddress() != null) {
        close(connection.getPeerAddress());
      }
      // A connection does one thing after the other, so this comes behind the farewell.
      connection.getExecutor().execute(() -> {
        Handshaker handshaker = connection.getOngoingHandshake();
        if (handshaker != null) {
          handshaker.handshakeFailed(new IOException("made room for another, or took too long"));
        }
        store.remove(connection, true);
      });
    } catch (RejectedExecutionException stopping) {
      store.remove(connection, true);
    }
  }

  /** Forgets what nobody needs any more. */
  void sweep() {
    // there is nothing here
  }

  /** Ends a session from which nothing authentic came for so long. */
  final void evictIdle(ConnectionId id, Duration idle) {
    Connection connection = store.get(id);
    if (connection != null && ClockUtil.nanoRealtime() - connection.getLastMessageNanos() > idle.toNanos()) {
      evict(id);
    }
  }
}

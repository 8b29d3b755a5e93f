package org.eider.est.coap;

import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.ResumptionSupportingConnectionStore;

/** A connector that forgets a session when its peer says that it ends: Scandium would keep it for a resumption that there is not. */
final class ServerConnector extends DTLSConnector {
  ServerConnector(DtlsConnectorConfig config) {
    this(config, createConnectionStore(config));
  }

  private ServerConnector(DtlsConnectorConfig config, ResumptionSupportingConnectionStore store) {
    super(config, store);
    setAlertHandler((peer, alert) -> {
      if (alert.getDescription() == AlertDescription.CLOSE_NOTIFY && peer != null) {
        Connection connection = store.get(peer);
        if (connection != null && connection.isClosed()) {
          store.remove(connection, true);
        }
      }
    });
  }
}

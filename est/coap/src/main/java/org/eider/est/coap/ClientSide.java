package org.eider.est.coap;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.DTLSContext;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.SessionAdapter;
import org.eider.pki.UntrustedException;

/** A client's end of its one DTLS session. */
final class ClientSide extends SessionAdapter {
  private static final Duration FAREWELL = Duration.ofMillis(500);

  /** Californium keeps as many transfers in blocks as it knows peers, and those that ended with an error for a while. */
  private static final int TRANSFERS = 16;

  private final CoapsClientConfig config;
  private final String host;
  private final InetSocketAddress server;
  private final EndpointContext context;
  private final DTLSConnector connector;
  private final CompletableFuture<List<X509Certificate>> established = new CompletableFuture<>();
  private final AtomicReference<List<X509Certificate>> chain = new AtomicReference<>(List.of());
  private final AtomicReference<UntrustedException> untrusted = new AtomicReference<>();
  private volatile boolean ended;

  ClientSide(CoapsClientConfig config, String host, InetSocketAddress server) {
    this.config = config;
    this.host = host;
    this.server = server;
    this.context = new AddressEndpointContext(server);
    this.connector = new DTLSConnector(DtlsConnectorConfig.builder(settings())
        .setCertificateIdentityProvider(new OwnCertificate(connection -> config.credential()))
        .setAdvancedCertificateVerifier(new PeerCertificates(this::judge))
        .setSessionListener(this)
        .build());
    connector.setExecutor(ClientThreads.COMPUTING);
    connector.setAlertHandler((peer, alert) -> {
      if (alert.getDescription() == AlertDescription.CLOSE_NOTIFY || alert.isFatal()) {
        ended = true;
      }
    });
  }

  private Configuration settings() {
    return Dtls.configuration(DtlsRole.CLIENT_ONLY)
        .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0)
        .set(DtlsConfig.DTLS_MAX_CONNECTIONS, 1)
        .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
        .set(CoapConfig.PREFERRED_BLOCK_SIZE, config.blockSize())
        .set(CoapConfig.MAX_MESSAGE_SIZE, config.blockSize())
        .set(CoapConfig.MAX_RESOURCE_BODY_SIZE, config.maxBody())
        .set(CoapConfig.MAX_ACTIVE_PEERS, TRANSFERS)
        .set(CoapConfig.BLOCKWISE_STATUS_LIFETIME, (int) config.responseTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  CoapEndpoint endpoint(Abbreviation abbreviation) {
    CoapEndpoint endpoint = CoapEndpoint.builder()
        .setConfiguration(settings())
        .setConnector(connector)
        .setEndpointContextMatcher(new OneServer())
        .setDataSerializerAndParser(new UdpDataSerializer(), new StrictParser(abbreviation.registry()))
        .setCoapStackFactory(new CoapStacks())
        .build();
    endpoint.setExecutors(ClientThreads.PROTOCOL, ClientThreads.PROTOCOL);
    endpoint.setMessageDeliverer(new CoapsConnection.ToRequests());
    return endpoint;
  }

  /** Begins the handshake. What is sent behind it is nothing: {@link OneServer} holds it back. */
  void knock(Connector through) {
    through.send(RawData.outbound(new byte[0], new Knock(server), null, false));
  }

  CompletableFuture<List<X509Certificate>> established() {
    return established;
  }

  Optional<UntrustedException> untrusted() {
    return Optional.ofNullable(untrusted.get());
  }

  InetSocketAddress server() {
    return server;
  }

  EndpointContext context() {
    return context;
  }

  boolean isOpen() {
    return !ended && connector.isRunning();
  }

  void close() {
    if (!ended) {
      ended = true;
      Dtls.farewell(connector, FAREWELL);
    }
  }

  private Object judge(ConnectionId connection, List<X509Certificate> sent) throws HandshakeException {
    try {
      config.trust().check(sent, host);
      chain.set(List.copyOf(sent));
      return sent;
    } catch (UntrustedException e) {
      untrusted.set(e);
      throw PeerCertificates.refusal(AlertDescription.BAD_CERTIFICATE, e.getMessage());
    }
  }

  @Override
  public void contextEstablished(Handshaker handshaker, DTLSContext dtls) {
    established.complete(chain.get());
  }

  @Override
  public void handshakeFailed(Handshaker handshaker, Throwable error) {
    ended = true;
    established.completeExceptionally(error);
  }

  /** The address of what begins a handshake. */
  private static final class Knock extends AddressEndpointContext {
    Knock(InetSocketAddress peer) {
      super(peer);
    }
  }

  /** The connector has one session, and whatever comes through it is of the one server. */
  private static final class OneServer implements EndpointContextMatcher {
    @Override
    public String getName() {
      return "one server";
    }

    @Override
    public Object getEndpointIdentity(EndpointContext peer) {
      return peer.getPeerAddress();
    }

    @Override
    public boolean isResponseRelatedToRequest(EndpointContext request, EndpointContext response) {
      return request.getPeerAddress().equals(response.getPeerAddress());
    }

    @Override
    public boolean isToBeSent(EndpointContext message, EndpointContext connection) {
      return !(message instanceof Knock) || connection == null;
    }

    @Override
    public String toRelevantState(EndpointContext peer) {
      return peer == null ? "none" : peer.getPeerAddress().toString();
    }
  }
}

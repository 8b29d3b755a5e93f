package org.eider.est;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * A secured session between a device and us, seen from the server, whatever the transport.
 *
 * @param id short random text that stands in every log line of the session
 * @param peer where the session comes from; behind a join proxy, the proxy
 * @param clientChain what the client authenticated with, end entity first, possession of its key proven by the handshake and
 *     nothing else checked; empty when the client presented no certificate
 * @param shown the end-entity certificate that this very session showed to the client
 * @param binding the session's channel binding, where the transport offers one
 * @param notes what the log line of the present request says; every request of a session has its own
 */
public record ClientSession(String id, InetSocketAddress peer, List<X509Certificate> clientChain, X509Certificate shown,
    Optional<ChannelBinding> binding, Notes notes) {
  /** Keeps an unmodifiable copy of the chain. */
  public ClientSession {
    clientChain = List.copyOf(clientChain);
  }

  /** A session with notes that say nothing yet. */
  public ClientSession(
      String id, InetSocketAddress peer, List<X509Certificate> clientChain, X509Certificate shown, Optional<ChannelBinding> binding) {
    this(id, peer, clientChain, shown, binding, new Notes());
  }

  /** The same session for one more request. */
  public ClientSession forRequest() {
    return new ClientSession(id, peer, clientChain, shown, binding, new Notes());
  }

  /** The client's end-entity certificate. */
  public Optional<X509Certificate> client() {
    return clientChain.stream().findFirst();
  }
}

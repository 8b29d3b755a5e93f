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
 */
public record ClientSession(
    String id, InetSocketAddress peer, List<X509Certificate> clientChain, X509Certificate shown, Optional<ChannelBinding> binding) {
  /** Keeps an unmodifiable copy of the chain. */
  public ClientSession {
    clientChain = List.copyOf(clientChain);
  }

  /** The client's end-entity certificate. */
  public Optional<X509Certificate> client() {
    return clientChain.stream().findFirst();
  }
}

package org.eider.est.http;

import java.util.Optional;
import javax.net.ssl.SSLEngine;
import org.eider.est.ChannelBinding;
import org.eider.wire.Octets;

/** The channel binding of a finished handshake, by TLS version. */
final class Bindings {
  private Bindings() {}

  static Optional<ChannelBinding> of(SSLEngine engine) {
    if (!engine.getSession().getProtocol().equals(Tls.V12)) {
      return ExporterHook.of(engine.getSession());
    }
    byte[] unique = Tls.beyond(engine).getConnection().getChannelBinding("tls-unique");
    return unique == null ? Optional.empty() : Optional.of(new ChannelBinding(ChannelBinding.Kind.TLS_UNIQUE, Octets.of(unique)));
  }
}

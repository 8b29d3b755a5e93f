package org.eider.est.coap;

import java.security.Principal;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.auth.AdditionalInfo;
import org.eclipse.californium.elements.auth.ExtensiblePrincipal;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eider.limits.Quota;

/**
 * What the server knows of a DTLS session from its handshake on, wherever its peer moves.
 *
 * @param id short random text that stands in every log line of the session
 * @param connection Scandium's name of it
 * @param chain what the peer authenticated with, end entity first
 * @param shown the end-entity certificate that this very handshake showed
 * @param quota what the source of the handshake has used
 */
record Association(String id, ConnectionId connection, List<X509Certificate> chain, X509Certificate shown, Quota quota) {
  private static final String KEY = "eider.association";
  private static final int ID_OCTETS = 6;

  static String newId(SecureRandom random) {
    byte[] id = new byte[ID_OCTETS];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  /** In the shape in which Scandium takes it along. */
  AdditionalInfo info() {
    return AdditionalInfo.from(Map.of(KEY, this));
  }

  /** The association of a message; empty for what did not come through our handshake. */
  static Optional<Association> of(EndpointContext context) {
    return context == null ? Optional.empty() : of(context.getPeerIdentity());
  }

  static Optional<Association> of(Principal principal) {
    return principal instanceof ExtensiblePrincipal<?> extensible
        ? Optional.ofNullable(extensible.getExtendedInfo().get(KEY, Association.class)) : Optional.empty();
  }

  /** Compared by identity: no two handshakes make the same association. */
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return id;
  }
}

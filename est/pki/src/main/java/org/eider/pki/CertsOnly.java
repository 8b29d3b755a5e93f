package org.eider.pki;

import java.security.cert.X509Certificate;
import java.util.List;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** The degenerate SignedData that carries certificates only (RFC 5272 section 4.1, RFC 7030 sections 4.1.3 and 4.2.3). */
public final class CertsOnly {
  private CertsOnly() {}

  /** DER of the message that carries {@code certificates}. */
  public static Octets encode(List<X509Certificate> certificates) {
    throw new UnsupportedOperationException();
  }

  /** The certificates that a message in DER or BER carries, at most 32, in its order; signers or content are refused. */
  public static List<X509Certificate> decode(Octets message) throws DecodeException {
    throw new UnsupportedOperationException();
  }
}

package org.eider.pki;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.bouncycastle.asn1.x509.Extension;
import org.eider.wire.DecodeException;

/**
 * The address of a MASA: {@code https}, host, optional port, and the path prefix {@code /.well-known/brski} or what replaces it.
 *
 * @param base without trailing slash, for instance {@code https://masa.example.com:9443/.well-known/brski}
 */
public record MasaUri(URI base) {
  /** The extension's object identifier, id-pe-masa-url. */
  public static final String OID = "1.3.6.1.5.5.7.1.32";

  /**
   * Reads what the extension or a configuration says: an authority alone gets {@code https} and {@code /.well-known/brski}; a full
   * URI has to be {@code https} and keeps its path (RFC 8995 section 2.3.2).
   */
  public static MasaUri parse(String text) throws DecodeException {
    throw new UnsupportedOperationException();
  }

  /** The MASA that an IDevID names; empty when it has no such extension. */
  public static Optional<MasaUri> of(X509Certificate idevid) throws DecodeException {
    throw new UnsupportedOperationException();
  }

  /** The extension, not critical, for an IDevID; {@code text} as it shall stand there. */
  public static Extension extension(String text) {
    throw new UnsupportedOperationException();
  }

  /** Host, IPv6 addresses without brackets, in lower case. */
  public String host() {
    throw new UnsupportedOperationException();
  }

  /** Port, 443 when none is named. */
  public int port() {
    throw new UnsupportedOperationException();
  }

  /** The address of an operation, for instance {@code requestvoucher}. */
  public URI operation(String name) {
    throw new UnsupportedOperationException();
  }
}

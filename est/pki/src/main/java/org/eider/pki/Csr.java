package org.eider.pki;

import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** A PKCS#10 certification request (RFC 2986). */
public final class Csr {
  /** Greatest request that is read, in octets. */
  public static final int MAX_SIZE = 32 * 1024;

  private Csr() {}

  /** Parses a request in DER, nothing behind it. Its signature is not checked; see {@link #provesPossession()}. */
  public static Csr parse(Octets der) throws DecodeException {
    throw new UnsupportedOperationException();
  }

  /**
   * Makes a request signed with {@code key}.
   *
   * @param challengePassword channel binding in base64, where there is one (RFC 7030 section 3.5)
   * @param extensions requested extensions; none for no extensionRequest attribute
   */
  public static Octets create(X500Name subject, KeyPair key, Optional<String> challengePassword, List<Extension> extensions) {
    throw new UnsupportedOperationException();
  }

  /** The request as received. */
  public Octets der() {
    throw new UnsupportedOperationException();
  }

  /** The subject asked for. */
  public X500Name subject() {
    throw new UnsupportedOperationException();
  }

  /** The key to be certified, as a Bouncy Castle key. */
  public PublicKey publicKey() throws DecodeException {
    throw new UnsupportedOperationException();
  }

  /** The JCA-independent object identifier of the signature algorithm. */
  public String signatureAlgorithm() {
    throw new UnsupportedOperationException();
  }

  /** The challengePassword attribute, as text. */
  public Optional<String> challengePassword() {
    throw new UnsupportedOperationException();
  }

  /** The extensions of the extensionRequest attribute. */
  public Optional<Extensions> extensions() throws DecodeException {
    throw new UnsupportedOperationException();
  }

  /** Whether the request's signature verifies under the key it asks to certify, with an algorithm that Java can check. */
  public boolean provesPossession() {
    throw new UnsupportedOperationException();
  }
}

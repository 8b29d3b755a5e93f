package org.eider.pki;

import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x509.Extensions;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * The CsrAttrs of {@code /csrattrs} (RFC 7030 section 4.5, RFC 8951 section 4, RFC 9908).
 *
 * @param entries in order, each a bare object identifier or an attribute with values of any type
 */
public record CsrAttributes(List<Entry> entries) {
  /**
   * One entry.
   *
   * @param oid its object identifier, dotted
   * @param values the values of an attribute; empty for a bare object identifier
   */
  public record Entry(String oid, List<ASN1Encodable> values) {
    /** Keeps an unmodifiable copy. */
    public Entry {
      values = List.copyOf(values);
    }
  }

  /** Keeps an unmodifiable copy. */
  public CsrAttributes {
    entries = List.copyOf(entries);
  }

  /** Parses DER; an empty SEQUENCE is fine, attributes of mixed values too. */
  public static CsrAttributes parse(Octets der) throws DecodeException {
    throw new UnsupportedOperationException();
  }

  /** The RFC 9908 form: one extensionRequest with {@code extensions}, key type and signature hint for {@code keyType}. */
  public static CsrAttributes of(KeyType keyType, Optional<Extensions> extensions, boolean challengePassword) {
    throw new UnsupportedOperationException();
  }

  /** DER. */
  public Octets encode() {
    throw new UnsupportedOperationException();
  }

  /** The key type asked for by an ecPublicKey or rsaEncryption attribute, where it is one that we know. */
  public Optional<KeyType> keyType() {
    throw new UnsupportedOperationException();
  }

  /**
   * The extensions asked for with values: exactly one id-ExtensionReq with one value. More than one is answered with none (RFC
   * 9908 section 3.2).
   */
  public Optional<Extensions> extensions() {
    throw new UnsupportedOperationException();
  }

  /** Whether the server asks for a challengePassword. */
  public boolean asksForChallengePassword() {
    throw new UnsupportedOperationException();
  }
}

package org.eider.pki;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.smime.SMIMECapability;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/**
 * How a certification request wants a private key protected that is made for it, beside the transport (RFC 7030 section 4.4.1).
 *
 * @param sharedKey what DecryptKeyIdentifier (RFC 4108 section 2.2.5) names: a symmetric key that both sides have
 * @param ownKey what AsymmetricDecryptKeyIdentifier names: a key of the client
 * @param ciphers object identifiers of the SMIMECapabilities, best first; empty when the request carries none
 */
public record KeyProtection(Optional<Octets> sharedKey, Optional<Octets> ownKey, Optional<List<String>> ciphers) {
  /** id-aa-decryptKeyID. */
  public static final String DECRYPT_KEY_ID = "1.2.840.113549.1.9.16.2.37";
  /** id-aa-asymmDecryptKeyID. */
  public static final String ASYMM_DECRYPT_KEY_ID = "1.2.840.113549.1.9.16.2.54";
  /** SMIMECapabilities (RFC 8551 section 2.5.2). */
  public static final String SMIME_CAPABILITIES = "1.2.840.113549.1.9.15";

  private static final int LONGEST_IDENTIFIER = 64;
  private static final int MOST_CAPABILITIES = 64;
  private static final String PATH = "certification request/";

  /** Keeps an unmodifiable copy. */
  public KeyProtection {
    ciphers = ciphers.map(List::copyOf);
  }

  /** What the request asks for; attributes of another form than the standards' are flaws. */
  public static KeyProtection askedBy(Csr csr) throws DecodeException {
    return new KeyProtection(
        identifier(csr, DECRYPT_KEY_ID, "DecryptKeyIdentifier"),
        identifier(csr, ASYMM_DECRYPT_KEY_ID, "AsymmetricDecryptKeyIdentifier"),
        capabilities(csr));
  }

  private static Optional<Octets> identifier(Csr csr, String oid, String name) throws DecodeException {
    Optional<ASN1Encodable> value = csr.attribute(oid);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Octets identifier = Der.guard(PATH + name, () -> Octets.of(ASN1OctetString.getInstance(value.get()).getOctets()));
    if (identifier.isEmpty() || identifier.size() > LONGEST_IDENTIFIER) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, PATH + name, "not of 1 to " + LONGEST_IDENTIFIER + " octets");
    }
    return Optional.of(identifier);
  }

  private static Optional<List<String>> capabilities(Csr csr) throws DecodeException {
    String path = PATH + "SMIMECapabilities";
    Optional<ASN1Encodable> value = csr.attribute(SMIME_CAPABILITIES);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    ASN1Sequence all = Der.guard(path, () -> ASN1Sequence.getInstance(value.get()));
    if (all.size() > MOST_CAPABILITIES) {
      throw new DecodeException(Flaw.TOO_LONG, path, "more than " + MOST_CAPABILITIES + " capabilities");
    }
    return Optional.of(Der.guard(path, () -> {
      List<String> oids = new ArrayList<>();
      all.forEach(capability -> oids.add(SMIMECapability.getInstance(capability).getCapabilityID().getId()));
      return oids;
    }));
  }
}

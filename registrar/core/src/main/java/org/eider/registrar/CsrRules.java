package org.eider.registrar;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.eider.est.ClientSession;
import org.eider.pki.Csr;
import org.eider.pki.KeyType;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** What a certification request has to fulfil, a flat list of named refusals with {@link EnrolReason}. */
final class CsrRules {
  /** Signatures over SHA-256, SHA-384, SHA-512, and Ed25519; every other request is refused, SHA-1 and MD5 among them. */
  private static final Set<String> SIGNATURES = Set.of(
      "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4",
      "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13",
      "1.3.101.112");
  private static final BigInteger SMALLEST_RSA_EXPONENT = BigInteger.valueOf(65537);

  private final EnrolmentProfile profile;
  private final boolean requireChannelBinding;

  CsrRules(EnrolmentProfile profile, boolean requireChannelBinding) {
    this.profile = profile;
    this.requireChannelBinding = requireChannelBinding;
  }

  static Csr parse(Octets pkcs10) throws Stopped {
    try {
      return Csr.parse(pkcs10);
    } catch (DecodeException e) {
      throw malformed(e);
    }
  }

  /** The key to certify: of an allowed type, and with proof of possession. */
  PublicKey key(Csr csr) throws Stopped {
    PublicKey key = publicKey(csr);
    KeyType type = KeyType.of(key).filter(profile.keyTypes()::contains)
        .orElseThrow(() -> Stopped.refused(EnrolReason.KEY_NOT_ALLOWED, "keys of this type or size are not certified here"));
    if (key instanceof RSAPublicKey rsa && hasPoorExponent(rsa)) {
      throw Stopped.refused(EnrolReason.KEY_NOT_ALLOWED, type.label() + " keys need an odd public exponent of at least 65537");
    }
    if (!SIGNATURES.contains(csr.signatureAlgorithm())) {
      throw Stopped.refused(EnrolReason.BAD_PROOF_OF_POSSESSION,
          "requests have to be signed with SHA-256, SHA-384 or SHA-512, or with Ed25519");
    }
    if (!csr.provesPossession()) {
      throw Stopped.refused(EnrolReason.BAD_PROOF_OF_POSSESSION, "the request's signature does not verify under its own key");
    }
    return key;
  }

  /** Our own rule, no RFC's: an LDevID with the IDevID's key could not be replaced without replacing the manufacturer's identity. */
  static void checkNotIdevidKey(PublicKey key, X509Certificate idevid) throws Stopped {
    if (Octets.of(key.getEncoded()).matches(Octets.of(idevid.getPublicKey().getEncoded()))) {
      throw Stopped.refused(EnrolReason.KEY_NOT_ALLOWED, "the key of the IDevID is not certified again; make a new one");
    }
  }

  /** RFC 7030 section 3.5: a challengePassword, where there is one, is the base64 of this session's channel binding. */
  void checkChannelBinding(Csr csr, ClientSession session) throws Stopped {
    if (!csr.hasChallengePassword()) {
      demandNone();
      return;
    }
    String binding = session.binding().map(offered -> offered.value().base64()).orElseThrow(() -> Stopped.refused(
        EnrolReason.BAD_CHANNEL_BINDING, "the request carries a challengePassword and this session offers nothing to compare it with"));
    if (!Octets.utf8(binding).matches(Octets.utf8(csr.challengePassword().orElse("")))) {
      throw Stopped.refused(EnrolReason.BAD_CHANNEL_BINDING, "the request's challengePassword is not this session's channel binding");
    }
  }

  private void demandNone() throws Stopped {
    if (requireChannelBinding) {
      throw Stopped.refused(EnrolReason.BAD_CHANNEL_BINDING, "the request is not bound to this session by a challengePassword");
    }
  }

  /** RFC 7030 section 4.2.2: subject and subjectAltName are those of the certificate that is renewed. */
  static void checkUnchanged(Csr csr, X500Name subject, Optional<Extension> subjectAltName) throws Stopped {
    if (!csr.subject().equals(subject)) {
      throw Stopped.refused(EnrolReason.SUBJECT_CHANGED, "the request's subject is not that of the certificate to be renewed");
    }
    Optional<Octets> asked = requested(csr, Extension.subjectAlternativeName).map(CsrRules::value);
    if (!asked.equals(subjectAltName.map(CsrRules::value))) {
      throw Stopped.refused(EnrolReason.SUBJECT_CHANGED, "the request's subjectAltName is not that of the certificate to be renewed");
    }
  }

  private static PublicKey publicKey(Csr csr) throws Stopped {
    try {
      return csr.publicKey();
    } catch (DecodeException e) {
      throw Stopped.refused(EnrolReason.KEY_NOT_ALLOWED, "the request's key cannot be read: " + e.getMessage());
    }
  }

  private static boolean hasPoorExponent(RSAPublicKey key) {
    return key.getPublicExponent().compareTo(SMALLEST_RSA_EXPONENT) < 0 || !key.getPublicExponent().testBit(0);
  }

  private static Optional<Extension> requested(Csr csr, ASN1ObjectIdentifier oid) throws Stopped {
    try {
      Optional<Extensions> extensions = csr.extensions();
      return extensions.flatMap(all -> Optional.ofNullable(all.getExtension(oid)));
    } catch (DecodeException e) {
      throw malformed(e);
    }
  }

  private static Octets value(Extension extension) {
    return Octets.of(extension.getExtnValue().getOctets());
  }

  private static Stopped malformed(DecodeException e) {
    return Stopped.refused(EnrolReason.MALFORMED_REQUEST, "not a certification request: " + e.getMessage());
  }
}

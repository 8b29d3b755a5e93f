package org.eider.pki;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/** A PKCS#10 certification request (RFC 2986). */
public final class Csr {
  /** Greatest request that is read, in octets. */
  public static final int MAX_SIZE = 32 * 1024;
  /** Longest challengePassword, in characters (RFC 2985 section 5.4.1). */
  public static final int MAX_CHALLENGE_PASSWORD = 255;

  private static final String PATH = "certification request";
  private static final int MAX_ATTRIBUTES = 32;
  private static final Set<String> WEAK = Set.of(
      "1.2.840.113549.1.1.2", "1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5", // RSA with MD2, MD5, SHA-1
      "1.3.14.3.2.29", "1.2.840.10045.4.1", "1.2.840.10040.4.3"); // RSA with SHA-1 (old name), ECDSA and DSA with SHA-1

  private final Octets der;
  private final PKCS10CertificationRequest request;

  private Csr(Octets der, PKCS10CertificationRequest request) {
    this.der = der;
    this.request = request;
  }

  /** Parses a request in DER, nothing behind it. Its signature is not checked; see {@link #provesPossession()}. */
  public static Csr parse(Octets der) throws DecodeException {
    ASN1Primitive parsed = Der.parse(der, MAX_SIZE, PATH);
    return Der.guard(PATH, () -> {
      Csr csr = new Csr(der, new PKCS10CertificationRequest(CertificationRequest.getInstance(parsed)));
      requireReadable(csr.subject());
      if (!Octets.of(csr.request.getEncoded()).matches(der)) {
        throw new DecodeException(Flaw.WRONG_TYPE, PATH, "not in DER");
      }
      if (csr.request.getAttributes().length > MAX_ATTRIBUTES) {
        throw new DecodeException(Flaw.TOO_LONG, PATH, "more than " + MAX_ATTRIBUTES + " attributes");
      }
      return csr;
    });
  }

  /**
   * Makes a request signed with {@code key}.
   *
   * @param challengePassword channel binding in base64, where there is one (RFC 7030 section 3.5)
   * @param extensions requested extensions; none for no extensionRequest attribute
   */
  public static Octets create(X500Name subject, KeyPair key, Optional<String> challengePassword, List<Extension> extensions) {
    KeyType type = KeyType.of(key.getPublic()).orElseThrow(() -> new IllegalArgumentException("a key that Eider does not sign with"));
    PKCS10CertificationRequestBuilder builder =
        new PKCS10CertificationRequestBuilder(subject, SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
    challengePassword.ifPresent(text -> builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_challengePassword, directoryString(text)));
    if (!extensions.isEmpty()) {
      builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new Extensions(extensions.toArray(new Extension[0])));
    }
    try {
      var provider = Crypto.ofProcess().provider();
      var signer = new JcaContentSignerBuilder(type.signatureAlgorithm()).setProvider(provider).build(key.getPrivate());
      return Octets.of(builder.build(signer).getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("the request could not be made: " + e.getMessage(), e);
    }
  }

  /** The request as received. */
  public Octets der() {
    return der;
  }

  /** The subject asked for. */
  public X500Name subject() {
    return request.getSubject();
  }

  /** The key to be certified, as a Bouncy Castle key. */
  public PublicKey publicKey() throws DecodeException {
    String path = PATH + "/subjectPKInfo";
    return Der.guard(path, () -> Bc.publicKey(request.getSubjectPublicKeyInfo()))
        .orElseThrow(() -> new DecodeException(Flaw.OUT_OF_RANGE, path, "a public key of an unknown algorithm"));
  }

  /** The JCA-independent object identifier of the signature algorithm. */
  public String signatureAlgorithm() {
    return request.getSignatureAlgorithm().getAlgorithm().getId();
  }

  /** Whether the signature rests on MD2, MD5 or SHA-1: mathematics says nothing about that, an enrolment policy should. */
  public boolean weakSignature() {
    return WEAK.contains(signatureAlgorithm());
  }

  /** The challengePassword attribute, as text; empty also when it is not exactly one text of at most 255 characters. */
  public Optional<String> challengePassword() {
    List<ASN1Encodable> values = values(PKCSObjectIdentifiers.pkcs_9_at_challengePassword.getId());
    return values.size() == 1 && values.get(0) instanceof ASN1String text
        ? characters(text).filter(characters -> characters.length() <= MAX_CHALLENGE_PASSWORD)
        : Optional.empty();
  }

  /** Whether there is a challengePassword attribute at all, readable or not. */
  public boolean hasChallengePassword() {
    return request.getAttributes(PKCSObjectIdentifiers.pkcs_9_at_challengePassword).length > 0;
  }

  /** The extensions of the extensionRequest attribute; more than one value is a flaw (RFC 2985 section 5.4.2). */
  public Optional<Extensions> extensions() throws DecodeException {
    String path = PATH + "/extensionRequest";
    if (request.getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest).length == 0) {
      return Optional.empty();
    }
    List<ASN1Encodable> values = values(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest.getId());
    if (values.size() != 1) {
      throw new DecodeException(Flaw.DUPLICATE_KEY, path, "not exactly one value");
    }
    return Optional.of(Der.guard(path, () -> Extensions.getInstance(values.get(0))));
  }

  /** The one value of an attribute; empty when there is no such attribute, a flaw when it has not exactly one value. */
  Optional<ASN1Encodable> attribute(String oid) throws DecodeException {
    List<ASN1Encodable> values = values(oid);
    boolean there = request.getAttributes(new ASN1ObjectIdentifier(oid)).length > 0;
    if (there && values.size() != 1) {
      throw new DecodeException(Flaw.DUPLICATE_KEY, PATH + "/" + oid, "not exactly one value");
    }
    return values.stream().findFirst();
  }

  /** Whether the request's signature verifies under the key it asks to certify, with an algorithm that Java can check. */
  public boolean provesPossession() {
    try {
      PublicKey key = publicKey();
      return KeyType.isAffordable(key) && Der.guard(PATH + "/signature", () -> verifies(key));
    } catch (DecodeException e) {
      return false; // a key, an algorithm or a signature that cannot be read proves nothing
    }
  }

  /** Bouncy Castle reads a name as far as it is asked to; this asks for all of it, so that nobody finds a flaw later. */
  private static void requireReadable(X500Name name) throws IOException {
    if (name.toString().isEmpty() && name.getRDNs().length > 0) {
      throw new IOException("a name of empty parts");
    }
    name.getEncoded();
  }

  /**
   * Bouncy Castle's verifier of requests verifies every signature twice, the second time for a card that has to be told of the end: the
   * usual algorithms go without it.
   */
  private boolean verifies(PublicKey key) throws IOException {
    Provider provider = Crypto.ofProcess().providerFor(key);
    Optional<String> usual = CmsDigest.signature(request.getSignatureAlgorithm().getAlgorithm());
    try {
      if (usual.isEmpty()) {
        return request.isSignatureValid(new JcaContentVerifierProviderBuilder().setProvider(provider).build(key));
      }
      Signature signature = Signature.getInstance(usual.get(), provider);
      signature.initVerify(key);
      signature.update(request.toASN1Structure().getCertificationRequestInfo().getEncoded(ASN1Encoding.DER));
      return signature.verify(request.getSignature());
    } catch (OperatorCreationException | PKCSException | GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** Bouncy Castle looks at the octets of a UTF8String only when it is asked for its characters. */
  private static Optional<String> characters(ASN1String text) {
    try {
      return Optional.of(Der.guard(PATH + "/challengePassword", text::getString));
    } catch (DecodeException e) {
      return Optional.empty(); // octets that are no text are no password
    }
  }

  private List<ASN1Encodable> values(String oid) {
    List<ASN1Encodable> values = new ArrayList<>();
    for (Attribute attribute : request.getAttributes()) {
      if (attribute.getAttrType().getId().equals(oid)) {
        attribute.getAttrValues().forEach(values::add);
      }
    }
    return values;
  }

  private static ASN1Encodable directoryString(String text) {
    return DERPrintableString.isPrintableString(text) ? new DERPrintableString(text) : new DERUTF8String(text);
  }
}

package org.eider.pki;

import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.eider.pki.UntrustedException.Fault;
import org.eider.wire.CborItem;
import org.eider.wire.CborWriter;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/**
 * A COSE_Sign1 message taken apart (RFC 9052 section 4.2), not yet believed: tagged 18 or, since a media type says what it is, untagged.
 * What is signed is kept as it arrived and never encoded anew.
 */
public final class CoseMessage {
  /** Greatest message that is read, in octets. */
  public static final int MAX_SIZE = 128 * 1024;
  /** Most certificates that a message may carry. */
  public static final int MAX_CERTIFICATES = 16;

  static final long SIGN1 = 18;

  private static final String PATH = "cose";

  private final boolean tagged;
  private final List<CborItem> parts;
  private final CoseHeaders protectedHeaders;
  private final CoseHeaders unprotectedHeaders;
  private final Octets protectedOctets;
  private final Octets payload;
  private final Octets signature;

  private CoseMessage(boolean tagged, List<CborItem> parts) throws DecodeException {
    this.tagged = tagged;
    this.parts = parts;
    this.protectedOctets = parts.get(0).octets(PATH + "/protected");
    this.protectedHeaders = CoseHeaders.ofProtected(protectedOctets, PATH + "/protected");
    this.unprotectedHeaders = CoseHeaders.of(parts.get(1), PATH + "/unprotected");
    if (parts.get(2).isNull()) {
      throw new DecodeException(Flaw.MISSING, PATH + "/payload", "the payload is not in the message");
    }
    this.payload = parts.get(2).octets(PATH + "/payload");
    this.signature = parts.get(3).octets(PATH + "/signature");
  }

  /** Takes a message apart; nothing may follow it. */
  public static CoseMessage parse(Octets message) throws DecodeException {
    CborItem item = CborItem.read(message, MAX_SIZE);
    OptionalLong tag = item.tag();
    if (tag.isPresent() && tag.getAsLong() != SIGN1) {
      throw new DecodeException(Flaw.UNEXPECTED, PATH, "tagged as something else than COSE_Sign1");
    }
    List<CborItem> parts = item.untagged().array(PATH);
    if (parts.size() != 4) {
      throw new DecodeException(Flaw.WRONG_TYPE, PATH, "not an array of four");
    }
    CoseMessage read = new CoseMessage(tag.isPresent(), parts);
    if (read.unprotectedHeaders.has(CoseHeaders.CRIT)) {
      throw new DecodeException(Flaw.UNEXPECTED, PATH + "/unprotected", "crit that is not protected");
    }
    read.protectedHeaders.checkCritical();
    read.protectedHeaders.checkApartFrom(read.unprotectedHeaders);
    return read;
  }

  /** The payload as it was signed. */
  public Octets payload() {
    return payload;
  }

  /** The protected header as it was signed. */
  public Octets protectedOctets() {
    return protectedOctets;
  }

  /** The signature value. */
  public Octets signature() {
    return signature;
  }

  /** Whether it carries tag 18. */
  public boolean isTagged() {
    return tagged;
  }

  /**
   * The algorithm that the protected header tells; what the unprotected one tells counts for nothing.
   *
   * @throws DecodeException when it tells none
   * @throws UntrustedException when it is one that we do not take
   */
  public CoseAlgorithm algorithm() throws DecodeException, UntrustedException {
    CborItem alg = protectedHeaders.alg()
        .orElseThrow(() -> new DecodeException(Flaw.MISSING, PATH + "/protected", "no algorithm in the protected header"));
    if (!alg.isInteger()) {
      alg.text(PATH + "/protected/alg");
      throw new UntrustedException(Fault.WEAK_ALGORITHM, "the signature algorithm is too weak or not supported");
    }
    return CoseAlgorithm.of(alg.integer(PATH + "/protected/alg"))
        .orElseThrow(() -> new UntrustedException(Fault.WEAK_ALGORITHM, "the signature algorithm is too weak or not supported"));
  }

  /** The key identifier that either header tells. */
  public Optional<Octets> kid() throws DecodeException {
    Optional<Octets> kid = protectedHeaders.kid();
    return kid.isPresent() ? kid : unprotectedHeaders.kid();
  }

  /** The certificates that it carries, as they are: x5chain and x5bag of the protected header, then of the other. */
  public List<Octets> certificates() throws DecodeException {
    List<Octets> all = new ArrayList<>(protectedHeaders.certificates());
    all.addAll(unprotectedHeaders.certificates());
    if (all.size() > MAX_CERTIFICATES) {
      throw new DecodeException(Flaw.TOO_LONG, PATH, "more than " + MAX_CERTIFICATES + " certificates");
    }
    return all;
  }

  /** How many certificates the unprotected header carries, which {@link #withoutLooseCertificates()} leaves out. */
  public int looseCertificates() throws DecodeException {
    return unprotectedHeaders.certificates().size();
  }

  /**
   * The message as a constrained device gets it: without x5bag and x5chain in the unprotected header, with tag 18, and otherwise octet for
   * octet as it arrived. What is signed, certificates in the protected header included, stays.
   */
  public Octets withoutLooseCertificates() throws DecodeException {
    return new CborWriter().tag(SIGN1).array(4)
        .item(parts.get(0).encoded()).item(unprotectedHeaders.withoutCertificates())
        .item(parts.get(2).encoded()).item(parts.get(3).encoded())
        .toOctets();
  }

  /** Whether {@code key} made the signature, by the algorithm that the protected header tells. */
  public boolean isSignedBy(PublicKey key) throws DecodeException, UntrustedException {
    return algorithm().verifies(key, toBeSigned(Octets.empty()), signature);
  }

  /** The Sig_structure (RFC 9052 section 4.4); an empty protected header counts as a byte string of length zero. */
  Octets toBeSigned(Octets externalAad) {
    return toBeSigned(protectedHeaders.isEmpty() ? Octets.empty() : protectedOctets, externalAad, payload);
  }

  static Octets toBeSigned(Octets protectedOctets, Octets externalAad, Octets payload) {
    return new CborWriter().array(4).text("Signature1").octets(protectedOctets).octets(externalAad).octets(payload).toOctets();
  }
}

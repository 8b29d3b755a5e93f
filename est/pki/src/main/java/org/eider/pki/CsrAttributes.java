package org.eider.pki;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/**
 * The CsrAttrs of {@code /csrattrs} (RFC 7030 section 4.5, RFC 8951 section 4, RFC 9908).
 *
 * @param entries in order, each a bare object identifier or an attribute with values of any type
 */
public record CsrAttributes(List<Entry> entries) {
  /** Greatest answer that is read, in octets. */
  public static final int MAX_SIZE = 32 * 1024;

  private static final String PATH = "CSR attributes";
  private static final int MAX_ENTRIES = 128;
  private static final String CHALLENGE_PASSWORD = PKCSObjectIdentifiers.pkcs_9_at_challengePassword.getId();
  private static final String EXTENSION_REQUEST = PKCSObjectIdentifiers.pkcs_9_at_extensionRequest.getId();
  private static final String EC = X9ObjectIdentifiers.id_ecPublicKey.getId();
  private static final String RSA = PKCSObjectIdentifiers.rsaEncryption.getId();

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

    private ASN1Encodable toAsn1() {
      ASN1ObjectIdentifier type = new ASN1ObjectIdentifier(oid);
      return values.isEmpty() ? type : new DERSequence(type, new DERSet(values.toArray(new ASN1Encodable[0])));
    }
  }

  /** Keeps an unmodifiable copy. */
  public CsrAttributes {
    entries = List.copyOf(entries);
  }

  /** Parses DER; an empty SEQUENCE is fine, attributes of mixed values too. */
  public static CsrAttributes parse(Octets der) throws DecodeException {
    ASN1Primitive parsed = Der.parse(der, MAX_SIZE, PATH);
    return Der.guard(PATH, () -> {
      ASN1Sequence outer = ASN1Sequence.getInstance(parsed);
      if (outer.size() > MAX_ENTRIES) {
        throw new DecodeException(Flaw.TOO_LONG, PATH, "more than " + MAX_ENTRIES + " entries");
      }
      List<Entry> entries = new ArrayList<>();
      for (ASN1Encodable element : outer) {
        entries.add(entry(element.toASN1Primitive()));
      }
      return new CsrAttributes(entries);
    });
  }

  /** The RFC 9908 form: one extensionRequest with {@code extensions}, key type and signature hint for {@code keyType}. */
  public static CsrAttributes of(KeyType keyType, Optional<Extensions> extensions, boolean challengePassword) {
    List<Entry> entries = new ArrayList<>();
    if (challengePassword) {
      entries.add(new Entry(CHALLENGE_PASSWORD, List.of()));
    }
    extensions.ifPresent(wanted -> entries.add(new Entry(EXTENSION_REQUEST, List.of(wanted))));
    entries.addAll(switch (keyType) {
      case P256 -> ec(SECObjectIdentifiers.secp256r1, X9ObjectIdentifiers.ecdsa_with_SHA256);
      case P384 -> ec(SECObjectIdentifiers.secp384r1, X9ObjectIdentifiers.ecdsa_with_SHA384);
      case P521 -> ec(SECObjectIdentifiers.secp521r1, X9ObjectIdentifiers.ecdsa_with_SHA512);
      case RSA2048 -> rsa(2048, PKCSObjectIdentifiers.sha256WithRSAEncryption);
      case RSA3072 -> rsa(3072, PKCSObjectIdentifiers.sha256WithRSAEncryption);
      case RSA4096 -> rsa(4096, PKCSObjectIdentifiers.sha512WithRSAEncryption);
      case ED25519 -> List.of(new Entry(EdECObjectIdentifiers.id_Ed25519.getId(), List.of()));
    });
    return new CsrAttributes(entries);
  }

  /** DER. */
  public Octets encode() {
    ASN1EncodableVector all = new ASN1EncodableVector();
    entries.forEach(entry -> all.add(entry.toAsn1()));
    try {
      return Octets.of(new DERSequence(all).getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException("an ASN.1 tree in memory always encodes", e);
    }
  }

  /** The key type asked for by an ecPublicKey or rsaEncryption attribute, where it is one that we know. */
  public Optional<KeyType> keyType() {
    return entries.stream().flatMap(entry -> keyType(entry).stream()).findFirst();
  }

  /**
   * The extensions asked for with values: exactly one id-ExtensionReq with one value. More than one is answered with none (RFC
   * 9908 section 3.2).
   */
  public Optional<Extensions> extensions() {
    List<Entry> requests = entries.stream().filter(entry -> entry.oid().equals(EXTENSION_REQUEST)).toList();
    if (requests.size() != 1 || requests.get(0).values().size() != 1) {
      return Optional.empty();
    }
    try {
      Extensions wanted = Der.guard(PATH, () -> Extensions.getInstance(requests.get(0).values().get(0)));
      return Optional.of(wanted).filter(extensions -> extensions.getExtensionOIDs().length > 0);
    } catch (DecodeException e) {
      return Optional.empty(); // the old style of RFC 8951 puts other things here (RFC 9908 section 5.2)
    }
  }

  /** Whether the server asks for a challengePassword. */
  public boolean asksForChallengePassword() {
    return entries.stream().anyMatch(entry -> entry.oid().equals(CHALLENGE_PASSWORD));
  }

  private static Entry entry(ASN1Primitive element) throws DecodeException {
    if (element instanceof ASN1ObjectIdentifier oid) {
      return new Entry(oid.getId(), List.of());
    }
    if (element instanceof ASN1Sequence pair && pair.size() == 2
        && pair.getObjectAt(0) instanceof ASN1ObjectIdentifier oid && pair.getObjectAt(1) instanceof ASN1Set values) {
      return new Entry(oid.getId(), List.of(values.toArray()));
    }
    throw new DecodeException(Flaw.WRONG_TYPE, PATH, "neither an object identifier nor an attribute");
  }

  private static Optional<KeyType> keyType(Entry entry) {
    ASN1Encodable value = entry.values().size() == 1 ? entry.values().get(0) : DERSet.getInstance(new DERSet());
    if (entry.oid().equals(EC) && value instanceof ASN1ObjectIdentifier curve) {
      return curve.equals(SECObjectIdentifiers.secp256r1) ? Optional.of(KeyType.P256)
          : curve.equals(SECObjectIdentifiers.secp384r1) ? Optional.of(KeyType.P384)
          : curve.equals(SECObjectIdentifiers.secp521r1) ? Optional.of(KeyType.P521) : Optional.empty();
    }
    if (entry.oid().equals(RSA) && value instanceof ASN1Integer bits) {
      return bits.hasValue(2048) ? Optional.of(KeyType.RSA2048)
          : bits.hasValue(3072) ? Optional.of(KeyType.RSA3072)
          : bits.hasValue(4096) ? Optional.of(KeyType.RSA4096) : Optional.empty();
    }
    return entry.oid().equals(EdECObjectIdentifiers.id_Ed25519.getId()) ? Optional.of(KeyType.ED25519) : Optional.empty();
  }

  private static List<Entry> ec(ASN1ObjectIdentifier curve, ASN1ObjectIdentifier signature) {
    return List.of(new Entry(EC, List.of(curve)), new Entry(signature.getId(), List.of()));
  }

  private static List<Entry> rsa(int bits, ASN1ObjectIdentifier signature) {
    return List.of(new Entry(RSA, List.of(new ASN1Integer(bits))), new Entry(signature.getId(), List.of()));
  }
}

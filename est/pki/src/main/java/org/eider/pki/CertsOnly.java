package org.eider.pki;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.x509.Certificate;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/** The degenerate SignedData that carries certificates only (RFC 5272 section 4.1, RFC 7030 sections 4.1.3 and 4.2.3). */
public final class CertsOnly {
  /** Greatest message that is read, in octets. */
  public static final int MAX_SIZE = 256 * 1024;
  /** Most certificates of a message. */
  public static final int MAX_CERTIFICATES = 32;

  private static final String PATH = "certs-only message";

  private CertsOnly() {}

  /** DER of the message that carries {@code certificates}; a SET in DER is sorted, so their order is lost. */
  public static Octets encode(List<X509Certificate> certificates) {
    ASN1EncodableVector carried = new ASN1EncodableVector();
    certificates.forEach(certificate -> carried.add(Certificate.getInstance(Certificates.der(certificate).toArray())));
    SignedData data = new SignedData(
        new DERSet(), new ContentInfo(CMSObjectIdentifiers.data, null), new DERSet(carried), null, new DERSet());
    try {
      return Octets.of(new ContentInfo(CMSObjectIdentifiers.signedData, data).getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException("an ASN.1 tree in memory always encodes", e);
    }
  }

  /** The certificates that a message in DER or BER carries, at most 32, in its order; signers or content are refused. */
  public static List<X509Certificate> decode(Octets message) throws DecodeException {
    ASN1Primitive parsed = Der.parseBer(message, MAX_SIZE, PATH);
    return Der.guard(PATH, () -> certificates(signedData(parsed)));
  }

  private static SignedData signedData(ASN1Primitive parsed) throws DecodeException {
    ContentInfo outer = ContentInfo.getInstance(parsed);
    if (!outer.getContentType().equals(CMSObjectIdentifiers.signedData)) {
      throw new DecodeException(Flaw.WRONG_TYPE, PATH, "not SignedData");
    }
    return SignedData.getInstance(outer.getContent());
  }

  private static List<X509Certificate> certificates(SignedData data) throws DecodeException, IOException {
    if (data.getSignerInfos().size() != 0) {
      throw new DecodeException(Flaw.UNEXPECTED, PATH, "has a signer");
    }
    if (data.getEncapContentInfo().getContent() != null) {
      throw new DecodeException(Flaw.UNEXPECTED, PATH, "has content");
    }
    if (data.getCertificates() == null || data.getCertificates().size() == 0) {
      throw new DecodeException(Flaw.MISSING, PATH, "no certificate");
    }
    if (data.getCertificates().size() > MAX_CERTIFICATES) {
      throw new DecodeException(Flaw.TOO_LONG, PATH, "more than " + MAX_CERTIFICATES + " certificates");
    }
    List<X509Certificate> found = new ArrayList<>();
    for (ASN1Encodable element : data.getCertificates()) {
      if (!(element.toASN1Primitive() instanceof ASN1Sequence)) {
        throw new DecodeException(Flaw.UNEXPECTED, PATH, "a certificate that is not X.509");
      }
      found.add(Certificates.parse(Octets.of(element.toASN1Primitive().getEncoded("DER"))));
    }
    return List.copyOf(found);
  }
}

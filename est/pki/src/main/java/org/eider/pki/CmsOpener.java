package org.eider.pki;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerIdentifier;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.eider.pki.UntrustedException.Fault;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/** Reads CMS SignedData in DER or BER and checks the one signature on it. Says nothing about trust in the signer. */
public final class CmsOpener {
  /** Greatest CMS message that is read, in octets. */
  public static final int MAX_SIZE = 128 * 1024;
  /** Most certificates that a message may carry. */
  public static final int MAX_CERTIFICATES = 16;

  private static final String PATH = "cms";

  private CmsOpener() {}

  /**
   * Opens a message: one SignedData, nothing behind it, encapsulated content of type {@link CmsSealer#ANIMA_JSON_VOUCHER} or
   * {@link CmsSealer#DATA}, exactly one signer with signed attributes whose content type and message digest are consistent,
   * SHA-256/384/512, ECDSA P-256/384/521, RSA 2048+ or Ed25519, and a signature that verifies.
   *
   * @param known further certificates among which the signer's may be, for messages that leave them out
   * @throws DecodeException when it is not such a message
   * @throws UntrustedException when it is and the signature must not be believed
   */
  public static CmsSigned open(Octets message, Collection<X509Certificate> known) throws DecodeException, UntrustedException {
    SignedData signed = signedData(message);
    ContentInfo encapsulated = signed.getEncapContentInfo();
    String contentType = encapsulated.getContentType().getId();
    if (!contentType.equals(CmsSealer.ANIMA_JSON_VOUCHER) && !contentType.equals(CmsSealer.DATA)) {
      throw new DecodeException(Flaw.UNEXPECTED, PATH + "/eContentType", "content is no JSON voucher");
    }
    byte[] content = content(encapsulated);
    SignerInfo signer = onlySigner(signed.getSignerInfos());
    CmsSignature signature = CmsSignature.of(signer);
    List<X509Certificate> certificates = certificates(signed.getCertificates());
    X509Certificate certificate = signerCertificate(signer, certificates, known);
    signature.check(contentType, content, certificate);
    return new CmsSigned(Octets.of(content), contentType, signature.digest().label(), certificate, certificates, signature.signingTime());
  }

  private static SignedData signedData(Octets message) throws DecodeException {
    ASN1Primitive outer = Der.parseBer(message, MAX_SIZE, PATH);
    return Der.guard(PATH, () -> {
      ContentInfo info = ContentInfo.getInstance(outer);
      if (!CMSObjectIdentifiers.signedData.equals(info.getContentType()) || info.getContent() == null) {
        throw new DecodeException(Flaw.UNEXPECTED, PATH, "not a SignedData");
      }
      return SignedData.getInstance(info.getContent());
    });
  }

  private static byte[] content(ContentInfo encapsulated) throws DecodeException {
    ASN1Encodable content = encapsulated.getContent();
    if (content == null) {
      throw new DecodeException(Flaw.MISSING, PATH + "/eContent", "the content is not in the message");
    }
    if (!(content.toASN1Primitive() instanceof ASN1OctetString octets)) {
      throw new DecodeException(Flaw.WRONG_TYPE, PATH + "/eContent", "not an OCTET STRING");
    }
    return octets.getOctets();
  }

  private static SignerInfo onlySigner(ASN1Set signers) throws DecodeException, UntrustedException {
    if (signers.size() == 0) {
      throw new UntrustedException(Fault.NO_SIGNER, "nobody has signed the message");
    }
    if (signers.size() > 1) {
      throw new UntrustedException(Fault.SEVERAL_SIGNERS, "the message has more than one signer");
    }
    return Der.guard(PATH + "/signerInfos", () -> SignerInfo.getInstance(signers.getObjectAt(0)));
  }

  private static List<X509Certificate> certificates(ASN1Set bag) throws DecodeException {
    List<X509Certificate> certificates = new ArrayList<>();
    if (bag == null) {
      return certificates;
    }
    if (bag.size() > MAX_CERTIFICATES) {
      throw new DecodeException(Flaw.TOO_LONG, PATH + "/certificates", "more than " + MAX_CERTIFICATES + " certificates");
    }
    for (ASN1Encodable element : bag) {
      if (!(element.toASN1Primitive() instanceof ASN1Sequence certificate)) {
        throw new DecodeException(Flaw.UNEXPECTED, PATH + "/certificates", "something else than X.509 certificates");
      }
      Octets der = Der.guard(PATH + "/certificates", () -> Octets.of(certificate.getEncoded()));
      certificates.add(Certificates.parse(der));
    }
    return certificates;
  }

  private static X509Certificate signerCertificate(
      SignerInfo signer, List<X509Certificate> carried, Collection<X509Certificate> known) throws DecodeException, UntrustedException {
    SignerName name = SignerName.of(signer.getSID());
    Optional<X509Certificate> certificate = Stream.concat(carried.stream(), known.stream()).filter(name::names).findFirst();
    return certificate.map(found -> same(found, known)).orElseThrow(
        () -> new UntrustedException(Fault.SIGNER_UNKNOWN, "the signer's certificate is neither in the message nor known"));
  }

  /** The very same certificate as whoever knows it has it: its key has been used, and is quicker the next time. */
  private static X509Certificate same(X509Certificate found, Collection<X509Certificate> known) {
    Octets der = Certificates.der(found);
    return known.stream().filter(each -> Certificates.der(each).equals(der)).findFirst().orElse(found);
  }

  /** Which certificate a SignerInfo means. */
  private interface SignerName {
    boolean names(X509Certificate certificate);

    static SignerName of(SignerIdentifier sid) throws DecodeException {
      return Der.guard(PATH + "/signerInfos/sid", () -> {
        if (sid.isTagged()) {
          Octets keyId = Octets.of(ASN1OctetString.getInstance(sid.getId()).getOctets());
          return certificate -> Certificates.subjectKeyId(certificate).filter(keyId::equals).isPresent();
        }
        IssuerAndSerialNumber id = IssuerAndSerialNumber.getInstance(sid.getId());
        X500Principal issuer = new X500Principal(id.getName().getEncoded());
        BigInteger serial = id.getSerialNumber().getValue();
        return certificate -> certificate.getSerialNumber().equals(serial) && certificate.getIssuerX500Principal().equals(issuer);
      });
    }
  }
}

package org.eider.pki;

import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.BEROctetString;
import org.bouncycastle.asn1.BERSet;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DLSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerIdentifier;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;

/** A CMS message put together by hand, right in everything that a test does not set otherwise. */
final class ForgedCms {
  ASN1ObjectIdentifier outerType = CMSObjectIdentifiers.signedData;
  String contentType = CmsSealer.DATA;
  ASN1Encodable content = new DEROctetString(CONTENT.toArray());
  String digest = "SHA-256";
  ASN1ObjectIdentifier digestOid = NISTObjectIdentifiers.id_sha256;
  ASN1ObjectIdentifier signatureOid = X9ObjectIdentifiers.ecdsa_with_SHA256;
  String signature = "SHA256withECDSA";
  List<Attribute> attributes = new ArrayList<>();
  boolean sortedAttributes = true;
  boolean bySubjectKeyId;
  List<ASN1Encodable> certificates = new ArrayList<>();
  int signers = 1;
  boolean ber;

  static final Octets CONTENT = Octets.utf8("{\"ietf-voucher:voucher\":{\"serial-number\":\"SN-1\"}}");

  private final Credential signer;

  ForgedCms(Credential signer) throws Exception {
    this.signer = signer;
    for (X509Certificate certificate : signer.chain()) {
      certificates.add(Certificate.getInstance(certificate.getEncoded()));
    }
  }

  /** The attributes that CMS demands, for the present settings. */
  ForgedCms withUsualAttributes() throws Exception {
    attributes.add(attribute(CMSAttributes.signingTime, new Time(Date.from(TestPki.NOW))));
    attributes.add(attribute(CMSAttributes.contentType, new ASN1ObjectIdentifier(contentType)));
    attributes.add(attribute(CMSAttributes.messageDigest, new DEROctetString(digestOf(CONTENT.toArray()))));
    return this;
  }

  byte[] digestOf(byte[] octets) throws Exception {
    return java.security.MessageDigest.getInstance(digest, Bc.PROVIDER).digest(octets);
  }

  static Attribute attribute(ASN1ObjectIdentifier type, ASN1Encodable... values) {
    return new Attribute(type, new DERSet(values));
  }

  Octets bytes() throws Exception {
    ASN1EncodableVector infos = new ASN1EncodableVector();
    for (int i = 0; i < signers; i++) {
      infos.add(signerInfo());
    }
    ASN1EncodableVector bag = new ASN1EncodableVector();
    certificates.forEach(bag::add);
    ASN1Set certificateSet = ber ? new BERSet(bag) : new DLSet(bag);
    SignedData data = new SignedData(
        new DERSet(new AlgorithmIdentifier(digestOid)),
        new ContentInfo(new ASN1ObjectIdentifier(contentType), content),
        certificates.isEmpty() ? null : certificateSet,
        null,
        new DERSet(infos));
    return Octets.of(new ContentInfo(outerType, data).getEncoded(ber ? "BER" : "DL"));
  }

  /** The content as a constructed string of indefinite length, in pieces. */
  ForgedCms inBer() {
    ber = true;
    content = new BEROctetString(CONTENT.toArray(), 10);
    return this;
  }

  private SignerInfo signerInfo() throws Exception {
    Certificate own = Certificate.getInstance(signer.certificate().getEncoded());
    SignerIdentifier sid = bySubjectKeyId
        ? new SignerIdentifier(new DEROctetString(Certificates.subjectKeyId(signer.certificate()).orElseThrow().toArray()))
        : new SignerIdentifier(new IssuerAndSerialNumber(own));
    ASN1Encodable[] elements = attributes.toArray(ASN1Encodable[]::new);
    ASN1Set set = sortedAttributes ? new DERSet(elements) : new DLSet(elements);
    Signature engine = Signature.getInstance(signature, Bc.PROVIDER);
    engine.initSign(signer.key());
    engine.update(attributes.isEmpty() ? CONTENT.toArray() : set.getEncoded("DER"));
    return new SignerInfo(sid, new AlgorithmIdentifier(digestOid), attributes.isEmpty() ? null : set,
        new AlgorithmIdentifier(signatureOid), new DEROctetString(engine.sign()), (ASN1Set) null);
  }
}

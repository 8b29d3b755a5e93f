package org.eider.pledge;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.SignerInformationStore;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.eider.pki.Bc;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.wire.Octets;

/** What only {@link Mischief} needs: things that the rest of Eider refuses to make. */
final class Forgery {
  private static final int WEAK_BITS = 1024;
  private static final Instant BEGINNING = Instant.parse("2020-01-01T00:00:00Z");

  private Forgery() {}

  /** A self-signed certificate that nobody knows. */
  static Credential stranger(String subject) {
    SecureRandom random = new SecureRandom();
    KeyPair key = KeyType.P256.generate(random);
    BigInteger serial = CertificateMaker.newSerial(random);
    return new Credential(key.getPrivate(),
        List.of(CertificateMaker.selfSignedCa(new X500Name(subject), key, serial, BEGINNING, CertificateMaker.NO_END, 0)));
  }

  /** One message with the signers of both; their contents are the same. */
  static Octets twoSigners(Octets one, Octets other) {
    try {
      CMSSignedData first = new CMSSignedData(one.toArray());
      List<SignerInformation> signers = new ArrayList<>(first.getSignerInfos().getSigners());
      signers.addAll(new CMSSignedData(other.toArray()).getSignerInfos().getSigners());
      return Octets.of(CMSSignedData.replaceSigners(first, new SignerInformationStore(signers)).getEncoded());
    } catch (CMSException | IOException e) {
      throw new IllegalStateException("our own message is CMS", e);
    }
  }

  static KeyPair weakKey(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", Bc.PROVIDER);
      generator.initialize(WEAK_BITS, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Bouncy Castle makes RSA keys", e);
    }
  }

  /** A certification request of any RSA key, however short. */
  static Octets weakRequest(CsrMaker.Plan plan) {
    try {
      PKCS10CertificationRequestBuilder request = new PKCS10CertificationRequestBuilder(
          plan.subject(), SubjectPublicKeyInfo.getInstance(plan.key().getPublic().getEncoded()));
      plan.challengePassword().ifPresent(
          text -> request.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_challengePassword, new DERPrintableString(text)));
      return Octets.of(request.build(
          new JcaContentSignerBuilder("SHA256withRSA").setProvider(Bc.PROVIDER).build(plan.key().getPrivate())).getEncoded());
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalStateException("an RSA key signs", e);
    }
  }
}

package org.eider.est.http;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Random;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.eider.testkit.TestPki;

/** Certificates with RSA keys that take long to read or to verify with; read by the JDK, which asks nothing about a modulus. */
final class AbsurdKeys {
  private AbsurdKeys() {}

  /** Nobody has the private key. The modulus has no small factor, so that only an expensive test can say what it is. */
  static X509Certificate rsa(int bits, int exponentBits) throws Exception {
    BigInteger modulus = new BigInteger(bits, new Random(bits)).setBit(bits - 1).setBit(0);
    while (hasSmallFactor(modulus)) {
      modulus = modulus.add(BigInteger.TWO);
    }
    RSAPublicKey key = new RSAPublicKey(modulus, BigInteger.ONE.shiftLeft(exponentBits - 1).add(BigInteger.ONE));
    SubjectPublicKeyInfo info = new SubjectPublicKeyInfo(new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE), key);
    byte[] der = new X509v3CertificateBuilder(new X500Name("CN=Maker"), BigInteger.TEN, Date.from(TestPki.NOT_BEFORE),
        Date.from(TestPki.NOT_AFTER), new X500Name("CN=absurd"), info)
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(Site.PKI.credential().key())).getEncoded();
    return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  private static boolean hasSmallFactor(BigInteger modulus) {
    return IntStream.range(3, 2000).anyMatch(small -> modulus.mod(BigInteger.valueOf(small)).signum() == 0);
  }
}

package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.pki.Bc;
import org.eider.pki.CertificateMaker;
import org.eider.pki.KeyType;
import org.eider.pki.LdevidTemplate;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.Test;

/** Whom the handshake lets in: anybody, unless judging its signature would hold up everybody else. */
class AnyIssuerTest {
  private static final RSAPublicKey RSA = (RSAPublicKey) TestPki.key(KeyType.RSA2048).getPublic();

  @Test
  void aKeyThatMakesTheHandshakeExpensiveIsRefusedBeforeItsSignatureIsVerified() throws Exception {
    X509Certificate usual = certificate(RSA);
    X509Certificate costly = certificate(rsa(BigInteger.ONE.shiftLeft(2000).add(BigInteger.ONE)));
    AnyIssuer trust = new AnyIssuer();
    assertThatCode(() -> trust.checkClientTrusted(new X509Certificate[] {usual}, "RSA")).doesNotThrowAnyException();
    assertThatThrownBy(() -> trust.checkClientTrusted(new X509Certificate[] {costly}, "RSA"))
        .isInstanceOf(CertificateException.class).hasMessageContaining("too long to verify");
    assertThatThrownBy(() -> AnyIssuer.bound(new X509Certificate[] {costly, usual})).isInstanceOf(CertificateException.class);
  }

  @Test
  void aKeyThatIsExpensiveToReadIsRefusedWithoutBeingRead() throws Exception {
    CertificateFactory lazy = CertificateFactory.getInstance("X.509", Bc.PROVIDER);
    X509Certificate huge = (X509Certificate) lazy.generateCertificate(new ByteArrayInputStream(AbsurdKeys.rsa(16384, 17).getEncoded()));
    assertThatThrownBy(() -> AnyIssuer.bound(new X509Certificate[] {huge})).isInstanceOf(CertificateException.class);
  }

  @Test
  void theCertificateOfACaCannotSignAHandshake() {
    assertThatThrownBy(() -> AnyIssuer.bound(new X509Certificate[] {Site.PKI.certificate()}))
        .isInstanceOf(CertificateException.class).hasMessageContaining("other purposes");
  }

  private static PublicKey rsa(BigInteger exponent) throws Exception {
    return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(RSA.getModulus(), exponent));
  }

  private static X509Certificate certificate(PublicKey key) {
    LdevidTemplate template = new LdevidTemplate(new X500Name("CN=peer"), key, TestPki.NOT_BEFORE, TestPki.NOT_AFTER, List.of());
    return CertificateMaker.endEntity(Site.PKI.credential(), template, BigInteger.TEN);
  }
}

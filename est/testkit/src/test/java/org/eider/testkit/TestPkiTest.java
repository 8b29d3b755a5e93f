package org.eider.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.pki.Bc;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.SerialNumberProfile;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TestPkiTest {
  private static final TestPki PKI = TestPki.manufacturer("Acme", "masa.example.com:9443");

  @ParameterizedTest
  @EnumSource(names = {"P256", "P384", "RSA2048", "ED25519"})
  void anIdevidIsWhatRfc8995Asks(KeyType type) throws Exception {
    X509Certificate idevid = PKI.idevid("S-1", type).certificate();
    assertThat(X500Name.getInstance(idevid.getSubjectX500Principal().getEncoded())).hasToString("O=Acme,SERIALNUMBER=S-1");
    assertThat(SerialNumberProfile.HARDWARE_MODULE_NAME.serialNumber(idevid)).contains("S-1");
    assertThat(idevid.getNotAfter().toInstant()).isEqualTo(CertificateMaker.NO_END);
    assertThat(idevid.getExtendedKeyUsage()).isNull();
    assertThat(Certificates.authorityKeyId(idevid)).isEqualTo(Certificates.subjectKeyId(PKI.certificate()));
    assertThat(KeyType.of(idevid.getPublicKey())).contains(type);
  }

  @Test
  void theKeyBelongsToTheCertificate() throws Exception {
    Credential idevid = PKI.idevid("S-1");
    Signature signature = Signature.getInstance("SHA256withECDSA", Bc.PROVIDER);
    signature.initSign(idevid.key());
    byte[] signed = signature.sign();
    signature.initVerify(idevid.certificate());
    assertThat(signature.verify(signed)).isTrue();
  }

  @Test
  void chainsHoldWhatTheirJavadocSays() throws UntrustedException {
    TestPki sub = PKI.subordinate("Sub");
    assertThat(PKI.registrar("r").chain()).hasSize(2).endsWith(PKI.certificate());
    assertThat(PKI.server(List.of("localhost"), List.of()).chain()).hasSize(1);
    assertThat(sub.registrar("r").chain()).hasSize(3).endsWith(PKI.certificate());
    assertThat(sub.server(List.of("localhost"), List.of()).chain()).hasSize(2).endsWith(sub.certificate());
    assertThat(TrustAnchors.of(List.of(PKI.certificate())).validate(sub.idevid("S-1").chain(), TestPki.NOW)).hasSize(3);
  }
}

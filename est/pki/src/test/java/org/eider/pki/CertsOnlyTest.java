package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.BERSet;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Certificate;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;

/** RFC 7030 sections 4.1.3 and 4.2.3, RFC 5652 section 5. */
class CertsOnlyTest {
  private static final KeyPair KEY = KeyType.P256.generate(new SecureRandom());
  private static final X509Certificate ONE = certificate("one");
  private static final X509Certificate TWO = certificate("two");

  @Test
  void certificatesComeBack() throws DecodeException {
    assertThat(CertsOnly.decode(CertsOnly.encode(List.of(ONE)))).containsExactly(ONE);
    assertThat(CertsOnly.decode(CertsOnly.encode(List.of(ONE, TWO)))).containsExactlyInAnyOrder(ONE, TWO);
  }

  @Test
  void theMessageIsDer() throws Exception {
    Octets message = CertsOnly.encode(List.of(TWO, ONE, certificate("a longer name than the others")));
    assertThat(Der.parse(message, CertsOnly.MAX_SIZE, "x").getEncoded("DER")).isEqualTo(message.toArray());
  }

  @Test
  void anIndefiniteEncodingIsRead() throws Exception {
    ASN1EncodableVector certificates = new ASN1EncodableVector();
    Stream.of(TWO, ONE).forEach(certificate -> certificates.add(asn1(certificate)));
    SignedData data = new SignedData(new DERSet(), new ContentInfo(CMSObjectIdentifiers.data, null), new BERSet(certificates), null, new DERSet());
    Octets ber = Octets.of(new ContentInfo(CMSObjectIdentifiers.signedData, data).getEncoded("BER"));
    assertThat(ber.slice(0, 2).hex()).isEqualTo("3080");
    assertThat(CertsOnly.decode(ber)).containsExactly(TWO, ONE);
  }

  @Test
  void contentIsRefused() throws Exception {
    assertRefused(Flaw.UNEXPECTED, message(Optional.of("content"), new DERSet(), asn1(ONE)));
  }

  @Test
  void aSignerIsRefused() throws Exception {
    assertRefused(Flaw.UNEXPECTED, message(Optional.empty(), new DERSet(new DERSequence(new ASN1Integer(1))), asn1(ONE)));
  }

  @Test
  void noCertificateIsRefused() throws Exception {
    assertRefused(Flaw.MISSING, message(Optional.empty(), new DERSet()));
    assertRefused(Flaw.MISSING, CertsOnly.encode(List.of()));
  }

  @Test
  void aCertificateOfAnotherKindIsRefused() throws Exception {
    assertRefused(Flaw.UNEXPECTED, message(Optional.empty(), new DERSet(), new DERTaggedObject(false, 2, new DERSequence())));
  }

  @Test
  void moreThanThirtyTwoCertificatesAreRefused() throws DecodeException {
    assertThat(CertsOnly.decode(CertsOnly.encode(Collections.nCopies(32, ONE)))).hasSize(32);
    assertRefused(Flaw.TOO_LONG, CertsOnly.encode(Collections.nCopies(33, ONE)));
  }

  @Test
  void anotherContentTypeIsRefused() throws Exception {
    assertRefused(Flaw.WRONG_TYPE, Octets.of(new ContentInfo(CMSObjectIdentifiers.data, new DEROctetString(new byte[3])).getEncoded()));
    assertRefused(Flaw.WRONG_TYPE, Certificates.der(ONE));
  }

  @Test
  void noPrefixAndNoSuffixIsAMessage() {
    byte[] message = CertsOnly.encode(List.of(ONE)).toArray();
    for (int length = 0; length < message.length; length++) {
      assertRefused(Flaw.TRUNCATED, Octets.of(message).slice(0, length));
    }
    assertRefused(Flaw.TRAILING_BYTES, Octets.of(java.util.Arrays.copyOf(message, message.length + 1)));
    assertRefused(Flaw.TOO_LONG, Octets.of(new byte[CertsOnly.MAX_SIZE + 1]));
  }

  private static void assertRefused(Flaw flaw, Octets message) {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> CertsOnly.decode(message))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(flaw));
  }

  private static Octets message(Optional<String> content, DERSet signers, org.bouncycastle.asn1.ASN1Encodable... certificates) throws Exception {
    ContentInfo inner = new ContentInfo(CMSObjectIdentifiers.data, content.map(text -> new DEROctetString(text.getBytes())).orElse(null));
    ASN1EncodableVector data = new ASN1EncodableVector();
    data.add(new ASN1Integer(1));
    data.add(new DERSet());
    data.add(inner);
    if (certificates.length > 0) {
      data.add(new DERTaggedObject(false, 0, new DERSet(certificates)));
    }
    data.add(signers);
    return Octets.of(new ContentInfo(CMSObjectIdentifiers.signedData, new DERSequence(data)).getEncoded("DER"));
  }

  private static Certificate asn1(X509Certificate certificate) {
    return Certificate.getInstance(Certificates.der(certificate).toArray());
  }

  private static X509Certificate certificate(String name) {
    return CertificateMaker.selfSignedCa(new X500Name("CN=" + name), KEY, BigInteger.ONE, Instant.EPOCH, CertificateMaker.NO_END, -1);
  }
}

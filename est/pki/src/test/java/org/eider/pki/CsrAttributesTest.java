package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 7030 section 4.5.2, RFC 8951 section 4, RFC 9908 section 3. */
class CsrAttributesTest {
  private static final String EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
  private static final Extensions WANTED = new Extensions(new Extension[] {
    CertificateMaker.keyUsage(KeyUsage.digitalSignature), CertificateMaker.subjectAltName(List.of("device.example"), List.of())
  });

  @ParameterizedTest
  @EnumSource
  void whatIsAskedForComesBack(KeyType type) throws DecodeException {
    CsrAttributes attributes = CsrAttributes.parse(CsrAttributes.of(type, Optional.of(WANTED), true).encode());
    assertThat(attributes.keyType()).contains(type);
    assertThat(attributes.asksForChallengePassword()).isTrue();
    assertThat(attributes.extensions()).contains(WANTED);
  }

  @Test
  void thereIsExactlyOneExtensionRequestWithOneValue() throws DecodeException {
    CsrAttributes attributes = CsrAttributes.parse(CsrAttributes.of(KeyType.P384, Optional.of(WANTED), false).encode());
    assertThat(attributes.entries().stream().filter(entry -> entry.oid().equals(EXTENSION_REQUEST)))
        .singleElement().satisfies(entry -> assertThat(entry.values()).hasSize(1));
    assertThat(attributes.asksForChallengePassword()).isFalse();
  }

  @Test
  void theEntriesOfTheExampleAreWrittenOctetForOctet() {
    // the challengePassword, P-384 and ecdsa-with-SHA384 entries of lamps-rfc7030-csrattrs examples/rfc7030-example01
    CsrAttributes ours = CsrAttributes.of(KeyType.P384, Optional.empty(), true);
    assertThat(ours.encode().base64()).isEqualTo("MCkGCSqGSIb3DQEJBzASBgcqhkjOPQIBMQcGBSuBBAAiBggqhkjOPQQDAw==");
  }

  @Test
  void anEmptySequenceAsksForNothing() throws DecodeException {
    CsrAttributes nothing = CsrAttributes.parse(Octets.hex("3000"));
    assertThat(nothing.entries()).isEmpty();
    assertThat(nothing.keyType()).isEmpty();
    assertThat(nothing.extensions()).isEmpty();
    assertThat(nothing.asksForChallengePassword()).isFalse();
    assertThat(nothing.encode()).isEqualTo(Octets.hex("3000"));
  }

  @Test
  void anEmptyValueSetIsTolerated() throws DecodeException {
    // SEQUENCE { SEQUENCE { rsaEncryption, SET {} } }: RFC 9908 allows it where the ASN.1 says 1..MAX
    CsrAttributes attributes = CsrAttributes.parse(Octets.hex("300f300d06092a864886f70d0101013100"));
    assertThat(attributes.entries()).singleElement().satisfies(entry -> assertThat(entry.values()).isEmpty());
    assertThat(attributes.keyType()).isEmpty();
  }

  @Test
  void twoExtensionRequestsAskForNoExtension() {
    CsrAttributes.Entry request = new CsrAttributes.Entry(EXTENSION_REQUEST, List.of(WANTED));
    assertThat(new CsrAttributes(List.of(request, request)).extensions()).isEmpty();
    assertThat(new CsrAttributes(List.of(new CsrAttributes.Entry(EXTENSION_REQUEST, List.of(WANTED, WANTED)))).extensions()).isEmpty();
    assertThat(new CsrAttributes(List.of(new CsrAttributes.Entry(EXTENSION_REQUEST, List.of(new DERSequence())))).extensions())
        .isEmpty();
  }

  @Test
  void theOldStyleOfRfc8951IsReadAndAsksForNoExtension() throws DecodeException {
    CsrAttributes attributes = CsrAttributes.parse(Octets.of(Base64.getDecoder().decode(
        "MEEGCSqGSIb3DQEJBzASBgcqhkjOPQIBMQcGBSuBBAAiMBYGCSqGSIb3DQEJDjEJBgcrBgEBAQEWBggqhkjOPQQDAw==")));
    assertThat(attributes.entries()).hasSize(4);
    assertThat(attributes.keyType()).contains(KeyType.P384);
    assertThat(attributes.extensions()).isEmpty();
    assertThat(attributes.asksForChallengePassword()).isTrue();
  }

  @Test
  void aKeyThatWeDoNotMakeIsNoKeyType() throws DecodeException {
    assertThat(CsrAttributes.parse(Octets.hex("30153013" + "06072a8648ce3d0201" + "3108" + "06062b2403030208")).keyType()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3100", "0500", "30", "300001", "3002", "30020500", "3004300206", "30053003060155", "300630040601550500",
      "3008300606015531000500", "3080" + "0000", "30050603808001"})
  void whatIsNotCsrAttrsIsRefused(String hex) throws DecodeException {
    Octets octets = Octets.hex(hex);
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> CsrAttributes.parse(octets));
  }

  @Test
  void moreEntriesThanAnybodyNeedsAreRefused() throws DecodeException {
    String oids = "060155".repeat(200);
    Octets octets = Octets.hex("30820258" + oids);
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> CsrAttributes.parse(octets))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(DecodeException.Flaw.TOO_LONG));
  }
}

package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.cms.CMSCompressedDataGenerator;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.jcajce.ZlibCompressor;
import org.eider.testkit.TestPki;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CMS messages that would grow when they are read, or hide one another: none is unpacked. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CmsBombTest {
  private static final Credential SIGNER = TestPki.root("Root").signer("Signer", KeyType.P256);

  @Test
  void aCompressedMessageIsNotUnpacked() throws Exception {
    Octets bomb = compressed(new byte[64 << 20]);
    assertThat(bomb.size()).isLessThan(CmsOpener.MAX_SIZE);
    isMalformed(bomb, Flaw.UNEXPECTED);
    isMalformed(compressed(compressed(new byte[64 << 20]).toArray()), Flaw.UNEXPECTED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.2.840.113549.1.9.16.1.9", "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.3", "1.2.840.113549.1.9.16.1.23"})
  void signedContentThatIsCompressedSignedOrEncryptedIsRefused(String type) throws Exception {
    ForgedCms outer = new ForgedCms(SIGNER);
    outer.contentType = type;
    outer.content = new DEROctetString(compressed(new byte[1 << 20]).toArray());
    isMalformed(outer.withUsualAttributes().bytes(), Flaw.UNEXPECTED);
  }

  @Test
  void aContentInfoOfAnotherTypeIsRefusedWhateverItHolds() throws Exception {
    for (String type : List.of("1.2.840.113549.1.9.16.1.9", "1.2.840.113549.1.7.3", "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.5")) {
      byte[] message = new ContentInfo(new ASN1ObjectIdentifier(type), new DEROctetString(new byte[9])).getEncoded();
      isMalformed(Octets.of(message), Flaw.UNEXPECTED);
    }
  }

  @Test
  void aMessageWithinAMessageIsOpenedOnce() throws Exception {
    Octets message = ForgedCms.CONTENT;
    for (int i = 0; i < 20; i++) {
      message = CmsSealer.seal(message, CmsSealer.DATA, SIGNER, TestPki.NOW);
    }
    CmsSigned opened = CmsOpener.open(message, List.of());
    assertThat(opened.content()).isNotEqualTo(ForgedCms.CONTENT);
    assertThat(opened.content().size()).isGreaterThan(message.size() - 2000);
  }

  /** Tens of thousands of pieces of a string, and as many elements where few belong. */
  @Test
  void aMessageOfCountlessPartsIsRefused() throws Exception {
    int count = 25_000;
    String pieces = "2480" + "0400".repeat(count) + "0000";
    String head = "30800609" + "2a864886f70d010702" + "a0803080020101";
    for (Map.Entry<String, String> part : Map.of(
        "content", "31003080" + "06092a864886f70d010701" + "a080" + pieces + "00000000" + "3100",
        "digests", "3180" + "3000".repeat(count) + "0000" + "300b06092a864886f70d010701" + "3100",
        "certificates", "3100300b06092a864886f70d010701" + "a080" + "3000".repeat(count) + "0000" + "3100",
        "signers", "3100300b06092a864886f70d010701" + "3180" + "3000".repeat(count) + "0000").entrySet()) {
      Octets message = Octets.hex(head + part.getValue() + "000000000000");
      assertThat(message.size()).as(part.getKey()).isLessThan(CmsOpener.MAX_SIZE);
      assertThat(catchThrowable(() -> CmsOpener.open(message, List.of()))).as(part.getKey())
          .isInstanceOfAny(DecodeException.class, UntrustedException.class);
    }
  }

  private static Octets compressed(byte[] content) throws Exception {
    byte[] message = new CMSCompressedDataGenerator().generate(new CMSProcessableByteArray(content), new ZlibCompressor()).getEncoded();
    assertThat(ContentInfo.getInstance(message).getContentType()).isEqualTo(CMSObjectIdentifiers.compressedData);
    return Octets.of(message);
  }

  private static void isMalformed(Octets message, Flaw flaw) {
    assertThat(catchThrowable(() -> CmsOpener.open(message, List.of())))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
  }
}

package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A CMS message is opened or refused; whatever is opened is what a known signer has signed. */
class CmsOpenerFuzzTest {
  private static final TestPki MAKER = TestPki.root("Maker");
  private static final Credential SIGNER = MAKER.signer("Signer", KeyType.P256);
  private static final List<Octets> SIGNED = List.of(ForgedCms.CONTENT, Octets.utf8("{}"));

  static Stream<Arguments> seeds() throws Exception {
    List<Octets> seeds = new ArrayList<>();
    for (Octets content : SIGNED) {
      seeds.add(CmsSealer.seal(content, CmsSealer.ANIMA_JSON_VOUCHER, SIGNER, TestPki.NOW));
    }
    ForgedCms ber = new ForgedCms(SIGNER);
    ber.ber = true;
    seeds.add(ber.bytes());
    ForgedCms byKeyId = new ForgedCms(SIGNER);
    byKeyId.bySubjectKeyId = true;
    seeds.add(byKeyId.bytes());
    ForgedCms two = new ForgedCms(SIGNER);
    two.signers = 2;
    seeds.add(two.bytes());
    ForgedCms compressed = new ForgedCms(SIGNER);
    compressed.outerType = CMSObjectIdentifiers.compressedData;
    seeds.add(compressed.bytes());
    return Seeds.of(seeds).andVectors("cms-voucher", ".pkcs", ".b64", ".bin").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void opensOrRefuses(byte[] input) {
    Hostile.read(() -> CmsOpener.open(Octets.of(input), List.of(SIGNER.certificate()))).ifPresent(opened -> {
      assertThat(opened.signerChain()).startsWith(opened.signer());
      if (opened.signer().equals(SIGNER.certificate())) {
        assertThat(SIGNED).as("only what was signed").contains(opened.content());
      }
    });
  }
}

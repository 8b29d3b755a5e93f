package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.pki.CmsSealer;
import org.eider.pki.CoseSealer;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A signed artifact is opened or refused, whether the input is all of it or only what a proper signer has signed. */
class VoucherOpenerFuzzTest {
  private static final Credential SIGNER = TestPki.root("Maker").signer("Signer", KeyType.P256);
  private static final Voucher VOUCHER = Voucher.of("SN-1").assertion(Assertion.LOGGED).createdOn(TestPki.NOW).build();
  private static final VoucherRequest REQUEST = VoucherRequest.of("SN-1").assertion(Optional.of(Assertion.PROXIMITY)).build();

  static Stream<Arguments> seeds() {
    return Seeds.of(VoucherSealer.cms().seal(VOUCHER, SIGNER, TestPki.NOW).bytes(), VoucherSealer.cmsAsData().seal(REQUEST, SIGNER, TestPki.NOW).bytes(),
            VoucherJson.encode(VOUCHER), VoucherJson.encode(REQUEST), Octets.utf8("{}"),
            VoucherSealer.cose(KeyStyle.names()).withProtectedChain().seal(VOUCHER, SIGNER, TestPki.NOW).bytes(),
            VoucherCbor.encode(VOUCHER, KeyStyle.sids(SidRevision.CURRENT)), VoucherCbor.encode(REQUEST, KeyStyle.sids(SidRevision.DRAFTS_OF_2018)))
        .andVectors("cose-voucher", ".hex", ".vch", ".vrq").andVectors("cms-voucher", ".pkcs", ".b64", ".bin", ".json").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void opensAnArtifactOrRefuses(byte[] input) {
    Octets octets = Octets.of(input);
    Hostile.read(() -> VoucherFile.read(octets)).ifPresent(VoucherOpenerFuzzTest::open);
    open(new VoucherArtifact(VoucherFormat.CMS_JSON, octets));
    VoucherArtifact cose = new VoucherArtifact(VoucherFormat.COSE_CBOR, octets);
    open(cose);
    Hostile.read(cose::forPledge).ifPresent(bare -> assertThat(Hostile.read(bare::forPledge)).as("nothing is left to take out").contains(bare));
    open(new VoucherArtifact(VoucherFormat.COSE_CBOR, CoseSealer.seal(octets, SIGNER, List.of(), SIGNER.chain())));
    if (octets.size() < VoucherJson.MAX_SIZE) {
      open(new VoucherArtifact(VoucherFormat.CMS_JSON, CmsSealer.seal(octets, CmsSealer.ANIMA_JSON_VOUCHER, SIGNER, TestPki.NOW)));
    }
  }

  private static void open(VoucherArtifact artifact) {
    Hostile.read(() -> VoucherOpener.voucher(artifact, List.of())).ifPresent(opened -> assertThat(opened.artifact()).isEqualTo(artifact));
    Hostile.read(() -> VoucherOpener.request(artifact, List.of())).ifPresent(opened -> assertThat(opened.artifact()).isEqualTo(artifact));
  }
}

package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.pki.CoseSealer;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Vouchers and requests in YANG-CBOR are read or refused, bare and properly signed; what was read is written back. */
class VoucherCborFuzzTest {
  private static final Credential SIGNER = TestPki.root("Maker").signer("Signer", KeyType.P256);
  private static final Nonce NONCE = Nonce.of(Octets.of(new byte[16]));
  private static final Voucher VOUCHER = Voucher.of("SN-1").assertion(Assertion.LOGGED).createdOn(TestPki.NOW).expiresOn(TestPki.NOW)
      .revocationChecks(true).nonce(Optional.of(NONCE)).pinnedDomainKey(Octets.utf8("key")).build();
  private static final VoucherRequest REQUEST = VoucherRequest.of("SN-1").assertion(Optional.of(Assertion.PROXIMITY))
      .nonce(Optional.of(NONCE)).proximityRegistrarKeySha256(Octets.utf8("digest")).priorSigned(Octets.utf8("prior")).build();

  static Stream<Arguments> seeds() {
    List<KeyStyle> styles = List.of(KeyStyle.sids(SidRevision.CURRENT), KeyStyle.sids(SidRevision.DRAFTS_OF_2018), KeyStyle.names());
    List<Octets> made = Stream.concat(styles.stream().map(style -> VoucherCbor.encode(VOUCHER, style)),
        styles.stream().map(style -> VoucherCbor.encode(REQUEST, style))).toList();
    return Seeds.of(made).andVectors("cose-voucher", "nonsigned.hex").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsAVoucherOrRequestOrRefuses(byte[] input) {
    Octets cbor = Octets.of(input);
    Hostile.read(() -> VoucherCbor.voucher(cbor)).ifPresent(VoucherCborFuzzTest::writtenBack);
    Hostile.read(() -> VoucherCbor.request(cbor)).ifPresent(VoucherCborFuzzTest::requestWrittenBack);
    Hostile.read(() -> VoucherCbor.asJson(cbor)).ifPresent(shown -> assertThat(shown.size()).isEqualTo(1));
    if (cbor.size() < VoucherCbor.MAX_SIZE) {
      VoucherArtifact signed = new VoucherArtifact(VoucherFormat.COSE_CBOR, CoseSealer.seal(cbor, SIGNER, List.of(), SIGNER.chain()));
      Hostile.read(() -> VoucherOpener.voucher(signed, List.of())).ifPresent(opened -> assertThat(opened.keyStyle()).isPresent());
      Hostile.read(() -> VoucherOpener.requestBy(SIGNER.certificate(), signed, List.of()))
          .ifPresent(opened -> assertThat(opened.signer()).isEqualTo(SIGNER.certificate()));
      assertThat(Hostile.read(signed::forPledge)).isPresent();
    }
  }

  /** What is of 2018 may have types that are not written any more. */
  private static void writtenBack(VoucherCbor.Decoded<Voucher> read) {
    if (read.style().revision() == SidRevision.CURRENT) {
      assertThat(Hostile.read(() -> VoucherCbor.voucher(VoucherCbor.encode(read.value(), read.style())))).contains(read);
    }
  }

  private static void requestWrittenBack(VoucherCbor.Decoded<VoucherRequest> read) {
    if (read.style().revision() == SidRevision.CURRENT) {
      assertThat(Hostile.read(() -> VoucherCbor.request(VoucherCbor.encode(read.value(), read.style())))).contains(read);
    }
  }
}

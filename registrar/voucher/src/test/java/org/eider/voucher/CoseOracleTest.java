package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;

import com.authlete.cbor.CBORDecoder;
import com.authlete.cbor.CBORItem;
import com.authlete.cbor.CBORPairList;
import com.authlete.cbor.CBORTaggedItem;
import com.authlete.cose.COSEProtectedHeader;
import com.authlete.cose.COSEProtectedHeaderBuilder;
import com.authlete.cose.COSESign1;
import com.authlete.cose.COSESign1Builder;
import com.authlete.cose.COSESigner;
import com.authlete.cose.COSEUnprotectedHeaderBuilder;
import com.authlete.cose.COSEVerifier;
import com.authlete.cose.SigStructure;
import com.authlete.cose.SigStructureBuilder;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Optional;
import org.eider.pki.CoseAlgorithm;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Another implementation of CBOR and COSE reads and verifies what we make, and we what it makes. */
final class CoseOracleTest {
  private static final TestPki MAKER = TestPki.root("Maker");
  private static final KeyStyle SIDS = KeyStyle.sids(SidRevision.CURRENT);
  private static final Voucher VOUCHER = Voucher.of("SN-1").assertion(Assertion.LOGGED).createdOn(TestPki.NOW)
      .nonce(Optional.of(Nonce.of(Octets.of(new byte[32])))).pinnedDomainCert(Octets.of(new byte[700])).build();

  @ParameterizedTest
  @EnumSource(value = KeyType.class, names = {"P256", "P384", "P521"})
  void theOracleVerifiesOurVouchersAndReadsTheirMembers(KeyType type) throws Exception {
    Credential signer = MAKER.signer("signer", type);
    VoucherArtifact ours = VoucherSealer.cose(SIDS).seal(VOUCHER, signer, TestPki.NOW);

    COSESign1 read = (COSESign1) ((CBORTaggedItem) new CBORDecoder(ours.bytes().toArray()).next()).getTagContent();
    assertThat(new COSEVerifier(jdk(signer)).verify(read)).isTrue();
    CBORPairList top = (CBORPairList) new CBORDecoder((byte[]) read.getPayload().parse()).next();
    CBORPairList members = (CBORPairList) top.getPairs().get(0).getValue();
    assertThat(top.getPairs().get(0).getKey()).hasToString("2451");
    assertThat(members.getPairs().stream().map(pair -> pair.getKey().toString())).containsExactly("1", "2", "7", "8", "11");
    assertThat(top.encode()).isEqualTo((byte[]) read.getPayload().parse());
  }

  @ParameterizedTest
  @EnumSource(value = KeyType.class, names = {"P256", "P384", "P521"})
  void weOpenWhatTheOracleSigns(KeyType type) throws Exception {
    Credential signer = MAKER.signer("signer", type);
    int algorithm = CoseAlgorithm.of(type).orElseThrow().id();
    byte[] payload = VoucherCbor.encode(VOUCHER, SIDS).toArray();
    COSEProtectedHeader header = new COSEProtectedHeaderBuilder().alg(algorithm).build();
    SigStructure structure = new SigStructureBuilder().signature1().bodyAttributes(header).payload(payload).build();
    ECPrivateKey key = (ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(signer.key().getEncoded()));
    COSESign1 made = new COSESign1Builder().protectedHeader(header)
        .unprotectedHeader(new COSEUnprotectedHeaderBuilder().x5chain(List.of(signer.certificate())).build())
        .payload(payload).signature(new COSESigner(key).sign(structure, algorithm)).build();

    CBORItem tagged = new CBORTaggedItem(18, made);
    for (CBORItem message : List.of(made, tagged)) {
      Verified<Voucher> opened = VoucherOpener.voucher(
          new VoucherArtifact(VoucherFormat.COSE_CBOR, Octets.of(message.encode())), List.of());
      assertThat(opened.value()).isEqualTo(VOUCHER);
      assertThat(opened.signer()).isEqualTo(signer.certificate());
    }
  }

  private static PublicKey jdk(Credential signer) throws Exception {
    return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(signer.certificate().getPublicKey().getEncoded()));
  }
}

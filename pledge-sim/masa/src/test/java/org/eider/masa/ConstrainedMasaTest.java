package org.eider.masa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.masa.Lab.granted;
import static org.eider.masa.Lab.reason;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.eider.masa.MasaPolicy.Pin;
import org.eider.pki.Certificates;
import org.eider.pki.CoseMessage;
import org.eider.pki.CoseSealer;
import org.eider.pki.Credential;
import org.eider.pki.TrustAnchors;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.KeyStyle;
import org.eider.voucher.Nonce;
import org.eider.voucher.SidRevision;
import org.eider.voucher.Verified;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherCbor;
import org.eider.voucher.VoucherCheck;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests in COSE, with both chains in one bag (constrained BRSKI sections 7 to 9, RFC 8366bis sections 8 and 9). */
class ConstrainedMasaTest {
  private static final KeyStyle SIDS = KeyStyle.sids(SidRevision.CURRENT);
  private static final Nonce NONCE = Nonce.of(Octets.utf8("sixteen octets!!"));

  @TempDir private Path folder;
  private Lab lab;
  private Credential device;
  private final TestPki domain = TestPki.root("Domain").subordinate("Domain sub CA");
  private final Credential registrar = domain.registrar("registrar");
  private final Octets registrarKey = Octets.of(registrar.certificate().getPublicKey().getEncoded());

  @BeforeEach
  void makeDevice() throws IOException {
    lab = Lab.in(folder);
    device = lab.device("SN-1");
  }

  @AfterEach
  void close() {
    lab.close();
  }

  @Test
  void aKeyIsPinnedForWhoNamedAKeyItsDigestForWhoNamedThatAndACertificateOtherwise() throws Exception {
    Voucher byKey = voucher(ask(SIDS, leaves -> leaves.proximityRegistrarKey(registrarKey))).value();
    assertThat(byKey.pinnedDomainKey()).contains(registrarKey);
    assertThat(byKey.pinnedDomainCert()).isEmpty();
    Voucher byDigest = voucher(ask(SIDS, leaves -> leaves.proximityRegistrarKeySha256(registrarKey.sha256()))).value();
    assertThat(byDigest.pinnedDomainKeySha256()).contains(registrarKey.sha256());
    assertThat(byDigest.pinnedDomainKey()).isEmpty();
    Voucher byBoth = voucher(ask(SIDS, leaves -> leaves.proximityRegistrarKey(registrarKey).proximityRegistrarKeySha256(registrarKey.sha256()))).value();
    assertThat(byBoth.pinnedDomainKeySha256()).contains(registrarKey.sha256());
    Voucher byCertificate = voucher(ask(SIDS, leaves -> leaves.proximityRegistrarCert(Certificates.der(registrar.certificate())))).value();
    assertThat(byCertificate.pinnedDomainCert()).contains(Certificates.der(domain.certificate()));
    for (Voucher each : List.of(byKey, byDigest, byBoth, byCertificate)) {
      assertThat(each.assertion()).contains(Assertion.PROXIMITY);
      assertThat(each.nonce()).contains(NONCE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whichCertificateIsPinnedIsPolicy(Pin pin) throws Exception {
    VoucherArtifact request = ask(SIDS, leaves -> leaves.proximityRegistrarCert(Certificates.der(registrar.certificate())));
    X509Certificate expected = switch (pin) {
      case LOWEST_CA -> domain.certificate();
      case HIGHEST_CA -> registrar.chain().get(registrar.chain().size() - 1);
      case END_ENTITY -> registrar.certificate();
    };
    VoucherArtifact voucher = granted(lab.masa(MasaPolicy.STRICT.pinning(pin)).requestVoucher(request)).artifact();
    assertThat(opened(voucher).value().pinnedDomainCert()).contains(Certificates.der(expected));
  }

  @Test
  void aDeviceWhoseVoucherPinsAKeyBelongsToTheDomainAndNotToOneRegistrar() throws Exception {
    MasaService oneOwner = lab.masa(MasaPolicy.STRICT.withOneOwner());
    granted(oneOwner.requestVoucher(ask(SIDS, leaves -> leaves.proximityRegistrarKey(registrarKey))));
    Credential second = domain.registrar("second registrar");
    Octets key = Octets.of(second.certificate().getPublicKey().getEncoded());

    VoucherArtifact request = VoucherSealer.cose(SIDS).with(device.chain())
        .seal(registrars(pvr(SIDS, leaves -> leaves.proximityRegistrarKey(key)).bytes()).build(), second, TestPki.NOW);

    assertThat(opened(granted(oneOwner.requestVoucher(request)).artifact()).value().pinnedDomainKey()).contains(key);
    assertThat(granted(oneOwner.requestAuditLog(ask(SIDS, leaves -> leaves.proximityRegistrarKey(registrarKey)))).events())
        .extracting(event -> event.domainId()).containsOnly(Certificates.domainId(domain.certificate()));
    Credential stranger = TestPki.root("Other").registrar("stranger");
    VoucherArtifact claim = VoucherSealer.cose(SIDS).with(device.chain())
        .seal(registrars(pvr(SIDS, leaves -> leaves.proximityRegistrarKey(key)).bytes()).build(), stranger, TestPki.NOW);
    assertThat(reason(oneOwner.requestVoucher(claim))).isEqualTo("CLAIMED_BY_OTHER");
  }

  @Test
  void theVoucherNamesItsMembersAsTheDeviceDoesWhateverTheRegistrarDid() throws Exception {
    for (KeyStyle style : List.of(SIDS, KeyStyle.names(), KeyStyle.sids(SidRevision.DRAFTS_OF_2018))) {
      VoucherArtifact request = ask(style, leaves -> leaves.proximityRegistrarKey(registrarKey));
      assertThat(voucher(request).keyStyle()).contains(style);
    }
  }

  @Test
  void theVoucherCarriesItsSignersChainAndWhatAPledgeNeedsSurvivesTheRegistrar() throws Exception {
    VoucherArtifact voucher = granted(masa().requestVoucher(ask(SIDS, leaves -> leaves.proximityRegistrarKey(registrarKey)))).artifact();
    assertThat(voucher.format()).isEqualTo(VoucherFormat.COSE_CBOR);
    assertThat(CoseMessage.parse(voucher.bytes()).looseCertificates()).isEqualTo(2);

    VoucherArtifact relayed = voucher.forPledge();

    assertThat(CoseMessage.parse(relayed.bytes()).looseCertificates()).isZero();
    TrustAnchors firmware = TrustAnchors.of(lab.manufacturer.voucherAnchors());
    Verified<Voucher> atThePledge = VoucherOpener.voucher(relayed, firmware.certificates());
    assertThat(VoucherCheck.of(firmware, "SN-1").nonce(Optional.of(NONCE)).at(TestPki.NOW).build().judge(atThePledge).whyNot()).isEmpty();
  }

  @Test
  void cmsIsAnsweredWithCmsAndCoseWithCose() {
    assertThat(granted(masa().requestVoucher(Ask.of(device, registrar).rvr())).artifact().format()).isEqualTo(VoucherFormat.CMS_JSON);
  }

  @Test
  void anAuditLogIsGivenForARequestInCose() throws Exception {
    VoucherArtifact request = ask(SIDS, leaves -> leaves.proximityRegistrarCert(Certificates.der(registrar.certificate())));
    granted(masa().requestVoucher(request));
    assertThat(granted(masa().requestAuditLog(request)).events()).hasSize(1);
  }

  /** Spec 03 section 8 number 5. */
  @Test
  void aBagWithoutTheRegistrarsChainIsRefused() {
    VoucherRequest request = registrars(pvr(SIDS, leaves -> leaves.proximityRegistrarKey(registrarKey)).bytes()).build();
    Octets content = VoucherCbor.encode(request, SIDS);
    Octets none = CoseSealer.seal(content, registrar, List.of(), List.of());
    Octets pledgesOnly = CoseSealer.seal(content, registrar, List.of(), device.chain());
    assertThat(reason(masa().requestVoucher(cose(none)))).isEqualTo("BAD_SIGNATURE");
    assertThat(reason(masa().requestVoucher(cose(pledgesOnly)))).isEqualTo("BAD_SIGNATURE");
  }

  @Test
  void theOrderOfTheBagMeansNothing() {
    Octets content = VoucherCbor.encode(registrars(pvr(SIDS, leaves -> leaves.proximityRegistrarKey(registrarKey)).bytes()).build(), SIDS);
    List<X509Certificate> bag = new ArrayList<>(device.chain());
    bag.addAll(registrar.chain());
    assertThat(reason(masa().requestVoucher(cose(CoseSealer.seal(content, registrar, List.of(), bag))))).isEqualTo("granted");
  }

  @Test
  void aPledgeThatSawAnotherRegistrarIsNoProximity() {
    Octets other = Octets.of(TestPki.root("Other").registrar("other").certificate().getPublicKey().getEncoded());
    for (UnaryOperator<VoucherRequest.Builder> elsewhere : List.<UnaryOperator<VoucherRequest.Builder>>of(
        leaves -> leaves.proximityRegistrarKey(other), leaves -> leaves.proximityRegistrarKeySha256(other.sha256()))) {
      assertThat(reason(masa().requestVoucher(ask(SIDS, elsewhere)))).isEqualTo("NO_PROXIMITY");
    }
  }

  @Test
  void aRequestInsideThatAnotherDeviceSignedIsRefused() throws IOException {
    Credential other = lab.device("SN-2");
    VoucherRequest about = VoucherRequest.of("SN-1").assertion(Optional.of(Assertion.PROXIMITY)).nonce(Optional.of(NONCE))
        .proximityRegistrarKey(registrarKey).build();
    VoucherArtifact forged = VoucherSealer.bareCose(SIDS).seal(about, other, TestPki.NOW);
    VoucherArtifact request = VoucherSealer.cose(SIDS).with(other.chain()).seal(registrars(forged.bytes()).build(), registrar, TestPki.NOW);
    assertThat(reason(masa().requestVoucher(request))).isEqualTo("PRIOR_UNTRUSTED");
  }

  @Test
  void aRequestInsideInTheOtherFormatIsRefused() {
    VoucherArtifact request = VoucherSealer.cose(SIDS).with(device.chain())
        .seal(registrars(Ask.of(device, registrar).nonce(Optional.of(NONCE)).pvr().bytes()).build(), registrar, TestPki.NOW);
    assertThat(reason(masa().requestVoucher(request))).isEqualTo("PRIOR_MALFORMED");
  }

  @Test
  void otherNoncesInsideAndOutsideAreRefused() {
    VoucherRequest.Builder other = registrars(pvr(SIDS, leaves -> leaves.proximityRegistrarKey(registrarKey)).bytes())
        .nonce(Optional.of(Nonce.of(Octets.of(new byte[8]))));
    assertThat(reason(masa().requestVoucher(VoucherSealer.cose(SIDS).seal(other.build(), registrar, TestPki.NOW)))).isEqualTo("NONCE_MISMATCH");
  }

  @ParameterizedTest
  @ValueSource(strings = {"wrong-serial", "wrong-nonce", "foreign-signed", "unsigned", "other-domain"})
  void mischiefIsDoneInCoseToo(String name) throws Exception {
    MasaService masa = lab.masa(MasaPolicy.STRICT, Mischief.named(name).orElseThrow());
    for (UnaryOperator<VoucherRequest.Builder> seen : List.<UnaryOperator<VoucherRequest.Builder>>of(
        leaves -> leaves.proximityRegistrarKey(registrarKey),
        leaves -> leaves.proximityRegistrarCert(Certificates.der(registrar.certificate())))) {
      VoucherArtifact voucher = granted(masa.requestVoucher(ask(SIDS, seen))).artifact();
      assertThat(isAccepted(voucher)).as(name).isFalse();
    }
    assertThat(isAccepted(granted(masa().requestVoucher(ask(SIDS, leaves -> leaves.proximityRegistrarKey(registrarKey)))).artifact())).isTrue();
  }

  private boolean isAccepted(VoucherArtifact voucher) throws Exception {
    TrustAnchors firmware = TrustAnchors.of(lab.manufacturer.voucherAnchors());
    try {
      return VoucherCheck.of(firmware, "SN-1").nonce(Optional.of(NONCE)).at(TestPki.NOW).pinnedAmong(registrar.chain()).build()
          .judge(VoucherOpener.voucher(voucher, firmware.certificates())).whyNot().isEmpty();
    } catch (org.eider.pki.UntrustedException e) {
      return false;
    }
  }

  private MasaService masa() {
    return lab.masa(MasaPolicy.STRICT);
  }

  private Verified<Voucher> voucher(VoucherArtifact request) throws Exception {
    return opened(granted(masa().requestVoucher(request)).artifact());
  }

  private static Verified<Voucher> opened(VoucherArtifact voucher) throws Exception {
    return VoucherOpener.voucher(voucher, List.of());
  }

  private VoucherArtifact ask(KeyStyle pledges, UnaryOperator<VoucherRequest.Builder> seen) {
    return VoucherSealer.cose(SIDS).with(device.chain()).seal(registrars(pvr(pledges, seen).bytes()).build(), registrar, TestPki.NOW);
  }

  private VoucherArtifact pvr(KeyStyle style, UnaryOperator<VoucherRequest.Builder> seen) {
    VoucherRequest.Builder request = VoucherRequest.of("SN-1").assertion(Optional.of(Assertion.PROXIMITY)).nonce(Optional.of(NONCE));
    return VoucherSealer.bareCose(style).seal(seen.apply(request).build(), device, TestPki.NOW);
  }

  private VoucherRequest.Builder registrars(Octets inside) {
    return VoucherRequest.of("SN-1").assertion(Optional.of(Assertion.PROXIMITY)).nonce(Optional.of(NONCE))
        .createdOn(TestPki.NOW.minus(Duration.ofSeconds(1))).idevidIssuer(Certificates.idevidIssuer(device.certificate())).priorSigned(inside);
  }

  private static VoucherArtifact cose(Octets bytes) {
    return new VoucherArtifact(VoucherFormat.COSE_CBOR, bytes);
  }
}

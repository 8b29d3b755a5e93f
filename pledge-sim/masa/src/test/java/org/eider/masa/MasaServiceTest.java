package org.eider.masa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.masa.Lab.granted;
import static org.eider.masa.Lab.opened;
import static org.eider.masa.Lab.reason;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.eider.est.Outcome;
import org.eider.masa.MasaPolicy.Pin;
import org.eider.masa.MasaService.Issue;
import org.eider.pki.Bc;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.LdevidTemplate;
import org.eider.pki.TrustAnchors;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.AuditLog;
import org.eider.voucher.Nonce;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
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

/** Voucher requests, one rule after the other (RFC 8995 sections 5.5 and 5.6). */
class MasaServiceTest {
  private static final String SERIAL = "SN-1";

  @TempDir private Path folder;
  private Lab lab;
  private Credential device;
  private final TestPki domain = TestPki.root("Domain");
  private final TestPki otherDomain = TestPki.root("Other Domain");
  private final Credential registrar = domain.registrar("registrar");
  private final Credential other = otherDomain.registrar("other registrar");

  @BeforeEach
  void makeDevice() throws IOException {
    lab = Lab.in(folder);
    device = lab.device(SERIAL);
  }

  @AfterEach
  void close() {
    lab.close();
  }

  // ---- granted ----

  @Test
  void registrarThatThePledgeHasSeenGetsProximity() throws Exception {
    Ask ask = Ask.of(device, registrar);
    Issue issue = granted(lab.masa(MasaPolicy.STRICT).requestVoucher(ask.rvr()));
    Voucher voucher = opened(issue);
    assertThat(voucher.serialNumber()).isEqualTo(SERIAL);
    assertThat(voucher.assertion()).contains(Assertion.PROXIMITY);
    assertThat(voucher.nonce()).isEqualTo(ask.nonce());
    assertThat(voucher.createdOn()).contains(TestPki.NOW);
    assertThat(voucher.expiresOn()).isEmpty();
    assertThat(voucher.pinnedDomainCert()).contains(Certificates.der(domain.certificate()));
    assertThat(issue.artifact().format()).isEqualTo(VoucherFormat.CMS_JSON);
  }

  @Test
  void voucherPassesTheChecksOfAPledgeAndCarriesTheChainToItsAnchor() throws Exception {
    Ask ask = Ask.of(device, registrar);
    var verified = VoucherOpener.voucher(granted(lab.masa(MasaPolicy.STRICT).requestVoucher(ask.rvr())).artifact(), List.of());
    TrustAnchors firmware = TrustAnchors.of(lab.manufacturer.voucherAnchors());
    String verdict = VoucherCheck.of(firmware, SERIAL).nonce(ask.nonce()).at(TestPki.NOW).pinnedAmong(registrar.chain()).build()
        .judge(verified).fold(pinned -> "accepted", rejected -> rejected.toString());
    assertThat(verdict).isEqualTo("accepted");
    assertThat(verified.signerChain()).hasSize(2).containsAll(lab.manufacturer.voucherAnchors());
  }

  @ParameterizedTest
  @EnumSource(names = {"P256", "P384", "RSA2048", "ED25519"})
  void devicesOfEveryKeyTypeAreServed(KeyType type) throws IOException {
    Credential idevid = lab.manufacturer.make("SN-" + type, type, Optional.empty());
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(Ask.of(idevid, registrar).rvr()))).isEqualTo("granted");
  }

  @Test
  void nonceIsCopiedAsItWasWritten() throws Exception {
    Nonce urlSafe = Nonce.parse("-_XE9zK9q8Ll1qylMtLKeg", "nonce");
    Voucher voucher = opened(granted(lab.masa(MasaPolicy.STRICT).requestVoucher(Ask.of(device, registrar).nonce(Optional.of(urlSafe)).rvr())));
    assertThat(voucher.nonce().map(Nonce::text)).contains("-_XE9zK9q8Ll1qylMtLKeg");
    assertThat(lab.only(SERIAL).history().events().get(0).nonce()).contains("-_XE9zK9q8Ll1qylMtLKeg");
  }

  @Test
  void requestWithoutIdevidIssuerIsServedWhileTheSerialNumberIsUnique() {
    Ask ask = Ask.of(device, registrar).registrars(request -> withoutIssuer(request.build()));
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(ask.rvr()))).isEqualTo("granted");
  }

  @Test
  void requestWithoutIdevidIssuerIsAskedForItWhenSeveralDevicesHaveTheSerialNumber() throws Exception {
    Credential twin = TestPki.manufacturer("Bought Company", "").idevid(SERIAL);
    register(twin);
    Ask ask = Ask.of(device, registrar);
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(ask.registrars(request -> withoutIssuer(request.build())).rvr())))
        .isEqualTo("AMBIGUOUS_SERIAL");
    Voucher voucher = opened(granted(lab.masa(MasaPolicy.STRICT).requestVoucher(ask.rvr())));
    assertThat(voucher.idevidIssuer()).contains(Certificates.idevidIssuer(device.certificate()));
  }

  @Test
  void idevidIssuerMayBeTheBareKeyIdentifier() {
    Octets bare = Certificates.authorityKeyId(device.certificate()).orElseThrow();
    Ask ask = Ask.of(device, registrar).registrars(request -> request.idevidIssuer(bare));
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(ask.rvr()))).isEqualTo("granted");
  }

  @Test
  void pledgeRequestWithoutCertificatesIsOpenedWithTheIdevidOnRecord() throws Exception {
    Ask ask = Ask.of(device, registrar);
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(ask.prior(withoutCertificates(ask.pvr().bytes())).rvr())))
        .isEqualTo("granted");
  }

  @Test
  void proximityMayBeSaidByKeyOrItsDigest() {
    Octets spki = Octets.of(registrar.certificate().getPublicKey().getEncoded());
    MasaService masa = lab.masa(MasaPolicy.STRICT);
    for (VoucherRequest.Builder leaves : List.of(
        VoucherRequest.of(SERIAL).proximityRegistrarKey(spki), VoucherRequest.of(SERIAL).proximityRegistrarKeySha256(spki.sha256()))) {
      Ask ask = Ask.of(device, registrar);
      assertThat(reason(masa.requestVoucher(ask.pledge(request -> leaves.nonce(ask.nonce())).rvr()))).isEqualTo("granted");
    }
  }

  @Test
  void proximityHoldsForAnyCertificateOfTheRegistrarsPath() {
    Credential tlsOnly = new Credential(registrar.key(), List.of(domain.certificate()));
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(Ask.of(device, registrar).seeing(tlsOnly).rvr()))).isEqualTo("granted");
  }

  // ---- what is pinned ----

  @Test
  void lowestCaIsPinnedAndOtherCertificatesByOption() {
    TestPki issuing = domain.subordinate("Issuing");
    Credential below = issuing.registrar("below");
    Ask ask = Ask.of(device, below);
    assertThat(pinned(MasaPolicy.STRICT, ask)).isEqualTo(Certificates.der(issuing.certificate()));
    assertThat(pinned(MasaPolicy.STRICT.pinning(Pin.HIGHEST_CA), ask)).isEqualTo(Certificates.der(domain.certificate()));
    assertThat(pinned(MasaPolicy.STRICT.pinning(Pin.END_ENTITY), ask)).isEqualTo(Certificates.der(below.certificate()));
  }

  @Test
  void registrarItselfIsPinnedWhenItSendsNoCa() {
    Credential alone = new Credential(registrar.key(), List.of(registrar.certificate()));
    assertThat(pinned(MasaPolicy.STRICT, Ask.of(device, alone))).isEqualTo(Certificates.der(registrar.certificate()));
  }

  @Test
  void certificatesThatAreNotOnThePathAreNeverPinnedNorCountForProximity() {
    Credential stuffed = new Credential(registrar.key(),
        Stream.of(registrar.chain(), other.chain()).flatMap(List::stream).toList());
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(Ask.of(device, stuffed).seeing(other).rvr()))).isEqualTo("NO_PROXIMITY");
    assertThat(pinned(MasaPolicy.STRICT, Ask.of(device, stuffed))).isEqualTo(Certificates.der(domain.certificate()));
  }

  // ---- ownership ----

  @Test
  void registrarThatThePledgeHasNotSeenIsRefusedUnlessLoggedIsAllowed() {
    Ask unseen = Ask.of(device, registrar).seeing(other);
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(unseen.rvr()))).isEqualTo("NO_PROXIMITY");
    assertThat(lab.only(SERIAL).history().events()).isEmpty();
    assertThat(assertion(MasaPolicy.STRICT.allowingLogged(), unseen)).isEqualTo(Assertion.LOGGED);
  }

  @Test
  void pledgeThatAnnouncesAnotherMechanismGetsNoProximity() {
    Ask ask = Ask.of(device, registrar).pledge(request -> request.assertion(Optional.of(Assertion.LOGGED)));
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(ask.rvr()))).isEqualTo("NO_PROXIMITY");
  }

  @Test
  void unreadableProximityCertificateIsNoProximity() {
    Ask ask = Ask.of(device, registrar).pledge(request -> request.proximityRegistrarCert(Octets.utf8("no certificate")));
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(ask.rvr()))).isEqualTo("NO_PROXIMITY");
  }

  @Test
  void domainThatHasBoughtTheDeviceGetsVerified() throws IOException {
    Credential sold = lab.manufacturer.make("SN-SOLD", KeyType.P256, Optional.of(domain.certificate()));
    assertThat(assertion(MasaPolicy.STRICT, Ask.of(sold, registrar).seeing(other))).isEqualTo(Assertion.VERIFIED);
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(Ask.of(sold, other).seeing(registrar).rvr()))).isEqualTo("NO_PROXIMITY");
  }

  @Test
  void domainThatGotProximityBeforeGetsVerifiedLater() {
    assertThat(assertion(MasaPolicy.STRICT, Ask.of(device, registrar))).isEqualTo(Assertion.PROXIMITY);
    assertThat(assertion(MasaPolicy.STRICT, Ask.of(device, domain.registrar("second registrar")).seeing(other))).isEqualTo(Assertion.VERIFIED);
  }

  @Test
  void domainThatWasMerelyLoggedProvesNothingByThat() {
    Ask unseen = Ask.of(device, registrar).seeing(other);
    assertThat(assertion(MasaPolicy.STRICT.allowingLogged(), unseen)).isEqualTo(Assertion.LOGGED);
    assertThat(assertion(MasaPolicy.STRICT.allowingLogged(), unseen)).isEqualTo(Assertion.LOGGED);
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(unseen.rvr()))).isEqualTo("NO_PROXIMITY");
  }

  @Test
  void domainIdentifierOfTheOwnerIsNotEnoughToBeTheOwner() {
    assertThat(assertion(MasaPolicy.STRICT, Ask.of(device, registrar))).isEqualTo(Assertion.PROXIMITY);
    Credential forged = registrarBelowForgedRoot();
    assertThat(Certificates.domainId(forged.chain().get(1))).isEqualTo(Certificates.domainId(domain.certificate()));
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(Ask.of(device, forged).seeing(other).rvr()))).isEqualTo("NO_PROXIMITY");
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestAuditLog(Ask.of(device, forged).rvr()))).isEqualTo("NEVER_AN_OWNER");
  }

  @Test
  void secondDomainBecomesTheOwnerAndBothStandInTheLog() {
    assertThat(assertion(MasaPolicy.STRICT, Ask.of(device, registrar))).isEqualTo(Assertion.PROXIMITY);
    assertThat(assertion(MasaPolicy.STRICT, Ask.of(device, other))).isEqualTo(Assertion.PROXIMITY);
    assertThat(lab.only(SERIAL).owner().map(Owner::domainId)).contains(Certificates.domainId(otherDomain.certificate()));
    assertThat(lab.only(SERIAL).history().events()).extracting(AuditLog.Event::domainId)
        .containsExactly(Certificates.domainId(domain.certificate()), Certificates.domainId(otherDomain.certificate()));
  }

  @Test
  void secondDomainIsRefusedByOptionUntilTheFirstReleases() {
    MasaPolicy oneOwner = MasaPolicy.STRICT.withOneOwner();
    assertThat(assertion(oneOwner, Ask.of(device, registrar))).isEqualTo(Assertion.PROXIMITY);
    assertThat(reason(lab.masa(oneOwner).requestVoucher(Ask.of(device, other).rvr()))).isEqualTo("CLAIMED_BY_OTHER");
    assertThat(assertion(oneOwner, Ask.of(device, registrar))).as("the owner goes on").isEqualTo(Assertion.PROXIMITY);
    assertThat(lab.manufacturer.release(lab.only(SERIAL).id())).isTrue();
    assertThat(lab.manufacturer.release(lab.only(SERIAL).id())).isFalse();
    assertThat(assertion(oneOwner, Ask.of(device, other))).isEqualTo(Assertion.PROXIMITY);
    assertThat(reason(lab.masa(oneOwner).requestVoucher(Ask.of(device, registrar).rvr()))).isEqualTo("CLAIMED_BY_OTHER");
  }

  // ---- without a pledge's request, without nonce, renewal ----

  @Test
  void noncedRequestWithoutThePledgesIsRefusedUnlessLoggedIsAllowed() {
    Ask ask = Ask.of(device, registrar).prior(Octets.empty());
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(ask.rvr()))).isEqualTo("PRIOR_MISSING");
    assertThat(assertion(MasaPolicy.STRICT.allowingLogged(), ask)).isEqualTo(Assertion.LOGGED);
  }

  @Test
  void noncelessRequestIsRefusedByDefault() {
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(nonceless(registrar).rvr()))).isEqualTo("NONCELESS_REFUSED");
    assertThat(reason(lab.masa(MasaPolicy.STRICT.allowingLogged()).requestVoucher(nonceless(registrar).rvr()))).isEqualTo("NONCELESS_REFUSED");
  }

  @Test
  void noncelessVoucherIsForKnownRegistrarsOnly() {
    MasaPolicy policy = MasaPolicy.STRICT.allowingNonceless(List.of(domain.certificate()));
    assertThat(reason(lab.masa(policy).requestVoucher(nonceless(other).rvr()))).isEqualTo("REGISTRAR_UNKNOWN");
    assertThat(assertion(policy, nonceless(registrar))).isEqualTo(Assertion.LOGGED);
  }

  @Test
  void noncelessVoucherPinsTheHighestCaAndExpires() {
    TestPki issuing = domain.subordinate("Issuing");
    MasaPolicy policy = MasaPolicy.STRICT.allowingNonceless(List.of(domain.certificate()));
    Voucher voucher = opened(granted(lab.masa(policy).requestVoucher(nonceless(issuing.registrar("below")).rvr())));
    assertThat(voucher.nonce()).isEmpty();
    assertThat(voucher.expiresOn()).contains(TestPki.NOW.plus(Duration.ofMinutes(20)));
    assertThat(voucher.pinnedDomainCert()).contains(Certificates.der(domain.certificate()));
    assertThat(lab.only(SERIAL).history().events().get(0).nonce()).isEmpty();
  }

  @Test
  void noncelessVoucherNeverOutlivesAnyCertificateOfThePath() {
    var soon = TestPki.NOW.plus(Duration.ofMinutes(5));
    Credential shortLived = registrarBelow(domain, soon);
    MasaPolicy policy = MasaPolicy.STRICT.allowingNonceless(List.of(domain.certificate()));
    assertThat(opened(granted(lab.masa(policy).requestVoucher(nonceless(shortLived).rvr()))).expiresOn()).contains(soon);
  }

  @Test
  void ownerGetsNoncelessVouchersWithoutBeingListed() {
    MasaPolicy policy = MasaPolicy.STRICT.allowingNonceless(List.of());
    assertThat(reason(lab.masa(policy).requestVoucher(nonceless(registrar).rvr()))).isEqualTo("REGISTRAR_UNKNOWN");
    assertThat(assertion(policy, Ask.of(device, registrar))).isEqualTo(Assertion.PROXIMITY);
    assertThat(assertion(policy, nonceless(registrar))).isEqualTo(Assertion.VERIFIED);
  }

  @Test
  void earlierVoucherOfTheSameDomainIsRenewed() {
    Ask ask = Ask.of(device, registrar);
    Issue earlier = granted(lab.masa(MasaPolicy.STRICT).requestVoucher(ask.rvr()));
    assertThat(assertion(MasaPolicy.STRICT, ask.prior(earlier.artifact().bytes()))).isEqualTo(Assertion.VERIFIED);
    assertThat(lab.only(SERIAL).history().events()).hasSize(2);
  }

  @Test
  void earlierVoucherIsNotRenewedForAnotherDomainNorAfterRelease() {
    Ask ask = Ask.of(device, registrar);
    Issue earlier = granted(lab.masa(MasaPolicy.STRICT).requestVoucher(ask.rvr()));
    Ask thief = Ask.of(device, other).nonce(ask.nonce()).prior(earlier.artifact().bytes());
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(thief.rvr()))).isEqualTo("RENEWAL_REFUSED");
    lab.manufacturer.release(lab.only(SERIAL).id());
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(ask.prior(earlier.artifact().bytes()).rvr()))).isEqualTo("RENEWAL_REFUSED");
  }

  @Test
  void earlierVoucherOfSomebodyElseIsRefused() {
    Ask ask = Ask.of(device, registrar);
    Voucher claimed = Voucher.of(SERIAL).nonce(ask.nonce()).pinnedDomainCert(Certificates.der(domain.certificate())).build();
    VoucherArtifact forged = VoucherSealer.cms().seal(claimed, otherDomain.signer("no MASA", KeyType.P256), TestPki.NOW);
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(ask.prior(forged.bytes()).rvr()))).isEqualTo("PRIOR_UNTRUSTED");
  }

  @Test
  void earlierVoucherOfAnotherDeviceOrNonceIsRefused() throws IOException {
    Ask ask = Ask.of(device, registrar);
    Octets earlier = granted(lab.masa(MasaPolicy.STRICT).requestVoucher(ask.rvr())).artifact().bytes();
    Ask anotherDevice = Ask.of(lab.device("SN-2"), registrar).nonce(ask.nonce()).prior(earlier);
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(anotherDevice.rvr()))).isEqualTo("SERIAL_MISMATCH");
    Ask anotherNonce = ask.nonce(Optional.of(Ask.freshNonce())).prior(earlier);
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(anotherNonce.rvr()))).isEqualTo("NONCE_MISMATCH");
  }

  // ---- refused: the registrar's request ----

  @Test
  void whatIsNoSignedRequestIsMalformed() {
    MasaService masa = lab.masa(MasaPolicy.STRICT);
    Octets right = Ask.of(device, registrar).rvr().bytes();
    for (Octets bytes : List.of(Octets.empty(), Octets.utf8("{}"), right.slice(0, right.size() / 2))) {
      assertThat(reason(masa.requestVoucher(cms(bytes)))).isEqualTo("MALFORMED_REQUEST");
      assertThat(reason(masa.requestAuditLog(cms(bytes)))).isEqualTo("MALFORMED_REQUEST");
    }
  }

  @Test
  void voucherInPlaceOfARequestIsMalformed() {
    Octets voucher = granted(lab.masa(MasaPolicy.STRICT).requestVoucher(Ask.of(device, registrar).rvr())).artifact().bytes();
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(cms(voucher)))).isEqualTo("MALFORMED_REQUEST");
  }

  @Test
  void tamperedRequestIsRefused() {
    byte[] bytes = Ask.of(device, registrar).rvr().bytes().toArray();
    bytes[bytes.length - 1] ^= 1;
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(cms(Octets.of(bytes))))).isEqualTo("BAD_SIGNATURE");
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestAuditLog(cms(Octets.of(bytes))))).isEqualTo("BAD_SIGNATURE");
  }

  @Test
  void signerWithoutCmcRaIsRefused() {
    Credential noRegistrar = domain.server(List.of("localhost"), List.of());
    Ask ask = Ask.of(device, noRegistrar);
    assertThat(reason(lab.masa(MasaPolicy.STRICT.allowingLogged()).requestVoucher(ask.rvr()))).isEqualTo("NO_REGISTRAR");
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestAuditLog(ask.rvr()))).isEqualTo("NO_REGISTRAR");
  }

  @Test
  void pledgeThatAsksForItselfIsRefused() {
    Ask ask = Ask.of(device, registrar);
    assertThat(reason(lab.masa(MasaPolicy.STRICT.allowingLogged()).requestVoucher(ask.pvr()))).isEqualTo("NO_REGISTRAR");
  }

  @Test
  void chainWhoseIssuerDidNotSignIsRefused() {
    Credential broken = new Credential(registrar.key(), List.of(registrar.certificate(), TestPki.root("Domain").certificate()));
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(Ask.of(device, broken).rvr()))).isEqualTo("BAD_CHAIN");
  }

  @Test
  void expiredRegistrarIsRefused() {
    Credential expired = registrarBelow(domain, TestPki.NOW.minusSeconds(1));
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(Ask.of(device, expired).rvr()))).isEqualTo("BAD_CHAIN");
  }

  @Test
  void staleRequestsAreRefused() {
    MasaService masa = lab.masa(MasaPolicy.STRICT);
    Ask ask = Ask.of(device, registrar);
    assertThat(reason(masa.requestVoucher(ask.registrars(r -> r.createdOn(TestPki.NOW.minus(Duration.ofDays(5)))).rvr()))).isEqualTo("STALE");
    assertThat(reason(masa.requestVoucher(ask.registrars(r -> r.createdOn(TestPki.NOW.plus(Duration.ofDays(2)))).rvr()))).isEqualTo("STALE");
    assertThat(reason(masa.requestVoucher(ask.registrars(r -> r.expiresOn(TestPki.NOW)).rvr()))).isEqualTo("STALE");
  }

  @Test
  void nonceOfForbiddenLengthIsMalformed() throws Exception {
    Nonce tooShort = Nonce.parse("AAAAAAAA", "nonce");
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(Ask.of(device, registrar).nonce(Optional.of(tooShort)).rvr())))
        .isEqualTo("MALFORMED_REQUEST");
  }

  @Test
  void deviceThatWasNotMadeHereIsUnknown() {
    Credential foreign = TestPki.manufacturer("Another Manufacturer", "").idevid("SN-X");
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(Ask.of(foreign, registrar).rvr()))).isEqualTo("UNKNOWN_DEVICE");
    Credential sameSerial = TestPki.manufacturer("Another Manufacturer", "").idevid(SERIAL);
    assertThat(reason(lab.masa(MasaPolicy.STRICT).requestVoucher(Ask.of(sameSerial, registrar).rvr()))).isEqualTo("UNKNOWN_DEVICE");
  }

  // ---- refused: the pledge's request inside ----

  @Test
  void nonceThatDiffersFromThePledgesIsRefused() {
    MasaService masa = lab.masa(MasaPolicy.STRICT.allowingLogged().allowingNonceless(List.of(domain.certificate())));
    Ask ask = Ask.of(device, registrar);
    for (Ask wrong : List.of(
        ask.pledge(request -> request.nonce(Optional.of(Ask.freshNonce()))),
        ask.pledge(request -> request.nonce(Optional.empty())),
        ask.registrars(request -> request.nonce(Optional.empty())))) {
      assertThat(reason(masa.requestVoucher(wrong.rvr()))).isEqualTo("NONCE_MISMATCH");
    }
  }

  @Test
  void pledgeRequestAboutAnotherDeviceIsRefused() throws IOException {
    Ask other2 = Ask.of(lab.device("SN-2"), registrar);
    Ask ask = Ask.of(device, registrar).nonce(other2.nonce()).prior(other2.pvr().bytes());
    assertThat(reason(lab.masa(MasaPolicy.STRICT.allowingLogged()).requestVoucher(ask.rvr()))).isEqualTo("SERIAL_MISMATCH");
  }

  @Test
  void pledgeRequestSignedByAnotherDeviceOfOursIsRefused() throws IOException {
    Credential second = lab.device("SN-2");
    Ask lying = Ask.of(second, registrar).pledge(request -> aboutDevice(request.build(), SERIAL));
    Ask ask = Ask.of(device, registrar).nonce(lying.nonce()).prior(lying.pvr().bytes());
    assertThat(reason(lab.masa(MasaPolicy.STRICT.allowingLogged()).requestVoucher(ask.rvr()))).isEqualTo("SERIAL_MISMATCH");
  }

  @Test
  void pledgeRequestSignedByAnIdevidOfSomebodyElseIsRefused() {
    Credential clone = TestPki.manufacturer("Cloner", "").idevid(SERIAL);
    Ask fake = Ask.of(clone, registrar);
    Ask ask = Ask.of(device, registrar).nonce(fake.nonce()).prior(fake.pvr().bytes());
    assertThat(reason(lab.masa(MasaPolicy.STRICT.allowingLogged()).requestVoucher(ask.rvr()))).isEqualTo("PRIOR_UNTRUSTED");
  }

  @Test
  void tamperedOrUnreadablePledgeRequestIsRefused() {
    MasaService masa = lab.masa(MasaPolicy.STRICT.allowingLogged());
    Ask ask = Ask.of(device, registrar);
    byte[] bytes = ask.pvr().bytes().toArray();
    bytes[bytes.length - 1] ^= 1;
    assertThat(reason(masa.requestVoucher(ask.prior(Octets.of(bytes)).rvr()))).isEqualTo("PRIOR_UNTRUSTED");
    assertThat(reason(masa.requestVoucher(ask.prior(Octets.utf8("nothing of the kind")).rvr()))).isEqualTo("PRIOR_MALFORMED");
  }

  // ---- audit log ----

  @Test
  void auditLogTellsEveryVoucherToWhomeverEverOwnedTheDevice() {
    MasaPolicy policy = MasaPolicy.STRICT.allowingNonceless(List.of(otherDomain.certificate()));
    Ask first = Ask.of(device, registrar);
    assertThat(assertion(policy, first)).isEqualTo(Assertion.PROXIMITY);
    assertThat(assertion(policy, nonceless(other))).isEqualTo(Assertion.LOGGED);
    AuditLog log = granted(lab.masa(policy).requestAuditLog(first.rvr()));
    assertThat(log.version()).isEqualTo(1);
    assertThat(log.events()).containsExactly(
        new AuditLog.Event(TestPki.NOW, Certificates.domainId(domain.certificate()), first.nonce().map(Nonce::text), Optional.of(Assertion.PROXIMITY), 0),
        new AuditLog.Event(TestPki.NOW, Certificates.domainId(otherDomain.certificate()), Optional.empty(), Optional.of(Assertion.LOGGED), 0));
    lab.manufacturer.release(lab.only(SERIAL).id());
    assertThat(granted(lab.masa(policy).requestAuditLog(nonceless(other).rvr()))).as("former owners, too").isEqualTo(log);
  }

  @Test
  void auditLogIsForOwnersOfKnownDevicesOnly() {
    MasaService masa = lab.masa(MasaPolicy.STRICT);
    assertThat(reason(masa.requestAuditLog(Ask.of(device, registrar).rvr()))).as("no voucher yet").isEqualTo("NEVER_AN_OWNER");
    granted(masa.requestVoucher(Ask.of(device, registrar).rvr()));
    assertThat(reason(masa.requestAuditLog(Ask.of(device, other).rvr()))).isEqualTo("NEVER_AN_OWNER");
    Credential foreign = TestPki.manufacturer("Another Manufacturer", "").idevid("SN-X");
    assertThat(reason(masa.requestAuditLog(Ask.of(foreign, registrar).rvr()))).isEqualTo("UNKNOWN_DEVICE");
  }

  @Test
  void refusedRequestLeavesNoTrace() {
    MasaService masa = lab.masa(MasaPolicy.STRICT);
    assertThat(reason(masa.requestVoucher(Ask.of(device, registrar).seeing(other).rvr()))).isEqualTo("NO_PROXIMITY");
    assertThat(lab.only(SERIAL).owner()).isEmpty();
    assertThat(lab.only(SERIAL).history()).isEqualTo(VoucherHistory.EMPTY);
  }

  // ---- helpers ----

  private Ask nonceless(Credential asking) {
    return Ask.of(device, asking).nonce(Optional.empty()).prior(Octets.empty());
  }

  private Assertion assertion(MasaPolicy policy, Ask ask) {
    return opened(granted(lab.masa(policy).requestVoucher(ask.rvr()))).assertion().orElseThrow();
  }

  private Octets pinned(MasaPolicy policy, Ask ask) {
    Outcome<Issue> outcome = lab.masa(policy).requestVoucher(ask.rvr());
    return opened(granted(outcome)).pinnedDomainCert().orElseThrow();
  }

  private static VoucherArtifact cms(Octets bytes) {
    return new VoucherArtifact(VoucherFormat.CMS_JSON, bytes);
  }

  private void register(Credential idevid) {
    Octets issuer = Certificates.idevidIssuer(idevid.certificate());
    JournalEntry made = new JournalEntry.Made(
        TestPki.NOW, new DeviceId(SERIAL, issuer), Certificates.der(idevid.certificate()), Optional.empty());
    lab.manufacturer.inventory().change(view -> new Inventory.Result<>(made, Optional.of(made)));
  }

  private static VoucherRequest.Builder withoutIssuer(VoucherRequest request) {
    return VoucherRequest.of(request.serialNumber()).assertion(request.assertion()).nonce(request.nonce())
        .createdOn(request.createdOn().orElseThrow()).priorSigned(request.priorSigned().orElseThrow());
  }

  private static VoucherRequest.Builder aboutDevice(VoucherRequest request, String serial) {
    return VoucherRequest.of(serial).assertion(request.assertion()).nonce(request.nonce())
        .proximityRegistrarCert(request.proximityRegistrarCert().orElseThrow());
  }

  private static Octets withoutCertificates(Octets cms) throws Exception {
    var outer = ContentInfo.getInstance(cms.toArray());
    var signed = SignedData.getInstance(outer.getContent());
    var bare = new SignedData(
        signed.getDigestAlgorithms(), signed.getEncapContentInfo(), null, null, signed.getSignerInfos());
    return Octets.of(new ContentInfo(outer.getContentType(), bare).getEncoded("DER"));
  }

  private static Credential registrarBelow(TestPki authority, Instant notAfter) {
    var key = TestPki.key(KeyType.P256);
    LdevidTemplate template = new LdevidTemplate(new X500Name("CN=short-lived"), key.getPublic(), TestPki.NOT_BEFORE, notAfter,
        List.of(CertificateMaker.extendedKeyUsage(List.of(Certificates.CMC_RA))));
    var certificate = CertificateMaker.endEntity(authority.credential(), template, CertificateMaker.newSerial(new SecureRandom()));
    return new Credential(key.getPrivate(), List.of(certificate, authority.certificate()));
  }

  /** A registrar below a root whose SubjectKeyIdentifier is that of the domain's root, and whose key is not. */
  private Credential registrarBelowForgedRoot() {
    try {
      var key = TestPki.key(KeyType.P256);
      var name = new X500Name("CN=Domain");
      var builder = new JcaX509v3CertificateBuilder(name, BigInteger.TEN,
          Date.from(TestPki.NOT_BEFORE), Date.from(TestPki.NOT_AFTER), name, key.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(Extension.subjectKeyIdentifier, false,
          new SubjectKeyIdentifier(Certificates.domainId(domain.certificate()).toArray()));
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").setProvider(Bc.PROVIDER)
          .build(key.getPrivate());
      var root = Certificates.parse(Octets.of(builder.build(signer).getEncoded()));
      var below = TestPki.key(KeyType.P256);
      LdevidTemplate template = new LdevidTemplate(new X500Name("CN=forged"), below.getPublic(), TestPki.NOT_BEFORE, TestPki.NOT_AFTER,
          List.of(CertificateMaker.extendedKeyUsage(List.of(Certificates.CMC_RA))));
      var certificate = CertificateMaker.endEntity(
          new Credential(key.getPrivate(), List.of(root)), template, CertificateMaker.newSerial(new SecureRandom()));
      return new Credential(below.getPrivate(), List.of(certificate, root));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}

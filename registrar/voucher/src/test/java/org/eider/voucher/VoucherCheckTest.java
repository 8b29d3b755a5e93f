package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.TrustAnchors;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;

final class VoucherCheckTest {
  private static final Instant NOW = TestPki.NOW;
  private static final TestPki MAKER = TestPki.manufacturer("Acme", "");
  private static final TestPki DOMAIN = TestPki.root("domain");
  private static final Credential MASA = MAKER.signer("MASA", KeyType.P256);
  private static final Credential REGISTRAR = DOMAIN.registrar("registrar");
  private static final TrustAnchors ANCHORS = TrustAnchors.of(List.of(MAKER.certificate()));
  private static final Nonce NONCE = Nonce.of(Octets.utf8("0123456789abcdef"));
  private static final Octets ISSUER = Certificates.idevidIssuer(MAKER.idevid("SN-1").certificate());

  @Test
  void soundVoucherIsAcceptedAndTellsThePinnedCertificate() throws Exception {
    VoucherVerdict verdict = check().build().judge(signed(sound()));
    assertThat(verdict.<Object>fold(accepted -> accepted.certificate().orElseThrow(), rejected -> rejected)).isEqualTo(REGISTRAR.certificate());
  }

  @Test
  void signerHasToChainToAnAnchor() throws Exception {
    Credential foreign = TestPki.manufacturer("Acme", "").signer("MASA", KeyType.P256);
    isFlawed(check(), signed(sound(), foreign, NOW), VoucherFlaw.SIGNER_NOT_TRUSTED);
    VoucherCheck.Builder nobody = VoucherCheck.of(TrustAnchors.of(List.of()), "SN-1").nonce(Optional.of(NONCE)).at(NOW);
    isFlawed(nobody, signed(sound()), VoucherFlaw.SIGNER_NOT_TRUSTED);
  }

  @Test
  void signerMayItselfBeTheAnchor() throws Exception {
    VoucherCheck.Builder pinnedSigner =
        VoucherCheck.of(TrustAnchors.of(List.of(MASA.certificate())), "SN-1").nonce(Optional.of(NONCE)).at(NOW);
    assertThat(pinnedSigner.build().judge(signed(sound())).whyNot()).isEmpty();
  }

  @Test
  void expiredSignerIsRefusedWhenTheClockIsTrusted() throws Exception {
    Credential old = MAKER.signer("old", NOW.minus(Duration.ofDays(20)), NOW.minus(Duration.ofDays(1)));
    Verified<Voucher> voucher = signed(sound(), old, NOW.minus(Duration.ofDays(2)));
    isFlawed(check(), voucher, VoucherFlaw.SIGNER_NOT_IN_VALIDITY);
    assertThat(clockless().judge(voucher).whyNot()).isEmpty();
  }

  @Test
  void serialNumberHasToBeTheDevices() throws Exception {
    isFlawed(check(), signed(sound(Voucher.of("SN-2"))), VoucherFlaw.WRONG_SERIAL_NUMBER);
    isFlawed(check(), signed(sound(Voucher.of("sn-1"))), VoucherFlaw.WRONG_SERIAL_NUMBER);
  }

  @Test
  void nonceHasToBeThatOfTheRequest() throws Exception {
    Nonce other = Nonce.of(Octets.utf8("0123456789abcdeX"));
    isFlawed(check(), signed(sound().nonce(Optional.of(other))), VoucherFlaw.WRONG_NONCE);
    isFlawed(check().nonce(Optional.empty()), signed(sound()), VoucherFlaw.WRONG_NONCE);
  }

  @Test
  void nonceInTheOtherAlphabetIsTheSame() throws Exception {
    Nonce url = Nonce.parse("-_XE9zK9q8Ll1qylMtLKeg", "nonce");
    Nonce standard = Nonce.of(url.octets());
    assertThat(check().nonce(Optional.of(url)).build().judge(signed(sound().nonce(Optional.of(standard)))).whyNot()).isEmpty();
  }

  @Test
  void noncelessVoucherIsAcceptedUnlessANonceIsRequired() throws Exception {
    Verified<Voucher> nonceless = signed(sound().nonce(Optional.empty()).expiresOn(NOW.plusSeconds(60)));
    assertThat(check().build().judge(nonceless).whyNot()).isEmpty();
    isFlawed(check().nonceRequired(), nonceless, VoucherFlaw.NO_NONCE);
  }

  @Test
  void idevidIssuerHasToBeTheDevicesWhenThereIsOne() throws Exception {
    assertThat(check().build().judge(signed(sound().idevidIssuer(ISSUER))).whyNot()).isEmpty();
    assertThat(check().build().judge(signed(sound().idevidIssuer(ISSUER.slice(2, ISSUER.size())))).whyNot()).isEmpty();
    isFlawed(check(), signed(sound().idevidIssuer(Octets.utf8("another"))), VoucherFlaw.WRONG_IDEVID_ISSUER);
  }

  @Test
  void assertionHasToBeAcceptable() throws Exception {
    VoucherCheck.Builder strict = check().assertions(Set.of(Assertion.PROXIMITY, Assertion.VERIFIED));
    assertThat(strict.build().judge(signed(sound())).whyNot()).isEmpty();
    isFlawed(strict, signed(sound().assertion(Assertion.LOGGED)), VoucherFlaw.ASSERTION_NOT_ACCEPTABLE);
    Voucher silent = Voucher.of("SN-1").nonce(Optional.of(NONCE)).pinnedDomainCert(pin()).build();
    isFlawed(strict, signed(silent, MASA, NOW), VoucherFlaw.ASSERTION_NOT_ACCEPTABLE);
  }

  @Test
  void leavesThatExcludeEachOtherAreRefused() throws Exception {
    isFlawed(check(), signed(sound().expiresOn(NOW.plusSeconds(60))), VoucherFlaw.NONCE_AND_EXPIRY);
    isFlawed(check(), signed(sound().pinnedDomainKey(pin())), VoucherFlaw.SEVERAL_PINS);
  }

  @Test
  void datesCountOnlyWhenTheClockIsTrusted() throws Exception {
    Instant beyond = NOW.plus(VoucherCheck.MAX_SKEW).plusSeconds(1);
    Verified<Voucher> future = signed(sound().createdOn(beyond));
    isFlawed(check(), future, VoucherFlaw.NOT_YET_VALID);
    isFlawed(check(), signed(sound().build(), MASA, beyond), VoucherFlaw.NOT_YET_VALID);
    Verified<Voucher> expired = signed(sound().nonce(Optional.empty()).expiresOn(NOW.minusSeconds(1)));
    isFlawed(check(), expired, VoucherFlaw.EXPIRED);
    assertThat(clockless().judge(future).whyNot()).isEmpty();
    assertThat(clockless().judge(expired).whyNot()).isEmpty();
    assertThat(check().build().judge(signed(sound().createdOn(NOW.plus(VoucherCheck.MAX_SKEW)))).whyNot()).isEmpty();
  }

  @Test
  void pinHasToBeACertificateInItsValidity() throws Exception {
    Voucher.Builder without = Voucher.of("SN-1").nonce(Optional.of(NONCE));
    isFlawed(check(), signed(without), VoucherFlaw.NO_PIN);
    isFlawed(check(), signed(sound().pinnedDomainCert(Octets.utf8("garbage"))), VoucherFlaw.MALFORMED_PIN);
    Credential old = DOMAIN.signer("old", NOW.minus(Duration.ofDays(2)), NOW.minus(Duration.ofDays(1)));
    Verified<Voucher> stale = signed(sound().pinnedDomainCert(Certificates.der(old.certificate())));
    isFlawed(check(), stale, VoucherFlaw.PIN_NOT_IN_VALIDITY);
    assertThat(clockless().judge(stale).whyNot()).isEmpty();
  }

  @Test
  void voucherMayNotOutliveItsPin() throws Exception {
    Instant end = REGISTRAR.certificate().getNotAfter().toInstant();
    assertThat(check().build().judge(signed(sound().nonce(Optional.empty()).expiresOn(end))).whyNot()).isEmpty();
    isFlawed(check(), signed(sound().nonce(Optional.empty()).expiresOn(end.plusSeconds(1))), VoucherFlaw.OUTLIVES_PIN);
  }

  @Test
  void registrarAcceptsOnlyItsOwnCertificatesAsPin() throws Exception {
    VoucherCheck.Builder ours = check().pinnedAmong(REGISTRAR.chain());
    assertThat(ours.build().judge(signed(sound())).whyNot()).isEmpty();
    assertThat(ours.build().judge(signed(sound().pinnedDomainCert(Certificates.der(DOMAIN.certificate())))).whyNot()).isEmpty();
    Octets foreign = Certificates.der(TestPki.root("other").certificate());
    isFlawed(ours, signed(sound().pinnedDomainCert(foreign)), VoucherFlaw.FOREIGN_PIN);
    assertThat(check().build().judge(signed(sound().pinnedDomainCert(foreign))).whyNot()).isEmpty();
  }

  @Test
  void aPinnedKeyIsAcceptedAndToldForComparisonWithThePeer() throws Exception {
    Octets key = Octets.of(REGISTRAR.certificate().getPublicKey().getEncoded());
    for (Voucher.Builder pinning : List.of(unpinned().pinnedDomainKey(key), unpinned().pinnedDomainKeySha256(key.sha256()))) {
      VoucherVerdict.Accepted accepted = (VoucherVerdict.Accepted) check().build().judge(signed(pinning));
      assertThat(accepted.certificate()).isEmpty();
      assertThat(accepted.pin().isKeyOf(REGISTRAR.certificate())).isTrue();
      assertThat(accepted.pin().isKeyOf(DOMAIN.certificate())).isFalse();
      VoucherVerdict ours = check().pinnedAmong(REGISTRAR.chain()).build().judge(signed(pinning));
      assertThat(((VoucherVerdict.Accepted) ours).certificate()).contains(REGISTRAR.certificate());
      isFlawed(check().pinnedAmong(List.of(MASA.certificate())), signed(pinning), VoucherFlaw.FOREIGN_PIN);
    }
    Octets authority = Octets.of(DOMAIN.certificate().getPublicKey().getEncoded());
    isFlawed(check().pinnedAmong(REGISTRAR.chain()), signed(unpinned().pinnedDomainKey(authority)), VoucherFlaw.FOREIGN_PIN);
    isFlawed(check(), signed(unpinned().pinnedDomainKeySha256(Octets.of(new byte[31]))), VoucherFlaw.MALFORMED_PIN);
  }

  @Test
  void severalPinsOfWhateverKindAreRefused() throws Exception {
    isFlawed(check(), signed(sound().pinnedDomainKeySha256(pin().sha256())), VoucherFlaw.SEVERAL_PINS);
    isFlawed(check(), signed(unpinned().pinnedDomainKey(pin()).pinnedDomainKeySha256(pin().sha256())), VoucherFlaw.SEVERAL_PINS);
  }

  @Test
  void whatTheBuilderIsToldLaterDoesNotChangeACheck() throws Exception {
    VoucherCheck.Builder builder = check();
    VoucherCheck check = builder.build();
    builder.nonceRequired().nonce(Optional.empty());
    assertThat(check.judge(signed(sound())).whyNot()).isEmpty();
  }

  @Test
  void rejectionsTellAReasonForPeople() throws Exception {
    String text = check().build().judge(signed(sound(Voucher.of("SN-2"))))
        .fold(accepted -> "accepted", VoucherVerdict.Rejected::detail);
    assertThat(text).isEqualTo("the voucher is for another device");
  }

  private static VoucherCheck.Builder check() {
    return VoucherCheck.of(ANCHORS, "SN-1").nonce(Optional.of(NONCE)).idevidIssuer(ISSUER).at(NOW);
  }

  private static VoucherCheck clockless() {
    return VoucherCheck.of(ANCHORS, "SN-1").nonce(Optional.of(NONCE)).build();
  }

  private static Voucher.Builder sound() {
    return sound(Voucher.of("SN-1"));
  }

  private static Voucher.Builder sound(Voucher.Builder voucher) {
    return voucher.assertion(Assertion.PROXIMITY).createdOn(NOW).nonce(Optional.of(NONCE)).pinnedDomainCert(pin());
  }

  private static Voucher.Builder unpinned() {
    return Voucher.of("SN-1").assertion(Assertion.PROXIMITY).createdOn(NOW).nonce(Optional.of(NONCE));
  }

  private static Octets pin() {
    return Certificates.der(REGISTRAR.certificate());
  }

  private static Verified<Voucher> signed(Voucher.Builder voucher) throws Exception {
    return signed(voucher.build(), MASA, NOW);
  }

  private static Verified<Voucher> signed(Voucher.Builder voucher, Credential signer, Instant time) throws Exception {
    return signed(voucher.build(), signer, time);
  }

  private static Verified<Voucher> signed(Voucher voucher, Credential signer, Instant time) throws Exception {
    return VoucherOpener.voucher(VoucherSealer.cms().seal(voucher, signer, time), List.of());
  }

  private static void isFlawed(VoucherCheck.Builder check, Verified<Voucher> voucher, VoucherFlaw flaw) {
    assertThat(check.build().judge(voucher).whyNot()).contains(flaw);
  }
}

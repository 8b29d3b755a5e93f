package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.eider.pledge.ScriptedRegistrar.ENROLL;
import static org.eider.pledge.ScriptedRegistrar.VOUCHER;

import java.security.interfaces.RSAPublicKey;
import java.util.List;
import org.bouncycastle.cms.CMSSignedData;
import org.eider.est.http.HttpResponse;
import org.eider.pki.Certificates;
import org.eider.pki.Csr;
import org.eider.pki.UntrustedException;
import org.eider.pki.UntrustedException.Fault;
import org.eider.voucher.Verified;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherRequest;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What each mischief puts on the wire, seen from the registrar. */
class MischiefTest {
  private final ScriptedRegistrar registrar = ScriptedRegistrar.fresh();
  private final PledgeConfig honest = registrar.config("SN-1", new FakeTime());

  @AfterEach
  void stop() {
    registrar.close();
  }

  @Test
  void labelsAreNamesOnTheCommandLine() {
    assertThat(Mischief.labels()).contains("wrong-serial", "weak-key").doesNotContain("none").doesNotHaveDuplicates();
    for (String label : Mischief.labels()) {
      assertThat(Mischief.ofLabel(label)).map(Mischief::label).contains(label);
    }
  }

  @Test
  void wrongSerial() throws Exception {
    Verified<VoucherRequest> sent = opened(voucherBody(Mischief.WRONG_SERIAL));
    assertThat(sent.value().serialNumber()).isNotEqualTo("SN-1");
    assertThat(sent.signer()).isEqualTo(honest.device().idevid().certificate());
  }

  @Test
  void otherRegistrar() throws Exception {
    Octets named = opened(voucherBody(Mischief.OTHER_REGISTRAR)).value().proximityRegistrarCert().orElseThrow();
    assertThat(Certificates.parse(named)).isNotEqualTo(registrar.shown.certificate());
  }

  @Test
  void zeroAndStaleNonce() throws Exception {
    assertThat(opened(voucherBody(Mischief.ZERO_NONCE)).value().nonce().orElseThrow().octets()).isEqualTo(Octets.of(new byte[16]));
    var once = opened(voucherBody(Mischief.STALE_NONCE)).value().nonce();
    assertThat(opened(voucherBody(Mischief.STALE_NONCE)).value().nonce()).isEqualTo(once);
    assertThat(Pledge.onboard(honest.doing(Mischief.STALE_NONCE), Progress.SILENT).report().ok()).as("nobody here remembers").isTrue();
  }

  @Test
  void otherSigner() throws Exception {
    Verified<VoucherRequest> sent = opened(voucherBody(Mischief.OTHER_SIGNER));
    assertThat(sent.signer().getPublicKey()).isNotEqualTo(honest.device().idevid().certificate().getPublicKey());
    assertThat(sent.signer().getSubjectX500Principal()).isEqualTo(honest.device().idevid().certificate().getSubjectX500Principal());
  }

  @Test
  void twoSigners() throws Exception {
    Octets sent = voucherBody(Mischief.TWO_SIGNERS);
    assertThat(new CMSSignedData(sent.toArray()).getSignerInfos().getSigners()).hasSize(2);
    assertThatThrownBy(() -> opened(sent)).isInstanceOfSatisfying(UntrustedException.class,
        e -> assertThat(e.fault()).isEqualTo(Fault.SEVERAL_SIGNERS));
  }

  @Test
  void truncatedAndOversized() {
    assertThatThrownBy(() -> opened(voucherBody(Mischief.TRUNCATED_CMS))).isInstanceOf(DecodeException.class);
    assertThat(voucherBody(Mischief.OVERSIZED_BODY).size()).isEqualTo(1024 * 1024);
  }

  @Test
  void wrongMediaType() throws Exception {
    opened(voucherBody(Mischief.WRONG_MEDIA_TYPE));
    assertThat(registrar.seen(VOUCHER).get(0).type().orElseThrow()).startsWith("text/plain");
  }

  @Test
  void enrolWithoutVoucher() {
    OnboardReport report = Pledge.onboard(honest.doing(Mischief.ENROL_WITHOUT_VOUCHER), Progress.SILENT).report();
    assertThat(registrar.paths()).containsExactly(ENROLL);
    assertThat(report.refused().orElseThrow().reason()).as("this registrar is too kind").isEqualTo(PledgeReason.ISSUED_WITHOUT_VOUCHER);

    registrar.answering(ENROLL, HttpResponse.text(403, "no voucher"));
    report = Pledge.onboard(honest.doing(Mischief.ENROL_WITHOUT_VOUCHER), Progress.SILENT).report();
    assertThat(report.refused().orElseThrow().reason()).isEqualTo(PledgeReason.REGISTRAR_REFUSED);
    assertThat(registrar.seen(VOUCHER)).isEmpty();
  }

  @Test
  void badCsrSignature() {
    Csr sent = csr(Mischief.BAD_CSR_SIGNATURE);
    assertThat(sent.provesPossession()).isFalse();
    assertThat(sent.challengePassword()).isPresent();
  }

  @Test
  void wrongChallengePassword() {
    Csr sent = csr(Mischief.WRONG_CHALLENGE_PASSWORD);
    assertThat(sent.provesPossession()).isTrue();
    assertThat(sent.challengePassword()).isPresent()
        .isNotEqualTo(registrar.seen(ENROLL).get(0).session().binding().map(binding -> binding.value().base64()));
  }

  @Test
  void weakKey() throws Exception {
    assertThat(((RSAPublicKey) csr(Mischief.WEAK_KEY).publicKey()).getModulus().bitLength()).isEqualTo(1024);
  }

  /** The body of the voucher request; the registrar then says no. */
  private Octets voucherBody(Mischief mischief) {
    registrar.seen.clear();
    registrar.answering(VOUCHER, HttpResponse.text(403, "no"));
    OnboardReport report = Pledge.onboard(honest.doing(mischief), Progress.SILENT).report();
    assertThat(report.refused().orElseThrow().detail()).isEqualTo("requestvoucher answered 403: no");
    List<ScriptedRegistrar.Seen> seen = registrar.seen(VOUCHER);
    assertThat(seen).hasSize(1);
    return seen.get(0).body();
  }

  private Csr csr(Mischief mischief) {
    registrar.answering(ENROLL, HttpResponse.text(400, "no"));
    assertThat(Pledge.onboard(honest.doing(mischief), Progress.SILENT).report().ok()).isFalse();
    try {
      return Csr.parse(Base64Text.body(registrar.seen(ENROLL).get(0).body(), "csr"));
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }

  private static Verified<VoucherRequest> opened(Octets body) throws DecodeException, UntrustedException {
    return VoucherOpener.request(new VoucherArtifact(VoucherFormat.CMS_JSON, body), List.of());
  }
}

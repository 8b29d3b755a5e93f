package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.eider.est.Outcome;
import org.eider.est.RefusalKind;
import org.eider.pki.Certificates;
import org.eider.pki.CoseMessage;
import org.eider.pki.CoseSealer;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.KeyStyle;
import org.eider.voucher.SidRevision;
import org.eider.voucher.Verified;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherCbor;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.Octets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests in COSE: the steps are those of CMS, and what the format demands comes on top (constrained BRSKI sections 7 and 9). */
class ConstrainedVoucherRequestTest extends VoucherExchangeTest {
  private static final KeyStyle SIDS = KeyStyle.sids(SidRevision.CURRENT);

  private final TestPki factory = site.acme.subordinate("acme factory");
  private final Credential device = factory.idevid("SN-1");
  private final Octets ourKey = Octets.of(site.registrar.certificate().getPublicKey().getEncoded());

  @BeforeEach
  void pinsTheRegistrar() {
    site.masa.answersWith(voucher -> voucher);
  }

  @Nested
  class AGoodRequest {
    @Test
    void getsAVoucherInItsOwnFormatWithoutCertificatesAndOtherwiseTheOctetsOfTheMasa() throws Exception {
      VoucherArtifact voucher = granted(ask(proximity(good -> good.proximityRegistrarKey(ourKey))));

      assertThat(voucher.format()).isEqualTo(VoucherFormat.COSE_CBOR);
      CoseMessage given = CoseMessage.parse(voucher.bytes());
      CoseMessage made = CoseMessage.parse(site.ledger.vouchers(Site.device("SN-1"), 1).get(0).voucher());
      assertThat(made.looseCertificates()).isEqualTo(1);
      assertThat(given.certificates()).isEmpty();
      assertThat(given.isTagged()).isTrue();
      assertThat(given.protectedOctets()).isEqualTo(made.protectedOctets());
      assertThat(given.payload()).isEqualTo(made.payload());
      assertThat(given.signature()).isEqualTo(made.signature());
    }

    @Test
    void keepsWhatTheMasaProtected() throws Exception {
      site.masa.answer = request -> Outcome.granted(VoucherSealer.cose(SIDS).withProtectedChain()
          .seal(good(request).build(), site.masa.signer, TestPki.NOW));

      CoseMessage given = CoseMessage.parse(granted(ask(proximity(good -> good.proximityRegistrarKey(ourKey)))).bytes());

      assertThat(given.looseCertificates()).isZero();
      assertThat(given.certificates()).hasSize(1);
    }

    @Test
    void isCarriedToTheMasaInItsOwnFormatWithBothChains() throws Exception {
      VoucherArtifact asked = proximity(good -> good.proximityRegistrarKeySha256(ourKey.sha256()));

      granted(ask(asked));

      VoucherArtifact ours = site.masa.requests.get(0);
      assertThat(ours.format()).isEqualTo(VoucherFormat.COSE_CBOR);
      assertThat(site.masa.questions.get(0).accepted()).containsExactly(VoucherFormat.COSE_CBOR);
      Verified<VoucherRequest> read = ScriptedMasa.opened(ours);
      assertThat(read.signer()).isEqualTo(site.registrar.certificate());
      assertThat(read.keyStyle()).contains(SIDS);
      assertThat(read.value().priorSigned()).contains(asked.bytes());
      assertThat(read.value().assertion()).contains(Assertion.PROXIMITY);
      assertThat(read.value().nonce()).contains(Site.NONCE);
      assertThat(read.value().idevidIssuer()).contains(Certificates.idevidIssuer(device.certificate()));
      assertThat(der(read.signerChain())).containsExactlyInAnyOrder(der(site.registrar.chain().get(0)), der(site.domain.certificate()),
          der(device.certificate()), der(factory.certificate()), der(site.acme.certificate()));
      assertThat(CoseMessage.parse(ours.bytes()).looseCertificates()).isEqualTo(5);
    }

    @Test
    void isCarriedInTheNumbersThatTheManufacturerIsSetTo() {
      site.ledger.put(site.ledger.manufacturer("acme").orElseThrow().withSidRevision(SidRevision.DRAFTS_OF_2018));

      granted(ask(proximity(good -> good.proximityRegistrarKey(ourKey))));

      assertThat(ScriptedMasa.opened(site.masa.requests.get(0)).keyStyle()).contains(KeyStyle.sids(SidRevision.DRAFTS_OF_2018));
    }

    @Test
    void isReadByNamesToo() {
      VoucherArtifact named = VoucherSealer.bareCose(KeyStyle.names()).seal(
          request().proximityRegistrarKey(ourKey).build(), device, TestPki.NOW);

      assertThat(ask(named)).isInstanceOf(Outcome.Granted.class);
    }

    @Test
    void mayNameOurCertificateOurKeyOrItsDigest() {
      assertThat(ask(proximity(good -> good.proximityRegistrarCert(der(site.registrar.certificate()))))).isInstanceOf(Outcome.Granted.class);
      assertThat(ask(proximity(good -> good.proximityRegistrarKey(ourKey)))).isInstanceOf(Outcome.Granted.class);
      assertThat(ask(proximity(good -> good.proximityRegistrarKeySha256(ourKey.sha256())))).isInstanceOf(Outcome.Granted.class);
      assertThat(ask(proximity(good -> good.proximityRegistrarKey(ourKey).proximityRegistrarKeySha256(ourKey.sha256()))))
          .isInstanceOf(Outcome.Granted.class);
    }

    @Test
    void mayBeAnsweredWithAPinnedKeyOfOurs() {
      site.masa.answer = request -> Outcome.granted(VoucherSealer.cose(SIDS).seal(Voucher.of("SN-1").assertion(Assertion.PROXIMITY)
          .createdOn(TestPki.NOW).nonce(request.value().nonce()).pinnedDomainKey(ourKey).build(), site.masa.signer, TestPki.NOW));

      granted(ask(proximity(good -> good.proximityRegistrarKey(ourKey))));

      assertThat(site.ledger.vouchers(Site.device("SN-1"), 1).get(0).domainId())
          .isEqualTo(Certificates.domainId(site.registrar.certificate()));
    }

    @ParameterizedTest
    @EnumSource(value = KeyType.class, names = {"P384", "P521", "ED25519"})
    void maySignWithEveryKeyThatCoseHasAnAlgorithmFor(KeyType type) {
      Credential other = site.acme.idevid("SN-K", type);
      VoucherArtifact asked = VoucherSealer.bareCose(SIDS).seal(request("SN-K").proximityRegistrarKey(ourKey).build(), other, TestPki.NOW);

      assertThat(site.vouchers.request(site.session(other), asked)).isInstanceOf(Outcome.Granted.class);
    }
  }

  @Nested
  class TheClientOfTheSession {
    /** Spec 03 section 8 number 4. */
    @Test
    void signsWhateverTheBagSays() {
      Credential other = site.acme.idevid("SN-2");
      Octets bagged = CoseSealer.seal(VoucherCbor.encode(request().proximityRegistrarKey(ourKey).build(), SIDS), device, List.of(),
          other.chain());

      assertThat(ask(cose(bagged))).isInstanceOf(Outcome.Granted.class);
      assertThat(der(ScriptedMasa.opened(site.masa.requests.get(0)).signerChain())).doesNotContain(der(other.certificate()));
    }

    @Test
    void isNotSomebodyElseWhoseCertificateIsInTheBag() {
      Credential other = site.acme.idevid("SN-2");
      Octets bagged = CoseSealer.seal(VoucherCbor.encode(request().proximityRegistrarKey(ourKey).build(), SIDS), other, List.of(),
          other.chain());

      refused(ask(cose(bagged)), VoucherReason.BAD_SIGNATURE, RefusalKind.FORBIDDEN);
    }

    @Test
    void isTheDeviceThatTheRequestIsAbout() {
      VoucherArtifact asked = VoucherSealer.bareCose(SIDS).seal(request("SN-2").proximityRegistrarKey(ourKey).build(), device, TestPki.NOW);

      refused(ask(asked), VoucherReason.SERIAL_MISMATCH, RefusalKind.FORBIDDEN);
    }
  }

  @Nested
  class ARefusal {
    @Test
    void meetsAProximityLeafOfAnotherRegistrar() {
      Octets other = Octets.of(site.domain.certificate().getPublicKey().getEncoded());
      for (UnaryOperator<VoucherRequest.Builder> wrong : List.<UnaryOperator<VoucherRequest.Builder>>of(good -> good,
          good -> good.proximityRegistrarKey(other), good -> good.proximityRegistrarKeySha256(other.sha256()),
          good -> good.proximityRegistrarCert(der(site.domain.certificate())),
          good -> good.proximityRegistrarKey(ourKey).proximityRegistrarKeySha256(other.sha256()))) {
        refused(ask(proximity(wrong)), VoucherReason.PROXIMITY_MISMATCH, RefusalKind.UNAUTHENTICATED);
      }
      assertThat(site.masa.requests).isEmpty();
    }

    @Test
    void meetsWhatIsNoVoucherRequest() {
      Octets voucher = VoucherCbor.encode(Voucher.of("SN-1").build(), SIDS);
      for (Octets wrong : List.of(Octets.utf8("{}"), Octets.empty(), CoseSealer.seal(voucher, device, List.of(), List.of()),
          CoseSealer.seal(Octets.utf8("{}"), device, List.of(), List.of()))) {
        refused(ask(cose(wrong)), VoucherReason.MALFORMED_REQUEST, RefusalKind.MALFORMED);
      }
    }

    @Test
    void meetsAnRsaRegistrarInAFormatThatItsKeyCannotSign() {
      Credential rsa = site.domain.signer("rsa", KeyType.RSA2048);
      site.vouchers = new BrskiVoucherService(site.ledger, site.fragile, site.masa, () -> rsa, VoucherSealer.cms(), site.clock, site.desk);

      refused(ask(proximity(good -> good.proximityRegistrarKey(ourKey))), VoucherReason.FORMAT_NOT_OFFERED, RefusalKind.UNSUPPORTED_FORMAT);
    }

    @Test
    void meetsAMasaThatAnswersInAnotherFormat() {
      site.masa.answer = request -> Outcome.granted(VoucherSealer.cms().seal(good(request).build(), site.masa.signer, TestPki.NOW));

      refused(ask(proximity(good -> good.proximityRegistrarKey(ourKey))), VoucherReason.MASA_FAILED, RefusalKind.UPSTREAM_FAILED);
    }

    @Test
    void meetsAVoucherThatPinsAnotherKeyOrInSeveralWays() {
      Octets other = Octets.of(site.acme.certificate().getPublicKey().getEncoded());
      for (UnaryOperator<Voucher.Builder> wrong : List.<UnaryOperator<Voucher.Builder>>of(good -> good.pinnedDomainKey(other),
          good -> good.pinnedDomainKeySha256(other.sha256()), good -> good,
          good -> good.pinnedDomainKey(ourKey).pinnedDomainKeySha256(ourKey.sha256()))) {
        site.masa.answer = request -> Outcome.granted(VoucherSealer.cose(SIDS).seal(wrong.apply(Voucher.of("SN-1")
            .assertion(Assertion.PROXIMITY).nonce(request.value().nonce())).build(), site.masa.signer, TestPki.NOW));
        refused(ask(proximity(good -> good.proximityRegistrarKey(ourKey))), VoucherReason.VOUCHER_MISMATCH, RefusalKind.UPSTREAM_FAILED);
      }
    }

    @Test
    void meetsAVoucherOfAStranger() {
      Credential stranger = TestPki.root("stranger").signer("stranger", KeyType.P256);
      site.masa.answer = request -> Outcome.granted(VoucherSealer.cose(SIDS).seal(good(request).build(), stranger, TestPki.NOW));

      refused(ask(proximity(good -> good.proximityRegistrarKey(ourKey))), VoucherReason.VOUCHER_UNTRUSTED, RefusalKind.UPSTREAM_FAILED);
    }
  }

  private static void refused(Outcome<?> outcome, VoucherReason reason, RefusalKind kind) {
    assertThat(refusal(outcome).reason()).as(refusal(outcome).detail()).isEqualTo(reason);
    assertThat(refusal(outcome).reason().kind()).isEqualTo(kind);
  }

  private Outcome<VoucherArtifact> ask(VoucherArtifact artifact) {
    return site.vouchers.request(site.session(device), artifact, List.of(artifact.format()));
  }

  private VoucherArtifact proximity(UnaryOperator<VoucherRequest.Builder> leaves) {
    return VoucherSealer.bareCose(SIDS).seal(leaves.apply(request()).build(), device, TestPki.NOW);
  }

  private static VoucherRequest.Builder request() {
    return request("SN-1");
  }

  private static VoucherRequest.Builder request(String serialNumber) {
    return VoucherRequest.of(serialNumber).assertion(Optional.of(Assertion.PROXIMITY)).nonce(Optional.of(Site.NONCE));
  }

  private static Voucher.Builder good(Verified<VoucherRequest> request) {
    return Voucher.of(request.value().serialNumber()).assertion(Assertion.PROXIMITY).createdOn(TestPki.NOW)
        .nonce(request.value().nonce()).pinnedDomainCert(der(request.signer()));
  }

  private static VoucherArtifact cose(Octets bytes) {
    return new VoucherArtifact(VoucherFormat.COSE_CBOR, bytes);
  }

  private static List<Octets> der(List<X509Certificate> certificates) {
    return certificates.stream().map(Certificates::der).toList();
  }

  private static Octets der(X509Certificate certificate) {
    return Certificates.der(certificate);
  }
}

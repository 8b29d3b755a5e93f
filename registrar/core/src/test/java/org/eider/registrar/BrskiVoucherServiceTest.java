package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.eider.est.ClientSession;
import org.eider.est.Notes;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.est.RefusalKind;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.MasaUri;
import org.eider.pki.SerialNumberProfile;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.Nonce;
import org.eider.voucher.StatusReport;
import org.eider.voucher.Verified;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrskiVoucherServiceTest {
  private final Site site = new Site();
  private final Credential idevid = site.acme.idevid("SN-1");

  @Nested
  class AGoodRequest {
    @Test
    void getsTheOctetsOfTheMasa() {
      List<VoucherArtifact> made = new ArrayList<>();
      site.masa.answer = request -> {
        made.add(site.masa.sealed(request, good -> good));
        return Outcome.granted(made.get(0));
      };

      assertThat(ask()).isEqualTo(Outcome.granted(made.get(0)));
    }

    @Test
    void isCarriedToTheMasaAsRfc8995Section55Demands() {
      VoucherArtifact asked = site.request(idevid, "SN-1");

      site.vouchers.request(site.session(idevid), asked);

      Verified<VoucherRequest> ours = ScriptedMasa.opened(site.masa.requests.get(0));
      assertThat(ours.value().serialNumber()).isEqualTo("SN-1");
      assertThat(ours.value().nonce().orElseThrow().text()).isEqualTo(Site.NONCE.text());
      assertThat(ours.value().assertion()).contains(Assertion.PROXIMITY);
      assertThat(ours.value().createdOn()).contains(TestPki.NOW);
      assertThat(ours.value().idevidIssuer()).contains(Certificates.idevidIssuer(idevid.certificate()));
      assertThat(ours.value().priorSigned()).contains(asked.bytes());
      assertThat(ours.value().proximityRegistrarCert()).isEmpty();
      assertThat(ours.value().proximityRegistrarKey()).isEmpty();
      assertThat(ours.signer()).isEqualTo(site.registrar.certificate());
      assertThat(ours.signerChain()).containsExactlyInAnyOrderElementsOf(site.registrar.chain());
    }

    @Test
    void keepsANonceInTheAlphabetThatItCameIn() {
      Nonce urlSafe = new Nonce(Octets.of(new byte[] {-5, -1, 4, 5, 6, 7, 8, 9, 10}), "-_8EBQYHCAkK");

      site.vouchers.request(site.session(idevid), site.request(idevid, "SN-1", good -> good.nonce(Optional.of(urlSafe))));

      assertThat(ScriptedMasa.opened(site.masa.requests.get(0)).value().nonce().orElseThrow().text()).isEqualTo("-_8EBQYHCAkK");
      assertThat(site.state("SN-1")).isEqualTo(DeviceState.VOUCHER_ISSUED);
    }

    @Test
    void isRecordedBeforeTheMasaIsContacted() {
      List<DeviceState> seen = new ArrayList<>();
      site.masa.answer = request -> {
        seen.add(site.state("SN-1"));
        return Outcome.refused(VoucherReason.MASA_UNREACHABLE, "down");
      };

      ask();

      assertThat(seen).containsExactly(DeviceState.REQUESTED);
    }

    @Test
    void leavesVoucherAuditLogAndEventsBehind() {
      VoucherArtifact asked = site.request(idevid, "SN-1");

      VoucherArtifact voucher = granted(site.vouchers.request(site.session(idevid), asked));

      Fact.VoucherExchange exchange = site.ledger.vouchers(Site.device("SN-1"), 10).get(0);
      assertThat(exchange.pledgeRequest()).isEqualTo(asked.bytes());
      assertThat(exchange.registrarRequest()).isEqualTo(site.masa.requests.get(0).bytes());
      assertThat(exchange.voucher()).isEqualTo(voucher.bytes());
      assertThat(exchange.assertion()).contains(Assertion.PROXIMITY);
      assertThat(exchange.domainId()).isEqualTo(Certificates.domainId(site.registrar.certificate()));
      assertThat(site.ledger.auditLogs(Site.device("SN-1"), 10).get(0).body()).contains(ScriptedMasa.AUDIT_LOG);
      assertThat(site.masa.auditRequests).isEqualTo(site.masa.requests);
      assertThat(site.ledger.history(Site.device("SN-1"), 10)).extracting(DeviceEvent::kind)
          .containsExactly(DeviceEvent.Kind.VOUCHER_ISSUED, DeviceEvent.Kind.VOUCHER_REQUESTED);
      Device device = site.ledger.device(Site.device("SN-1")).orElseThrow();
      assertThat(device.state()).isEqualTo(DeviceState.VOUCHER_ISSUED);
      assertThat(device.idevid()).contains(Certificates.der(idevid.certificate()));
      assertThat(device.refusal()).isEmpty();
    }

    @Test
    void isNotedForTheOneLogLine() {
      try (LogLines lines = new LogLines(BrskiVoucherService.class)) {
        ClientSession session = site.session(idevid);
        site.vouchers.request(session, site.request(idevid, "SN-1"));

        assertThat(session.notes().all()).containsEntry(Notes.DEVICE, "acme/SN-1").containsEntry(Notes.OUTCOME, "granted");
        assertThat(lines.at(Level.INFO)).isEmpty();
        assertThat(lines.at(Level.ERROR)).isEmpty();
      }
    }

    @Test
    void mayPinAnyCertificateOfOurChain() {
      site.masa.answersWith(voucher -> voucher.pinnedDomainCert(Certificates.der(site.domain.certificate())));

      assertThat(ask()).isInstanceOf(Outcome.Granted.class);
      assertThat(site.ledger.vouchers(Site.device("SN-1"), 1).get(0).domainId())
          .isEqualTo(Certificates.domainId(site.domain.certificate()));
    }

    @Test
    void mayCarryItsIntermediateCertificatesOnlyInTheMessage() {
      Credential deep = site.acme.subordinate("acme factory 7").idevid("SN-7");
      ClientSession bare = site.session(deep.chain().subList(0, 1), Optional.empty());

      assertThat(site.vouchers.request(bare, site.request(deep, "SN-7"))).isInstanceOf(Outcome.Granted.class);
    }

    /** Without the larger RSA keys, which take seconds to make and go the same way. */
    @ParameterizedTest
    @EnumSource(value = KeyType.class, names = {"RSA3072", "RSA4096"}, mode = EnumSource.Mode.EXCLUDE)
    void maySignWithAnyKeyType(KeyType type) {
      Credential other = site.acme.idevid("SN-K", type);

      assertThat(site.vouchers.request(site.session(other), site.request(other, "SN-K"))).isInstanceOf(Outcome.Granted.class);
    }

    @Test
    void goesToTheFirstByNameOfTheManufacturersThatShareAnAnchor() {
      site.ledger.put(site.manufacturer("aardvark", site.acme, Manufacturer.Admission.AUTO, false));

      ask();

      assertThat(site.ledger.devices("SN-1")).extracting(Device::id).containsExactly(new DeviceId("aardvark", "SN-1"));
    }

    @Test
    void goesToTheConfiguredMasaWhateverTheIdevidNames() throws Exception {
      Manufacturer acme = site.ledger.manufacturer("acme").orElseThrow();
      MasaUri configured = MasaUri.parse("other.example:9443");
      site.ledger.put(new Manufacturer("acme", acme.idevidAnchors(), Optional.of(configured), Set.of(), List.of(), acme.voucherAnchors(),
          acme.admission(), acme.serialNumbers(), false));

      ask();

      assertThat(site.masa.addresses).containsExactly(configured);
    }

    @Test
    void passesWithAnExpiredIdevidWhereTheManufacturerSaysSo() {
      TestPki shortLived = TestPki.manufacturer("short", Site.MASA_HOST);
      site.ledger.put(site.manufacturer("short", shortLived, Manufacturer.Admission.AUTO, true));
      Credential client = shortLived.idevid("SN-2");
      site.clock.set(TestPki.NOT_BEFORE.minusSeconds(1));

      // Of all checks only that of the IDevID is lenient: the MASA's signer is not valid yet at that time.
      assertThat(refusal(site.vouchers.request(site.session(client), site.request(client, "SN-2"))).reason())
          .isEqualTo(VoucherReason.VOUCHER_UNTRUSTED);
      assertThat(site.masa.requests).hasSize(1);
    }
  }

  @Nested
  class BeforeTheDeviceIsProven {
    @Test
    void aClientWithoutCertificateIsUnauthenticated() {
      refusesUnproven(site.session(List.of(), Optional.empty()), site.request(idevid, "SN-1"), VoucherReason.NO_CLIENT_CERTIFICATE,
          RefusalKind.UNAUTHENTICATED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "{}", "not a CMS message at all"})
    void whatIsNoSignedRequestIsMalformed(String body) {
      refusesUnproven(site.session(idevid), new VoucherArtifact(VoucherFormat.CMS_JSON, Octets.utf8(body)),
          VoucherReason.MALFORMED_REQUEST, RefusalKind.MALFORMED);
    }

    @Test
    void aTruncatedRequestIsMalformed() {
      Octets whole = site.request(idevid, "SN-1").bytes();
      refusesUnproven(site.session(idevid), new VoucherArtifact(VoucherFormat.CMS_JSON, whole.slice(0, whole.size() - 1)),
          VoucherReason.MALFORMED_REQUEST, RefusalKind.MALFORMED);
    }

    @Test
    void aVoucherInPlaceOfARequestIsMalformed() {
      VoucherArtifact voucher = VoucherSealer.cms().seal(Voucher.of("SN-1").build(), idevid, TestPki.NOW);
      refusesUnproven(site.session(idevid), voucher, VoucherReason.MALFORMED_REQUEST, RefusalKind.MALFORMED);
    }

    @Test
    void aSignatureThatDoesNotVerifyIsForbidden() {
      byte[] bytes = site.request(idevid, "SN-1").bytes().toArray();
      bytes[bytes.length - 1] ^= 1;
      refusesUnproven(site.session(idevid), new VoucherArtifact(VoucherFormat.CMS_JSON, Octets.of(bytes)),
          VoucherReason.BAD_SIGNATURE, RefusalKind.FORBIDDEN);
    }

    @Test
    void aRequestSignedByAnotherDeviceThanTheTlsClientIsForbidden() {
      refusesUnproven(site.session(idevid), site.request(site.acme.idevid("SN-1"), "SN-1"), VoucherReason.SIGNER_NOT_CLIENT,
          RefusalKind.FORBIDDEN);
    }

    @Test
    void aDeviceOfAnUnknownManufacturerIsUnknown() {
      Credential foreign = TestPki.manufacturer("acme", Site.MASA_HOST).idevid("SN-1");
      refusesUnproven(site.session(foreign), site.request(foreign, "SN-1"), VoucherReason.UNKNOWN_MANUFACTURER, RefusalKind.UNKNOWN);
    }

    @Test
    void nothingIsTrustedWithoutAnyManufacturer() {
      site.ledger.remove("acme");
      refusesUnproven(site.session(idevid), site.request(idevid, "SN-1"), VoucherReason.UNKNOWN_MANUFACTURER, RefusalKind.UNKNOWN);
    }

    @Test
    void anExpiredIdevidIsForbidden() {
      Credential expired = site.acme.signer("SN-1", TestPki.NOT_BEFORE, TestPki.NOW.minusSeconds(1));
      refusesUnproven(site.session(expired), site.request(expired, "SN-1"), VoucherReason.IDEVID_INVALID, RefusalKind.FORBIDDEN);
    }

    @Test
    void theManufacturersCaIsNoDevice() {
      Credential ca = site.acme.credential();
      refusesUnproven(site.session(ca), site.request(ca, "SN-1"), VoucherReason.IDEVID_INVALID, RefusalKind.FORBIDDEN);
    }

    @Test
    void anIdevidWithoutSerialNumberIsForbidden() {
      Credential nameless = site.acme.signer("nameless", KeyType.P256);
      refusesUnproven(site.session(nameless), site.request(nameless, "nameless"), VoucherReason.NO_SERIAL_NUMBER, RefusalKind.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {" SN-1", "SN-1 ", "SN\n1", "SN\u202e1", "SN\u00e9"})
    void aSerialNumberThatNobodyCanReadIsForbidden(String serialNumber) {
      refusesSerialNumber(serialNumber);
    }

    @Test
    void aSerialNumberLongerThan128CharactersIsForbidden() {
      refusesSerialNumber("9".repeat(129));
    }

    private void refusesSerialNumber(String serialNumber) {
      X500Name subject = new X500Name(new RDN[] {new RDN(
          BCStyle.SERIALNUMBER, new DERUTF8String(serialNumber))});
      Credential odd = site.acme.entity(subject, List.of());
      refusesUnproven(site.session(odd), site.request(odd, "SN-1"), VoucherReason.NO_SERIAL_NUMBER, RefusalKind.FORBIDDEN);
    }

    private void refusesUnproven(ClientSession session, VoucherArtifact request, VoucherReason reason, RefusalKind kind) {
      try (LogLines lines = new LogLines(BrskiVoucherService.class)) {
        Refusal refusal = refusal(site.vouchers.request(session, request));

        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal.kind()).isEqualTo(kind);
        assertThat(site.counts()).isEqualTo("certificates 0");
        assertThat(site.masa.requests).isEmpty();
        assertThat(session.notes().all()).containsEntry(Notes.OUTCOME, "refused").containsEntry(Notes.REASON, reason.name())
            .doesNotContainKey(Notes.DEVICE);
        assertThat(lines.at(Level.ERROR)).isEmpty();
      }
    }
  }

  @Nested
  class BeforeTheMasaIsAsked {
    @Test
    void aSerialNumberThatIsNotTheIdevidsIsForbidden() {
      refusesProven(site.request(idevid, "SN-2"), VoucherReason.SERIAL_MISMATCH, RefusalKind.FORBIDDEN);
      assertThat(site.ledger.device(Site.device("SN-2"))).isEmpty();
    }

    @Test
    void anotherRegistrarsCertificateIsUnauthenticated() {
      Octets other = Certificates.der(site.domain.registrar("registrar").certificate());
      refusesProven(changed(good -> good.proximityRegistrarCert(other)), VoucherReason.PROXIMITY_MISMATCH, RefusalKind.UNAUTHENTICATED);
    }

    @Test
    void ourOwnCaIsNotTheCertificateOfTheSession() {
      Octets ca = Certificates.der(site.domain.certificate());
      refusesProven(changed(good -> good.proximityRegistrarCert(ca)), VoucherReason.PROXIMITY_MISMATCH, RefusalKind.UNAUTHENTICATED);
    }

    @Test
    void aRequestWithoutProximityRegistrarCertIsUnauthenticated() {
      VoucherRequest bare = VoucherRequest.of("SN-1").assertion(Optional.of(Assertion.PROXIMITY)).nonce(Optional.of(Site.NONCE)).build();
      refusesProven(VoucherSealer.cms().seal(bare, idevid, TestPki.NOW), VoucherReason.PROXIMITY_MISMATCH,
          RefusalKind.UNAUTHENTICATED);
    }

    @ParameterizedTest
    @EnumSource(value = Assertion.class, names = "PROXIMITY", mode = EnumSource.Mode.EXCLUDE)
    void anotherAssertionThanProximityIsUnauthenticated(Assertion assertion) {
      refusesProven(changed(good -> good.assertion(Optional.of(assertion))), VoucherReason.PROXIMITY_MISMATCH, RefusalKind.UNAUTHENTICATED);
    }

    @Test
    void noAssertionIsUnauthenticated() {
      refusesProven(changed(good -> good.assertion(Optional.empty())), VoucherReason.PROXIMITY_MISMATCH, RefusalKind.UNAUTHENTICATED);
    }

    @Test
    void aRequestWithoutNonceIsForbidden() {
      refusesProven(changed(good -> good.nonce(Optional.empty())), VoucherReason.NO_NONCE, RefusalKind.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 33})
    void aNonceOfAnotherLengthThan8To32OctetsIsMalformed(int length) {
      Octets octets = Octets.of(new byte[length]);
      refusesProven(changed(good -> good.nonce(Optional.of(new Nonce(octets, octets.base64())))), VoucherReason.MALFORMED_REQUEST,
          RefusalKind.MALFORMED);
    }

    @Test
    void aDeviceThatIsNotExpectedIsUnknown() {
      site.ledger.put(site.manufacturer("acme", site.acme, Manufacturer.Admission.EXPECTED, false));
      site.ledger.expect("acme", List.of("SN-2"));
      refusesProven(site.request(idevid, "SN-1"), VoucherReason.NOT_EXPECTED, RefusalKind.UNKNOWN);
    }

    @Test
    void aSecondManufacturerOverTheSameAnchorLetsNobodyInWhomTheListKeepsOut() {
      site.ledger.put(site.manufacturer("acme", site.acme, Manufacturer.Admission.EXPECTED, false));
      site.ledger.put(site.manufacturer("aardvark", site.acme, Manufacturer.Admission.AUTO, false));
      refusesProven(site.request(idevid, "SN-1"), VoucherReason.NOT_EXPECTED, RefusalKind.UNKNOWN);
    }

    @Test
    void anExpectedDeviceIsLetIn() {
      site.ledger.put(site.manufacturer("acme", site.acme, Manufacturer.Admission.EXPECTED, false));
      site.ledger.expect("acme", List.of("SN-1"));

      assertThat(ask()).isInstanceOf(Outcome.Granted.class);
    }

    @Test
    void aHeldDeviceIsDeferredAndRecordedOnce() {
      site.policy = application -> new AdmissionPolicy.Hold(Duration.ofSeconds(30), "somebody has to look at it");

      assertThat(ask()).isEqualTo(Outcome.deferred(Duration.ofSeconds(30)));
      assertThat(ask()).isEqualTo(Outcome.deferred(Duration.ofSeconds(30)));

      assertThat(site.counts()).isEqualTo("certificates 0; acme/SN-1 REQUESTED events 1 vouchers 0 logs 0 telemetry 0");
      assertThat(site.masa.requests).isEmpty();
    }

    @Test
    void aHeldDeviceThatIsAdmittedLaterGetsItsVoucherForTheSameRequest() {
      VoucherArtifact request = site.request(idevid, "SN-1");
      site.policy = application -> new AdmissionPolicy.Hold(Duration.ofSeconds(30), "somebody has to look at it");
      site.vouchers.request(site.session(idevid), request);
      site.policy = application -> new AdmissionPolicy.Admit();

      assertThat(site.vouchers.request(site.session(idevid), request)).isInstanceOf(Outcome.Granted.class);
    }

    @Test
    void anIdevidThatNamesNoMasaIsForbidden() {
      TestPki silent = TestPki.manufacturer("silent", "");
      site.ledger.put(site.manufacturer("acme", silent, Manufacturer.Admission.AUTO, false));
      refusesMasaOf(silent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "masa.acme.example.evil.example", "127.0.0.1:8443", "https://evil.example/masa"})
    void anIdevidThatNamesAHostThatIsNotAllowedIsForbidden(String masa) {
      TestPki elsewhere = TestPki.manufacturer("elsewhere", masa);
      site.ledger.put(site.manufacturer("acme", elsewhere, Manufacturer.Admission.AUTO, false));
      refusesMasaOf(elsewhere);
    }

    @Test
    void anIdevidWhoseMasaAddressIsNoAddressIsForbidden() {
      TestPki odd = TestPki.manufacturer("odd", "http://masa.acme.example/x");
      site.ledger.put(site.manufacturer("acme", odd, Manufacturer.Admission.AUTO, false));
      refusesMasaOf(odd);
    }

    private void refusesMasaOf(TestPki manufacturer) {
      Credential client = manufacturer.idevid("SN-1");

      Refusal refusal = refusal(site.vouchers.request(site.session(client), site.request(client, "SN-1")));

      assertThat(refusal.reason()).isEqualTo(VoucherReason.MASA_NOT_ALLOWED);
      assertThat(refusal.kind()).isEqualTo(RefusalKind.FORBIDDEN);
      assertThat(site.masa.requests).isEmpty();
      assertThat(site.counts()).isEqualTo("certificates 0; acme/SN-1 REFUSED events 2 vouchers 0 logs 0 telemetry 0");
    }

    private void refusesProven(VoucherArtifact request, VoucherReason reason, RefusalKind kind) {
      Refusal refusal = refusal(site.vouchers.request(site.session(idevid), request));

      assertThat(refusal.reason()).isEqualTo(reason);
      assertThat(refusal.kind()).isEqualTo(kind);
      assertThat(site.masa.requests).isEmpty();
      assertThat(site.counts()).isEqualTo("certificates 0; acme/SN-1 REFUSED events 1 vouchers 0 logs 0 telemetry 0");
      DeviceEvent event = site.ledger.history(Site.device("SN-1"), 1).get(0);
      assertThat(event.kind()).isEqualTo(DeviceEvent.Kind.VOUCHER_REFUSED);
      assertThat(event.reason()).contains(reason.name());
      assertThat(site.ledger.device(Site.device("SN-1")).orElseThrow().refusal()).contains(reason + ": " + refusal.detail());
    }
  }

  @Nested
  class TheMasasAnswer {
    @ParameterizedTest
    @EnumSource(value = VoucherReason.class, names = "MASA_(UN|TIME|REF|FAIL).*", mode = EnumSource.Mode.MATCH_ALL)
    void isPassedOnWhenItIsARefusal(VoucherReason reason) {
      site.masa.answer = request -> Outcome.refused(reason, "no");
      refuses(reason, reason.kind());
    }

    @Test
    void isPassedOnWhenItIsADeferral() {
      site.masa.answer = request -> Outcome.deferred(Duration.ofSeconds(7));

      assertThat(ask()).isEqualTo(Outcome.deferred(Duration.ofSeconds(7)));
      assertThat(site.counts()).isEqualTo("certificates 0; acme/SN-1 REQUESTED events 1 vouchers 0 logs 0 telemetry 0");
    }

    @Test
    void isRefusedWhenItIsNoVoucher() {
      site.masa.answer = request -> Outcome.granted(new VoucherArtifact(VoucherFormat.CMS_JSON, Octets.utf8("<html>")));
      refuses(VoucherReason.MASA_FAILED, RefusalKind.UPSTREAM_FAILED);
    }

    @Test
    void isRefusedWhenItIsOurOwnRequest() {
      site.masa.answer = request -> Outcome.granted(request.artifact());
      refuses(VoucherReason.MASA_FAILED, RefusalKind.UPSTREAM_FAILED);
    }

    @Test
    void isRefusedWhenSomebodyElseSignedIt() {
      site.masa.signer = TestPki.root("acme").signer("acme MASA", KeyType.P256);
      refuses(VoucherReason.VOUCHER_UNTRUSTED, RefusalKind.UPSTREAM_FAILED);
    }

    @Test
    void isRefusedWhenItsSignerHasExpired() {
      site.masa.signer = site.acme.signer("acme MASA", TestPki.NOT_BEFORE, TestPki.NOW.minusSeconds(1));
      refuses(VoucherReason.VOUCHER_UNTRUSTED, RefusalKind.UPSTREAM_FAILED);
    }

    @Test
    void isRefusedWhenItsSignatureDoesNotVerify() {
      site.masa.answer = request -> {
        byte[] bytes = site.masa.sealed(request, good -> good).bytes().toArray();
        bytes[bytes.length - 1] ^= 1;
        return Outcome.granted(new VoucherArtifact(VoucherFormat.CMS_JSON, Octets.of(bytes)));
      };
      refuses(VoucherReason.VOUCHER_UNTRUSTED, RefusalKind.UPSTREAM_FAILED);
    }

    @Test
    void isRefusedForAnotherSerialNumber() {
      site.masa.answer = request -> Outcome.granted(VoucherSealer.cms().seal(
          Voucher.of("SN-2").createdOn(TestPki.NOW).nonce(request.value().nonce()).pinnedDomainCert(Certificates.der(request.signer()))
              .build(), site.masa.signer, TestPki.NOW));
      refuses(VoucherReason.VOUCHER_MISMATCH, RefusalKind.UPSTREAM_FAILED);
    }

    @Test
    void isRefusedForAnotherNonce() {
      mismatches(voucher -> voucher.nonce(Optional.of(Nonce.of(Octets.utf8("another nonce...")))));
    }

    @Test
    void isRefusedWithoutNonce() {
      mismatches(voucher -> voucher.nonce(Optional.empty()));
    }

    @Test
    void isRefusedForAnotherIdevidIssuer() {
      mismatches(voucher -> voucher.idevidIssuer(Certificates.idevidIssuer(TestPki.root("x").signer("y", KeyType.P256).certificate())));
    }

    @Test
    void isRefusedWhenItPinsAnotherDomain() {
      mismatches(voucher -> voucher.pinnedDomainCert(Certificates.der(TestPki.root("domain").certificate())));
    }

    @Test
    void isRefusedWhenItPinsNothing() {
      site.masa.answer = request -> Outcome.granted(VoucherSealer.cms().seal(
          Voucher.of("SN-1").createdOn(TestPki.NOW).nonce(request.value().nonce()).build(), site.masa.signer, TestPki.NOW));
      refuses(VoucherReason.VOUCHER_MISMATCH, RefusalKind.UPSTREAM_FAILED);
    }

    @Test
    void isRefusedWhenItIsOfTheFuture() {
      mismatches(voucher -> voucher.createdOn(TestPki.NOW.plus(Duration.ofHours(1))));
    }

    @Test
    void isRefusedWithBothNonceAndExpiry() {
      mismatches(voucher -> voucher.expiresOn(TestPki.NOW.plusSeconds(60)));
    }

    private void mismatches(UnaryOperator<Voucher.Builder> change) {
      site.masa.answersWith(change);
      refuses(VoucherReason.VOUCHER_MISMATCH, RefusalKind.UPSTREAM_FAILED);
    }

    private void refuses(VoucherReason reason, RefusalKind kind) {
      Refusal refusal = refusal(ask());

      assertThat(refusal.reason()).isEqualTo(reason);
      assertThat(refusal.kind()).isEqualTo(kind);
      assertThat(site.masa.auditRequests).isEmpty();
      assertThat(site.counts()).isEqualTo("certificates 0; acme/SN-1 REFUSED events 2 vouchers 0 logs 0 telemetry 0");
      assertThat(site.ledger.history(Site.device("SN-1"), 1).get(0).reason()).contains(reason.name());
    }
  }

  @Nested
  class TheAuditLog {
    @Test
    void isStoredAsReceivedAlsoWithStringsForNumbers() {
      Octets published = Octets.utf8("""
          {"version":"1","events":[{"date":"2019-05-15T17:25:55.644-04:00","domainID":"BduJhdHPpfhQLyponf48JzXSGZ8=",
          "nonce":"VOUFT-WwrEv0NuAQEHoV7Q","assertion":"proximity","truncated":"0"}],"truncation":{"arbitrary":"2"}}""");
      site.masa.auditLog = () -> Outcome.granted(published);

      ask();

      assertThat(site.ledger.auditLogs(Site.device("SN-1"), 1).get(0).body()).contains(published);
    }

    @Test
    void doesNotHoldUpTheVoucherWhenItIsNotToBeHad() {
      site.masa.auditLog = () -> Outcome.refused(VoucherReason.MASA_TIMEOUT, "no answer in 10 s");
      unavailable("MASA_TIMEOUT: no answer in 10 s");
    }

    @Test
    void doesNotHoldUpTheVoucherWhenItIsDeferred() {
      site.masa.auditLog = () -> Outcome.deferred(Duration.ofSeconds(9));
      unavailable("the MASA asks to come again in 9 s");
    }

    @Test
    void isNotStoredWhenItIsNone() {
      site.masa.auditLog = () -> Outcome.granted(Octets.utf8("<html>"));
      ask();
      Fact.AuditLogReceived log = site.ledger.auditLogs(Site.device("SN-1"), 1).get(0);
      assertThat(log.body()).isEmpty();
      assertThat(log.unavailable().orElseThrow()).startsWith("MASA_FAILED: not an audit log");
    }

    private void unavailable(String why) {
      assertThat(ask()).isInstanceOf(Outcome.Granted.class);
      Fact.AuditLogReceived log = site.ledger.auditLogs(Site.device("SN-1"), 1).get(0);
      assertThat(log.body()).isEmpty();
      assertThat(log.unavailable()).contains(why);
    }
  }

  @Nested
  class TheStore {
    @Test
    void thatFailsBeforeTheMasaIsAskedKeepsEverythingBack() {
      site.fragile.breaks = facts -> true;
      failsInternally();
      assertThat(site.masa.requests).isEmpty();
      assertThat(site.counts()).isEqualTo("certificates 0");
    }

    @Test
    void thatFailsWithTheVoucherInHandKeepsItBack() {
      site.fragile.breaks = facts -> facts.get(0) instanceof Fact.VoucherExchange;
      failsInternally();
      assertThat(site.counts()).isEqualTo("certificates 0; acme/SN-1 REQUESTED events 1 vouchers 0 logs 0 telemetry 0");
    }

    @Test
    void thatWorksAgainGivesTheVoucherForTheSameRequest() {
      VoucherArtifact request = site.request(idevid, "SN-1");
      site.fragile.breaks = facts -> facts.get(0) instanceof Fact.VoucherExchange;
      site.vouchers.request(site.session(idevid), request);
      site.fragile.breaks = facts -> false;

      assertThat(site.vouchers.request(site.session(idevid), request)).isInstanceOf(Outcome.Granted.class);
    }

    private void failsInternally() {
      try (LogLines lines = new LogLines(BrskiVoucherService.class)) {
        Refusal refusal = refusal(ask());
        assertThat(refusal.reason()).isEqualTo(VoucherReason.INTERNAL);
        assertThat(refusal.detail()).doesNotContain("disk");
        assertThat(lines.at(Level.ERROR)).hasSize(1);
      }
    }
  }

  @Nested
  class AnIdenticalRequest {
    private final VoucherArtifact request = site.request(idevid, "SN-1");

    @Test
    void getsTheSameVoucherWithoutTheMasa() {
      VoucherArtifact first = granted(post());
      String counts = site.counts();

      assertThat(granted(post())).isEqualTo(first);
      assertThat(site.masa.requests).hasSize(1);
      assertThat(site.counts()).isEqualTo(counts);
    }

    @Test
    void goesToTheMasaAgainAfterTenMinutes() {
      post();
      site.clock.advance(Duration.ofMinutes(10).plusSeconds(1));

      assertThat(post()).isInstanceOf(Outcome.Granted.class);
      assertThat(site.masa.requests).hasSize(2);
    }

    @Test
    void goesToTheMasaAgainAfterTheDeviceRejectedTheVoucher() {
      post();
      StatusReport rejected = StatusReport.failure("wrong");
      site.telemetry.voucherStatus(site.session(idevid), rejected, rejected.encode());

      assertThat(post()).isInstanceOf(Outcome.Granted.class);
      assertThat(site.masa.requests).hasSize(2);
      assertThat(site.state("SN-1")).isEqualTo(DeviceState.VOUCHER_ISSUED);
    }

    @Test
    void goesToTheMasaAgainAfterAFailure() {
      site.masa.answer = asked -> Outcome.refused(VoucherReason.MASA_UNREACHABLE, "down");
      post();
      site.masa.answersWith(good -> good);

      assertThat(post()).isInstanceOf(Outcome.Granted.class);
      assertThat(site.masa.requests).hasSize(2);
    }

    @Test
    void isRefusedWhenThePolicyHasChanged() {
      post();
      site.ledger.remove("acme");

      assertThat(refusal(post()).reason()).isEqualTo(VoucherReason.UNKNOWN_MANUFACTURER);
    }

    @Test
    void isRefusedInASessionThatShowedAnotherCertificate() {
      post();
      ClientSession other = new ClientSession("s2", site.session(idevid).peer(), idevid.chain(),
          site.domain.registrar("other").certificate(), Optional.empty());

      assertThat(refusal(site.vouchers.request(other, request)).reason()).isEqualTo(VoucherReason.PROXIMITY_MISMATCH);
    }

    @Test
    void isNotTakenForOneWithAnotherSignature() {
      post();

      assertThat(site.vouchers.request(site.session(idevid), site.request(idevid, "SN-1"))).isInstanceOf(Outcome.Granted.class);
      assertThat(site.masa.requests).hasSize(2);
    }

    @Test
    void waitsForTheOneBeforeItAndSharesItsVoucher() throws Exception {
      CountDownLatch asked = new CountDownLatch(1);
      CountDownLatch mayAnswer = new CountDownLatch(1);
      site.masa.answer = good -> {
        asked.countDown();
        await(mayAnswer);
        return Outcome.granted(site.masa.sealed(good, voucher -> voucher));
      };
      var pool = Executors.newFixedThreadPool(4);
      try {
        List<Future<Outcome<VoucherArtifact>>> answers = new ArrayList<>();
        List<Thread> waiting = new ArrayList<>();
        answers.add(pool.submit(this::post));
        await(asked);
        Callable<Outcome<VoucherArtifact>> second = () -> {
          synchronized (waiting) {
            waiting.add(Thread.currentThread());
          }
          return post();
        };
        answers.add(pool.submit(second));
        answers.add(pool.submit(second));
        Awaitility.await().until(() -> waiting.size() == 2
            && waiting.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
        mayAnswer.countDown();

        VoucherArtifact voucher = granted(answers.get(0).get(10, TimeUnit.SECONDS));
        assertThat(granted(answers.get(1).get(10, TimeUnit.SECONDS))).isEqualTo(voucher);
        assertThat(granted(answers.get(2).get(10, TimeUnit.SECONDS))).isEqualTo(voucher);
        assertThat(site.masa.requests).hasSize(1);
        assertThat(site.ledger.vouchers(Site.device("SN-1"), 10)).hasSize(1);
      } finally {
        pool.shutdownNow();
      }
    }

    private Outcome<VoucherArtifact> post() {
      return site.vouchers.request(site.session(idevid), request);
    }
  }

  @Nested
  class ADeviceThatHasBeenHereBefore {
    @Test
    void staysInOperationWhenANewRequestIsRefused() {
      makeOperational();

      site.vouchers.request(site.session(idevid), site.request(idevid, "SN-2"));

      Device device = site.ledger.device(Site.device("SN-1")).orElseThrow();
      assertThat(device.state()).isEqualTo(DeviceState.OPERATIONAL);
      assertThat(device.refusal().orElseThrow()).startsWith("SERIAL_MISMATCH");
    }

    @Test
    void staysInOperationWhileItAsksAgainAndTheMasaIsDown() {
      makeOperational();
      site.masa.answer = request -> Outcome.refused(VoucherReason.MASA_UNREACHABLE, "down");

      ask();

      assertThat(site.state("SN-1")).isEqualTo(DeviceState.OPERATIONAL);
    }

    @Test
    void beginsAnewWithANewVoucher() {
      makeOperational();

      ask();

      assertThat(site.state("SN-1")).isEqualTo(DeviceState.VOUCHER_ISSUED);
    }

    @Test
    void isNoLongerRefusedWhenItGetsItsVoucher() {
      site.masa.answer = request -> Outcome.refused(VoucherReason.MASA_REFUSED, "owned by somebody else");
      ask();
      assertThat(site.state("SN-1")).isEqualTo(DeviceState.REFUSED);
      site.masa.answersWith(good -> good);

      ask();

      Device device = site.ledger.device(Site.device("SN-1")).orElseThrow();
      assertThat(device.state()).isEqualTo(DeviceState.VOUCHER_ISSUED);
      assertThat(device.refusal()).isEmpty();
    }

    private void makeOperational() {
      ask();
      for (DeviceState state : List.of(DeviceState.ENROLLED, DeviceState.OPERATIONAL)) {
        site.ledger.append(List.of(new DeviceEvent(Site.device("SN-1"), site.clock.instant(), DeviceEvent.Kind.ENROLMENT_STATUS,
            Optional.of(state), "s0", Optional.empty(), "set up", Optional.empty(), Optional.empty())));
      }
      assertThat(site.state("SN-1")).isEqualTo(DeviceState.OPERATIONAL);
    }
  }

  @Test
  void theSerialNumberIsReadWhereTheManufacturerPutsIt() {
    Manufacturer acme = site.ledger.manufacturer("acme").orElseThrow();
    site.ledger.put(new Manufacturer("acme", acme.idevidAnchors(), acme.masa(), acme.allowedMasaHosts(), List.of(), acme.voucherAnchors(),
        acme.admission(), SerialNumberProfile.CISCO_SUDI, false));
    Credential sudi = site.acme.idevid("PID:ACME-1 SN:FOC1");

    assertThat(site.vouchers.request(site.session(sudi), site.request(sudi, "FOC1"))).isInstanceOf(Outcome.Granted.class);
    assertThat(site.state("FOC1")).isEqualTo(DeviceState.VOUCHER_ISSUED);
  }

  private Outcome<VoucherArtifact> ask() {
    return site.vouchers.request(site.session(idevid), site.request(idevid, "SN-1"));
  }

  private VoucherArtifact changed(UnaryOperator<VoucherRequest.Builder> change) {
    return site.request(idevid, "SN-1", change);
  }

  private static VoucherArtifact granted(Outcome<VoucherArtifact> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Granted.class);
    return ((Outcome.Granted<VoucherArtifact>) outcome).value();
  }

  private static Refusal refusal(Outcome<?> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused<?>) outcome).refusal();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}

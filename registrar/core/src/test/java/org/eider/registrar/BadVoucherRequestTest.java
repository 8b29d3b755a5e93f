package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.Nonce;
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

class BadVoucherRequestTest extends VoucherExchangeTest {
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
      try (LogLines lines = LogLines.of(BrskiVoucherService.class)) {
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
}

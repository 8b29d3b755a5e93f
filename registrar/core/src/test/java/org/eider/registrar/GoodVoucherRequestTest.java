package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eider.est.ClientSession;
import org.eider.est.Notes;
import org.eider.est.Outcome;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.MasaUri;
import org.eider.pki.SerialNumberProfile;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.Nonce;
import org.eider.voucher.Verified;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherRequest;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GoodVoucherRequestTest extends VoucherExchangeTest {
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
      assertThat(site.ledger.auditLogs(Site.device("SN-1"), 10).get(0).body()).contains(site.masa.auditLog(log -> log));
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
      try (LogLines lines = LogLines.of(BrskiVoucherService.class)) {
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

  @Test
  void theSerialNumberIsReadWhereTheManufacturerPutsIt() {
    Manufacturer acme = site.ledger.manufacturer("acme").orElseThrow();
    site.ledger.put(new Manufacturer("acme", acme.idevidAnchors(), acme.masa(), acme.allowedMasaHosts(), List.of(), acme.voucherAnchors(),
        acme.admission(), SerialNumberProfile.CISCO_SUDI, false));
    Credential sudi = site.acme.idevid("PID:ACME-1 SN:FOC1");

    assertThat(site.vouchers.request(site.session(sudi), site.request(sudi, "FOC1"))).isInstanceOf(Outcome.Granted.class);
    assertThat(site.state("FOC1")).isEqualTo(DeviceState.VOUCHER_ISSUED);
  }
}

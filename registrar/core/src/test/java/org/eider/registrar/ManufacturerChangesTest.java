package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eider.pki.Certificates;
import org.eider.pki.MasaUri;
import org.eider.pki.SerialNumberProfile;
import org.eider.testkit.TestPki;
import org.eider.voucher.SidRevision;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;

/** What the journal says of a manufacturer that was added or changed. */
class ManufacturerChangesTest {
  private final X509Certificate one = TestPki.root("A").certificate();
  private final X509Certificate two = TestPki.root("B").certificate();
  private final Manufacturer acme = new Manufacturer("acme", List.of(one), Optional.empty(), Set.of(), List.of(), List.of(one),
      Manufacturer.Admission.AUTO, SerialNumberProfile.CISCO_SUDI, false);

  @Test
  void aNewManufacturerIsToldAsItIs() {
    assertThat(ManufacturerChanges.between(Optional.empty(), acme)).containsExactly("added", "admission auto", "audit standard",
        "IDevID anchor +" + fingerprint(one), "voucher anchor +" + fingerprint(one), "MASA of the IDevID", "serial number cisco-sudi");
    assertThat(ManufacturerChanges.between(Optional.empty(), acme.withAuditPolicy(lenient()))).contains("audit foreign deny -> accept")
        .doesNotContain("audit standard");
  }

  @Test
  void aChangeOfPolicyIsToldFromWhatToWhat() {
    Manufacturer changed = acme.withAdmission(Manufacturer.Admission.MANUAL).withAuditPolicy(lenient());

    assertThat(changes(acme, changed)).containsExactly("admission auto -> manual", "audit foreign deny -> accept",
        "audit unavailable hold -> accept", "released domain +0102");
    assertThat(changes(changed, acme)).containsExactly("admission manual -> auto", "audit foreign accept -> deny",
        "audit unavailable accept -> hold", "released domain -0102");
  }

  @Test
  void anotherRevisionOfSidsIsTold() {
    assertThat(changes(acme, acme.withSidRevision(SidRevision.DRAFTS_OF_2018))).containsExactly("SIDs 2025-12-18 -> 2018");
    assertThat(ManufacturerChanges.between(Optional.empty(), acme.withSidRevision(SidRevision.DRAFTS_OF_2018)))
        .contains("SIDs 2025-12-18 -> 2018");
  }

  @Test
  void anchorsAreToldByFingerprintAndTheRestByName() throws Exception {
    Manufacturer changed = new Manufacturer("acme", List.of(two), Optional.of(MasaUri.parse("masa.example.com:9443")), Set.of("b.example", "a.example"),
        List.of(one), List.of(one, two), Manufacturer.Admission.AUTO, SerialNumberProfile.values()[0], true);

    assertThat(changes(acme, changed)).contains("IDevID anchor -" + fingerprint(one), "IDevID anchor +" + fingerprint(two),
        "voucher anchor +" + fingerprint(two), "MASA TLS anchor +" + fingerprint(one), "MASA host +a.example", "MASA host +b.example",
        "IDevID validity checked -> ignored").anySatisfy(phrase -> assertThat(phrase).startsWith("MASA of the IDevID -> https://masa.example.com:9443"))
        .noneSatisfy(phrase -> assertThat(phrase).startsWith("admission"));
  }

  @Test
  void whatIsPutAgainAsItWasSaysSo() {
    assertThat(changes(acme, acme)).containsExactly("nothing changed");
  }

  private static AuditPolicy lenient() {
    AuditPolicy standard = AuditPolicy.standard();
    return new AuditPolicy(standard.ownEntries(), standard.releasedEntries(), Disposition.ACCEPT, standard.noncelessEntries(),
        standard.truncated(), Disposition.ACCEPT, Set.of(Octets.of(new byte[] {1, 2})));
  }

  private static List<String> changes(Manufacturer before, Manufacturer after) {
    return ManufacturerChanges.between(Optional.of(before), after);
  }

  private static String fingerprint(X509Certificate certificate) {
    return Certificates.der(certificate).sha256().hex().substring(0, 32);
  }
}

package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.util.List;
import org.eider.pki.TrustAnchors;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.Test;

class KnownManufacturersTest {
  private final Site site = new Site();
  private final KnownManufacturers known = new KnownManufacturers(site.ledger);

  @Test
  void anchorsRememberAsLongAsTheManufacturerStaysTheSame() {
    Manufacturer acme = known.manufacturer("acme").orElseThrow();
    TrustAnchors trust = known.idevidTrust(acme);
    assertThat(known.idevidTrust(known.manufacturers().get(0))).isSameAs(trust);
    assertThat(known.voucherTrust(acme)).isSameAs(known.voucherTrust(acme)).isNotSameAs(trust);

    known.put(site.manufacturer("acme", TestPki.root("new root"), Manufacturer.Admission.AUTO, false));
    Manufacturer changed = known.manufacturer("acme").orElseThrow();
    assertThat(known.idevidTrust(changed).certificates()).isNotEqualTo(trust.certificates());
    assertThat(known.idevidTrust(acme)).isNotSameAs(trust);
    assertThat(known.idevidTrust(acme).certificates()).isEqualTo(trust.certificates());
  }

  @Test
  void aChangeCountsForWhoeverAsksAfterwards() {
    assertThat(known.manufacturers()).hasSize(1);
    known.remove("acme");
    assertThat(known.manufacturers()).isEmpty();
    assertThat(known.manufacturer("acme")).isEmpty();
  }

  @Test
  void theDevicesOfARemovedManufacturerAreRefusedAtOnce() {
    Idevids idevids = new Idevids(known);
    List<X509Certificate> chain = site.acme.idevid("SN-1").chain();
    assertThat(identified(idevids, chain)).isTrue();
    assertThat(identified(idevids, chain)).isTrue();
    known.remove("acme");
    assertThat(identified(idevids, chain)).isFalse();
  }

  private boolean identified(Idevids idevids, List<X509Certificate> chain) {
    try {
      idevids.identify(chain, site.clock.instant());
      return true;
    } catch (Stopped refused) {
      return false;
    }
  }
}

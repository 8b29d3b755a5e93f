package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.eider.registrar.AdmissionPolicy.Admit;
import org.eider.registrar.AdmissionPolicy.Deny;
import org.eider.registrar.AdmissionPolicy.Hold;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.Test;

class AdmissionPolicyTest {
  private final Site site = new Site();

  @Test
  void anAutomaticManufacturersDevicesAreAdmitted() {
    assertThat(AdmissionPolicy.byManufacturer().decide(application(Manufacturer.Admission.AUTO, false))).isInstanceOf(Admit.class);
  }

  @Test
  void onlyExpectedDevicesAreAdmittedWhereTheManufacturerSaysSo() {
    AdmissionPolicy policy = AdmissionPolicy.byManufacturer();

    assertThat(policy.decide(application(Manufacturer.Admission.EXPECTED, true))).isInstanceOf(Admit.class);
    assertThat(policy.decide(application(Manufacturer.Admission.EXPECTED, false))).isInstanceOfSatisfying(Deny.class,
        deny -> assertThat(deny.reason()).isEqualTo(VoucherReason.NOT_EXPECTED));
  }

  @Test
  void theNextPolicyIsAskedOnlyAfterAdmissionAndEachOnlyOnce() {
    AtomicInteger asked = new AtomicInteger();
    AdmissionPolicy counting = application -> {
      asked.incrementAndGet();
      return new Admit();
    };
    Hold hold = new Hold(Duration.ofSeconds(1), "later");
    AdmissionPolicy.Application application = application(Manufacturer.Admission.AUTO, false);

    assertThat(counting.and(asks -> hold).decide(application)).isEqualTo(hold);
    assertThat(asked).hasValue(1);
    AdmissionPolicy holding = asks -> hold;
    assertThat(holding.and(counting).decide(application)).isEqualTo(hold);
    assertThat(asked).hasValue(1);
  }

  private AdmissionPolicy.Application application(Manufacturer.Admission admission, boolean expected) {
    return new AdmissionPolicy.Application(
        Site.device("SN-1"), site.manufacturer("acme", site.acme, admission, false), expected, Optional.empty(), TestPki.NOW);
  }
}

package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.registrar.store.Facts.device;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.eider.pki.MasaUri;
import org.eider.pki.SerialNumberProfile;
import org.eider.registrar.AuditPolicy;
import org.eider.registrar.Disposition;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.ManufacturerStore;
import org.eider.testkit.TestPki;
import org.eider.voucher.SidRevision;
import org.eider.wire.Octets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of manufacturers does. */
abstract class ManufacturerStoreContract {
  private static final X509Certificate A = TestPki.root("A").certificate();
  private static final X509Certificate B = TestPki.root("B").certificate();
  private static final X509Certificate C = TestPki.root("C").certificate();

  private ManufacturerStore store;

  abstract ManufacturerStore newStore() throws Exception;

  @BeforeEach
  void open() throws Exception {
    store = newStore();
  }

  @Test
  void whatIsNotThereIsEmpty() {
    assertThat(store.manufacturer("acme")).isEmpty();
    assertThat(store.manufacturers()).isEmpty();
    assertThat(store.remove("acme")).isFalse();
    assertThat(store.isExpected(device("acme", "SN-1"))).isFalse();
  }

  @Test
  void manufacturerIsReadAsItWasWritten() {
    Manufacturer full = new Manufacturer("acme", List.of(B, A), Optional.of(new MasaUri(URI.create("https://[::1]:9443/x"))),
        Set.of("masa.example", "masa.example:8443"), List.of(C, B), List.of(C, A, B), Manufacturer.Admission.EXPECTED,
        SerialNumberProfile.CISCO_SUDI, true).withAuditPolicy(new AuditPolicy(Disposition.DENY, Disposition.HOLD, Disposition.ACCEPT,
            Disposition.DENY, Disposition.ACCEPT, Disposition.HOLD, Set.of(Octets.utf8("one"), Octets.utf8("two"))))
        .withSidRevision(SidRevision.DRAFTS_OF_2018);
    store.put(full);
    store.put(least("bare"));

    assertThat(store.manufacturer("acme")).contains(full);
    assertThat(store.manufacturer("bare")).contains(least("bare"));
    assertThat(store.manufacturer("ACME")).isEmpty();
  }

  @Test
  void manufacturersComeByName() {
    List.of("beta", "Zeta", "acme", "acme-2").forEach(name -> store.put(least(name)));

    assertThat(store.manufacturers()).extracting(Manufacturer::name).containsExactly("Zeta", "acme", "acme-2", "beta");
  }

  @Test
  void anotherOfThatNameReplacesItAndItsListStays() {
    store.put(least("acme"));
    store.expect("acme", List.of("SN-1"));
    Manufacturer other = new Manufacturer("acme", List.of(C), Optional.empty(), Set.of("h"), List.of(), List.of(B),
        Manufacturer.Admission.EXPECTED, SerialNumberProfile.HARDWARE_MODULE_NAME, false);
    store.put(other);

    assertThat(store.manufacturers()).containsExactly(other);
    assertThat(store.isExpected(device("acme", "SN-1"))).isTrue();
  }

  @Test
  void removedManufacturerIsGoneWithItsListAndNoOther() {
    store.put(least("acme"));
    store.put(least("beta"));
    store.expect("acme", List.of("SN-1"));
    store.expect("beta", List.of("SN-1"));

    assertThat(store.remove("acme")).isTrue();
    assertThat(store.remove("acme")).isFalse();

    assertThat(store.manufacturers()).containsExactly(least("beta"));
    assertThat(store.isExpected(device("acme", "SN-1"))).isFalse();
    assertThat(store.isExpected(device("beta", "SN-1"))).isTrue();
    store.put(least("acme"));
    assertThat(store.isExpected(device("acme", "SN-1"))).isFalse();
  }

  @Test
  void onlyListedDevicesAreExpected() {
    store.put(least("acme"));
    store.expect("acme", List.of("SN-1", "SN-2", "SN-1"));
    store.expect("acme", List.of("SN-2", "SN-3"));
    store.expect("acme", List.of());

    assertThat(List.of("SN-1", "SN-2", "SN-3")).allMatch(serial -> store.isExpected(device("acme", serial)));
    assertThat(List.of("SN-4", "sn-1", "SN-1 ", "", "%")).noneMatch(serial -> store.isExpected(device("acme", serial)));
    assertThat(store.isExpected(device("beta", "SN-1"))).isFalse();
  }

  @Test
  void longListsAreTaken() {
    store.put(least("acme"));
    store.expect("acme", IntStream.range(0, 2_500).mapToObj(i -> "SN-" + i).toList());

    assertThat(IntStream.range(0, 2_500)).allMatch(i -> store.isExpected(device("acme", "SN-" + i)));
    assertThat(store.isExpected(device("acme", "SN-2500"))).isFalse();
  }

  private static Manufacturer least(String name) {
    return new Manufacturer(name, List.of(A), Optional.empty(), Set.of(), List.of(), List.of(A), Manufacturer.Admission.AUTO,
        SerialNumberProfile.SUBJECT_SERIAL_NUMBER, false);
  }
}

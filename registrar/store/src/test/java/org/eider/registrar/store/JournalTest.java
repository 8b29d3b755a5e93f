package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.eider.registrar.store.Facts.NOW;

import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eider.pki.SerialNumberProfile;
import org.eider.registrar.DeviceId;
import org.eider.registrar.DeviceState;
import org.eider.registrar.Fact;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.registrar.Journal;
import org.eider.registrar.Journal.Entry;
import org.eider.registrar.Journal.Head;
import org.eider.registrar.Journal.Step;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.StoreException;
import org.eider.testkit.TestPki;
import org.eider.voucher.SidRevision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the journal says of what is recorded, on the real file. */
class JournalTest {
  static final DeviceId ONE = new DeviceId("acme", "SN-1");

  @TempDir
  private Path data;

  @Test
  void everyFactHasOneEntryWithItsSessionAndReason() throws Exception {
    try (SqlStore store = open()) {
      store.devices().append(Facts.onboarding(ONE, BigInteger.TEN));
      store.devices().append(List.of(Facts.refused(ONE, NOW, "NOT_EXPECTED")));
      store.devices().append(List.of(new Fact.Decision(ONE, NOW, true, NOW.plusSeconds(60), "somebody", "known on site")));
      store.devices().append(List.of(new Fact.Decision(ONE, NOW, false, NOW.plusSeconds(60), "somebody", "stolen")));

      List<Entry> entries = store.journal().entries(0, 99);

      assertThat(entries).extracting(Entry::step).containsExactly(Step.VOUCHER_REQUESTED, Step.VOUCHER_EXCHANGED, Step.AUDIT_LOG_RECEIVED,
          Step.VOUCHER_ISSUED, Step.TELEMETRY_RECEIVED, Step.ENROLLED, Step.VOUCHER_REFUSED, Step.APPROVED, Step.DENIED);
      assertThat(entries.subList(0, 7)).allSatisfy(entry -> assertThat(entry.session()).contains("s-1"));
      assertThat(entries).allSatisfy(entry -> assertThat(entry.device()).contains(ONE));
      assertThat(entries.get(6).reason()).contains("NOT_EXPECTED");
      assertThat(entries.get(8).reason()).contains("stolen");
      assertGood(store);
    }
  }

  @Test
  void everyKindOfEventHasItsStep() {
    for (DeviceEvent.Kind kind : DeviceEvent.Kind.values()) {
      DeviceEvent event = new DeviceEvent(ONE, NOW, kind, Optional.empty(), "s", Optional.empty(), "", Optional.empty(), Optional.empty());
      assertThat(Step.of(event).name()).isEqualTo(kind.name());
    }
  }

  @Test
  void certificatesManufacturersAndEventsOfTheRegistrarHaveEntries() throws Exception {
    try (SqlStore store = open()) {
      store.journal().note(Step.STARTED, "version 1");
      store.manufacturers().put(acme(Manufacturer.Admission.AUTO));
      store.manufacturers().expect("acme", List.of("SN-2", "SN-1"));
      store.manufacturers().expect("acme", List.of("SN-1", "SN-3"));
      store.certificates().record(Writer.certificate(3));
      store.manufacturers().put(acme(Manufacturer.Admission.EXPECTED));
      assertGood(store);
      store.manufacturers().remove("acme");
      store.manufacturers().expect("acme", List.of("SN-1"));

      assertThat(store.journal().entries(0, 99)).extracting(Entry::step).containsExactly(Step.STARTED, Step.MANUFACTURER_PUT,
          Step.DEVICES_EXPECTED, Step.DEVICES_EXPECTED, Step.CERTIFICATE_ISSUED, Step.MANUFACTURER_PUT, Step.MANUFACTURER_REMOVED,
          Step.DEVICES_EXPECTED);
      assertThat(store.journal().entries(3, 1).get(0).detail()).isEqualTo("1 devices, by unknown");
      assertGood(store);
    }
  }

  @Test
  void entriesOfAManufacturerSayWhatChangedAndWhoDidIt() throws Exception {
    try (SqlStore store = open()) {
      Manufacturer acme = acme(Manufacturer.Admission.AUTO);
      store.manufacturers().put(acme, "alice");
      store.manufacturers().put(acme.withAdmission(Manufacturer.Admission.EXPECTED), "bob");
      store.manufacturers().expect("acme", List.of("SN-1"), "carol");
      store.manufacturers().remove("acme", "dave");

      List<Entry> entries = store.journal().entries(0, 9);
      assertThat(entries).extracting(Entry::step)
          .containsExactly(Step.MANUFACTURER_PUT, Step.MANUFACTURER_PUT, Step.DEVICES_EXPECTED, Step.MANUFACTURER_REMOVED);
      assertThat(entries.get(0).reason()).contains("by alice");
      assertThat(entries.get(0).detail()).startsWith("acme: added; admission auto; audit standard; IDevID anchor +");
      assertThat(entries.get(1).reason()).contains("by bob");
      assertThat(entries.get(1).detail()).isEqualTo("acme: admission auto -> expected");
      assertThat(entries.get(2).detail()).isEqualTo("1 devices, by carol");
      assertThat(entries.get(3).reason()).contains("by dave");
      assertThat(entries.get(3).detail()).isEqualTo("acme: removed with 1 expected devices");
      assertGood(store);
    }
  }

  @Test
  void manyChangesOfAManufacturerHaveAsManyEntriesAsTheyNeed() throws Exception {
    Set<String> hosts = IntStream.range(0, 40).mapToObj(i -> "masa-" + i + ".example.com").collect(Collectors.toSet());
    Manufacturer acme = acme(Manufacturer.Admission.AUTO);
    try (SqlStore store = open()) {
      store.manufacturers().put(acme, "alice");
      store.manufacturers().put(new Manufacturer("acme", acme.idevidAnchors(), acme.masa(), hosts, acme.masaTlsAnchors(),
          acme.voucherAnchors(), acme.admission(), acme.serialNumbers(), false), "alice");

      List<Entry> changes = store.journal().entries(1, 99);
      assertThat(changes).hasSizeGreaterThan(3).allSatisfy(entry -> assertThat(entry.reason()).contains("by alice"));
      assertThat(hosts).allSatisfy(host -> assertThat(changes).anySatisfy(entry -> assertThat(entry.detail()).contains("MASA host +" + host)));
      assertGood(store);
    }
  }

  @Test
  void aLongChangeOfAManufacturerGoesOnInTheNextEntry() throws Exception {
    String host = "a".repeat(60) + "." + "b".repeat(60) + "." + "c".repeat(60) + "." + "d".repeat(60) + ".example.com";
    Manufacturer acme = acme(Manufacturer.Admission.AUTO);
    try (SqlStore store = open()) {
      store.manufacturers().put(acme, "alice");
      store.manufacturers().put(new Manufacturer("acme", acme.idevidAnchors(), acme.masa(), Set.of(host), acme.masaTlsAnchors(),
          acme.voucherAnchors(), acme.admission(), acme.serialNumbers(), false), "alice");

      String told = store.journal().entries(1, 9).stream().map(entry -> entry.detail().replaceFirst("^acme: ", "")).collect(Collectors.joining());
      assertThat(told).contains("MASA host +" + host);
      assertGood(store);
    }
  }

  @Test
  void whatChangesNothingHasNoEntry() throws Exception {
    try (SqlStore store = open()) {
      store.certificates().record(Writer.certificate(3));
      assertThat(store.certificates().record(Writer.certificate(3), Writer.facts(3))).isFalse();
      assertThat(store.manufacturers().remove("nobody")).isFalse();
      store.devices().append(List.of());

      assertThat(store.journal().head().number()).isEqualTo(1);
      assertThat(store.devices().device(Writer.device(3))).isEmpty();
    }
  }

  @Test
  void certificateAndItsFactsAreOneTransaction() throws Exception {
    List<String> points = new ArrayList<>();
    try (SqlStore store = SqlStore.open(StoreConfig.in(data), points::add)) {
      assertThat(store.certificates().record(Writer.certificate(3), Writer.facts(3))).isTrue();

      assertThat(store.journal().entries(0, 9)).extracting(Entry::step)
          .containsExactly(Step.CERTIFICATE_ISSUED, Step.VOUCHER_REQUESTED, Step.VOUCHER_EXCHANGED);
      assertThat(store.journal().entries(0, 1).get(0).session()).contains("s-1");
      assertThat(points).containsExactly(
          "CERTIFICATE_ISSUED:before", "CERTIFICATE_ISSUED:inside", "CERTIFICATE_ISSUED:logged", "CERTIFICATE_ISSUED:committed", "CERTIFICATE_ISSUED:after");
      assertThatThrownBy(() -> store.certificates().record(Writer.certificate(4), List.of(Facts.exchange(ONE, NOW, "x".repeat(300)))))
          .isInstanceOf(StoreException.class);
      assertThat(store.certificates().count()).isEqualTo(1);
      assertGood(store);
    }
  }

  @Test
  void failedTransactionLeavesNoEntryAndNoGap() throws Exception {
    try (SqlStore store = open()) {
      store.devices().append(List.of(Facts.note(ONE, NOW, "one")));
      assertThatThrownBy(() -> store.devices().append(List.of(Facts.exchange(ONE, NOW, "x".repeat(300)))))
          .isInstanceOf(StoreException.class);
      store.devices().append(List.of(Facts.note(ONE, NOW, "two")));

      assertThat(store.journal().entries(0, 9)).extracting(Entry::number).containsExactly(1L, 2L);
      assertGood(store);
    }
  }

  @Test
  void transactionThatIsStoppedBetweenItsRowsAndItsCommitLeavesNothing() throws Exception {
    IllegalStateException stop = new IllegalStateException("stopped by the test");
    Set<String> stops = new java.util.HashSet<>();
    try (SqlStore store = SqlStore.open(StoreConfig.in(data), point -> {
      if (stops.remove(point)) {
        throw stop;
      }
    })) {
      stops.add("VOUCHER_REQUESTED:inside");
      assertThatThrownBy(() -> store.devices().append(List.of(Facts.note(ONE, NOW, "lost")))).isSameAs(stop);
      assertThat(store.devices().device(ONE)).isEmpty();

      stops.add("VOUCHER_REQUESTED:committed");
      assertThatThrownBy(() -> store.devices().append(List.of(Facts.note(ONE, NOW, "kept")))).isSameAs(stop);
      store.devices().append(List.of(Facts.note(ONE, NOW, "after")));

      assertThat(store.devices().history(ONE, 9)).extracting(DeviceEvent::detail).containsExactly("after", "kept");
      assertGood(store);
    }
  }

  @Test
  void manyThreadsMakeOneChain() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (SqlStore store = open()) {
      List<Callable<Void>> work = IntStream.range(0, 8).<Callable<Void>>mapToObj(thread -> () -> {
        Random random = new Random(thread);
        for (int i = 0; i < 40; i++) {
          store.devices().append(Facts.onboarding(Facts.device("acme", "SN-" + random.nextInt(4)), BigInteger.TEN));
          store.certificates().record(Writer.certificate(random.nextInt(100)), Writer.facts(random.nextInt(4)));
        }
        return null;
      }).toList();
      for (var done : threads.invokeAll(work)) {
        done.get();
      }
      Head head = store.journal().head();
      assertThat(store.journal().entries(0, 10_000)).hasSize((int) head.number()).last()
          .satisfies(entry -> assertThat(entry.hash()).isEqualTo(head.hash()));
      assertGood(store);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void chainGoesOnAfterARestart() throws Exception {
    Head before;
    try (SqlStore store = open()) {
      store.devices().append(Facts.onboarding(ONE, BigInteger.TEN));
      before = store.journal().head();
    }
    try (SqlStore store = open()) {
      assertThat(store.journal().head()).isEqualTo(before);
      store.journal().note(Step.STARTED, "again");
      assertThat(store.journal().entries(before.number(), 9)).singleElement()
          .satisfies(entry -> assertThat(entry.previous()).isEqualTo(before.hash()));
      assertGood(store);
    }
  }

  @Test
  void entriesOfADeviceComeNewestFirst() throws Exception {
    try (SqlStore store = open()) {
      store.devices().append(Facts.onboarding(ONE, BigInteger.TEN));
      store.devices().append(Facts.onboarding(Facts.device("acme", "SN-2"), BigInteger.TEN));

      assertThat(store.journal().ofDevice(ONE, 2)).extracting(Entry::number).containsExactly(6L, 5L);
      assertThat(store.journal().ofDevice(Facts.device("acme", "SN-9"), 2)).isEmpty();
    }
  }

  @Test
  void longTextIsCutInTheEntryAndWholeInItsRow() throws Exception {
    String text = "\ud83d\ude00".repeat(1000);
    try (SqlStore store = open()) {
      store.devices().append(List.of(Facts.note(ONE, NOW, "x" + text), Facts.refused(ONE, NOW, text)));

      assertThat(store.journal().entries(0, 1).get(0).detail()).isEqualTo("x" + text.substring(0, 254));
      assertThat(store.devices().history(ONE, 2).get(1).detail()).hasSize(2001);
      assertGood(store);
    }
  }

  @Test
  void rowsOfBeforeTheJournalAreAdopted() throws Exception {
    try (SqlStore store = open()) {
      store.manufacturers().put(acme(Manufacturer.Admission.AUTO));
      store.manufacturers().expect("acme", List.of("SN-1", "SN-2"));
      for (int i = 0; i < 700; i++) {
        store.devices().append(Facts.onboarding(Facts.device("acme", "SN-" + i % 90), BigInteger.valueOf(i)));
        if (i % 50 == 0) {
          store.certificates().record(Writer.certificate(i));
        }
      }
      DeviceId held = Facts.device("acme", "held");
      store.devices().append(List.of(new DeviceEvent(held, NOW, DeviceEvent.Kind.HELD, Optional.of(DeviceState.REQUESTED), "s",
          Optional.of("MANUAL"), "waits", Optional.empty(), Optional.empty())));
      store.devices().append(List.of(new Fact.Decision(held, NOW.plusSeconds(9), true, NOW.plus(Duration.ofDays(1)), "op", "")));
      store.devices().append(List.of(Facts.issued(held, NOW.plusSeconds(20))));
    }
    forgetTheJournal(data);

    try (SqlStore store = open()) {
      assertThat(store.journal().entries(0, 10_000)).hasSize(1 + 1 + 700 * 6 + 14 + 3)
          .allSatisfy(entry -> assertThat(entry.step()).isEqualTo(Step.ADOPTED));
      store.devices().append(Facts.onboarding(ONE, BigInteger.TEN));
      assertGood(store);
    }
  }

  @Test
  void rowsOfBeforeThereWereSidRevisionsKeepTheirEntries() throws Exception {
    Manufacturer acme = acme(Manufacturer.Admission.AUTO);
    try (SqlStore store = open()) {
      store.manufacturers().put(acme);
    }
    forgetTheSids(data);

    try (SqlStore store = open()) {
      assertGood(store);
      assertThat(store.manufacturers().manufacturer("acme")).contains(acme);
      store.manufacturers().put(acme.withSidRevision(SidRevision.DRAFTS_OF_2018), "bob");
      assertThat(store.manufacturers().manufacturer("acme")).contains(acme.withSidRevision(SidRevision.DRAFTS_OF_2018));
      assertGood(store);
    }
  }

  @Test
  void adoptionThatIsCutOffGoesOnWhereItWas() throws Exception {
    try (SqlStore store = open()) {
      for (int i = 0; i < 300; i++) {
        store.devices().append(Facts.onboarding(Facts.device("acme", "SN-" + i % 9), BigInteger.valueOf(i)));
      }
    }
    forgetTheJournal(data);
    int[] batches = {0};
    assertThatThrownBy(() -> SqlStore.open(StoreConfig.in(data), point -> {
      if (point.equals("ADOPTED:inside") && batches[0]++ == 1) {
        throw new IllegalStateException("cut off");
      }
    })).hasMessage("cut off");

    try (SqlStore store = open()) {
      assertThat(store.journal().head().number()).isEqualTo(1800);
      assertGood(store);
    }
  }

  @Test
  void clockThatJumpsBackChangesNothing() throws Exception {
    try (SqlStore store = SqlStore.open(StoreConfig.in(data), StoreProbe.NONE, InstantSource.fixed(NOW.minusSeconds(9999)))) {
      store.devices().append(List.of(Facts.requested(ONE, NOW)));
      store.devices().append(List.of(Facts.issued(ONE, NOW.minusSeconds(4000))));
      store.manufacturers().put(acme(Manufacturer.Admission.AUTO));

      assertThat(store.journal().entries(2, 1).get(0).at()).isEqualTo(NOW.minusSeconds(9999));
      assertGood(store);
    }
  }

  /** Makes the store one of version 4, with its rows. */
  static void forgetTheJournal(Path data) throws Exception {
    forgetTheSids(data);
    try (Connection connection = H2File.of(StoreConfig.in(data)).connect(); Statement change = connection.createStatement()) {
      for (String sql : List.of("DROP TABLE journal", "DROP TABLE adoption", "DROP TABLE expected_lists",
          "DROP INDEX expected_devices_by_list", "ALTER TABLE expected_devices DROP COLUMN list_id",
          "DELETE FROM schema_history WHERE version = '5'")) {
        change.execute(sql);
      }
    }
  }

  /** Makes the store one of version 5, with its rows and its journal. */
  private static void forgetTheSids(Path data) throws Exception {
    try (Connection connection = H2File.of(StoreConfig.in(data)).connect(); Statement change = connection.createStatement()) {
      change.execute("ALTER TABLE manufacturers DROP COLUMN sid_revision");
      change.execute("DELETE FROM schema_history WHERE version = '6'");
    }
  }

  static Manufacturer acme(Manufacturer.Admission admission) {
    return new Manufacturer("acme", List.of(TestPki.root("A").certificate()), Optional.empty(), Set.of(), List.of(),
        List.of(TestPki.root("B").certificate()), admission, SerialNumberProfile.CISCO_SUDI, false);
  }

  private static void assertGood(SqlStore store) {
    Journal.Report report = store.journal().verify(number -> {});
    assertThat(report.faults()).isEmpty();
    assertThat(report.isGood()).isTrue();
  }

  private SqlStore open() throws StoreUnavailable {
    return SqlStore.open(StoreConfig.in(data));
  }
}

package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.registrar.store.Facts.NOW;
import static org.eider.registrar.store.Facts.device;

import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.eider.registrar.Device;
import org.eider.registrar.DeviceId;
import org.eider.registrar.DeviceLedger;
import org.eider.registrar.DeviceState;
import org.eider.registrar.Disposition;
import org.eider.registrar.Fact;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.registrar.Hold;
import org.eider.registrar.Judgement;
import org.eider.registrar.Lifecycle;
import org.eider.wire.Octets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every device ledger does. */
abstract class DeviceLedgerContract {
  private static final DeviceId ONE = device("acme", "SN-1");
  private static final DeviceId TWO = device("acme", "SN-2");

  private DeviceLedger ledger;

  abstract DeviceLedger newLedger() throws Exception;

  @BeforeEach
  void open() throws Exception {
    ledger = newLedger();
  }

  @Test
  void appendsUnderAConditionAllOrNothingByTheDeviceAsItStands() {
    assertThat(ledger.append(List.of(Facts.requested(ONE, NOW)), ONE, Optional::isPresent)).isFalse();
    assertThat(ledger.device(ONE)).isEmpty();
    assertThat(ledger.append(List.of(Facts.requested(ONE, NOW)), ONE, Optional::isEmpty)).isTrue();

    ledger.append(List.of(new Fact.Decision(ONE, NOW, false, NOW.plusSeconds(60), "operator", "stolen")));

    assertThat(ledger.append(List.of(Facts.issued(ONE, NOW)), ONE, device -> device.flatMap(Device::decision).isEmpty())).isFalse();
    assertThat(ledger.history(ONE, 10)).containsExactly(Facts.requested(ONE, NOW));
    assertThat(ledger.device(ONE).orElseThrow().state()).isEqualTo(DeviceState.REFUSED);
    assertThat(ledger.append(List.of(Facts.issued(ONE, NOW)), ONE, device -> device.flatMap(Device::decision).isPresent())).isTrue();
    assertThat(ledger.device(ONE).orElseThrow().state()).isEqualTo(DeviceState.VOUCHER_ISSUED);
  }

  @Test
  void appendsUnderAConditionOneAfterTheOther() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<Boolean> first = () -> ledger.append(List.of(Facts.requested(ONE, NOW)), ONE, Optional::isEmpty);
      List<Boolean> appended = new ArrayList<>();
      for (Future<Boolean> one : threads.invokeAll(Collections.nCopies(16, first))) {
        appended.add(one.get());
      }

      assertThat(appended).containsOnlyOnce(true);
    } finally {
      threads.shutdownNow();
    }
    assertThat(ledger.history(ONE, 10)).hasSize(1);
  }

  @Test
  void whatIsNotThereIsEmpty() {
    assertThat(ledger.device(ONE)).isEmpty();
    assertThat(ledger.devices("SN-1")).isEmpty();
    assertThat(ledger.devices(Optional.empty(), 10)).isEmpty();
    assertThat(ledger.history(ONE, 10)).isEmpty();
    assertThat(ledger.vouchers(ONE, 10)).isEmpty();
    assertThat(ledger.auditLogs(ONE, 10)).isEmpty();
    assertThat(ledger.telemetry(ONE, 10)).isEmpty();
  }

  @Test
  void nothingAppendedChangesNothing() {
    ledger.append(List.of());

    assertThat(ledger.devices(Optional.empty(), 10)).isEmpty();
  }

  @Test
  void deviceBeginsWithItsFirstFactWhateverThatIs() {
    ledger.append(List.of(new Fact.Telemetry(ONE, NOW, Fact.Telemetry.Kind.VOUCHER, true, Optional.empty(), Octets.utf8("{}"))));

    assertThat(ledger.device(ONE)).contains(
        new Device(ONE, DeviceState.REQUESTED, NOW, NOW, Optional.empty(), Optional.empty(), Optional.empty()));
    assertThat(ledger.history(ONE, 10)).isEmpty();
  }

  @Test
  void factsOfOneAppendAddUpInTheirOrder() {
    ledger.append(List.of(
        Facts.requested(ONE, NOW), Facts.issued(ONE, NOW.plusSeconds(1)), Facts.enrolled(ONE, NOW.plusSeconds(2), BigInteger.TEN)));

    assertThat(ledger.device(ONE)).contains(new Device(ONE, DeviceState.ENROLLED, NOW, NOW.plusSeconds(2), Optional.empty(),
        Optional.of(Facts.IDEVID), Optional.of(BigInteger.TEN)));
  }

  @Test
  void factsOfSeveralAppendsAddUpInTheirOrder() {
    ledger.append(List.of(Facts.requested(ONE, NOW)));
    ledger.append(List.of(Facts.issued(ONE, NOW.plusSeconds(1))));
    ledger.append(List.of(Facts.enrolled(ONE, NOW.plusSeconds(2), BigInteger.TEN)));

    assertThat(ledger.device(ONE)).contains(new Device(ONE, DeviceState.ENROLLED, NOW, NOW.plusSeconds(2), Optional.empty(),
        Optional.of(Facts.IDEVID), Optional.of(BigInteger.TEN)));
  }

  @Test
  void stateThatMayNotFollowIsKeptAsFactOnly() {
    DeviceEvent refusal = Facts.refused(ONE, NOW.plusSeconds(2), "NOT_EXPECTED");

    ledger.append(List.of(Facts.issued(ONE, NOW)));
    ledger.append(List.of(refusal));

    assertThat(ledger.device(ONE).orElseThrow().state()).isEqualTo(DeviceState.VOUCHER_ISSUED);
    assertThat(ledger.history(ONE, 1)).containsExactly(refusal);
  }

  @Test
  void refusalStaysUntilItIsGranted() {
    ledger.append(List.of(Facts.refused(ONE, NOW, "NOT_EXPECTED")));
    assertThat(ledger.device(ONE).orElseThrow().refusal()).contains("NOT_EXPECTED: not on the list");
    assertThat(ledger.device(ONE).orElseThrow().state()).isEqualTo(DeviceState.REFUSED);

    ledger.append(List.of(Facts.issued(ONE, NOW)));
    assertThat(ledger.device(ONE).orElseThrow().refusal()).isEmpty();
  }

  @Test
  void heldDeviceWaitsSinceTheFirstHoldOfItsRule() {
    ledger.append(List.of(held(TWO, NOW.plusSeconds(1), "MANUAL_ADMISSION"), held(ONE, NOW.plusSeconds(2), "AUDIT_FOREIGN")));
    ledger.append(List.of(held(TWO, NOW.plusSeconds(3), "MANUAL_ADMISSION")));

    assertThat(ledger.held(10)).extracting(Device::id).containsExactly(TWO, ONE);
    assertThat(ledger.held(1)).extracting(Device::id).containsExactly(TWO);
    assertThat(ledger.device(TWO).orElseThrow().hold()).contains(new Hold(NOW.plusSeconds(1), "MANUAL_ADMISSION", "waits"));
  }

  @Test
  void heldDevicesAreCountedByManufacturer() {
    DeviceId other = new DeviceId("other", "1");
    ledger.append(List.of(held(ONE, NOW, "MANUAL_ADMISSION"), held(TWO, NOW, "MANUAL_ADMISSION"), held(other, NOW, "MANUAL_ADMISSION")));
    ledger.append(List.of(new Fact.Decision(TWO, NOW, true, NOW.plusSeconds(60), "operator", "")));

    assertThat(ledger.heldOf(ONE.manufacturer(), Hold.For.OPERATOR)).isEqualTo(1);
    assertThat(ledger.heldOf("other", Hold.For.OPERATOR)).isEqualTo(1);
    assertThat(ledger.heldOf("nobody", Hold.For.OPERATOR)).isZero();
    assertThat(ledger.heldOf("other", Hold.For.MASA)).isZero();
  }

  @Test
  void devicesThatWaitForTheirMasaAreCountedApartAndListedLast() {
    DeviceId three = new DeviceId(ONE.manufacturer(), "3");
    ledger.append(List.of(held(ONE, NOW, Hold.MASA_PENDING), held(TWO, NOW.plusSeconds(2), "MANUAL_ADMISSION"),
        held(three, NOW.plusSeconds(1), "AUDIT_FOREIGN")));

    assertThat(ledger.heldOf(ONE.manufacturer(), Hold.For.OPERATOR)).isEqualTo(2);
    assertThat(ledger.heldOf(ONE.manufacturer(), Hold.For.MASA)).isEqualTo(1);
    assertThat(ledger.held(9)).extracting(Device::id).containsExactly(three, TWO, ONE);
    assertThat(ledger.held(2)).extracting(Device::id).containsExactly(three, TWO);
  }

  @Test
  void decisionEndsTheHoldAndStaysWithTheDevice() {
    Fact.Decision approval = new Fact.Decision(ONE, NOW.plusSeconds(1), true, NOW.plusSeconds(60), "operator", "on the delivery note");
    Fact.Decision denial = new Fact.Decision(TWO, NOW.plusSeconds(1), false, NOW.plusSeconds(60), "operator", "");
    ledger.append(List.of(held(ONE, NOW, "MANUAL_ADMISSION"), held(TWO, NOW, "MANUAL_ADMISSION")));
    ledger.append(List.of(approval, denial));

    assertThat(ledger.held(10)).isEmpty();
    assertThat(ledger.device(ONE).orElseThrow().decision()).contains(approval);
    assertThat(ledger.device(ONE).orElseThrow().refusal()).isEmpty();
    assertThat(ledger.device(TWO).orElseThrow().state()).isEqualTo(DeviceState.REFUSED);
    assertThat(ledger.device(TWO).orElseThrow().refusal()).contains("DENIED: denied by operator");
    assertThat(ledger.decisions(ONE, 9)).containsExactly(approval);
  }

  @Test
  void judgementIsKeptWithItsAuditLog() {
    Fact.AuditLogReceived log = new Fact.AuditLogReceived(ONE, NOW, Optional.of(Octets.utf8("{}")), Optional.empty(),
        Optional.of(new Judgement(Disposition.DENY, "AUDIT_FOREIGN", "another domain owned it")));

    ledger.append(List.of(log));

    assertThat(ledger.auditLogs(ONE, 1)).containsExactly(log);
  }

  @Test
  void censusCountsDevicesByState() {
    ledger.append(List.of(Facts.requested(ONE, NOW), Facts.issued(TWO, NOW)));

    assertThat(ledger.census()).containsEntry(DeviceState.REQUESTED, 1L).containsEntry(DeviceState.VOUCHER_ISSUED, 1L);
  }

  @Test
  void everyFactIsReadAsItWasWritten() {
    BigInteger serial = BigInteger.ONE.shiftLeft(159).subtract(BigInteger.ONE);
    List<Fact> facts = new ArrayList<>(Facts.onboarding(ONE, serial));
    Fact.AuditLogReceived missing = new Fact.AuditLogReceived(ONE, NOW.plusMillis(1), Optional.empty(), Optional.of("404"));
    Fact.Telemetry failure = new Fact.Telemetry(
        ONE, NOW.plusMillis(2), Fact.Telemetry.Kind.ENROLMENT, false, Optional.of("no clock"), Octets.empty());
    Fact.VoucherExchange bare = new Fact.VoucherExchange(
        ONE, NOW, "", Octets.empty(), Octets.empty(), Octets.empty(), Optional.empty(), Octets.empty());
    facts.addAll(List.of(missing, failure, bare));

    ledger.append(facts);

    assertThat(ledger.history(ONE, 9)).containsExactly((DeviceEvent) facts.get(5), (DeviceEvent) facts.get(3), (DeviceEvent) facts.get(0));
    assertThat(ledger.vouchers(ONE, 9)).containsExactly(bare, (Fact.VoucherExchange) facts.get(1));
    assertThat(ledger.auditLogs(ONE, 9)).containsExactly(missing, (Fact.AuditLogReceived) facts.get(2));
    assertThat(ledger.telemetry(ONE, 9)).containsExactly(failure, (Fact.Telemetry) facts.get(4));
  }

  @Test
  void longestTextsAndOctetsOfAMessageAreKept() {
    String text = "\u00e4'\"\\;--\n".repeat(8_000);
    Octets octets = Octets.of(new byte[1 << 20]);
    DeviceEvent refusal = Facts.refused(ONE, NOW, text);
    Fact.AuditLogReceived log = new Fact.AuditLogReceived(ONE, NOW, Optional.of(octets), Optional.of(text));

    ledger.append(List.of(refusal, log));

    assertThat(ledger.history(ONE, 1)).containsExactly(refusal);
    assertThat(ledger.auditLogs(ONE, 1)).containsExactly(log);
    assertThat(ledger.device(ONE).orElseThrow().refusal()).contains(text + ": not on the list");
  }

  @Test
  void newestComesFirstByOrderOfRecordingNotOfTime() {
    DeviceEvent first = Facts.note(ONE, NOW, "first");
    DeviceEvent second = Facts.note(ONE, NOW.minusSeconds(60), "second");
    DeviceEvent third = Facts.note(ONE, NOW, "third");

    ledger.append(List.of(first, second));
    ledger.append(List.of(third));

    assertThat(ledger.history(ONE, 2)).containsExactly(third, second);
    assertThat(ledger.history(ONE, 3)).containsExactly(third, second, first);
  }

  @Test
  void instantsAreKeptToTheMillisecond() {
    Instant fine = NOW.plusNanos(123_456_789);
    Instant farAway = Instant.parse("9999-12-31T23:59:59Z");

    Instant old = Instant.EPOCH.minusMillis(1);

    ledger.append(List.of(Facts.note(ONE, fine, "fine"), Facts.note(ONE, farAway, "far away"), Facts.note(ONE, old, "old")));

    assertThat(ledger.history(ONE, 3)).extracting(event -> event.at().truncatedTo(ChronoUnit.MILLIS))
        .containsExactly(old, farAway, NOW.plusMillis(123));
  }

  @Test
  void devicesDifferInEveryLetterAndSpace() {
    List<DeviceId> ids = List.of(device("acme", "sn-1"), ONE, device("acme", "SN-1 "), device("Acme", "SN-1"), device("acme", ""));
    ids.forEach(id -> ledger.append(List.of(Facts.note(id, NOW, id.toString()))));

    assertThat(ledger.devices(Optional.empty(), 10)).hasSize(5);
    for (DeviceId id : ids) {
      assertThat(ledger.device(id).orElseThrow().id()).isEqualTo(id);
      assertThat(ledger.history(id, 9)).extracting(DeviceEvent::detail).containsExactly(id.toString());
    }
  }

  @Test
  void serialNumberIsFoundUnderEveryManufacturer() {
    ledger.append(List.of(
        Facts.requested(device("zeta", "SN-1"), NOW), Facts.requested(ONE, NOW), Facts.requested(device("acme", "SN-2"), NOW)));

    assertThat(ledger.devices("SN-1")).extracting(Device::id).containsExactly(ONE, device("zeta", "SN-1"));
  }

  @Test
  void pagesTogetherAreAllDevicesInOrderOnce() {
    List<DeviceId> ids = new ArrayList<>();
    for (String manufacturer : List.of("Zeta", "acme", "acme-2", "beta")) {
      IntStream.range(0, 7).forEach(i -> ids.add(device(manufacturer, "SN-" + i)));
    }
    List<DeviceId> mixed = new ArrayList<>(ids);
    Collections.shuffle(mixed, new Random(1));
    ledger.append(mixed.stream().map(id -> Facts.requested(id, NOW)).toList());

    for (int limit : new int[] {1, 3, 7, 8, 28, 100}) {
      List<DeviceId> seen = new ArrayList<>();
      Optional<DeviceId> last = Optional.empty();
      for (List<Device> page = ledger.devices(last, limit); !page.isEmpty(); page = ledger.devices(last, limit)) {
        assertThat(page).hasSizeLessThanOrEqualTo(limit);
        page.forEach(device -> seen.add(device.id()));
        last = Optional.of(seen.get(seen.size() - 1));
      }
      assertThat(seen).isEqualTo(ids);
    }
  }

  @Test
  void pageMayBeginAfterADeviceThatIsNotThere() {
    ledger.append(List.of(Facts.requested(device("acme", "A"), NOW), Facts.requested(device("acme", "C"), NOW)));

    assertThat(ledger.devices(Optional.of(device("acme", "B")), 9)).extracting(Device::id).containsExactly(device("acme", "C"));
    assertThat(ledger.devices(Optional.of(device("b", "")), 9)).isEmpty();
  }

  @Test
  void factsOfManyDevicesInOneAppendStayInTheirOrder() {
    DeviceId two = device("acme", "SN-0");

    ledger.append(List.of(Facts.note(ONE, NOW, "1a"), Facts.note(two, NOW, "2a"), Facts.note(ONE, NOW, "1b"), Facts.issued(two, NOW)));

    assertThat(ledger.history(ONE, 9)).extracting(DeviceEvent::detail).containsExactly("1b", "1a");
    assertThat(ledger.history(two, 9)).extracting(DeviceEvent::detail).containsExactly("gets a voucher", "2a");
    assertThat(ledger.device(two).orElseThrow().state()).isEqualTo(DeviceState.VOUCHER_ISSUED);
  }

  @Test
  void manyThreadsLoseNothing() throws Exception {
    int threads = 8;
    int each = 200;
    DeviceId two = device("acme", "SN-2");
    run(IntStream.range(0, threads).<Callable<Void>>mapToObj(thread -> () -> {
      for (int i = 0; i < each; i++) {
        DeviceId own = device("acme", "own-" + thread);
        List<Fact> facts = new ArrayList<>(List.of(
            Facts.note(ONE, NOW, thread + "/" + i), Facts.note(own, NOW, Integer.toString(i)), Facts.note(two, NOW, thread + "/" + i)));
        if (thread % 2 == 1) {
          Collections.reverse(facts);
        }
        ledger.append(facts);
      }
      return null;
    }).toList());

    List<String> shared = ledger.history(ONE, Integer.MAX_VALUE).stream().map(DeviceEvent::detail).toList();
    assertThat(ledger.history(two, Integer.MAX_VALUE)).extracting(DeviceEvent::detail).isEqualTo(shared);
    assertThat(shared).hasSize(threads * each).doesNotHaveDuplicates();
    for (int thread = 0; thread < threads; thread++) {
      String prefix = thread + "/";
      assertThat(shared.stream().filter(detail -> detail.startsWith(prefix)).toList())
          .isEqualTo(IntStream.range(0, each).mapToObj(i -> prefix + (each - 1 - i)).toList());
      assertThat(ledger.history(device("acme", "own-" + thread), each + 1)).extracting(DeviceEvent::detail)
          .isEqualTo(IntStream.range(0, each).mapToObj(i -> Integer.toString(each - 1 - i)).toList());
    }
  }

  @Test
  void deviceIsWhatItsHistoryAddsUpToWhoeverWroteIt() throws Exception {
    run(IntStream.range(0, 8).<Callable<Void>>mapToObj(thread -> () -> {
      Random random = new Random(thread);
      for (int i = 0; i < 50; i++) {
        Instant at = NOW.plusSeconds(thread * 1_000L + i);
        ledger.append(List.of(switch (random.nextInt(4)) {
          case 0 -> Facts.requested(ONE, at);
          case 1 -> Facts.refused(ONE, at, "T" + thread);
          case 2 -> Facts.issued(ONE, at);
          default -> Facts.enrolled(ONE, at, BigInteger.valueOf(thread * 1_000L + i));
        }));
        assertThat(ledger.device(ONE)).isPresent();
      }
      return null;
    }).toList());

    List<DeviceEvent> history = new ArrayList<>(ledger.history(ONE, Integer.MAX_VALUE));
    assertThat(history).hasSize(400);
    Collections.reverse(history);
    Optional<Device> sum = Optional.empty();
    for (DeviceEvent event : history) {
      sum = Optional.of(Lifecycle.after(sum, event));
    }
    assertThat(ledger.device(ONE)).isEqualTo(sum);
  }

  @Test
  void threadsThatSeeANewDeviceAtOnceMakeItOnce() throws Exception {
    for (int round = 0; round < 20; round++) {
      DeviceId id = device("acme", "new-" + round);
      run(IntStream.range(0, 8).<Callable<Void>>mapToObj(i -> () -> {
        ledger.append(List.of(Facts.issued(id, NOW)));
        return null;
      }).toList());
      assertThat(ledger.history(id, 99)).hasSize(8);
    }
    assertThat(ledger.devices(Optional.empty(), 99)).hasSize(20);
  }

  private static void run(List<Callable<Void>> work) throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(work.size());
    try {
      for (Future<Void> done : workers.invokeAll(work)) {
        done.get();
      }
    } finally {
      workers.shutdownNow();
    }
  }

  private static DeviceEvent held(DeviceId device, Instant at, String rule) {
    return new DeviceEvent(device, at, DeviceEvent.Kind.HELD, Optional.of(DeviceState.REQUESTED), "session", Optional.of(rule), "waits",
        Optional.empty(), Optional.empty());
  }
}

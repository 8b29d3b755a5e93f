package org.eider.masa;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.eider.masa.JournalEntry.Granted;
import org.eider.voucher.Assertion;
import org.eider.voucher.AuditLog;
import org.eider.voucher.AuditLog.Event;
import org.eider.voucher.AuditLog.Truncation;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;

class VoucherHistoryTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
  private static final DeviceId DEVICE = new DeviceId("SN-1", Octets.utf8("issuer"));

  @Test
  void everyVoucherIsToldAsLongAsThereAreFew() {
    VoucherHistory history = VoucherHistory.EMPTY;
    for (int i = 0; i < VoucherHistory.DUPLICATES; i++) {
      history = history.with(granted(i, "domain", true));
    }
    assertThat(history.events()).hasSize(VoucherHistory.DUPLICATES).extracting(Event::truncated).containsOnly(0L);
    assertThat(history.truncation()).isEqualTo(Truncation.NONE);
  }

  @Test
  void oldestDuplicateGivesWayAndTheNewestCountsIt() {
    VoucherHistory history = VoucherHistory.EMPTY.with(granted(0, "first domain", true));
    for (int i = 1; i <= VoucherHistory.DUPLICATES + 5; i++) {
      history = history.with(granted(i, "second domain", i % 2 == 0));
    }
    assertThat(history.events()).hasSize(VoucherHistory.DUPLICATES);
    assertThat(history.events().get(0).domainId()).as("the only one of its domain stays").isEqualTo(Octets.utf8("first domain"));
    assertThat(history.truncation()).isEqualTo(new Truncation(3, 3, 0));
    // When number 64 came, number 1 gave way, and 63 was the newest of its kind; and so on up to 69, 6 and 68.
    assertThat(history.events().stream().filter(event -> event.truncated() == 1).map(event -> Duration.between(START, event.date()).toSeconds()))
        .containsExactly(63L, 64L, 65L, 66L, 67L, 68L);
    assertThat(history.events().stream().mapToLong(Event::truncated).sum()).isEqualTo(6);
  }

  @Test
  void oldestOfAllGivesWayWhenNoneIsADuplicate() {
    VoucherHistory history = VoucherHistory.EMPTY;
    for (int i = 0; i < VoucherHistory.EVENTS + 2; i++) {
      history = history.with(granted(i, "domain " + i, true));
    }
    assertThat(history.events()).hasSize(VoucherHistory.EVENTS);
    assertThat(history.events().get(0).domainId()).isEqualTo(Octets.utf8("domain 2"));
    assertThat(history.truncation()).isEqualTo(new Truncation(0, 0, 2));
    assertThat(history.owners()).as("who ever owned it is never forgotten").hasSize(VoucherHistory.EVENTS + 2);
  }

  @Test
  void countersStop() {
    VoucherHistory history = VoucherHistory.EMPTY;
    for (int i = 0; i < VoucherHistory.DUPLICATES + VoucherHistory.COUNTER + 10; i++) {
      history = history.with(granted(i, "domain", true));
    }
    assertThat(history.truncation()).isEqualTo(new Truncation(VoucherHistory.COUNTER, 0, 0));
    assertThat(history.events()).extracting(Event::truncated).allMatch(count -> count <= VoucherHistory.COUNTER);
  }

  @Test
  void longestLogIsWithinWhatRegistrarsRead() throws Exception {
    VoucherHistory history = VoucherHistory.EMPTY;
    for (int i = 0; i < VoucherHistory.EVENTS; i++) {
      history = history.with(granted(i, "domain identifier of 32 octets " + i, true));
    }
    assertThat(history.auditLog().encode().size()).isLessThan(AuditLog.MAX_SIZE);
    assertThat(AuditLog.parse(history.auditLog().encode()).events()).hasSize(VoucherHistory.EVENTS);
  }

  private static Granted granted(int second, String domain, boolean nonced) {
    Optional<String> nonce = nonced ? Optional.of("nonce " + second) : Optional.empty();
    return new Granted(START.plusSeconds(second), DEVICE, Octets.utf8(domain), Octets.utf8(domain).sha256(), nonce, Assertion.PROXIMITY);
  }
}

package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.registrar.store.Facts.NOW;
import static org.eider.registrar.store.Facts.device;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.eider.registrar.CertificateLedger;
import org.eider.registrar.CertificateLedger.Recorded;
import org.eider.registrar.DeviceId;
import org.eider.registrar.DeviceState;
import org.eider.registrar.IssuedCertificate;
import org.eider.registrar.IssuedCertificate.Purpose;
import org.eider.wire.Octets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every certificate ledger does. */
abstract class CertificateLedgerContract {
  private static final DeviceId ONE = device("acme", "SN-1");

  private CertificateLedger ledger;

  abstract CertificateLedger newLedger() throws Exception;

  @BeforeEach
  void open() throws Exception {
    ledger = newLedger();
  }

  @Test
  void whatIsNotThereIsEmpty() {
    assertThat(ledger.certificate(BigInteger.ONE)).isEmpty();
    assertThat(ledger.ofDevice(ONE, 10)).isEmpty();
    assertThat(ledger.count()).isZero();
  }

  @Test
  void certificateIsReadAsItWasWritten() {
    BigInteger large = BigInteger.ONE.shiftLeft(160).subtract(BigInteger.ONE);
    IssuedCertificate ldevid = ldevid(large, ONE);
    IssuedCertificate root = new IssuedCertificate(
        BigInteger.ONE, Octets.utf8("root"), Purpose.CA, NOW, Instant.parse("9999-12-31T23:59:59Z"), Optional.empty());

    assertThat(ledger.record(ldevid)).isTrue();
    assertThat(ledger.record(root)).isTrue();

    assertThat(ledger.certificate(large)).contains(ldevid);
    assertThat(ledger.certificate(BigInteger.ONE)).contains(root);
    assertThat(ledger.count()).isEqualTo(2);
  }

  @Test
  void isRecordedUnderAConditionByTheDeviceAsItStands() {
    IssuedCertificate first = ldevid(BigInteger.ONE, ONE);
    IssuedCertificate second = ldevid(BigInteger.TWO, ONE);

    assertThat(ledger.record(first, List.of(), Optional::isPresent)).isEqualTo(Recorded.DEVICE_CHANGED);
    assertThat(ledger.count()).isZero();
    assertThat(ledger.record(first, List.of(Facts.issued(ONE, NOW)), Optional::isEmpty)).isEqualTo(Recorded.YES);
    assertThat(ledger.record(second, List.of(Facts.issued(ONE, NOW)), Optional::isEmpty)).isEqualTo(Recorded.DEVICE_CHANGED);
    assertThat(ledger.certificate(BigInteger.TWO)).isEmpty();
    assertThat(ledger.record(second, List.of(), device -> device.orElseThrow().state() == DeviceState.VOUCHER_ISSUED))
        .isEqualTo(Recorded.YES);
    assertThat(ledger.record(second, List.of(), device -> true)).isEqualTo(Recorded.SERIAL_USED);
  }

  @Test
  void usedSerialIsRefusedAndNothingIsRecorded() {
    IssuedCertificate first = ldevid(BigInteger.TEN, ONE);
    assertThat(ledger.record(first)).isTrue();

    assertThat(ledger.record(ldevid(BigInteger.TEN, device("acme", "SN-2")))).isFalse();
    assertThat(ledger.record(first)).isFalse();

    assertThat(ledger.certificate(BigInteger.TEN)).contains(first);
    assertThat(ledger.ofDevice(device("acme", "SN-2"), 9)).isEmpty();
    assertThat(ledger.count()).isEqualTo(1);
  }

  @Test
  void newestOfADeviceComesFirst() {
    List<IssuedCertificate> mine = List.of(99, 3, 50).stream().map(serial -> ldevid(BigInteger.valueOf(serial), ONE)).toList();
    mine.forEach(ledger::record);
    ledger.record(ldevid(BigInteger.valueOf(7), device("beta", "SN-1")));

    assertThat(ledger.ofDevice(ONE, 9)).containsExactly(mine.get(2), mine.get(1), mine.get(0));
    assertThat(ledger.ofDevice(ONE, 1)).containsExactly(mine.get(2));
  }

  @Test
  void oneOfManyThreadsGetsASerial() throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(8);
    try {
      for (int round = 1; round <= 20; round++) {
        BigInteger serial = BigInteger.valueOf(round);
        int recorded = 0;
        List<Callable<Boolean>> work = Collections.nCopies(8, () -> ledger.record(ldevid(serial, ONE)));
        for (Future<Boolean> done : workers.invokeAll(work)) {
          recorded += done.get() ? 1 : 0;
        }
        assertThat(recorded).isEqualTo(1);
      }
    } finally {
      workers.shutdownNow();
    }
    assertThat(ledger.count()).isEqualTo(20);
  }

  private static IssuedCertificate ldevid(BigInteger serial, DeviceId device) {
    return new IssuedCertificate(
        serial, Octets.utf8("certificate " + serial), Purpose.LDEVID, NOW, NOW.plusSeconds(60), Optional.of(device));
  }
}

package org.eider.site;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.eider.cli.CommandFailure;
import org.eider.registrar.DeviceId;
import org.eider.registrar.DeviceState;
import org.eider.registrar.Fact;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.registrar.IssuedCertificate;
import org.eider.registrar.store.SqlStore;
import org.eider.voucher.Assertion;
import org.eider.wire.Octets;

/** Puts devices into a store as their onboarding would have: the same rows, as large, without the cryptography. */
final class StoreFill {
  private static final int THREADS = 8;
  private static final int AT_ONCE = 100;

  private final SqlStore store;
  private final Instant now;
  private final RandomGenerator random = new Random(1);

  StoreFill(SqlStore store, Instant now) {
    this.store = store;
    this.now = now;
  }

  /** Adds that many devices, each with a voucher and an LDevID. */
  void fill(String manufacturer, int devices) throws CommandFailure, InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> parts = new ArrayList<>();
      for (int first = 1; first <= devices; first += AT_ONCE) {
        int from = first;
        int to = Math.min(devices, first + AT_ONCE - 1);
        parts.add(threads.submit(() -> fill(manufacturer, from, to)));
      }
      for (Future<?> part : parts) {
        part.get();
      }
    } catch (ExecutionException e) {
      throw new CommandFailure("the store could not be filled: " + e.getCause().getMessage(), "is there room on the disk?", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private void fill(String manufacturer, int from, int to) {
    List<Fact> facts = new ArrayList<>();
    for (int i = from; i <= to; i++) {
      DeviceId device = new DeviceId(manufacturer, String.format(Locale.ROOT, "STORED-%07d", i));
      BigInteger serial = BigInteger.ONE.shiftLeft(120).add(BigInteger.valueOf(i));
      store.certificates().record(new IssuedCertificate(
          serial, octets(600), IssuedCertificate.Purpose.LDEVID, now, now.plus(Duration.ofDays(365)), Optional.of(device)));
      facts.addAll(facts(device, serial));
    }
    store.devices().append(facts);
  }

  private List<Fact> facts(DeviceId device, BigInteger serial) {
    Octets idevid = octets(600);
    return List.of(
        event(device, DeviceEvent.Kind.VOUCHER_REQUESTED, DeviceState.REQUESTED, Optional.of(idevid), Optional.empty()),
        new Fact.VoucherExchange(device, now, "000000000000", octets(2_500), octets(6_000), octets(2_200), Optional.of(Assertion.PROXIMITY),
            octets(20)),
        new Fact.AuditLogReceived(device, now, Optional.of(octets(250)), Optional.empty()),
        event(device, DeviceEvent.Kind.VOUCHER_ISSUED, DeviceState.VOUCHER_ISSUED, Optional.of(idevid), Optional.empty()),
        new Fact.Telemetry(device, now, Fact.Telemetry.Kind.VOUCHER, true, Optional.empty(), octets(60)),
        event(device, DeviceEvent.Kind.VOUCHER_STATUS, DeviceState.VOUCHER_ACCEPTED, Optional.empty(), Optional.empty()),
        event(device, DeviceEvent.Kind.ENROLLED, DeviceState.ENROLLED, Optional.empty(), Optional.of(serial)),
        new Fact.Telemetry(device, now, Fact.Telemetry.Kind.ENROLMENT, true, Optional.empty(), octets(60)),
        event(device, DeviceEvent.Kind.ENROLMENT_STATUS, DeviceState.OPERATIONAL, Optional.empty(), Optional.of(serial)));
  }

  private DeviceEvent event(
      DeviceId device, DeviceEvent.Kind kind, DeviceState state, Optional<Octets> idevid, Optional<BigInteger> certificate) {
    return new DeviceEvent(device, now, kind, Optional.of(state), "000000000000", Optional.empty(), "stored beforehand", idevid, certificate);
  }

  private Octets octets(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return Octets.of(bytes);
  }
}

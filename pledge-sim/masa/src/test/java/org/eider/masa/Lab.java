package org.eider.masa;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.eider.est.Outcome;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.UntrustedException;
import org.eider.testkit.TestPki;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.DecodeException;

/** A manufacturer in a temporary folder at {@link TestPki#NOW}. */
final class Lab implements AutoCloseable {
  static final InstantSource CLOCK = InstantSource.fixed(TestPki.NOW);

  final Manufacturer manufacturer;

  private Lab(Manufacturer manufacturer) {
    this.manufacturer = manufacturer;
  }

  static Lab in(Path folder) throws IOException {
    return new Lab(Manufacturer.openOrCreate(folder, new SecureRandom(), CLOCK));
  }

  Credential device(String serial) throws IOException {
    return manufacturer.make(serial, KeyType.P256, Optional.empty());
  }

  MasaService masa(MasaPolicy policy) {
    return masa(policy, Mischief.NONE);
  }

  MasaService masa(MasaPolicy policy, Mischief mischief) {
    return new MasaService(manufacturer.inventory(), policy, manufacturer.keys().masaKeys(), VoucherSealer.cms(), mischief, CLOCK);
  }

  Device only(String serial) {
    return manufacturer.inventory().withSerial(serial).get(0);
  }

  static Voucher opened(MasaService.Issue issue) {
    try {
      return VoucherOpener.voucher(issue.artifact(), List.of()).value();
    } catch (DecodeException | UntrustedException e) {
      throw new AssertionError("no voucher that verifies", e);
    }
  }

  static <T> T granted(Outcome<T> outcome) {
    return outcome.fold(value -> value, later -> {
      throw new AssertionError("deferred");
    }, refusal -> {
      throw new AssertionError("refused: " + refusal);
    });
  }

  /** The reason of a refusal; the names of the other outcomes for those. */
  static String reason(Outcome<?> outcome) {
    return outcome.fold(value -> "granted", later -> "deferred", refusal -> refusal.reason().name());
  }

  @Override
  public void close() {
    manufacturer.close();
  }
}

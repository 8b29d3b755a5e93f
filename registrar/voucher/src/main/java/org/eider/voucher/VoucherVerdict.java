package org.eider.voucher;

import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Function;

/** What {@link VoucherCheck} says of a voucher. */
public sealed interface VoucherVerdict {
  /**
   * All is in order.
   *
   * @param pin what the voucher pins; a pinned key remains to be compared with the peer's
   * @param certificate the certificate that it pins, or whose key it pins as far as the check was told where to look for it
   */
  record Accepted(Pin pin, Optional<X509Certificate> certificate) implements VoucherVerdict {
    @Override
    public <R> R fold(Function<Accepted, R> accepted, Function<Rejected, R> rejected) {
      return accepted.apply(this);
    }
  }

  /**
   * It must not be believed.
   *
   * @param flaw the first thing wrong with it
   * @param detail the same in words, fit for log and telemetry; reveals neither keys nor what was expected instead
   */
  record Rejected(VoucherFlaw flaw, String detail) implements VoucherVerdict {
    @Override
    public <R> R fold(Function<Accepted, R> accepted, Function<Rejected, R> rejected) {
      return rejected.apply(this);
    }
  }

  /** One of two, by what the verdict is. */
  <R> R fold(Function<Accepted, R> accepted, Function<Rejected, R> rejected);

  /** What is wrong; empty when it is accepted. */
  default Optional<VoucherFlaw> whyNot() {
    return fold(accepted -> Optional.empty(), rejected -> Optional.of(rejected.flaw()));
  }
}

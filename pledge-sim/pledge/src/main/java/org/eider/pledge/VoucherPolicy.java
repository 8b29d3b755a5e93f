package org.eider.pledge;

import java.util.Optional;
import java.util.Set;
import org.eider.voucher.Assertion;

/**
 * What a device demands of a voucher beyond what RFC 8995 does.
 *
 * @param nonceless whether a voucher without nonce is accepted; RFC 8995 section 7.2 wants pledges that do
 * @param assertions the only assertions that are accepted; empty for any, or none
 */
public record VoucherPolicy(boolean nonceless, Optional<Set<Assertion>> assertions) {
  /** Keeps an unmodifiable copy. */
  public VoucherPolicy {
    assertions = assertions.map(Set::copyOf);
  }

  /** Nonceless vouchers and every assertion are fine. */
  public static VoucherPolicy standard() {
    return new VoucherPolicy(true, Optional.empty());
  }
}

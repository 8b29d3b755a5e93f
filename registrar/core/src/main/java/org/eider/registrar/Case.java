package org.eider.registrar;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.eider.voucher.Assertion;

/**
 * Everything that {@link Rules} look at, so that the same case always gets the same verdict.
 *
 * @param device the device, its identity proven
 * @param purpose what is asked for
 * @param manufacturer its manufacturer; empty when it is not, or no longer, configured
 * @param expected whether the device is on the list of its manufacturer; false where the list does not matter
 * @param known the device as it stood before, with its latest hold and decision
 * @param answered the rules that held it before the decision was made, and since its last voucher: what an approval speaks about
 * @param asked the request and its session; empty when it is not about a particular one
 * @param audit what the MASA says of its past; empty before the MASA was asked
 * @param now the time
 */
public record Case(DeviceId device, Purpose purpose, Optional<Manufacturer> manufacturer, boolean expected, Optional<Device> known,
    Set<Rule> answered, Optional<Asked> asked, Optional<AuditEvidence> audit, Instant now) {
  /** What a device may ask for. */
  public enum Purpose {
    /** To become a device of this domain. */
    VOUCHER,
    /** To get or renew its certificate, as a device that holds a voucher. */
    CERTIFICATE
  }

  /**
   * A voucher request.
   *
   * @param assertion what it asks to have asserted
   * @param seesUs whether it names the certificate that its own session showed
   * @param hasNonce whether it carries a nonce
   */
  public record Asked(Optional<Assertion> assertion, boolean seesUs, boolean hasNonce) {}

  /** Keeps an unmodifiable copy. */
  public Case {
    answered = Set.copyOf(answered);
  }

  /** The same, with this request. */
  public Case asking(Asked request) {
    return new Case(device, purpose, manufacturer, expected, known, answered, Optional.of(request), audit, now);
  }

  /** The same, with an approval that answers {@code rules}. */
  Case answering(Set<Rule> rules) {
    return new Case(device, purpose, manufacturer, expected, known, rules, asked, audit, now);
  }

  /** The same, with what the MASA says. */
  public Case with(AuditEvidence evidence) {
    return new Case(device, purpose, manufacturer, expected, known, answered, asked, Optional.of(evidence), now);
  }

  /** The operator's decision, while it holds. */
  Optional<Fact.Decision> decision() {
    return known.flatMap(Device::decision).filter(decision -> decision.holdsAt(now));
  }

  /** The operator's approval, while it holds. */
  Optional<Fact.Decision> approval() {
    return decision().filter(Fact.Decision::approved);
  }
}

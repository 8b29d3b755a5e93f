package org.eider.masa;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * What a manufacturer allows beside the rule, which is: a nonced voucher for the registrar that the pledge itself has seen.
 *
 * @param allowLogged whether a domain that is neither seen by the pledge nor known as its owner gets a voucher that says
 *     {@code logged}
 * @param allowNonceless whether registrars that are known get vouchers without nonce
 * @param knownRegistrars certificates to one of which the signer of a request for a nonceless voucher chains; the device's owner
 *     is known in any case
 * @param oneOwner whether a device that has an owner is refused to every other domain until it is released
 * @param pin which certificate of the registrar's chain a nonced voucher pins
 * @param noncelessLifetime how long a nonceless voucher is valid (RFC 8995 section 5.6 recommends about 20 minutes)
 * @param maxAge oldest created-on of a request that is not stale
 */
public record MasaPolicy(
    boolean allowLogged,
    boolean allowNonceless,
    List<X509Certificate> knownRegistrars,
    boolean oneOwner,
    Pin pin,
    Duration noncelessLifetime,
    Duration maxAge) {
  /** Which certificate of the registrar's chain is pinned; without any CA in the chain it is the registrar's own. */
  public enum Pin {
    /** The CA nearest to the registrar. */
    LOWEST_CA,
    /** The CA farthest from the registrar. */
    HIGHEST_CA,
    /** The registrar's own certificate: most specific, and gone with its next one. */
    END_ENTITY
  }

  /** Nothing beside the rule. */
  public static final MasaPolicy STRICT =
      new MasaPolicy(false, false, List.of(), false, Pin.LOWEST_CA, Duration.ofMinutes(20), Duration.ofDays(4));

  /** Keeps an unmodifiable copy. */
  public MasaPolicy {
    knownRegistrars = List.copyOf(knownRegistrars);
    if (noncelessLifetime.toSeconds() < 1 || maxAge.toSeconds() < 1) {
      throw new IllegalArgumentException("lifetime and age are at least one second");
    }
  }

  /** The same, and whoever asks is served and logged. */
  public MasaPolicy allowingLogged() {
    return new MasaPolicy(true, allowNonceless, knownRegistrars, oneOwner, pin, noncelessLifetime, maxAge);
  }

  /** The same, and these registrars get nonceless vouchers, as the owner does. */
  public MasaPolicy allowingNonceless(List<X509Certificate> known) {
    return new MasaPolicy(allowLogged, true, known, oneOwner, pin, noncelessLifetime, maxAge);
  }

  /** The same, with one owner at a time. */
  public MasaPolicy withOneOwner() {
    return new MasaPolicy(allowLogged, allowNonceless, knownRegistrars, true, pin, noncelessLifetime, maxAge);
  }

  /** The same with another certificate pinned. */
  public MasaPolicy pinning(Pin other) {
    return new MasaPolicy(allowLogged, allowNonceless, knownRegistrars, oneOwner, other, noncelessLifetime, maxAge);
  }
}

package org.eider.pledge;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eider.pki.KeyType;

/**
 * Everything that an onboarding depends on.
 *
 * @param device who asks
 * @param registrars where to ask, each tried until one gives a good voucher; with a {@link Search} the last resort, and may be none
 * @param protocols TLS versions offered, of {@code TLSv1.2} and {@code TLSv1.3}
 * @param keyType of the new key, where the registrar asks for none
 * @param policy what is demanded of vouchers
 * @param attempts how often each registrar is asked
 * @param patience how long a 202 is repeated before the attempt ends (RFC 8995 section 5.6: 4 days)
 * @param time what the device knows of time
 * @param random for nonces and keys
 * @param mischief what the pledge does wrong on purpose; {@link Mischief#NONE} for nothing
 * @param proximity how voucher requests name the registrar; empty for what is usual over the transport
 * @param minimal whether to get along with little memory: small blocks, and of the CA certificates only what is needed
 */
public record PledgeConfig(DeviceIdentity device, List<RegistrarAddress> registrars, List<String> protocols, KeyType keyType,
    VoucherPolicy policy, Attempts attempts, Duration patience, PledgeTime time, SecureRandom random, Mischief mischief,
    Optional<Proximity> proximity, boolean minimal) {
  /** Both TLS versions, the newer one first. */
  public static final List<String> ALL_PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
  /** RFC 8995 section 5.6. */
  public static final Duration FOUR_DAYS = Duration.ofDays(4);

  /**
   * How often one registrar is asked.
   *
   * @param refused after so many refusals it is not asked again
   * @param failed nor after so many attempts that failed otherwise
   * @param first the wait after the first failure; doubled after each further one, never more than an hour, shortened at random by
   *     up to one half (RFC 8995 section 4.1)
   */
  public record Attempts(int refused, int failed, Duration first) {
    /** The longest wait between attempts. */
    public static final Duration LONGEST = Duration.ofHours(1);

    /** For people who wait at a terminal: a refusal is final, a failure is tried three times. */
    public static Attempts few() {
      return new Attempts(1, 3, Duration.ofSeconds(1));
    }

    /** For a device that nobody attends. */
    public static Attempts endless() {
      return new Attempts(Integer.MAX_VALUE, Integer.MAX_VALUE, Duration.ofSeconds(5));
    }
  }

  /** Keeps unmodifiable copies. */
  public PledgeConfig {
    registrars = List.copyOf(registrars);
    protocols = List.copyOf(protocols);
  }

  /** As below, with nobody to ask but who is found. */
  public static PledgeConfig of(DeviceIdentity device, PledgeTime time, SecureRandom random) {
    return new PledgeConfig(device, List.of(), ALL_PROTOCOLS, KeyType.P256, VoucherPolicy.standard(), Attempts.few(), FOUR_DAYS,
        time, random, Mischief.NONE, Optional.empty(), false);
  }

  /** Both TLS versions, P-256, every voucher that RFC 8995 accepts, few attempts, four days of patience. */
  public static PledgeConfig of(DeviceIdentity device, RegistrarAddress registrar, PledgeTime time, SecureRandom random) {
    return new PledgeConfig(device, List.of(registrar), ALL_PROTOCOLS, KeyType.P256, VoucherPolicy.standard(), Attempts.few(), FOUR_DAYS,
        time, random, Mischief.NONE, Optional.empty(), false);
  }

  /** The same with other registrars. */
  public PledgeConfig asking(List<RegistrarAddress> others) {
    return new PledgeConfig(device, others, protocols, keyType, policy, attempts, patience, time, random, mischief,
        proximity, minimal);
  }

  /** The same with other TLS versions. */
  public PledgeConfig speaking(List<String> others) {
    return new PledgeConfig(device, registrars, others, keyType, policy, attempts, patience, time, random, mischief,
        proximity, minimal);
  }

  /** The same with another key type. */
  public PledgeConfig making(KeyType other) {
    return new PledgeConfig(device, registrars, protocols, other, policy, attempts, patience, time, random, mischief,
        proximity, minimal);
  }

  /** The same with another voucher policy. */
  public PledgeConfig demanding(VoucherPolicy other) {
    return new PledgeConfig(device, registrars, protocols, keyType, other, attempts, patience, time, random, mischief,
        proximity, minimal);
  }

  /** The same with other limits. */
  public PledgeConfig trying(Attempts otherAttempts, Duration otherPatience) {
    return new PledgeConfig(device, registrars, protocols, keyType, policy, otherAttempts, otherPatience, time, random, mischief,
        proximity, minimal);
  }

  /** The same, misbehaving. */
  public PledgeConfig doing(Mischief other) {
    return new PledgeConfig(device, registrars, protocols, keyType, policy, attempts, patience, time, random, other,
        proximity, minimal);
  }

  /** The same, naming the registrar otherwise. */
  public PledgeConfig naming(Proximity other) {
    return new PledgeConfig(device, registrars, protocols, keyType, policy, attempts, patience, time, random, mischief,
        Optional.of(other), minimal);
  }

  /** The same with little memory. */
  public PledgeConfig thrifty() {
    return new PledgeConfig(device, registrars, protocols, keyType, policy, attempts, patience, time, random, mischief, proximity, true);
  }
}

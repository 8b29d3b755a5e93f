package org.eider.pledge;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eider.pki.Certificates;
import org.eider.pki.KeyType;
import org.eider.pledge.Onboarding.Belongings;

/**
 * Everything that a re-enrolment depends on.
 *
 * @param registrar where to ask
 * @param current what the device holds
 * @param newKey whether to make a new key, of the type that the registrar asks for, else of the present one
 * @param protocols TLS versions offered
 * @param patience how long a 202 is repeated
 * @param time what the device knows of time
 * @param random for keys
 */
public record ReenrolConfig(RegistrarAddress registrar, Belongings current, boolean newKey, List<String> protocols, Duration patience,
    PledgeTime time, SecureRandom random) {
  /** Keeps an unmodifiable copy. */
  public ReenrolConfig {
    protocols = List.copyOf(protocols);
  }

  /** Same key, both TLS versions, four days of patience. */
  public static ReenrolConfig of(RegistrarAddress registrar, Belongings current, PledgeTime time, SecureRandom random) {
    return new ReenrolConfig(registrar, current, false, PledgeConfig.ALL_PROTOCOLS, PledgeConfig.FOUR_DAYS, time, random);
  }

  /** The same with a new key. */
  public ReenrolConfig rekeying() {
    return new ReenrolConfig(registrar, current, true, protocols, patience, time, random);
  }

  /** The serialNumber attribute of the LDevID's subject. */
  Optional<String> serial() {
    return Certificates.subjectSerialNumber(current.ldevid().certificate());
  }

  /** The type of the present key. */
  KeyType keyType() {
    return KeyType.of(current.ldevid().certificate().getPublicKey()).orElse(KeyType.P256);
  }

  /** The same in terms of an onboarding, for the steps that both have. */
  PledgeConfig asPledge() {
    DeviceIdentity device = new DeviceIdentity(current.ldevid(), current.caCertificates(), serial().orElse(""));
    return new PledgeConfig(device, List.of(registrar), protocols, keyType(), VoucherPolicy.standard(), PledgeConfig.Attempts.few(),
        patience, time, random, Mischief.NONE, Optional.empty(), false);
  }
}

package org.eider.registrar;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.eider.pki.KeyType;

/**
 * What an LDevID looks like; nothing of it comes from the request but the public key.
 *
 * @param subject RFC 4514 name in which <code>{serial}</code> and <code>{manufacturer}</code> are replaced, for instance
 *     <code>serialNumber={serial},O=Example Site</code>
 * @param dnsNames subjectAltName DNS names, same replacements; may be empty
 * @param keyTypes the keys that are certified
 * @param preferredKeyType the key that {@code /csrattrs} asks for; one of {@code keyTypes}
 * @param lifetime of an LDevID; never beyond the issuing CA's end
 * @param extendedKeyUsages dotted object identifiers; may be empty
 */
public record EnrolmentProfile(String subject, List<String> dnsNames, Set<KeyType> keyTypes, KeyType preferredKeyType, Duration lifetime,
    List<String> extendedKeyUsages) {
  /** The profile without configuration: serial number as subject, P-256, P-384, RSA 2048+ and Ed25519, one year, client and server. */
  public static EnrolmentProfile standard() {
    return new EnrolmentProfile("serialNumber={serial}", List.of(),
        Set.of(KeyType.P256, KeyType.P384, KeyType.RSA2048, KeyType.RSA3072, KeyType.RSA4096, KeyType.ED25519), KeyType.P256,
        Duration.ofDays(365), List.of("1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"));
  }

  /** Throws {@link IllegalArgumentException}, saying what is wrong, when subject or DNS names make no names of devices. */
  public void checkTemplates() {
    new LdevidNames(this);
  }

  /** Keeps unmodifiable copies and checks that the preferred key type is allowed. */
  public EnrolmentProfile {
    dnsNames = List.copyOf(dnsNames);
    keyTypes = Set.copyOf(keyTypes);
    extendedKeyUsages = List.copyOf(extendedKeyUsages);
    if (!keyTypes.contains(preferredKeyType)) {
      throw new IllegalArgumentException("the preferred key type " + preferredKeyType.label() + " is not among the allowed ones");
    }
  }
}

package org.eider.registrar.server.config;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.eider.config.BadSetting;
import org.eider.pki.KeyType;
import org.eider.registrar.EnrolmentProfile;

/**
 * The enrolment profile.
 *
 * @param subject RFC 4514 name with <code>{serial}</code> and <code>{manufacturer}</code>
 * @param dnsNames DNS names in subjectAltName, same replacements
 * @param keyTypes keys that are certified
 * @param preferredKeyType the one that {@code /csrattrs} asks for
 * @param lifetime of an LDevID
 * @param extendedKeyUsages dotted object identifiers
 * @param requireChannelBinding whether a request without the session's channel binding is refused
 * @param serverKeygen whether keys are made for devices that ask for one
 * @param serverKeygenKeyTypes keys that are made, the usual one first
 */
public record EnrolmentSettings(String subject, List<String> dnsNames, List<KeyType> keyTypes, KeyType preferredKeyType, Duration lifetime,
    List<String> extendedKeyUsages, boolean requireChannelBinding, boolean serverKeygen, List<KeyType> serverKeygenKeyTypes) {
  /** Checks the values. */
  public EnrolmentSettings {
    BadSetting.unlessText("subject", subject);
    dnsNames = BadSetting.unlessTexts("dns-names", dnsNames);
    keyTypes = List.copyOf(keyTypes);
    extendedKeyUsages = BadSetting.unlessTexts("extended-key-usages", extendedKeyUsages);
    serverKeygenKeyTypes = List.copyOf(serverKeygenKeyTypes);
    BadSetting.unlessWithin("lifetime", lifetime, Duration.ofMinutes(1), Duration.ofDays(365L * 50));
    if (keyTypes.isEmpty()) {
      throw new BadSetting("key-types", "needs at least one key type");
    }
    if (serverKeygenKeyTypes.isEmpty()) {
      throw new BadSetting("server-keygen-key-types", "needs at least one key type");
    }
    if (!keyTypes.contains(preferredKeyType)) {
      throw new BadSetting("preferred-key-type", preferredKeyType.label() + " is not among key-types");
    }
    for (String oid : extendedKeyUsages) {
      if (!oid.matches("[0-2](\\.(0|[1-9][0-9]{0,9})){1,20}")) {
        throw new BadSetting("extended-key-usages", "\"" + oid + "\" is no dotted object identifier");
      }
    }
    checkTemplates("subject", subject, List.of());
    checkTemplates("dns-names", subject, dnsNames);
  }

  private static void checkTemplates(String key, String subject, List<String> dnsNames) {
    EnrolmentProfile standard = EnrolmentProfile.standard();
    try {
      new EnrolmentProfile(subject, dnsNames, standard.keyTypes(), standard.preferredKeyType(), standard.lifetime(), List.of())
          .checkTemplates();
    } catch (IllegalArgumentException e) {
      throw new BadSetting(key, e.getMessage());
    }
  }

  static EnrolmentSettings standard() {
    EnrolmentProfile profile = EnrolmentProfile.standard();
    return new EnrolmentSettings(profile.subject(), profile.dnsNames(), profile.keyTypes().stream().sorted().toList(), profile.preferredKeyType(),
        profile.lifetime(), profile.extendedKeyUsages(), false, false, List.of(KeyType.P256));
  }

  /** The keys that are made for devices, the usual one first; none where that is off. */
  public List<KeyType> serverKeys() {
    return serverKeygen ? serverKeygenKeyTypes : List.of();
  }

  /** In the words of the enrolment service. */
  public EnrolmentProfile profile() {
    return new EnrolmentProfile(subject, dnsNames, java.util.Set.copyOf(keyTypes), preferredKeyType, lifetime, extendedKeyUsages);
  }
}

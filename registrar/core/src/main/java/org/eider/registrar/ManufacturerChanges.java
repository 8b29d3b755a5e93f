package org.eider.registrar;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eider.pki.Certificates;
import org.eider.voucher.SidRevision;
import org.eider.wire.Octets;

/**
 * What is new about a manufacturer, in phrases for the journal. Certificates are named by the first {@value #FINGERPRINT} hexadecimal
 * digits of the SHA-256 of their DER.
 */
public final class ManufacturerChanges {
  private static final int FINGERPRINT = 32;

  private final List<String> phrases = new ArrayList<>();

  private ManufacturerChanges() {}

  /**
   * The phrases; at least one.
   *
   * @param before empty when there was none of that name
   */
  public static List<String> between(Optional<Manufacturer> before, Manufacturer after) {
    ManufacturerChanges changes = new ManufacturerChanges();
    changes.say(before, after);
    return changes.phrases.isEmpty() ? List.of("nothing changed") : List.copyOf(changes.phrases);
  }

  private void say(Optional<Manufacturer> before, Manufacturer after) {
    if (before.isEmpty()) {
      phrases.add("added");
    }
    replaced("admission", before.map(one -> one.admission().label()), after.admission().label());
    say(before.map(Manufacturer::auditPolicy), after.auditPolicy());
    members("IDevID anchor", before.map(Manufacturer::idevidAnchors).map(ManufacturerChanges::fingerprints),
        fingerprints(after.idevidAnchors()));
    members("voucher anchor", before.map(Manufacturer::voucherAnchors).map(ManufacturerChanges::fingerprints),
        fingerprints(after.voucherAnchors()));
    members("MASA TLS anchor", before.map(Manufacturer::masaTlsAnchors).map(ManufacturerChanges::fingerprints),
        fingerprints(after.masaTlsAnchors()));
    replaced("MASA", before.map(ManufacturerChanges::masa), masa(after));
    members("MASA host", before.map(Manufacturer::allowedMasaHosts), after.allowedMasaHosts());
    replaced("serial number", before.map(ManufacturerChanges::profile), profile(after));
    replaced("IDevID validity", Optional.of(before.map(ManufacturerChanges::validity).orElse("checked")), validity(after));
    replaced("SIDs", Optional.of(before.map(Manufacturer::sidRevision).orElse(SidRevision.newest()).label()), after.sidRevision().label());
  }

  /** Where there was none before, it is told by what it has other than the standard. */
  private void say(Optional<AuditPolicy> known, AuditPolicy after) {
    AuditPolicy before = known.orElse(AuditPolicy.standard());
    if (known.isEmpty() && after.equals(before)) {
      phrases.add("audit standard");
    }
    replaced("audit own", before.ownEntries(), after.ownEntries());
    replaced("audit released", before.releasedEntries(), after.releasedEntries());
    replaced("audit foreign", before.foreignEntries(), after.foreignEntries());
    replaced("audit nonceless", before.noncelessEntries(), after.noncelessEntries());
    replaced("audit truncated", before.truncated(), after.truncated());
    replaced("audit unavailable", before.unavailable(), after.unavailable());
    members("released domain", Optional.of(hex(before.releasedDomains())), hex(after.releasedDomains()));
  }

  private void replaced(String what, Disposition before, Disposition after) {
    replaced(what, Optional.of(before.label()), after.label());
  }

  private void replaced(String what, Optional<String> before, String after) {
    if (before.isEmpty()) {
      phrases.add(what + " " + after);
    } else if (!before.get().equals(after)) {
      phrases.add(what + " " + before.get() + " -> " + after);
    }
  }

  private void members(String what, Optional<Set<String>> before, Set<String> after) {
    Set<String> known = before.orElse(Set.of());
    new TreeSet<>(known).stream().filter(one -> !after.contains(one)).forEach(one -> phrases.add(what + " -" + one));
    new TreeSet<>(after).stream().filter(one -> !known.contains(one)).forEach(one -> phrases.add(what + " +" + one));
  }

  private static Set<String> fingerprints(Collection<X509Certificate> anchors) {
    return anchors.stream().map(anchor -> Certificates.der(anchor).sha256().hex().substring(0, FINGERPRINT)).collect(Collectors.toSet());
  }

  private static Set<String> hex(Collection<Octets> domains) {
    return domains.stream().map(Octets::hex).collect(Collectors.toSet());
  }

  private static String masa(Manufacturer manufacturer) {
    return manufacturer.masa().map(masa -> masa.base().toString()).orElse("of the IDevID");
  }

  private static String profile(Manufacturer manufacturer) {
    return manufacturer.serialNumbers().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String validity(Manufacturer manufacturer) {
    return manufacturer.ignoreIdevidValidity() ? "ignored" : "checked";
  }
}

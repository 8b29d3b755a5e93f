package org.eider.registrar;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.eider.voucher.AuditLog;
import org.eider.voucher.Nonce;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * A MASA's audit log as the rules see it (RFC 8995 section 5.8), or why there is none.
 *
 * @param log what was read; empty when there is none, or none that can be read
 * @param unavailable why there is none; empty text when there is one
 * @param ownDomains domainIDs of every certificate that may be pinned for this domain
 * @param nonce of the voucher that was just issued and that the log has to contain; empty when the log is read at another time
 */
public record AuditEvidence(Optional<AuditLog> log, String unavailable, Set<Octets> ownDomains, Optional<Nonce> nonce) {
  /** Keeps an unmodifiable copy. */
  public AuditEvidence {
    ownDomains = Set.copyOf(ownDomains);
  }

  /** A log. One that says it is older than the oldest that there is counts as unreadable. */
  public static AuditEvidence of(AuditLog log, Set<Octets> ownDomains, Optional<Nonce> nonce) {
    return log.version() < 1
        ? none("the log has version " + log.version())
        : new AuditEvidence(Optional.of(log), "", ownDomains, nonce);
  }

  /** No log. */
  public static AuditEvidence none(String why) {
    return new AuditEvidence(Optional.empty(), why, Set.of(), Optional.empty());
  }

  /** A log as it was stored, without the voucher that was being issued then. */
  public static AuditEvidence of(Fact.AuditLogReceived stored, Set<Octets> ownDomains) {
    if (stored.body().isEmpty()) {
      return none(stored.unavailable().orElse("none was received"));
    }
    try {
      return of(AuditLog.parse(stored.body().get()), ownDomains, Optional.empty());
    } catch (DecodeException e) {
      return none("not an audit log: " + e.getMessage());
    }
  }

  /** What of the device's past is not the voucher that was just issued. */
  List<AuditLog.Event> past(Predicate<AuditLog.Event> which) {
    return log.map(AuditLog::events).orElse(List.of()).stream()
        .filter(event -> !isJustIssued(event))
        .filter(which)
        .sorted(Comparator.comparing(AuditLog.Event::date).reversed())
        .toList();
  }

  boolean isOwn(AuditLog.Event event) {
    return ownDomains.contains(event.domainId());
  }

  /** What is missing; empty when nothing is. Duplicates that a kept event stands for are not missing. */
  Optional<String> missing() {
    return log.flatMap(this::missing);
  }

  private Optional<String> missing(AuditLog present) {
    AuditLog.Truncation left = present.truncation();
    if (nonce.isPresent() && present.events().stream().noneMatch(this::isJustIssued)) {
      return Optional.of("the log lacks the voucher that was just issued");
    }
    if (left.arbitrary() > 0) {
      return Optional.of("the MASA has left out " + left.arbitrary() + " event(s) of any kind");
    }
    boolean nonced = left.noncedDuplicates() > 0 && nobodyStandsFor(present, event -> event.nonce().isPresent());
    boolean nonceless = left.noncelessDuplicates() > 0 && nobodyStandsFor(present, event -> event.nonce().isEmpty());
    return nonced || nonceless ? Optional.of("the MASA has left out duplicates that no event stands for") : Optional.empty();
  }

  private static boolean nobodyStandsFor(AuditLog present, Predicate<AuditLog.Event> kind) {
    return present.events().stream().filter(kind).noneMatch(event -> event.truncated() > 0);
  }

  private boolean isJustIssued(AuditLog.Event event) {
    return isOwn(event) && nonce.flatMap(ours -> event.nonce().map(theirs -> isSame(ours, theirs))).orElse(false);
  }

  /** As it stood in the request, or in the other alphabet of base64. */
  private static boolean isSame(Nonce ours, String theirs) {
    if (theirs.equals(ours.text())) {
      return true;
    }
    try {
      return Base64Text.lenient(theirs, "nonce").equals(ours.octets());
    } catch (DecodeException e) {
      return false;
    }
  }
}

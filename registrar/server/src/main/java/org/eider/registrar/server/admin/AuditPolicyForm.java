package org.eider.registrar.server.admin;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eider.registrar.AuditPolicy;
import org.eider.registrar.Disposition;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/**
 * An audit policy as it stands in JSON: what becomes of a device whose audit log shows each of these, {@code accept}, {@code hold} or
 * {@code deny}.
 *
 * @param own vouchers of this domain
 * @param released vouchers of {@code releasedDomains}
 * @param foreign vouchers of any other domain
 * @param nonceless vouchers without nonce of any other domain
 * @param truncated history that is left out
 * @param unavailable no log
 * @param releasedDomains domainIDs in base64
 */
public record AuditPolicyForm(String own, String released, String foreign, String nonceless, String truncated, String unavailable,
    List<String> releasedDomains) {
  /** Keeps an unmodifiable copy. */
  public AuditPolicyForm {
    releasedDomains = List.copyOf(releasedDomains);
  }

  /** The form of a policy. */
  public static AuditPolicyForm of(AuditPolicy policy) {
    return new AuditPolicyForm(policy.ownEntries().label(), policy.releasedEntries().label(), policy.foreignEntries().label(),
        policy.noncelessEntries().label(), policy.truncated().label(), policy.unavailable().label(),
        policy.releasedDomains().stream().map(Octets::base64).sorted().toList());
  }

  /** The policy; a form that makes none is refused with what is wrong. */
  public AuditPolicy policy() throws DecodeException {
    Set<Octets> domains = new HashSet<>();
    for (String domain : releasedDomains) {
      domains.add(Base64Text.strict(domain, "released_domains"));
    }
    return new AuditPolicy(disposition(own), disposition(released), disposition(foreign), disposition(nonceless), disposition(truncated),
        disposition(unavailable), domains);
  }

  /** What the options call each of the six, and its disposition, in their order. */
  public static Map<String, Disposition> dispositions(AuditPolicy policy) {
    Map<String, Disposition> all = new LinkedHashMap<>();
    all.put("own", policy.ownEntries());
    all.put("released", policy.releasedEntries());
    all.put("foreign", policy.foreignEntries());
    all.put("nonceless", policy.noncelessEntries());
    all.put("truncated", policy.truncated());
    all.put("unavailable", policy.unavailable());
    return all;
  }

  /** The policy of six dispositions by the names that {@link #dispositions} gives them. */
  public static AuditPolicy policy(Map<String, Disposition> all, Set<Octets> releasedDomains) {
    return new AuditPolicy(all.get("own"), all.get("released"), all.get("foreign"), all.get("nonceless"), all.get("truncated"),
        all.get("unavailable"), releasedDomains);
  }

  /** The disposition of that name. */
  public static Disposition disposition(String label) throws DecodeException {
    return Arrays.stream(Disposition.values()).filter(one -> one.label().equals(label)).findFirst()
        .orElseThrow(() -> new DecodeException(Flaw.OUT_OF_RANGE, "audit", "none of accept, hold and deny"));
  }
}

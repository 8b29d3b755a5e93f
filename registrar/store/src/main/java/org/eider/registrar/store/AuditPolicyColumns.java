package org.eider.registrar.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eider.registrar.AuditPolicy;
import org.eider.registrar.Disposition;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** An audit policy in the two columns of its manufacturer's row; a row of before there were any gets the standard policy. */
final class AuditPolicyColumns {
  private static final int DISPOSITIONS = 6;

  private AuditPolicyColumns() {}

  static String dispositions(AuditPolicy policy) {
    return Stream.of(policy.ownEntries(), policy.releasedEntries(), policy.foreignEntries(), policy.noncelessEntries(),
        policy.truncated(), policy.unavailable()).map(Disposition::name).collect(Collectors.joining(" "));
  }

  static String releasedDomains(AuditPolicy policy) {
    return policy.releasedDomains().stream().map(Octets::hex).sorted().collect(Collectors.joining("\n"));
  }

  static AuditPolicy read(ResultSet row) throws SQLException {
    Optional<String> text = Columns.text(row, "audit_policy");
    if (text.isEmpty()) {
      return AuditPolicy.standard();
    }
    try {
      List<Disposition> all = Arrays.stream(text.get().split(" ")).map(Disposition::valueOf).toList();
      if (all.size() != DISPOSITIONS) {
        throw new SQLException("column audit_policy holds " + all.size() + " dispositions");
      }
      Set<Octets> released = new HashSet<>();
      for (String domainId : Columns.text(row, "released_domains").orElse("").lines().toList()) {
        released.add(Octets.hex(domainId));
      }
      return new AuditPolicy(all.get(0), all.get(1), all.get(2), all.get(3), all.get(4), all.get(5), released);
    } catch (IllegalArgumentException | DecodeException e) {
      throw new SQLException("column audit_policy says " + text.get() + ", which this version does not know", e);
    }
  }
}

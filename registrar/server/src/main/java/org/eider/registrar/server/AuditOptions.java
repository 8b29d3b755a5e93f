package org.eider.registrar.server;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eider.registrar.AuditPolicy;
import org.eider.registrar.Disposition;
import org.eider.registrar.server.admin.AuditPolicyForm;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What {@code manufacturer add} can be told of audit logs. */
final class AuditOptions {
  private static final int SHORTEST_DOMAIN = 8;
  private static final int LONGEST_DOMAIN = 64;

  @Option(names = "--audit", paramLabel = "CASE=WHAT,...",
      description = "What becomes of a device whose audit log shows a case: own (vouchers of this domain), released (of a "
          + "--released-domain), foreign (of any other), nonceless (vouchers without nonce of another domain), truncated (history is left "
          + "out), unavailable (no log): accept, hold or deny (default: own=accept,released=accept,foreign=deny,nonceless=hold,"
          + "truncated=hold,unavailable=hold).")
  private Optional<String> audit;

  @Option(names = "--released-domain", paramLabel = "ID",
      description = "domainID, in base64 or hexadecimal, of a domain whose former devices are taken over; may be repeated (default: none).")
  private List<String> released = List.of();

  /** The policy that the options describe. */
  AuditPolicy policy(CommandLine line) {
    Map<String, Disposition> cases = AuditPolicyForm.dispositions(AuditPolicy.standard());
    Set<String> said = new HashSet<>();
    for (String pair : audit.map(text -> text.split(",", -1)).orElse(new String[0])) {
      String[] words = pair.strip().split("=", 2);
      if (words.length != 2 || !cases.containsKey(words[0])) {
        throw new ParameterException(line, "--audit: \"" + pair + "\" is none of "
            + cases.keySet().stream().map(name -> name + "=WHAT").collect(Collectors.joining(", ")));
      }
      if (!said.add(words[0])) {
        throw new ParameterException(line, "--audit says twice what becomes of " + words[0]);
      }
      try {
        cases.put(words[0], AuditPolicyForm.disposition(words[1]));
      } catch (DecodeException e) {
        throw new ParameterException(line, "--audit: \"" + words[1] + "\" is none of accept, hold and deny", e);
      }
    }
    return AuditPolicyForm.policy(cases, released.stream().map(text -> domain(text, line)).collect(Collectors.toSet()));
  }

  /** A policy in a few words: where it is not the standard one. */
  static String brief(AuditPolicy policy) {
    Map<String, Disposition> usual = AuditPolicyForm.dispositions(AuditPolicy.standard());
    String unusual = AuditPolicyForm.dispositions(policy).entrySet().stream().filter(one -> usual.get(one.getKey()) != one.getValue())
        .map(one -> one.getKey() + "=" + one.getValue().label()).collect(Collectors.joining(","));
    int domains = policy.releasedDomains().size();
    return (unusual.isEmpty() ? "standard" : unusual) + (domains == 0 ? "" : " +" + domains + " released domain" + (domains == 1 ? "" : "s"));
  }

  /** Forty or sixty-four hexadecimal digits, colons aside, are taken for such, everything else for base64. */
  private static Octets domain(String text, CommandLine line) {
    String digits = text.replace(":", "");
    try {
      Octets id = digits.matches("[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}") ? Octets.hex(digits) : Base64Text.strict(text, "domainID");
      if (id.size() >= SHORTEST_DOMAIN && id.size() <= LONGEST_DOMAIN) {
        return id;
      }
    } catch (DecodeException e) {
      throw new ParameterException(line, "--released-domain: \"" + text + "\" is neither base64 nor hexadecimal", e);
    }
    throw new ParameterException(line, "--released-domain: \"" + text + "\" is no domainID: it has " + SHORTEST_DOMAIN + " to "
        + LONGEST_DOMAIN + " octets, usually 20");
  }
}

package org.eider.registrar;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.eider.pki.MasaUri;
import org.eider.pki.SerialNumberProfile;
import org.eider.voucher.SidRevision;

/**
 * A manufacturer whose devices this registrar takes in, and how far it is trusted.
 *
 * @param name short name, unique here: letters, digits, dot, dash and underscore, at most 64
 * @param idevidAnchors what IDevIDs chain to; at least one
 * @param masa where its MASA is, whatever the IDevID says; empty to go by the IDevID
 * @param allowedMasaHosts hosts, in lower case, each alone or with {@code :port}, that an IDevID of this manufacturer may name, and
 *     that a MASA may redirect to; the host of {@code masa} is always allowed
 * @param masaTlsAnchors what the MASA's TLS certificate chains to; empty for the public anchors of the Java platform
 * @param voucherAnchors what voucher signers chain to; at least one
 * @param admission who is let in
 * @param serialNumbers where its IDevIDs carry the serial number
 * @param ignoreIdevidValidity whether expired IDevIDs are taken (RFC 8995 section 2.6.2)
 * @param auditPolicy what its MASA's audit logs may say
 * @param sidRevision by which numbers requests to its MASA in CBOR name their members
 */
public record Manufacturer(
    String name,
    List<X509Certificate> idevidAnchors,
    Optional<MasaUri> masa,
    Set<String> allowedMasaHosts,
    List<X509Certificate> masaTlsAnchors,
    List<X509Certificate> voucherAnchors,
    Admission admission,
    SerialNumberProfile serialNumbers,
    boolean ignoreIdevidValidity,
    AuditPolicy auditPolicy,
    SidRevision sidRevision) {
  /** Who of a known manufacturer's devices is let in. */
  public enum Admission {
    /** Every device with a valid IDevID. */
    AUTO,
    /** Only those whose serial numbers were listed beforehand. */
    EXPECTED,
    /** Only those that an operator approves, one by one, when they ask. */
    MANUAL;

    /** The name in options and configuration. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A manufacturer whose audit logs are judged by {@link AuditPolicy#standard()}, and whose MASA knows the newest SIDs. */
  public Manufacturer(String name, List<X509Certificate> idevidAnchors, Optional<MasaUri> masa, Set<String> allowedMasaHosts,
      List<X509Certificate> masaTlsAnchors, List<X509Certificate> voucherAnchors, Admission admission,
      SerialNumberProfile serialNumbers, boolean ignoreIdevidValidity) {
    this(name, idevidAnchors, masa, allowedMasaHosts, masaTlsAnchors, voucherAnchors, admission, serialNumbers, ignoreIdevidValidity,
        AuditPolicy.standard(), SidRevision.newest());
  }

  /** The same with another admission. */
  public Manufacturer withAdmission(Admission other) {
    return new Manufacturer(name, idevidAnchors, masa, allowedMasaHosts, masaTlsAnchors, voucherAnchors, other, serialNumbers,
        ignoreIdevidValidity, auditPolicy, sidRevision);
  }

  /** The same with another audit policy. */
  public Manufacturer withAuditPolicy(AuditPolicy other) {
    return new Manufacturer(name, idevidAnchors, masa, allowedMasaHosts, masaTlsAnchors, voucherAnchors, admission, serialNumbers,
        ignoreIdevidValidity, other, sidRevision);
  }

  /** The same with another revision of SIDs. */
  public Manufacturer withSidRevision(SidRevision other) {
    return new Manufacturer(name, idevidAnchors, masa, allowedMasaHosts, masaTlsAnchors, voucherAnchors, admission, serialNumbers,
        ignoreIdevidValidity, auditPolicy, other);
  }

  /** Checks the name and that there are anchors. */
  public Manufacturer {
    idevidAnchors = List.copyOf(idevidAnchors);
    allowedMasaHosts = Set.copyOf(allowedMasaHosts);
    masaTlsAnchors = List.copyOf(masaTlsAnchors);
    voucherAnchors = List.copyOf(voucherAnchors);
    if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException("a manufacturer's name has 1 to 64 letters, digits, dots, dashes or underscores");
    }
    if (idevidAnchors.isEmpty() || voucherAnchors.isEmpty()) {
      throw new IllegalArgumentException("a manufacturer needs at least one IDevID anchor and one voucher anchor");
    }
  }
}

package org.eider.pledge;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;

/**
 * What {@code /cacerts} handed out: the explicit trust anchors of the domain and what lies below them (RFC 7030 section 4.1.3).
 *
 * @param all in the registrar's order
 */
record DomainCertificates(List<X509Certificate> all) {
  DomainCertificates {
    all = List.copyOf(all);
  }

  /** The self-issued ones; when there is none, all of them. */
  TrustAnchors anchors() {
    List<X509Certificate> roots =
        all.stream().filter(certificate -> certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())).toList();
    return TrustAnchors.of(roots.isEmpty() ? all : roots);
  }

  /** Checks that they belong to the domain of {@code pinned}: include it, certify it, or are certified by it. */
  void requireRelated(X509Certificate pinned, List<X509Certificate> shown, PledgeTime time) throws SetbackException {
    if (all.stream().anyMatch(certificate -> PinnedDomain.sameKey(certificate, pinned)) || leadsTo(anchors(), pinned, shown, time)) {
      return;
    }
    TrustAnchors pin = TrustAnchors.of(List.of(pinned));
    if (all.stream().noneMatch(certificate -> leadsTo(pin, certificate, all, time))) {
      throw new SetbackException(PledgeReason.DOMAIN_UNRELATED, "the CA certificates neither include, certify nor come from the pinned one");
    }
  }

  /** Checks that a certificate was issued in this domain; the path to the anchor, both included. */
  List<X509Certificate> requireIssued(X509Certificate certificate, List<X509Certificate> helpers, PledgeTime time) throws SetbackException {
    try {
      return anchors().validate(chain(certificate, helpers), time.clock().instant(), time.leniency());
    } catch (UntrustedException e) {
      throw new SetbackException(PledgeReason.LDEVID_UNUSABLE,
          "the issued certificate does not lead to the domain's CA certificates: " + e.getMessage(), e);
    }
  }

  /** Only those that {@code certificate} leads to its anchor by: what a device keeps that has no room for more. */
  DomainCertificates neededBy(X509Certificate certificate, List<X509Certificate> helpers, PledgeTime time) throws SetbackException {
    return new DomainCertificates(requireIssued(certificate, helpers, time).stream().filter(all::contains).toList());
  }

  /** Whether a certificate leads to the anchors with nothing between. */
  boolean hasIssued(X509Certificate certificate, PledgeTime time) {
    return leadsTo(anchors(), certificate, List.of(), time);
  }

  /** Whether one of these certificates leads to the anchors by way of the others. */
  boolean haveIssued(List<X509Certificate> certificates, PledgeTime time) {
    return certificates.stream().anyMatch(certificate -> leadsTo(anchors(), certificate, certificates, time));
  }

  /** What to keep when the registrar hands out {@code newer}: that, if it brings no anchor that is not known yet; else these. */
  DomainCertificates succeededBy(DomainCertificates newer) {
    return anchors().certificates().containsAll(newer.anchors().certificates()) ? newer : this;
  }

  private boolean leadsTo(TrustAnchors anchors, X509Certificate certificate, List<X509Certificate> helpers, PledgeTime time) {
    try {
      anchors.validate(chain(certificate, helpers), time.clock().instant(), time.leniency());
      return true;
    } catch (UntrustedException e) {
      return false;
    }
  }

  private List<X509Certificate> chain(X509Certificate first, List<X509Certificate> helpers) {
    List<X509Certificate> chain = new ArrayList<>(List.of(first));
    for (List<X509Certificate> more : List.of(all, helpers)) {
      more.stream().filter(certificate -> !chain.contains(certificate)).forEach(chain::add);
    }
    return chain.subList(0, Math.min(chain.size(), 16));
  }
}

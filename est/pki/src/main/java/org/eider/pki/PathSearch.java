package org.eider.pki;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eider.pki.UntrustedException.Fault;
import org.eider.wire.DecodeException;

/**
 * Paths from one end entity to any anchor by issuer name and signature, shortest first. Every path visits a certificate once; the
 * number of signatures that are verified and of paths that are looked at is bounded, since the peer chooses the certificates.
 */
final class PathSearch {
  private static final int MAX_VERIFICATIONS = 64;
  private static final int MAX_PARTIAL_PATHS = 256;

  private record Link(X509Certificate subject, X509Certificate issuer) {}

  private final Set<X509Certificate> anchors;
  private final Set<X509Certificate> candidates;
  private final X509Certificate endEntity;
  private final Map<Link, Boolean> verified = new HashMap<>();

  PathSearch(Set<X509Certificate> anchors, Collection<X509Certificate> chain) {
    this.anchors = anchors;
    this.candidates = new LinkedHashSet<>(anchors);
    this.candidates.addAll(chain);
    this.endEntity = chain.iterator().next();
  }

  /** The first path that obeys the rules; when none does, the fault of the first path there is. */
  List<X509Certificate> first(PathRules rules) throws UntrustedException {
    Optional<UntrustedException> fault = Optional.empty();
    Deque<List<X509Certificate>> partial = new ArrayDeque<>(List.of(List.of(endEntity)));
    for (int seen = 0; !partial.isEmpty() && seen < MAX_PARTIAL_PATHS; seen++) {
      List<X509Certificate> path = partial.removeFirst();
      X509Certificate last = path.get(path.size() - 1);
      if (anchors.contains(last)) {
        try {
          rules.check(path);
          return path;
        } catch (UntrustedException e) {
          fault = Optional.of(fault.orElse(e));
        }
      }
      partial.addAll(longer(path, last));
    }
    throw fault.orElseGet(() -> new UntrustedException(Fault.NO_PATH, "no path from the certificate to an anchor"));
  }

  private List<List<X509Certificate>> longer(List<X509Certificate> path, X509Certificate last) {
    List<List<X509Certificate>> found = new ArrayList<>();
    for (X509Certificate issuer : candidates) {
      if (!path.contains(issuer) && issued(issuer, last)) {
        List<X509Certificate> next = new ArrayList<>(path);
        next.add(issuer);
        found.add(List.copyOf(next));
      }
    }
    return found;
  }

  private boolean issued(X509Certificate issuer, X509Certificate subject) {
    if (!issuer.getSubjectX500Principal().equals(subject.getIssuerX500Principal())) {
      return false;
    }
    Link link = new Link(subject, issuer);
    Boolean known = verified.get(link);
    if (known == null) {
      known = verified.size() < MAX_VERIFICATIONS && verifies(issuer, subject);
      verified.put(link, known);
    }
    return known;
  }

  private static boolean verifies(X509Certificate issuer, X509Certificate subject) {
    if (!KeyType.isAffordable(issuer.getPublicKey())) {
      return false;
    }
    try {
      return Der.guard("signature", () -> isSignedBy(subject, issuer));
    } catch (DecodeException e) {
      return false; // a signature that cannot even be read
    }
  }

  private static boolean isSignedBy(X509Certificate subject, X509Certificate issuer) {
    try {
      subject.verify(issuer.getPublicKey(), Crypto.ofProcess().providerFor(issuer.getPublicKey()));
      return true;
    } catch (GeneralSecurityException e) {
      return false; // another key of the same name, or an algorithm that does not fit the key
    }
  }
}

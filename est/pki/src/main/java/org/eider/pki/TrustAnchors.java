package org.eider.pki;

import java.io.ByteArrayOutputStream;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eider.pki.UntrustedException.Fault;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * A set of certificates that are trusted as such, and PKIX path validation to them (RFC 5280 section 6). No revocation, no
 * extended key usage and no name check happen here; callers add what their protocol demands.
 *
 * <p>Paths that were found are remembered, the {@value #REMEMBERED} that were asked for last: whoever shows the very same certificates
 * again has the dates judged again, but not the signatures, nor the rules that time changes nothing about. What leads to no anchor is
 * not remembered. Safe for many threads; keep the object to have the use of its memory.
 */
public final class TrustAnchors {
  /** Most certificates of a chain that {@link #validate} looks at. */
  public static final int MAX_CHAIN = 16;
  private static final int REMEMBERED = 512;

  /** What a caller may relax. */
  public enum Leniency {
    /** End-entity and issuing certificates may be expired or not yet valid: IDevIDs whose manufacturer says so. */
    IGNORE_VALIDITY
  }

  private final Set<X509Certificate> anchors;
  /** By the digest over the chain as it was shown. */
  private final Map<Octets, Path> paths = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Octets, Path> eldest) {
      return size() > REMEMBERED;
    }
  };

  /** A path that obeyed the rules, and when all of its certificates are valid; never, where {@code to} is before {@code from}. */
  private record Path(List<X509Certificate> certificates, Instant from, Instant to) {
    static Path of(List<X509Certificate> certificates) {
      return new Path(certificates,
          certificates.stream().map(each -> each.getNotBefore().toInstant()).max(Comparator.naturalOrder()).orElseThrow(),
          certificates.stream().map(each -> each.getNotAfter().toInstant()).min(Comparator.naturalOrder()).orElseThrow());
    }
  }

  private TrustAnchors(Set<X509Certificate> anchors) {
    this.anchors = anchors;
  }

  /** Anchors; an empty collection trusts nobody. An end-entity certificate may be an anchor too. */
  public static TrustAnchors of(Collection<X509Certificate> anchors) {
    return new TrustAnchors(Set.copyOf(anchors));
  }

  /** The anchors. */
  public Set<X509Certificate> certificates() {
    return anchors;
  }

  /**
   * Validates {@code chain} at {@code at}.
   *
   * @param chain end entity first, the rest in any order and possibly more than needed or including an anchor; at most 16. They may
   *     come straight from a TLS engine
   * @return the path from end entity to anchor, both included; one certificate when the end entity is itself an anchor
   * @throws UntrustedException with NO_PATH, NOT_IN_VALIDITY, WRONG_USAGE (an issuer that is no CA) or WEAK_ALGORITHM (SHA-1, MD5,
   *     RSA below 2048 bits)
   */
  public List<X509Certificate> validate(List<X509Certificate> chain, Instant at, Leniency... leniencies) throws UntrustedException {
    if (chain.isEmpty()) {
      throw new UntrustedException(Fault.NO_PATH, "no certificate at all");
    }
    if (chain.size() > MAX_CHAIN) {
      throw new UntrustedException(Fault.NO_PATH, "more than " + MAX_CHAIN + " certificates");
    }
    PathRules rules = new PathRules(at, Set.of(leniencies));
    Octets shown = digest(chain);
    Optional<Path> known = remembered(shown).filter(path -> rules.allowDates(path.from(), path.to()));
    if (known.isPresent()) {
      return known.get().certificates();
    }
    // What is out of date is searched for anew: there may be another path.
    List<X509Certificate> path = new PathSearch(anchors, readable(chain)).first(rules);
    synchronized (paths) {
      paths.put(shown, Path.of(path));
    }
    return path;
  }

  private Optional<Path> remembered(Octets shown) {
    synchronized (paths) {
      return Optional.ofNullable(paths.get(shown));
    }
  }

  /** Over the certificates one behind the other; each tells its own length. */
  private static Octets digest(List<X509Certificate> chain) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    chain.forEach(certificate -> all.writeBytes(Certificates.der(certificate).toArray()));
    return Octets.of(all.toByteArray()).sha256();
  }

  /** The certificates as our own reader reads them, whoever read them before; of those it refuses, only the first matters. */
  private static List<X509Certificate> readable(List<X509Certificate> chain) throws UntrustedException {
    List<X509Certificate> readable = new ArrayList<>();
    for (X509Certificate certificate : chain) {
      try {
        readable.addAll(Certificates.adopt(List.of(certificate)));
      } catch (DecodeException e) {
        if (readable.isEmpty()) {
          throw new UntrustedException(Fault.NO_PATH, "the certificate is malformed", e);
        }
      }
    }
    return readable;
  }
}

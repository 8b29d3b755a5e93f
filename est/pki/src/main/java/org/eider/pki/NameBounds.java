package org.eider.pki;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.eider.pki.UntrustedException.Fault;

/**
 * Bounds the work of judging name constraints. Permitted subtrees of one level are intersected with those of the next, which can make
 * of each pair a subtree of its own: a few kilobytes in four certificates took minutes.
 */
final class NameBounds {
  /** Most subtrees that permit, in all combinations of levels; most that exclude, all levels together; and most names of a path. */
  private static final int MOST = 1024;

  private NameBounds() {}

  /**
   * Counts, before anything is compared.
   *
   * @throws UntrustedException with WRONG_USAGE when there are more
   */
  static void check(List<X509Certificate> path) throws UntrustedException {
    long combinations = 1;
    long excluded = 0;
    long names = 0;
    for (X509Certificate certificate : path) {
      Optional<NameConstraints> constraints = Certificates.extension(certificate, Extension.nameConstraints).map(NameConstraints::getInstance);
      combinations *= Math.max(1, constraints.map(c -> count(c.getPermittedSubtrees())).orElse(0));
      excluded += constraints.map(c -> count(c.getExcludedSubtrees())).orElse(0);
      names += Certificates.extension(certificate, Extension.subjectAlternativeName)
          .map(all -> GeneralNames.getInstance(all).getNames().length).orElse(0);
      if (combinations > MOST || excluded > MOST || names > MOST) {
        throw new UntrustedException(Fault.WRONG_USAGE, "more names and name constraints on the path than are looked at");
      }
    }
  }

  private static int count(GeneralSubtree[] subtrees) {
    return subtrees == null ? 0 : subtrees.length;
  }
}

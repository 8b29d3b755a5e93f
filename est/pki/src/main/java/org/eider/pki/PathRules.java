package org.eider.pki;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;
import org.eider.pki.TrustAnchors.Leniency;
import org.eider.pki.UntrustedException.Fault;

/**
 * What RFC 5280 section 6.1 asks of a path whose names and signatures are known to chain, with two differences that only refuse
 * more: constraints in the anchor's certificate count, and a path that requires an explicit policy is refused, since Eider asks
 * for none.
 */
final class PathRules {
  private static final int CERT_SIGN = 5;
  private static final String PSS = "1.2.840.113549.1.1.10";

  private static final Set<String> STRONG_SIGNATURES = Set.of(
      "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4", // ECDSA with SHA-256, 384, 512
      "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13", // RSA with SHA-256, 384, 512
      "1.3.101.112"); // Ed25519
  private static final Set<String> STRONG_DIGESTS =
      Set.of("2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3");

  /** Critical extensions that this class or its callers evaluate, or that restrict nothing when no policy is asked for. */
  private static final Set<String> UNDERSTOOD = Set.of(
      "2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.30", // keyUsage, subjectAltName, basicConstraints, nameConstraints
      "2.5.29.32", "2.5.29.33", "2.5.29.36", "2.5.29.54", // the four policy extensions
      "2.5.29.37"); // extKeyUsage

  private final Instant at;
  private final Set<Leniency> leniencies;

  PathRules(Instant at, Set<Leniency> leniencies) {
    this.at = at;
    this.leniencies = leniencies;
  }

  /** Checks a path, end entity first, anchor last. */
  void check(List<X509Certificate> path) throws UntrustedException {
    int anchor = path.size() - 1;
    for (int i = 0; i <= anchor; i++) {
      checkAlgorithms(path.get(i), i == anchor);
    }
    int intermediates = 0;
    for (int i = 1; i <= anchor; i++) {
      checkIssuer(path.get(i), intermediates, i == anchor);
      intermediates += isSelfIssued(path.get(i)) ? 0 : 1;
    }
    for (X509Certificate certificate : path) {
      checkCriticalExtensions(certificate);
    }
    checkNames(path);
    for (X509Certificate certificate : path) {
      checkValidity(certificate);
    }
  }

  private void checkAlgorithms(X509Certificate certificate, boolean anchor) throws UntrustedException {
    if (!anchor && !isStrongSignature(certificate)) {
      throw new UntrustedException(Fault.WEAK_ALGORITHM, "signature algorithm of " + nameOf(certificate));
    }
    if (KeyType.of(certificate.getPublicKey()).isEmpty()) {
      throw new UntrustedException(Fault.WEAK_ALGORITHM, "public key of " + nameOf(certificate));
    }
  }

  private static boolean isStrongSignature(X509Certificate certificate) {
    if (!certificate.getSigAlgOID().equals(PSS)) {
      return STRONG_SIGNATURES.contains(certificate.getSigAlgOID());
    }
    RSASSAPSSparams parameters = RSASSAPSSparams.getInstance(certificate.getSigAlgParams());
    return parameters != null && STRONG_DIGESTS.contains(parameters.getHashAlgorithm().getAlgorithm().getId());
  }

  /** {@code below}: how many certificates that are not self-issued stand between this one and the end entity. */
  private static void checkIssuer(X509Certificate issuer, int below, boolean anchor) throws UntrustedException {
    boolean[] usage = issuer.getKeyUsage();
    int pathLength = issuer.getBasicConstraints();
    boolean constrained = issuer.getExtensionValue(Extension.basicConstraints.getId()) != null;
    // A version 1 certificate cannot say that it is a CA: only an anchor is believed to be one without saying so.
    boolean old = anchor && issuer.getVersion() < 3;
    if (pathLength < 0 && !old) {
      throw new UntrustedException(Fault.WRONG_USAGE, nameOf(issuer) + " is no certification authority");
    }
    if (usage != null && !usage[CERT_SIGN]) {
      throw new UntrustedException(Fault.WRONG_USAGE, nameOf(issuer) + " may not sign certificates");
    }
    if (constrained && below > pathLength) {
      throw new UntrustedException(Fault.WRONG_USAGE, "path longer than " + nameOf(issuer) + " allows");
    }
  }

  private static void checkCriticalExtensions(X509Certificate certificate) throws UntrustedException {
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    if (critical != null && !UNDERSTOOD.containsAll(critical)) {
      throw new UntrustedException(Fault.WRONG_USAGE, "unknown critical extension in " + nameOf(certificate));
    }
    if (certificate.getExtensionValue(Extension.policyConstraints.getId()) != null) {
      throw new UntrustedException(Fault.WRONG_USAGE, "policy constraints in " + nameOf(certificate));
    }
  }

  /** Name constraints accumulate from the anchor down and bind every certificate below that is not self-issued, and the last. */
  private static void checkNames(List<X509Certificate> path) throws UntrustedException {
    if (path.stream().noneMatch(certificate -> certificate.getExtensionValue(Extension.nameConstraints.getId()) != null)) {
      return;
    }
    NameBounds.check(path);
    PKIXNameConstraintValidator validator = new PKIXNameConstraintValidator();
    try {
      for (int i = path.size() - 1; i >= 0; i--) {
        X509Certificate certificate = path.get(i);
        if (i < path.size() - 1 && (i == 0 || !isSelfIssued(certificate))) {
          checkNames(validator, certificate);
        }
        addConstraints(validator, certificate);
      }
    } catch (NameConstraintValidatorException e) {
      throw new UntrustedException(Fault.WRONG_USAGE, "a name outside the name constraints of the path", e);
    }
  }

  private static void checkNames(PKIXNameConstraintValidator validator, X509Certificate certificate)
      throws NameConstraintValidatorException {
    X500Name subject = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    if (subject.size() > 0) {
      GeneralName name = new GeneralName(subject);
      validator.checkPermitted(name);
      validator.checkExcluded(name);
    }
    var names = Certificates.extension(certificate, Extension.subjectAlternativeName);
    if (names.isPresent()) {
      for (GeneralName name : GeneralNames.getInstance(names.get()).getNames()) {
        validator.checkPermitted(name);
        validator.checkExcluded(name);
      }
    }
  }

  private static void addConstraints(PKIXNameConstraintValidator validator, X509Certificate certificate) {
    Certificates.extension(certificate, Extension.nameConstraints).map(NameConstraints::getInstance).ifPresent(constraints -> {
      if (constraints.getPermittedSubtrees() != null) {
        validator.intersectPermittedSubtree(constraints.getPermittedSubtrees());
      }
      if (constraints.getExcludedSubtrees() != null) {
        for (GeneralSubtree subtree : constraints.getExcludedSubtrees()) {
          validator.addExcludedSubtree(subtree);
        }
      }
    });
  }

  private void checkValidity(X509Certificate certificate) throws UntrustedException {
    Instant from = certificate.getNotBefore().toInstant();
    Instant to = certificate.getNotAfter().toInstant();
    if (!allowDates(from, to)) {
      throw new UntrustedException(Fault.NOT_IN_VALIDITY, nameOf(certificate) + " is valid from " + from + " to " + to);
    }
  }

  /** Whether a certificate of that validity, or a path of certificates that are all valid in that time, is good now. */
  boolean allowDates(Instant from, Instant to) {
    Instant second = at.truncatedTo(ChronoUnit.SECONDS);
    return leniencies.contains(Leniency.IGNORE_VALIDITY) || !second.isBefore(from) && !second.isAfter(to);
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private static String nameOf(X509Certificate certificate) {
    String name = certificate.getSubjectX500Principal().getName();
    return name.length() <= 100 ? name : name.substring(0, 100) + "…";
  }
}

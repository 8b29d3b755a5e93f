package org.eider.pki;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eider.pki.UntrustedException.Fault;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** Reads COSE_Sign1 messages and checks the signature on them. Says nothing about trust in the signer. */
public final class CoseOpener {
  private CoseOpener() {}

  /**
   * Opens a message and finds out who signed it. The order of certificates in a message means nothing: whose key verifies the signature
   * is the signer, known certificates before carried ones, and those that kid names before all others.
   *
   * @param known further certificates among which the signer's may be
   * @throws DecodeException when it is not such a message
   * @throws UntrustedException when it is and the signature must not be believed
   */
  public static CoseSigned open(Octets message, Collection<X509Certificate> known) throws DecodeException, UntrustedException {
    CoseMessage read = CoseMessage.parse(message);
    CoseAlgorithm algorithm = read.algorithm();
    List<X509Certificate> carried = new ArrayList<>();
    for (Octets der : read.certificates()) {
      carried.add(Certificates.parse(der));
    }
    return new CoseSigned(read.payload(), algorithm, signer(read, candidates(read.kid(), known, carried)), carried);
  }

  /**
   * Opens a message that only the holder of one certificate may have signed. Certificates that it carries are not even looked at.
   *
   * @throws DecodeException when it is not such a message
   * @throws UntrustedException when somebody else signed it, or the signature must not be believed
   */
  public static CoseSigned openBy(X509Certificate signer, Octets message) throws DecodeException, UntrustedException {
    CoseMessage read = CoseMessage.parse(message);
    return new CoseSigned(read.payload(), read.algorithm(), signer(read, List.of(signer)), List.of());
  }

  private static List<X509Certificate> candidates(Optional<Octets> kid, Collection<X509Certificate> known, List<X509Certificate> carried) {
    List<X509Certificate> all = new ArrayList<>(known);
    all.addAll(carried);
    if (kid.isPresent()) {
      all.sort((one, other) -> Boolean.compare(isNamed(other, kid.get()), isNamed(one, kid.get())));
    }
    return all;
  }

  private static boolean isNamed(X509Certificate certificate, Octets kid) {
    return Certificates.subjectKeyId(certificate).filter(kid::equals).isPresent();
  }

  private static X509Certificate signer(CoseMessage message, List<X509Certificate> candidates) throws DecodeException, UntrustedException {
    CoseAlgorithm algorithm = message.algorithm();
    Set<PublicKey> tried = new HashSet<>();
    for (X509Certificate candidate : candidates) {
      PublicKey key = candidate.getPublicKey();
      if (algorithm.takes(key) && tried.add(key) && message.isSignedBy(key)) {
        return candidate;
      }
    }
    if (candidates.isEmpty()) {
      throw new UntrustedException(Fault.SIGNER_UNKNOWN, "the signer's certificate is neither in the message nor known");
    }
    throw tried.isEmpty()
        ? new UntrustedException(Fault.WEAK_ALGORITHM, "key and signature algorithm do not go together or are not supported")
        : new UntrustedException(Fault.BAD_SIGNATURE, candidates.size() == 1
            ? "the signature does not verify"
            : "the signature verifies under none of the " + candidates.size() + " certificates at hand");
  }
}

package org.eider.pki;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.eider.wire.CborWriter;
import org.eider.wire.Octets;

/**
 * Makes COSE_Sign1 messages (RFC 9052 section 4.2): tag 18, the algorithm protected, no key identifier, no external data. Where two or more
 * certificates go in, they are an array, and where it is one, it stands alone (RFC 9360 section 2).
 */
public final class CoseSealer {
  private CoseSealer() {}

  /** Whether there is an algorithm that we sign with for such a key; there is none for RSA. */
  public static boolean takes(PublicKey key) {
    return KeyType.of(key).flatMap(CoseAlgorithm::of).isPresent();
  }

  /**
   * Signs {@code content}.
   *
   * @param signer key of a type that {@link #takes} is true of; of its chain nothing goes in by itself
   * @param chain what goes into a protected x5chain, end entity first; nothing when it is empty
   * @param bag what goes into an unprotected x5bag, each once; nothing when it is empty
   */
  public static Octets seal(Octets content, Credential signer, List<X509Certificate> chain, Collection<X509Certificate> bag) {
    CoseAlgorithm algorithm = KeyType.of(signer.certificate().getPublicKey()).flatMap(CoseAlgorithm::of)
        .orElseThrow(() -> new IllegalArgumentException("no COSE algorithm for the signer's key"));
    CborWriter headers = new CborWriter().map(chain.isEmpty() ? 1 : 2).integer(CoseHeaders.ALG).integer(algorithm.id());
    certificates(headers, CoseHeaders.X5CHAIN, chain);
    Octets protectedOctets = headers.toOctets();
    CborWriter message = new CborWriter().tag(CoseMessage.SIGN1).array(4).octets(protectedOctets);
    message.map(bag.isEmpty() ? 0 : 1);
    certificates(message, CoseHeaders.X5BAG, bag);
    Octets signature = algorithm.sign(signer.key(), CoseMessage.toBeSigned(protectedOctets, Octets.empty(), content));
    return message.octets(content).octets(signature).toOctets();
  }

  private static void certificates(CborWriter out, long label, Collection<X509Certificate> certificates) {
    Set<Octets> distinct = new LinkedHashSet<>();
    certificates.forEach(certificate -> distinct.add(Certificates.der(certificate)));
    if (distinct.isEmpty()) {
      return;
    }
    out.integer(label);
    if (distinct.size() > 1) {
      out.array(distinct.size());
    }
    distinct.forEach(out::octets);
  }
}

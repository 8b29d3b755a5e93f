package org.eider.pledge;

import java.security.cert.X509Certificate;
import java.util.List;
import org.eider.est.ServerTrust;
import org.eider.pki.KeyType;
import org.eider.pki.UntrustedException.Fault;
import org.eider.pki.UntrustedException;

/**
 * The provisional acceptance of RFC 8995 section 5.1: whoever proves possession of the key is talked to and believed nothing. No
 * path, name or key usage is checked, a self-signed certificate is fine; what remains is that there is a bounded chain whose key is
 * of a kind worth a signature. The one place where this is used is the first connection of {@link PledgeFlow}, which keeps the chain
 * and checks it against the voucher's pin before anything else happens.
 */
final class ProvisionalTrust implements ServerTrust {
  private static final int MAX_CHAIN = 16;

  @Override
  public void check(List<X509Certificate> chain, String host) throws UntrustedException {
    if (chain.isEmpty() || chain.size() > MAX_CHAIN) {
      throw new UntrustedException(Fault.NO_PATH, "the registrar shows no certificate, or more than " + MAX_CHAIN);
    }
    if (KeyType.of(chain.get(0).getPublicKey()).isEmpty()) {
      throw new UntrustedException(Fault.WEAK_ALGORITHM, "the registrar's key is weak or of an unknown kind");
    }
  }
}

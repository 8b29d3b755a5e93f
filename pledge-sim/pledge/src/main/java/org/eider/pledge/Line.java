package org.eider.pledge;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.eider.est.ServerTrust;
import org.eider.pki.Credential;
import org.eider.pki.UntrustedException.Fault;
import org.eider.pki.UntrustedException;

/**
 * A conversation with one registrar that outlives its connections: when one has been closed in between, the next takes its place,
 * and the registrar has to show the same certificate on it (RFC 8995 section 5).
 */
final class Line implements AutoCloseable {
  /** What happens over a connection; may be done again over the next one. */
  @FunctionalInterface
  interface Exchange<T> {
    T on(RegistrarLink link) throws IOException;
  }

  private final RegistrarLink.Opener opener;
  private final RegistrarAddress where;
  private final Credential credential;
  private RegistrarLink link;
  private boolean used;

  private Line(RegistrarLink.Opener opener, RegistrarAddress where, Credential credential, RegistrarLink link) {
    this.opener = opener;
    this.where = where;
    this.credential = credential;
    this.link = link;
  }

  static Line open(RegistrarLink.Opener opener, RegistrarAddress where, Credential credential, ServerTrust trust) throws IOException {
    return new Line(opener, where, credential, opener.open(where, credential, trust));
  }

  /** The chain that the registrar showed on the current connection. */
  List<X509Certificate> shown() {
    return link.serverChain();
  }

  /**
   * Does an exchange; once more over a new connection when the registrar had closed the old one before it could answer.
   *
   * @throws SetbackException with REGISTRAR_CHANGED when somebody else answers
   */
  <T> T exchange(Exchange<T> exchange) throws IOException, SetbackException {
    if (!link.isOpen()) {
      reopen();
    }
    boolean mayBeStale = used;
    used = true;
    try {
      return exchange.on(link);
    } catch (InterruptedIOException tooSlow) {
      throw tooSlow;
    } catch (IOException broken) {
      if (!mayBeStale) {
        throw broken;
      }
      reopen();
      used = true;
      return exchange.on(link);
    }
  }

  @Override
  public void close() {
    link.close();
  }

  private void reopen() throws IOException, SetbackException {
    X509Certificate before = link.serverChain().get(0);
    link.close();
    try {
      link = opener.open(where, credential, (chain, host) -> requireSame(before, chain));
      used = false;
    } catch (IOException e) {
      if (e.getCause() instanceof UntrustedException) {
        throw new SetbackException(PledgeReason.REGISTRAR_CHANGED, "another registrar answers at " + where, e);
      }
      throw e;
    }
  }

  private static void requireSame(X509Certificate before, List<X509Certificate> chain) throws UntrustedException {
    if (chain.isEmpty() || !chain.get(0).equals(before)) {
      throw new UntrustedException(Fault.NO_PATH, "the registrar shows another certificate than before");
    }
  }
}

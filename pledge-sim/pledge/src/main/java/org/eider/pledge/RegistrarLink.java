package org.eider.pledge;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.eider.est.ChannelBinding;
import org.eider.est.Outcome;
import org.eider.est.ServerTrust;
import org.eider.pki.Credential;
import org.eider.pki.CsrAttributes;
import org.eider.voucher.StatusReport;
import org.eider.wire.Octets;

/**
 * One secured connection between a pledge and a registrar, whatever the transport; the state machine knows nothing else of the
 * network. Blocking, for one thread at a time. An answer that cannot be understood is a refusal with {@link
 * PledgeReason#BAD_ANSWER}; a connection that breaks is an {@link IOException}.
 */
public interface RegistrarLink extends AutoCloseable {
  /** Makes links. */
  @FunctionalInterface
  interface Opener {
    /**
     * Connects and completes the handshake, without server name indication.
     *
     * @param credential what the pledge authenticates with
     * @param trust judges the chain that the registrar shows
     * @throws IOException when the registrar cannot be reached or is not trusted ({@code UntrustedException} as cause)
     */
    RegistrarLink open(RegistrarAddress where, Credential credential, ServerTrust trust) throws IOException;
  }

  /** The chain that the registrar showed, end entity first; at least one. */
  List<X509Certificate> serverChain();

  /** The session's channel binding, where the transport has one. */
  Optional<ChannelBinding> binding();

  /** Whether a further exchange can be tried. */
  boolean isOpen();

  /** RFC 8995 section 5.2. */
  VoucherReply requestVoucher(RegistrarAddress where, Posting request) throws IOException;

  /** RFC 8995 section 5.7; tells whether the registrar took it, which changes nothing. */
  boolean voucherStatus(StatusReport report) throws IOException;

  /** RFC 7030 section 4.1; at least one certificate. */
  Outcome<List<X509Certificate>> caCertificates() throws IOException;

  /** RFC 7030 section 4.5; empty when the registrar demands nothing. */
  Outcome<Optional<CsrAttributes>> csrAttributes() throws IOException;

  /** RFC 7030 section 4.2.1; at least one certificate, ours somewhere among them. */
  Outcome<List<X509Certificate>> enrol(Octets pkcs10) throws IOException;

  /** RFC 7030 section 4.2.2. */
  Outcome<List<X509Certificate>> reenrol(Octets pkcs10) throws IOException;

  /** RFC 8995 section 5.9.4; as {@link #voucherStatus}. */
  boolean enrolStatus(StatusReport report) throws IOException;

  @Override
  void close();
}

package org.eider.grasp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;

/** Makes connections safe before a message passes: TLS where it is configured, secured interfaces where it is not. */
final class Transport {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Set<String> VERSIONS = Set.of("TLSv1.2", "TLSv1.3");
  /** Keys of 256 bits and hashes of 384, nothing below (RFC 8994 section 6.1). */
  private static final String[] SUITES = {
    "TLS_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"};

  private final Set<String> secured;
  private final Optional<GraspTls> tls;
  private final GraspCodec codec;
  private final LongSupplier nanos;

  Transport(List<String> secured, Optional<GraspTls> tls, GraspCodec codec, LongSupplier nanos) {
    this.secured = Set.copyOf(secured);
    this.tls = tls;
    this.codec = codec;
    this.nanos = nanos;
  }

  /** Connects to a neighbour, or to whom we ask. */
  Wire connect(InetSocketAddress to) throws IOException {
    return safe(connected(to, CONNECT), true);
  }

  /** Connects to whom has been heard on a secured interface: plain, since the interface secures it. */
  Wire connectPlain(InetSocketAddress to, Duration patience) throws IOException {
    return plain(connected(to, patience));
  }

  /** Takes a connection. */
  Wire accept(Socket socket) throws IOException {
    return safe(socket, false);
  }

  private static Socket connected(InetSocketAddress to, Duration patience) throws IOException {
    InetSocketAddress now = to.isUnresolved() ? new InetSocketAddress(InetAddress.getByName(to.getHostString()), to.getPort()) : to;
    Socket socket = new Socket();
    try {
      socket.connect(now, (int) patience.toMillis());
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private Wire safe(Socket socket, boolean isClient) throws IOException {
    return tls.isPresent() ? inTls(socket, tls.get(), isClient) : plain(socket);
  }

  private Wire plain(Socket socket) throws IOException {
    NetworkInterface card = NetworkInterface.getByInetAddress(socket.getLocalAddress());
    if (card == null || !secured.contains(card.getName())) {
      socket.close();
      throw new IOException("a plain connection that is not on a secured interface");
    }
    return new Wire(socket, socket, codec, nanos);
  }

  private Wire inTls(Socket socket, GraspTls with, boolean isClient) throws IOException {
    try {
      socket.setSoTimeout((int) CONNECT.toMillis());
      SSLSocket secure = (SSLSocket) with.context().getSocketFactory().createSocket(socket, socket.getInetAddress().getHostAddress(),
          socket.getPort(), true);
      secure.setUseClientMode(isClient);
      if (!isClient) {
        secure.setNeedClientAuth(true);
      }
      secure.setEnabledProtocols(Stream.of(secure.getSupportedProtocols()).filter(VERSIONS::contains).toArray(String[]::new));
      secure.setEnabledCipherSuites(SUITES);
      secure.startHandshake();
      with.check().check(chain(secure));
      return new Wire(socket, secure, codec, nanos);
    } catch (IOException e) {
      socket.close();
      throw e;
    } catch (CertificateException e) {
      socket.close();
      throw new IOException("the peer is not let in: " + e.getMessage(), e);
    }
  }

  private static List<X509Certificate> chain(SSLSocket socket) throws IOException {
    List<X509Certificate> chain = new ArrayList<>();
    for (Certificate each : socket.getSession().getPeerCertificates()) {
      if (each instanceof X509Certificate certificate) {
        chain.add(certificate);
      }
    }
    return chain;
  }
}

package org.eider.est.http;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.eider.est.ChannelBinding;
import org.eider.wire.Octets;

/**
 * One TLS connection to one server, for one request after the other. Blocking; for one thread at a time. Redirects are returned, not
 * followed.
 */
public final class HttpsConnection implements AutoCloseable {
  private HttpsConnection() {}

  /**
   * Connects and completes the handshake.
   *
   * @throws IOException when the server cannot be reached, is not trusted ({@code UntrustedException} as cause) or is too slow
   *     ({@link java.net.SocketTimeoutException})
   */
  public static HttpsConnection open(ClientConfig config, String host, int port) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Sends a request and waits for the whole response.
   *
   * @param headers beside host and content-length
   * @throws IOException when the connection breaks, the response exceeds the limit or is no HTTP, or none comes in time
   */
  public HttpResponse exchange(String method, String pathAndQuery, Headers headers, Octets body) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** The chain that the server showed, end entity first. */
  public List<X509Certificate> serverChain() {
    throw new UnsupportedOperationException();
  }

  /** The session's channel binding. */
  public Optional<ChannelBinding> binding() {
    throw new UnsupportedOperationException();
  }

  /** {@code TLSv1.2} or {@code TLSv1.3}. */
  public String protocol() {
    throw new UnsupportedOperationException();
  }

  /** Whether a further request can be tried: neither side has closed. */
  public boolean isOpen() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}

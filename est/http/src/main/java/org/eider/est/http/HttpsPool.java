package org.eider.est.http;

import java.io.IOException;
import java.net.URI;
import org.eider.wire.Octets;

/** Keeps connections to servers of one trust open for reuse. Safe for many threads. */
public final class HttpsPool implements AutoCloseable {
  /**
   * A pool.
   *
   * @param perHost most connections to one host at a time; a further caller waits up to the connect timeout
   */
  public HttpsPool(ClientConfig config, int perHost) {
    throw new UnsupportedOperationException();
  }

  /**
   * Sends a request over a pooled or new connection. A request on a reused connection that breaks before any octet of the response is
   * sent once more on a new one.
   *
   * @throws IOException as {@link HttpsConnection}
   */
  public HttpResponse exchange(String method, URI uri, Headers headers, Octets body) throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}

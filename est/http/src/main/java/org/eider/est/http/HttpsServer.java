package org.eider.est.http;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * An HTTP/1.1 server over TLS 1.2 and 1.3. Every answer carries a session id in the header {@code x-eider-session}; one log line per
 * exchange, with method, path, status, milliseconds, session id and the response's note.
 */
public final class HttpsServer implements AutoCloseable {
  private HttpsServer() {}

  /**
   * Binds and begins to accept.
   *
   * @throws IOException when the address cannot be bound
   */
  public static HttpsServer start(ServerConfig config, Routes routes) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    throw new UnsupportedOperationException();
  }

  /** Stops accepting, finishes what is in flight up to the drain time, then closes. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}

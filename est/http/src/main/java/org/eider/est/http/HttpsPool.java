package org.eider.est.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eider.wire.Octets;

/** Keeps connections to servers of one trust open for reuse, up to 30 s without use. Safe for many threads. */
public final class HttpsPool implements AutoCloseable {
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(30);
  private static final int HTTPS = 443;

  private final ClientTls tls;
  private final int perHost;
  private final Duration longestIdle;
  private final Map<String, Host> hosts = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private record Host(Semaphore permits, ConcurrentLinkedDeque<HttpsConnection> idle) {}

  /**
   * A pool.
   *
   * @param perHost most connections to one host at a time; a further caller waits up to the connect timeout
   */
  public HttpsPool(ClientConfig config, int perHost) {
    this(config, perHost, LONGEST_IDLE);
  }

  HttpsPool(ClientConfig config, int perHost, Duration longestIdle) {
    this.tls = new ClientTls(config);
    this.perHost = perHost;
    this.longestIdle = longestIdle;
  }

  /**
   * Sends a request over a pooled or new connection. A request on a reused connection that breaks before any octet of the response is
   * sent once more on a new one.
   *
   * @throws IOException as {@link HttpsConnection}; also when the URI is not https
   */
  public HttpResponse exchange(String method, URI uri, Headers headers, Octets body) throws IOException {
    if (!"https".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
      throw new IOException("not an https URI with a host: " + uri);
    }
    int port = uri.getPort() < 0 ? HTTPS : uri.getPort();
    Host host = hosts.computeIfAbsent(uri.getHost() + ":" + port, key -> new Host(new Semaphore(perHost), new ConcurrentLinkedDeque<>()));
    acquire(host);
    try {
      Optional<HttpsConnection> reused = idle(host);
      if (reused.isPresent()) {
        try {
          return over(reused.get(), host, method, uri, headers, body);
        } catch (StaleConnectionException stale) {
          reused.get().close();
        }
      }
      return over(HttpsConnection.open(tls, uri.getHost(), port), host, method, uri, headers, body);
    } finally {
      host.permits().release();
    }
  }

  @Override
  public void close() {
    closed = true;
    hosts.values().forEach(HttpsPool::closeIdle);
  }

  private HttpResponse over(HttpsConnection connection, Host host, String method, URI uri, Headers headers, Octets body)
      throws IOException {
    try {
      HttpResponse response = connection.exchange(method, pathAndQuery(uri), headers, body);
      keep(connection, host);
      return response;
    } catch (IOException e) {
      connection.close();
      throw e;
    }
  }

  private void keep(HttpsConnection connection, Host host) {
    if (!connection.isOpen()) {
      return;
    }
    host.idle().addFirst(connection);
    connection.whenIdleFor(longestIdle, () -> {
      if (host.idle().remove(connection)) {
        connection.close();
      }
    });
    if (closed) {
      closeIdle(host);
    }
  }

  private static Optional<HttpsConnection> idle(Host host) {
    for (HttpsConnection next = host.idle().pollFirst(); next != null; next = host.idle().pollFirst()) {
      if (next.isOpen()) {
        return Optional.of(next);
      }
      next.close();
    }
    return Optional.empty();
  }

  private static void closeIdle(Host host) {
    for (HttpsConnection next = host.idle().pollFirst(); next != null; next = host.idle().pollFirst()) {
      next.close();
    }
  }

  private static String pathAndQuery(URI uri) {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  private void acquire(Host host) throws IOException {
    try {
      if (!host.permits().tryAcquire(tls.config().connectTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new SocketTimeoutException("all " + perHost + " connections to the host are busy");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}

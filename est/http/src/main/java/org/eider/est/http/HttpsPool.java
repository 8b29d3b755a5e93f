package org.eider.est.http;

import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
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
  /** More than can wait for a connection. */
  private static final int WAITING = 1_000_000;

  private final ClientTls tls;
  private final int perHost;
  private final Duration longestIdle;
  private final Map<String, Host> hosts = new ConcurrentHashMap<>();
  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private volatile boolean retired;
  private volatile boolean closed;

  /** One host; known as long as somebody asks or a connection waits for the next who does. */
  private static final class Host {
    final String key;
    final Semaphore permits;
    final ConcurrentLinkedDeque<HttpsConnection> idle = new ConcurrentLinkedDeque<>();
    /** Callers; changes only within an operation of the map. */
    int callers;

    Host(String key, int perHost) {
      this.key = key;
      this.permits = new Semaphore(perHost);
    }
  }

  /**
   * A pool.
   *
   * @param perHost most connections to one host at a time; a further caller waits, within its connect timeout
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
   * @throws IOException as {@link HttpsConnection}; also when the URI is not https, or the pool is closed
   */
  public HttpResponse exchange(String method, URI uri, Headers headers, Octets body) throws IOException {
    if (!"https".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
      throw new IOException("not an https URI with a host: " + uri);
    }
    int port = uri.getPort() < 0 ? HTTPS : uri.getPort();
    Host host = enter(uri.getHost().toLowerCase(Locale.ROOT) + ":" + port);
    try {
      return exchange(host, port, method, uri, headers, body);
    } finally {
      leave(host);
    }
  }

  private HttpResponse exchange(Host host, int port, String method, URI uri, Headers headers, Octets body) throws IOException {
    long deadline = System.nanoTime() + tls.config().connectTimeout().toNanos();
    acquire(host, deadline);
    try {
      Optional<HttpsConnection> reused = idle(host);
      if (reused.isPresent()) {
        try {
          return over(reused.get(), host, method, uri, headers, body);
        } catch (StaleConnectionException stale) {
          reused.get().close();
        }
      }
      return over(HttpsConnection.open(tls, uri.getHost(), port, deadline, open::add), host, method, uri, headers, body);
    } finally {
      host.permits.release();
    }
  }

  private Host enter(String key) {
    return hosts.compute(key, (same, known) -> {
      Host host = known == null ? new Host(key, perHost) : known;
      host.callers++;
      return host;
    });
  }

  private void leave(Host host) {
    hosts.computeIfPresent(host.key, (key, known) -> {
      known.callers--;
      return isUsed(known) ? known : null;
    });
  }

  /** Drops a host of which nothing is left; nothing happens to another that has taken its place. */
  private void tidy(Host host) {
    hosts.computeIfPresent(host.key, (key, known) -> isUsed(known) ? known : null);
  }

  private static boolean isUsed(Host host) {
    return host.callers > 0 || !host.idle.isEmpty();
  }

  /** How many hosts are known. */
  int hosts() {
    return hosts.size();
  }

  /** Keeps no connection any more; what goes on may end, and so may what is asked from now on. */
  public void retire() {
    retired = true;
    hosts.values().forEach(host -> {
      closeIdle(host);
      tidy(host);
    });
  }

  /** Whether no connection is open. */
  public boolean isUnused() {
    return open.isEmpty();
  }

  /** Breaks what goes on: whoever waits for a connection or an answer gets an {@link IOException}, as does who asks from now on. */
  @Override
  public void close() {
    closed = true;
    retire();
    open.close();
    hosts.values().forEach(host -> host.permits.release(WAITING));
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
    host.idle.addFirst(connection);
    connection.whenIdleFor(longestIdle, () -> {
      if (host.idle.remove(connection)) {
        connection.close();
        tidy(host);
      }
    });
    if (retired) {
      closeIdle(host);
    }
  }

  private static Optional<HttpsConnection> idle(Host host) {
    for (HttpsConnection next = host.idle.pollFirst(); next != null; next = host.idle.pollFirst()) {
      if (next.isOpen()) {
        return Optional.of(next);
      }
      next.close();
    }
    return Optional.empty();
  }

  private static void closeIdle(Host host) {
    for (HttpsConnection next = host.idle.pollFirst(); next != null; next = host.idle.pollFirst()) {
      next.close();
    }
  }

  private static String pathAndQuery(URI uri) {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  private void acquire(Host host, long deadline) throws IOException {
    try {
      if (!closed && !host.permits.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw new SocketTimeoutException("all " + perHost + " connections to the host are busy");
      }
      if (closed) {
        throw new IOException("the connections have been closed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}

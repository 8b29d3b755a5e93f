package org.eider.proxy;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.OptionalInt;
import org.eider.discovery.Service;

/**
 * A registrar as an operator names it: {@code https://H[:P]}, {@code coaps://H[:P]}, or {@code jpy://H:P}, also written
 * {@code coaps+jpy://H:P}, which has no default port (constrained-join-proxy section 8).
 *
 * @param service what it is
 * @param host name or address, IPv6 without brackets, possibly with a zone
 * @param port TCP or UDP port
 */
record RegistrarUri(Service service, String host, int port) {
  private static final int HTTPS = 443;
  private static final int COAPS = 5684;
  private static final int LONGEST = 300;

  /** Reads it; an {@link IllegalArgumentException} tells what is wrong. A path counts for nothing in {@code jpy}, and is refused in others. */
  static RegistrarUri parse(String text) {
    URI uri = uri(text);
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "https" -> of(Service.REGISTRAR_TLS, uri, OptionalInt.of(HTTPS));
      case "coaps" -> of(Service.REGISTRAR_COAPS, uri, OptionalInt.of(COAPS));
      case "jpy", "coaps+jpy" -> of(Service.REGISTRAR_JPY, uri, OptionalInt.empty());
      default -> throw new IllegalArgumentException("\"" + text + "\" is none of https://H:P, coaps://H:P, jpy://H:P and coaps+jpy://H:P");
    };
  }

  private static RegistrarUri of(Service service, URI uri, OptionalInt defaultPort) {
    if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException("\"" + uri + "\" has to be SCHEME://HOST:PORT");
    }
    boolean bare = (uri.getRawPath() == null || uri.getRawPath().isEmpty() || uri.getRawPath().equals("/")) && uri.getRawQuery() == null;
    if (!bare && service != Service.REGISTRAR_JPY) {
      throw new IllegalArgumentException("\"" + uri + "\" has a path, and a join proxy relays to a host and a port only");
    }
    if (uri.getPort() < 0 && defaultPort.isEmpty()) {
      throw new IllegalArgumentException("\"" + uri + "\" has no port, and this scheme has no default one");
    }
    int port = uri.getPort() < 0 ? defaultPort.getAsInt() : uri.getPort();
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("\"" + uri + "\" has no port between 1 and 65535");
    }
    String host = uri.getHost();
    return new RegistrarUri(service, host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port);
  }

  private static URI uri(String text) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("a registrar's address has at most " + LONGEST + " characters");
    }
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("\"" + text + "\" is no URI: " + e.getReason(), e);
    }
  }

  @Override
  public String toString() {
    String scheme = switch (service) {
      case REGISTRAR_TLS -> "https";
      case REGISTRAR_COAPS -> "coaps";
      case REGISTRAR_JPY -> "jpy";
      case PROXY_TLS, PROXY_COAPS -> throw new IllegalStateException("no registrar: " + service);
    };
    return scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}

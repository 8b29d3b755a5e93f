package org.eider.pledge;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;

/**
 * Where a registrar, or the join proxy before it, is reached.
 *
 * @param scheme how it is talked to
 * @param host name or address, IPv6 without brackets, lower case; a link-local address may have the interface behind a percent sign
 * @param port TCP or UDP port
 * @param voucherPath path and query for the voucher request where a redirect named one; else the well-known one
 */
public record RegistrarAddress(Scheme scheme, String host, int port, Optional<String> voucherPath) {
  private static final int MAX_LENGTH = 2048;
  /** What {@link URI} does not take: a link-local address with a zone, the percent sign escaped (RFC 6874) or not. */
  private static final Pattern ZONED = Pattern.compile("([A-Za-z]+://\\[[Ff][Ee][89ABab][0-9A-Fa-f:.]*)%(?:25(?=[^\\]]))?([A-Za-z0-9_.:@-]{1,15})(\\].*)");

  /** How a registrar is talked to. */
  public enum Scheme {
    /** HTTP over TLS (RFC 8995). */
    HTTPS(443),
    /** CoAP over DTLS (draft-ietf-anima-constrained-voucher). */
    COAPS(5684);

    private final int port;

    Scheme(int port) {
      this.port = port;
    }

    /** As addresses begin. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    private static Optional<Scheme> of(String label) {
      return Arrays.stream(values()).filter(scheme -> scheme.label().equalsIgnoreCase(label)).findFirst();
    }
  }

  /** One over HTTPS. */
  public RegistrarAddress(String host, int port, Optional<String> voucherPath) {
    this(Scheme.HTTPS, host, port, voucherPath);
  }

  /** One that was found on that interface, which is the zone of a link-local address. */
  static RegistrarAddress of(Scheme scheme, InetSocketAddress where, String interfaceName) {
    String literal = where.getAddress().getHostAddress();
    int zone = literal.indexOf('%');
    String host = zone < 0 ? literal : literal.substring(0, zone) + "%" + interfaceName;
    return new RegistrarAddress(scheme, host, where.getPort(), Optional.empty());
  }

  /**
   * Reads {@code https://HOST[:PORT]} or {@code coaps://HOST[:PORT]}, without path, as a person gives it; the interface of a link-local
   * address as in {@code [fe80::1%25eth0]} (RFC 6874) or {@code [fe80::1%eth0]}.
   */
  public static RegistrarAddress parse(String text) throws DecodeException {
    Matcher zoned = ZONED.matcher(text);
    RegistrarAddress address = zoned.matches() ? of(uri(zoned.group(1) + zoned.group(3))).in(zoned.group(2)) : of(uri(text));
    if (address.voucherPath.isPresent()) {
      throw new DecodeException(Flaw.UNEXPECTED, "registrar", "only https://HOST:PORT or coaps://HOST:PORT, without a path");
    }
    return address;
  }

  /** Reads a Location that this registrar answered; it may be relative. Only {@code https} is followed. */
  public RegistrarAddress redirected(String location, String fromPath) throws DecodeException {
    int percent = host.indexOf('%');
    RegistrarAddress here = percent < 0 ? this : new RegistrarAddress(scheme, host.substring(0, percent), port, voucherPath);
    RegistrarAddress there = of(uri(here.toString() + fromPath).resolve(uri(location)));
    RegistrarAddress next = percent >= 0 && there.host.equals(here.host) ? there.in(host.substring(percent + 1)) : there;
    if (next.scheme != Scheme.HTTPS) {
      throw new DecodeException(Flaw.UNEXPECTED, "registrar", "a redirect to something else than https");
    }
    return next;
  }

  private RegistrarAddress in(String zone) {
    return new RegistrarAddress(scheme, host + "%" + zone, port, voucherPath);
  }

  /** Whether both are of one web origin (RFC 6454): scheme, host and port. */
  public boolean sameOrigin(RegistrarAddress other) {
    return scheme == other.scheme && host.equals(other.host) && port == other.port;
  }

  /** {@code https://HOST:PORT}, or with {@code coaps}. */
  @Override
  public String toString() {
    return scheme.label() + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  private static RegistrarAddress of(URI uri) throws DecodeException {
    Scheme scheme = Scheme.of(String.valueOf(uri.getScheme())).filter(known -> uri.getHost() != null && uri.getHost().indexOf('%') < 0
        && uri.getRawUserInfo() == null)
        .orElseThrow(() -> new DecodeException(Flaw.WRONG_TYPE, "registrar", "not an https or coaps address with a host"));
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    int port = uri.getPort() < 0 ? scheme.port : uri.getPort();
    if (port == 0 || port > 65_535) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, "registrar", "port is not between 1 and 65535");
    }
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    boolean none = (path.isEmpty() || path.equals("/")) && uri.getRawQuery() == null;
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return new RegistrarAddress(scheme, bare, port, none ? Optional.empty() : Optional.of((path.isEmpty() ? "/" : path) + query));
  }

  private static URI uri(String text) throws DecodeException {
    if (text.length() > MAX_LENGTH) {
      throw new DecodeException(Flaw.TOO_LONG, "registrar", "address longer than " + MAX_LENGTH + " characters");
    }
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new DecodeException(Flaw.WRONG_TYPE, "registrar", "not a URI", e);
    }
  }
}

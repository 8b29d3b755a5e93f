package org.eider.pki;

import java.net.URI;
import java.net.URISyntaxException;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.x509.Extension;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/**
 * The address of a MASA: {@code https}, host, optional port, and the path prefix {@code /.well-known/brski} or what replaces it.
 *
 * @param base without trailing slash unless its path is the root, for instance {@code https://masa.example.com:9443/.well-known/brski}
 */
public record MasaUri(URI base) {
  /** The extension's object identifier, id-pe-masa-url. */
  public static final String OID = "1.3.6.1.5.5.7.1.32";

  private static final String PATH = "MASA URI";
  private static final String PREFIX = "/.well-known/brski";
  private static final int MAX_LENGTH = 512;
  private static final int DEFAULT_PORT = 443;

  /**
   * Reads what the extension or a configuration says: an authority alone gets {@code https} and {@code /.well-known/brski}; a full
   * URI has to be {@code https} and keeps its path (RFC 8995 section 2.3.2), or gets that one when it has none at all.
   */
  public static MasaUri parse(String text) throws DecodeException {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, PATH, "empty or longer than " + MAX_LENGTH + " characters");
    }
    if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new DecodeException(Flaw.WRONG_TYPE, PATH, "a character that no URI has");
    }
    URI uri = uri(text.contains("/") ? text : "https://" + text + PREFIX);
    if (!"https".equalsIgnoreCase(uri.getScheme())) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, PATH, "not an https URI");
    }
    if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, PATH, "has to be a host with an optional port and path, and nothing else");
    }
    if (uri.getHost().contains("%")) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, PATH, "an address with a zone");
    }
    if (uri.getPort() == 0 || uri.getPort() > 65535 || uri.getRawAuthority().endsWith(":")) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, PATH, "no such port");
    }
    String whole = "https://" + uri.getRawAuthority().toLowerCase(Locale.ROOT) + path(uri.getRawPath());
    if (whole.length() > MAX_LENGTH) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, PATH, "longer than " + MAX_LENGTH + " characters with scheme and path");
    }
    return new MasaUri(uri(whole));
  }

  /** The MASA that an IDevID names; empty when it has no such extension. */
  public static Optional<MasaUri> of(X509Certificate idevid) throws DecodeException {
    byte[] value = idevid.getExtensionValue(OID);
    if (value == null) {
      return Optional.empty();
    }
    ASN1Primitive content = Der.parse(Octets.of(ASN1OctetString.getInstance(value).getOctets()), MAX_LENGTH + 16, PATH);
    if (!(content instanceof ASN1IA5String text)) {
      throw new DecodeException(Flaw.WRONG_TYPE, PATH, "not an IA5String");
    }
    return Optional.of(parse(text.getString()));
  }

  /** The extension, not critical, for an IDevID; {@code text} as it shall stand there. */
  public static Extension extension(String text) {
    return CertificateMaker.extension(new ASN1ObjectIdentifier(OID), false, new DERIA5String(text, true));
  }

  /** Host, IPv6 addresses without brackets, in lower case. */
  public String host() {
    String host = base.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** Port, 443 when none is named. */
  public int port() {
    return base.getPort() < 0 ? DEFAULT_PORT : base.getPort();
  }

  /** The address of an operation, for instance {@code requestvoucher}. */
  public URI operation(String name) {
    return URI.create(base + (base.getRawPath().equals("/") ? "" : "/") + name);
  }

  /** Slashes at the end do not count, except that the root keeps its one: without it, the address would be one without a path. */
  private static String path(String raw) {
    if (raw.isEmpty()) {
      return PREFIX;
    }
    String path = raw.replaceFirst("/+$", "");
    return path.isEmpty() ? "/" : path;
  }

  private static URI uri(String text) throws DecodeException {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new DecodeException(Flaw.WRONG_TYPE, PATH, "not a URI", e);
    }
  }
}

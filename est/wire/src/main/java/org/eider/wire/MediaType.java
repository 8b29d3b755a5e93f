package org.eider.wire;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eider.wire.DecodeException.Flaw;

/**
 * A media type with its parameters (RFC 9110 section 8.3.1): type, subtype and parameter names in lower case.
 *
 * @param type for instance {@code application}, or {@code *} in an Accept header
 * @param subtype for instance {@code voucher-cms+json}
 * @param parameters by name, values unquoted
 */
public record MediaType(String type, String subtype, Map<String, String> parameters) {
  /** CMS-signed JSON voucher or voucher request (RFC 8366 section 8.3). */
  public static final MediaType VOUCHER_CMS_JSON = of("application", "voucher-cms+json");
  /** COSE-signed voucher or voucher request in YANG-CBOR (constrained BRSKI). */
  public static final MediaType VOUCHER_COSE = of("application", "voucher+cose");
  /** JSON: telemetry and audit log. */
  public static final MediaType JSON = of("application", "json");
  /** CBOR: telemetry (RFC 8949). */
  public static final MediaType CBOR = of("application", "cbor");
  /** Several representations in one (RFC 8710). */
  public static final MediaType MULTIPART_CORE = of("application", "multipart-core");
  /** One certificate (RFC 2585 section 4.1). */
  public static final MediaType PKIX_CERT = of("application", "pkix-cert");
  /** A private key (RFC 5958). */
  public static final MediaType PKCS8 = of("application", "pkcs8");
  /** PKCS#10 request (RFC 5967). */
  public static final MediaType PKCS10 = of("application", "pkcs10");
  /** PKCS#7, as {@code /cacerts} sends it (RFC 7030 section 4.1.3). */
  public static final MediaType PKCS7 = of("application", "pkcs7-mime");
  /** PKCS#7 with certificates only, as enrolment sends it (RFC 7030 section 4.2.3). */
  public static final MediaType CERTS_ONLY = new MediaType("application", "pkcs7-mime", Map.of("smime-type", "certs-only"));
  /** CSR attributes (RFC 7030 section 4.5.2). */
  public static final MediaType CSR_ATTRS = of("application", "csrattrs");
  /** Plain text in UTF-8, for explanations. */
  public static final MediaType TEXT = new MediaType("text", "plain", Map.of("charset", "utf-8"));

  /** Keeps a sorted copy of the parameters. */
  public MediaType {
    parameters = java.util.Collections.unmodifiableMap(new TreeMap<>(parameters));
  }

  private static MediaType of(String type, String subtype) {
    return new MediaType(type, subtype, Map.of());
  }

  /** Parses a Content-Type value or one element of an Accept value. */
  public static MediaType parse(String text) throws DecodeException {
    if (text.length() > 1024) {
      throw new DecodeException(Flaw.TOO_LONG, "media type", "longer than 1024 characters");
    }
    String[] parts = text.split(";", -1);
    String[] names = parts[0].strip().toLowerCase(Locale.ROOT).split("/", -1);
    if (names.length != 2 || names[0].isEmpty() || names[1].isEmpty()) {
      throw new DecodeException(Flaw.WRONG_TYPE, "media type", "not of the form type/subtype");
    }
    Map<String, String> parameters = new TreeMap<>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      if (equals > 0) {
        parameters.put(parts[i].substring(0, equals).strip().toLowerCase(Locale.ROOT), unquote(parts[i].substring(equals + 1).strip()));
      }
    }
    return new MediaType(names[0], names[1], parameters);
  }

  /** Whether type and subtype are the same, whatever the parameters. */
  public boolean is(MediaType other) {
    return type.equals(other.type) && subtype.equals(other.subtype);
  }

  /** Whether an Accept element of this value takes {@code offered}: wildcards match, and a quality of zero does not. */
  public boolean accepts(MediaType offered) {
    return (type.equals("*") || type.equals(offered.type))
        && (subtype.equals("*") || subtype.equals(offered.subtype))
        && quality() > 0;
  }

  /** A parameter's value. */
  public Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(type).append('/').append(subtype);
    parameters.forEach((name, value) -> text.append("; ").append(name).append('=').append(value));
    return text.toString();
  }

  private double quality() {
    try {
      return Double.parseDouble(parameters.getOrDefault("q", "1"));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String unquote(String value) {
    return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"") ? value.substring(1, value.length() - 1) : value;
  }
}

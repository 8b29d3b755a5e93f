package org.eider.wire;

import org.eider.wire.DecodeException.Flaw;

/** Base64 as it occurs in BRSKI and EST, each profile with its own strictness. */
public final class Base64Text {
  private Base64Text() {}

  /**
   * Standard alphabet with padding and nothing else (RFC 4648 section 4), as RFC 7951 binary leaves demand.
   *
   * @param path where the text stands, for the error
   */
  public static Octets strict(String text, String path) throws DecodeException {
    try {
      return Octets.of(java.util.Base64.getDecoder().decode(requirePadding(text, path)));
    } catch (IllegalArgumentException e) {
      throw new DecodeException(Flaw.WRONG_TYPE, path, "not base64 of RFC 4648 section 4");
    }
  }

  /**
   * An EST body: standard alphabet, with CR, LF, space and tab anywhere (RFC 8951 section 3.1). PEM armour and the URL
   * alphabet are refused.
   */
  public static Octets body(Octets body, String path) throws DecodeException {
    byte[] in = body.toArray();
    StringBuilder kept = new StringBuilder(in.length);
    for (byte b : in) {
      if (b != '\r' && b != '\n' && b != ' ' && b != '\t') {
        kept.append((char) (b & 0xff));
      }
    }
    return strict(kept.toString(), path);
  }

  /**
   * Either alphabet, padding optional: for nonces and idevid-issuer values as the published examples carry them (RFC 8995
   * appendix C prints unpadded base64url where YANG asks for base64).
   */
  public static Octets lenient(String text, String path) throws DecodeException {
    String standard = text.replace('-', '+').replace('_', '/');
    int end = standard.length();
    while (end > 0 && standard.charAt(end - 1) == '=') {
      end--;
    }
    try {
      return Octets.of(java.util.Base64.getDecoder().decode(standard.substring(0, end)));
    } catch (IllegalArgumentException e) {
      throw new DecodeException(Flaw.WRONG_TYPE, path, "not base64 in either alphabet");
    }
  }

  private static String requirePadding(String text, String path) throws DecodeException {
    if (text.length() % 4 != 0) {
      throw new DecodeException(Flaw.TRUNCATED, path, "base64 length is not a multiple of four");
    }
    return text;
  }
}

package org.eider.voucher;

import java.net.URI;
import java.net.URISyntaxException;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;

/** Texts of leaves, checked alike in every encoding. */
final class LeafTexts {
  private static final int MAX_TEXT = 256;

  private LeafTexts() {}

  static String printable(String text, String path) throws DecodeException {
    if (text.isEmpty() || text.length() > MAX_TEXT) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, path, "not of 1 to " + MAX_TEXT + " characters");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, path, "control characters");
    }
    return text;
  }

  static URI uri(String text, String path) throws DecodeException {
    try {
      return new URI(printable(text, path));
    } catch (URISyntaxException e) {
      throw new DecodeException(Flaw.WRONG_TYPE, path, "not a URI", e);
    }
  }
}

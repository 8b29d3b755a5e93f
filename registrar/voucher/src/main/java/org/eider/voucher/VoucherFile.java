package org.eider.voucher;

import java.util.Optional;
import org.eider.pki.CmsOpener;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/**
 * Signed artifacts as people keep them in files: CMS in DER or BER and COSE in CBOR, as they are, as base64 with or without line breaks, as
 * hexadecimal digits, or one PEM block.
 */
public final class VoucherFile {
  private static final int MAX_SIZE = 2 * CmsOpener.MAX_SIZE;
  private static final int SEQUENCE = 0x30;
  private static final int COSE_SIGN1 = 0xd2;
  private static final int ARRAY_OF_FOUR = 0x84;
  private static final int ARRAY = 0x9f;
  private static final String PATH = "file";

  private VoucherFile() {}

  /** The artifact that a file of that content holds, of whatever format it looks like; nothing of it has been parsed. */
  public static VoucherArtifact read(Octets content) throws DecodeException {
    return read(content, Optional.empty());
  }

  /** The artifact that a file of that content holds, of a format that is told. */
  public static VoucherArtifact read(Octets content, Optional<VoucherFormat> format) throws DecodeException {
    if (content.size() > MAX_SIZE) {
      throw new DecodeException(Flaw.TOO_LONG, PATH, "longer than " + MAX_SIZE + " octets");
    }
    if (content.isEmpty()) {
      throw new DecodeException(Flaw.TRUNCATED, PATH, "empty");
    }
    Octets bytes = isText(content) ? fromText(content) : content;
    return new VoucherArtifact(format.orElse(looksLikeCose(bytes) ? VoucherFormat.COSE_CBOR : VoucherFormat.CMS_JSON), bytes);
  }

  /** Printable throughout, which no signed artifact is; its first octet alone tells nothing: base64 of COSE begins like DER. */
  private static boolean isText(Octets content) {
    for (int i = 0; i < content.size(); i++) {
      int c = content.at(i);
      if ((c < 0x20 || c > 0x7e) && c != '\r' && c != '\n' && c != '\t') {
        return false;
      }
    }
    return true;
  }

  private static boolean looksLikeCose(Octets content) {
    return !content.isEmpty() && (content.at(0) == COSE_SIGN1 || content.at(0) == ARRAY_OF_FOUR || content.at(0) == ARRAY);
  }

  private static Octets fromText(Octets content) throws DecodeException {
    String digits = content.utf8().replaceAll("\\s", "").toLowerCase(java.util.Locale.ROOT);
    if (digits.length() % 2 == 0 && !digits.isEmpty() && digits.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80)) {
      Octets bytes = Octets.hex(digits);
      if (bytes.at(0) == SEQUENCE || looksLikeCose(bytes)) {
        return bytes;
      }
    }
    return Base64Text.body(armoured(content), PATH);
  }

  /** What stands between the armour lines of a PEM block; the whole when there is none. */
  private static Octets armoured(Octets content) throws DecodeException {
    String text = content.utf8().strip();
    if (!text.startsWith("-----BEGIN ")) {
      return content;
    }
    int begin = text.indexOf('\n');
    int end = text.indexOf("-----END ");
    if (begin < 0 || end < begin) {
      throw new DecodeException(Flaw.TRUNCATED, PATH, "ends inside a PEM block");
    }
    if (text.indexOf('\n', end) >= 0) {
      throw new DecodeException(Flaw.TRAILING_BYTES, PATH, "something follows the PEM block");
    }
    return Octets.utf8(text.substring(begin, end));
  }
}

package org.eider.voucher;

import org.eider.pki.CmsOpener;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/** Signed artifacts as people keep them in files: DER or BER, base64 with or without line breaks, or one PEM block. */
public final class VoucherFile {
  private static final int MAX_SIZE = 2 * CmsOpener.MAX_SIZE;
  private static final int SEQUENCE = 0x30;
  private static final String PATH = "file";

  private VoucherFile() {}

  /** The artifact that a file of that content holds; nothing of it has been parsed. */
  public static VoucherArtifact read(Octets content) throws DecodeException {
    if (content.size() > MAX_SIZE) {
      throw new DecodeException(Flaw.TOO_LONG, PATH, "longer than " + MAX_SIZE + " octets");
    }
    if (content.isEmpty()) {
      throw new DecodeException(Flaw.TRUNCATED, PATH, "empty");
    }
    return new VoucherArtifact(VoucherFormat.CMS_JSON, content.at(0) == SEQUENCE ? content : Base64Text.body(armoured(content), PATH));
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

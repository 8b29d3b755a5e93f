package org.eider.voucher;

import static java.util.Objects.requireNonNull;

import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/**
 * A nonce: its octets, and the text it arrived as. RFC 8995 appendix C prints unpadded base64url where YANG asks for base64, so the
 * text is copied verbatim into the registrar's request, and two nonces are the same when either the text or the octets are.
 *
 * @param octets what the text decodes to
 * @param text as it stands in JSON
 */
public record Nonce(Octets octets, String text) {
  /** Fewest octets (YANG {@code length "8..32"}). */
  public static final int MIN_SIZE = 8;
  /** Most octets. */
  public static final int MAX_SIZE = 32;

  /** Rejects null. */
  public Nonce {
    requireNonNull(octets);
    requireNonNull(text);
  }

  /** A nonce of {@code octets}, 8 to 32, written as standard base64. */
  public static Nonce of(Octets octets) {
    if (octets.size() < MIN_SIZE || octets.size() > MAX_SIZE) {
      throw new IllegalArgumentException("a nonce has 8 to 32 octets, not " + octets.size());
    }
    return new Nonce(octets, octets.base64());
  }

  /** Reads a nonce in either base64 alphabet; its length is not judged here. */
  public static Nonce parse(String text, String path) throws DecodeException {
    if (text.length() > 128) {
      throw new DecodeException(Flaw.TOO_LONG, path, "nonce longer than 128 characters");
    }
    return new Nonce(Base64Text.lenient(text, path), text);
  }

  /** Whether both are the same nonce, by text or by octets. */
  public boolean matches(Nonce other) {
    return octets.matches(other.octets) || Octets.utf8(text).matches(Octets.utf8(other.text));
  }
}

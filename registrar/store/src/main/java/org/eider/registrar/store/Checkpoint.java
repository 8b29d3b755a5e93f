package org.eider.registrar.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import org.eider.registrar.Journal.Head;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.eider.wire.StrictJson;

/**
 * A statement that the journal went as far as that.
 *
 * @param head where it ended
 * @param at when, to the millisecond
 * @param key {@link CheckpointSigner#keyId()} of who says so
 * @param signature over {@link #message}
 */
public record Checkpoint(Head head, Instant at, String key, Octets signature) {
  static final int LONGEST_LINE = 1024;

  static Checkpoint sign(Head head, Instant now, CheckpointSigner signer) {
    Instant at = Instant.ofEpochMilli(now.toEpochMilli());
    return new Checkpoint(head, at, signer.keyId(), signer.sign(message(head, at)));
  }

  boolean isSignedBy(CheckpointSigner signer) {
    return key.equals(signer.keyId()) && signer.verifies(message(head, at), signature);
  }

  /** One line of JSON, without its end. */
  String line() {
    ObjectNode json = StrictJson.newObject();
    json.put("number", head.number());
    json.put("hash", head.hash().hex());
    json.put("at", at.toString());
    json.put("key", key);
    json.put("signature", signature.base64());
    return StrictJson.encode(json).utf8();
  }

  static Checkpoint parse(Octets line) throws DecodeException {
    ObjectNode json = StrictJson.object(line, LONGEST_LINE);
    try {
      if (!json.path("number").canConvertToLong()) {
        throw new IllegalArgumentException("no number");
      }
      return new Checkpoint(new Head(json.path("number").longValue(), Octets.hex(json.path("hash").asText())),
          Instant.parse(json.path("at").asText()), json.path("key").asText(),
          Octets.of(Base64.getDecoder().decode(json.path("signature").asText())));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new DecodeException(DecodeException.Flaw.WRONG_TYPE, "checkpoint", "not a checkpoint: " + e.getMessage());
    }
  }

  private static Octets message(Head head, Instant at) {
    return Canonical.of("eider.checkpoint")
        .number(head.number())
        .octets(head.hash().toArray())
        .number(at.toEpochMilli())
        .encoding();
  }
}

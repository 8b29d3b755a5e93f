package org.eider.masa;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.eider.masa.JournalEntry.Granted;
import org.eider.masa.JournalEntry.Made;
import org.eider.masa.JournalEntry.Released;
import org.eider.voucher.Assertion;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.eider.wire.StrictJson;

/** A journal entry as one line of JSON, without the line end. */
final class JournalLine {
  /** Longest line, in octets. */
  static final int MAX_SIZE = 128 * 1024;

  private static final String KIND = "kind";
  private static final String MADE = "made";
  private static final String GRANTED = "voucher";
  private static final String RELEASED = "released";

  private JournalLine() {}

  static Octets encode(JournalEntry entry) {
    ObjectNode line = StrictJson.newObject();
    String kind = entry.fold(made -> MADE, granted -> GRANTED, released -> RELEASED);
    line.put(KIND, kind);
    line.put("at", entry.at().toString());
    line.put("serial", entry.device().serialNumber());
    line.put("issuer", entry.device().issuer().base64());
    return StrictJson.encode(entry.fold(made -> with(line, made), granted -> with(line, granted), released -> line));
  }

  static JournalEntry decode(Octets json) throws DecodeException {
    ObjectNode line = StrictJson.object(json, MAX_SIZE);
    Instant at = instant(line, "at");
    DeviceId device = new DeviceId(text(line, "serial"), octets(line, "issuer"));
    String kind = text(line, KIND);
    return switch (kind) {
      case MADE -> new Made(at, device, octets(line, "idevid"), soldTo(line, at));
      case GRANTED -> new Granted(at, device, octets(line, "domain_id"), octets(line, "key_sha256"), nonce(line), assertion(line));
      case RELEASED -> new Released(at, device);
      default -> throw new DecodeException(Flaw.OUT_OF_RANGE, KIND, "no kind of entry");
    };
  }

  private static ObjectNode with(ObjectNode line, Made made) {
    line.put("idevid", made.idevid().base64());
    made.soldTo().ifPresent(owner -> line.putObject("sold_to")
        .put("domain_id", owner.domainId().base64()).put("key_sha256", owner.keySha256().base64()));
    return line;
  }

  private static ObjectNode with(ObjectNode line, Granted granted) {
    return line.put("domain_id", granted.domainId().base64())
        .put("key_sha256", granted.keySha256().base64())
        .put("nonce", granted.nonce().orElse(null))
        .put("assertion", granted.assertion().label());
  }

  private static Optional<Owner> soldTo(ObjectNode line, Instant at) throws DecodeException {
    if (!(line.get("sold_to") instanceof ObjectNode owner)) {
      return Optional.empty();
    }
    return Optional.of(new Owner(octets(owner, "domain_id"), octets(owner, "key_sha256"), Assertion.VERIFIED, at));
  }

  private static Optional<String> nonce(ObjectNode line) throws DecodeException {
    return line.hasNonNull("nonce") ? Optional.of(text(line, "nonce")) : Optional.empty();
  }

  private static Assertion assertion(ObjectNode line) throws DecodeException {
    return Assertion.ofLabel(text(line, "assertion"))
        .orElseThrow(() -> new DecodeException(Flaw.OUT_OF_RANGE, "assertion", "no such assertion"));
  }

  private static Octets octets(ObjectNode node, String name) throws DecodeException {
    return Base64Text.strict(text(node, name), name);
  }

  private static Instant instant(ObjectNode node, String name) throws DecodeException {
    try {
      return Instant.parse(text(node, name));
    } catch (DateTimeException e) {
      throw new DecodeException(Flaw.WRONG_TYPE, name, "no time", e);
    }
  }

  private static String text(ObjectNode node, String name) throws DecodeException {
    if (node.get(name) == null || !node.get(name).isTextual()) {
      throw new DecodeException(Flaw.MISSING, name, "no text");
    }
    return node.get(name).textValue();
  }
}

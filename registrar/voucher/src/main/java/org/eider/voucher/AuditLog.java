package org.eider.voucher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.eider.wire.StrictJson;

/**
 * A MASA's audit log of one device (RFC 8995 section 5.8.1).
 *
 * @param version 1, or higher from MASAs newer than we are
 * @param events every voucher that was issued, in the MASA's order
 * @param truncation what the MASA has left out
 */
public record AuditLog(long version, List<Event> events, Truncation truncation) {
  /** Greatest body that is read, in octets. */
  public static final int MAX_SIZE = 1024 * 1024;

  private static final int MAX_TEXT = 256;
  private static final String NONCED = "nonced duplicates";
  private static final String NONCELESS = "nonceless duplicates";
  private static final String ARBITRARY = "arbitrary";

  /**
   * One voucher that was issued.
   *
   * @param date when
   * @param domainId of the certificate that was pinned
   * @param nonce as it stood in the request; empty for a nonceless voucher
   * @param assertion what was asserted; empty when it is none that we know
   * @param truncated how many similar events this one stands for
   */
  public record Event(Instant date, Octets domainId, Optional<String> nonce, Optional<Assertion> assertion, long truncated) {}

  /** How many events were left out, by kind. */
  public record Truncation(long noncedDuplicates, long noncelessDuplicates, long arbitrary) {
    /** Nothing was left out. */
    public static final Truncation NONE = new Truncation(0, 0, 0);
  }

  /** Keeps an unmodifiable copy. */
  public AuditLog {
    events = List.copyOf(events);
  }

  /**
   * Reads a body; numbers may be strings of digits, as the example of RFC 8995 has them, and truncation may be missing. A nonce
   * that is null, absent or the text {@code NULL} stands for a nonceless voucher.
   */
  public static AuditLog parse(Octets json) throws DecodeException {
    ObjectNode body = StrictJson.object(json, MAX_SIZE);
    if (!(body.get("events") instanceof ArrayNode array)) {
      throw new DecodeException(Flaw.MISSING, "events", "no array of events");
    }
    if (!body.has("version")) {
      throw new DecodeException(Flaw.MISSING, "version", "this member is mandatory");
    }
    List<Event> events = new ArrayList<>();
    for (JsonNode element : array) {
      events.add(event(element, "events/" + events.size()));
    }
    return new AuditLog(count(body, "version", ""), events, truncation(body));
  }

  /** The JSON body, numbers as numbers. */
  public Octets encode() {
    ObjectNode body = StrictJson.newObject();
    body.put("version", version);
    ArrayNode array = body.putArray("events");
    for (Event event : events) {
      ObjectNode node = array.addObject();
      node.put("date", event.date().toString());
      node.put("domainID", event.domainId().base64());
      node.put("nonce", event.nonce().orElse(null));
      event.assertion().ifPresent(assertion -> node.put("assertion", assertion.label()));
      node.put("truncated", event.truncated());
    }
    ObjectNode left = body.putObject("truncation");
    left.put(NONCED, truncation.noncedDuplicates());
    left.put(NONCELESS, truncation.noncelessDuplicates());
    left.put(ARBITRARY, truncation.arbitrary());
    return StrictJson.encode(body);
  }

  private static Event event(JsonNode element, String path) throws DecodeException {
    if (!(element instanceof ObjectNode node)) {
      throw new DecodeException(Flaw.WRONG_TYPE, path, "not an object");
    }
    Optional<Assertion> assertion = text(node, "assertion", path).flatMap(Assertion::ofLabel);
    return new Event(
        Timestamps.parse(mandatory(node, "date", path), path + "/date"),
        Base64Text.lenient(mandatory(node, "domainID", path), path + "/domainID"),
        text(node, "nonce", path).filter(nonce -> !nonce.equals("NULL")),
        assertion,
        count(node, "truncated", path + "/"));
  }

  private static Truncation truncation(ObjectNode body) throws DecodeException {
    JsonNode node = body.get("truncation");
    if (node == null || node.isNull()) {
      return Truncation.NONE;
    }
    if (!(node instanceof ObjectNode left)) {
      throw new DecodeException(Flaw.WRONG_TYPE, "truncation", "not an object");
    }
    return new Truncation(
        count(left, NONCED, "truncation/"), count(left, NONCELESS, "truncation/"), count(left, ARBITRARY, "truncation/"));
  }

  private static String mandatory(ObjectNode node, String name, String path) throws DecodeException {
    return text(node, name, path)
        .orElseThrow(() -> new DecodeException(Flaw.MISSING, path + "/" + name, "this member is mandatory"));
  }

  private static Optional<String> text(ObjectNode node, String name, String path) throws DecodeException {
    JsonNode value = node.get(name);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw new DecodeException(Flaw.WRONG_TYPE, path + "/" + name, "not a text");
    }
    if (value.textValue().length() > MAX_TEXT) {
      throw new DecodeException(Flaw.TOO_LONG, path + "/" + name, "longer than " + MAX_TEXT + " characters");
    }
    return Optional.of(value.textValue());
  }

  private static long count(ObjectNode node, String name, String path) throws DecodeException {
    JsonNode value = node.get(name);
    if (value == null) {
      return 0;
    }
    if (value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0) {
      return value.longValue();
    }
    if (value.isTextual() && value.textValue().matches("[0-9]{1,18}")) {
      return Long.parseLong(value.textValue());
    }
    throw new DecodeException(Flaw.WRONG_TYPE, path + name, "not an unsigned number");
  }
}

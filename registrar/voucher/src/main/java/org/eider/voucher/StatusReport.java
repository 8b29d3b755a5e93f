package org.eider.voucher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.eider.wire.StrictJson;

/**
 * What a pledge reports of a voucher or an enrolment (RFC 8995 sections 5.7 and 5.9.4); both bodies have this form.
 *
 * @param version 1, or higher from pledges newer than we are
 * @param status whether it went well
 * @param reason why not, for people; at most 1,024 characters kept
 * @param reasonContext JSON object of further hints, as received; at most 4 KiB
 */
public record StatusReport(long version, boolean status, Optional<String> reason, Optional<Octets> reasonContext) {
  /** The version that we emit and fully understand. */
  public static final int CURRENT_VERSION = 1;
  /** Greatest body that is read, in octets. */
  public static final int MAX_SIZE = 16 * 1024;

  private static final int MAX_REASON = 1024;
  private static final int MAX_CONTEXT = 4 * 1024;

  /** All is well. */
  public static StatusReport success() {
    return new StatusReport(CURRENT_VERSION, true, Optional.empty(), Optional.empty());
  }

  /** It failed. */
  public static StatusReport failure(String reason) {
    return new StatusReport(CURRENT_VERSION, false, Optional.of(reason), Optional.empty());
  }

  /**
   * Reads a body. Member names are lower case; {@code version} and {@code status} are mandatory, unknown members are ignored.
   * Control characters in the reason become spaces, since it ends up in front of people.
   */
  public static StatusReport parse(Octets json) throws DecodeException {
    ObjectNode body = StrictJson.object(json, MAX_SIZE);
    JsonNode version = member(body, "version");
    if (!version.isIntegralNumber() || !version.canConvertToLong() || version.longValue() < 0) {
      throw new DecodeException(Flaw.WRONG_TYPE, "version", "not an unsigned number");
    }
    JsonNode status = member(body, "status");
    if (!status.isBoolean()) {
      throw new DecodeException(Flaw.WRONG_TYPE, "status", "neither true nor false");
    }
    return new StatusReport(version.longValue(), status.booleanValue(), reason(body), context(body));
  }

  /** The JSON body. */
  public Octets encode() {
    ObjectNode body = StrictJson.newObject();
    body.put("version", version);
    body.put("status", status);
    reason.ifPresent(text -> body.put("reason", text));
    reasonContext.ifPresent(context -> body.set("reason-context", asObject(context)));
    return StrictJson.encode(body);
  }

  private static JsonNode member(ObjectNode body, String name) throws DecodeException {
    JsonNode node = body.get(name);
    if (node == null) {
      throw new DecodeException(Flaw.MISSING, name, "this member is mandatory");
    }
    return node;
  }

  private static Optional<String> reason(ObjectNode body) throws DecodeException {
    JsonNode node = body.get("reason");
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isTextual()) {
      throw new DecodeException(Flaw.WRONG_TYPE, "reason", "not a text");
    }
    return Optional.of(shortened(node.textValue()));
  }

  private static String shortened(String text) {
    int end = Math.min(text.length(), MAX_REASON);
    if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    StringBuilder kept = new StringBuilder(end);
    text.substring(0, end).chars().forEach(c -> kept.append(Character.isISOControl(c) ? ' ' : (char) c));
    return kept.toString();
  }

  private static Optional<Octets> context(ObjectNode body) throws DecodeException {
    JsonNode node = body.get("reason-context");
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isObject()) {
      throw new DecodeException(Flaw.WRONG_TYPE, "reason-context", "not an object");
    }
    Octets context = StrictJson.encode(node);
    if (context.size() > MAX_CONTEXT) {
      throw new DecodeException(Flaw.TOO_LONG, "reason-context", "longer than " + MAX_CONTEXT + " octets");
    }
    return Optional.of(context);
  }

  private static ObjectNode asObject(Octets context) {
    try {
      return StrictJson.object(context, MAX_CONTEXT);
    } catch (DecodeException e) {
      throw new IllegalStateException("a reason-context is a JSON object", e);
    }
  }
}

package org.eider.voucher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.eider.wire.CborItem;
import org.eider.wire.CborMap;
import org.eider.wire.CborWriter;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.eider.wire.StrictJson;

/**
 * What a pledge reports of a voucher or an enrolment (RFC 8995 sections 5.7 and 5.9.4); both bodies have this form, in JSON or in CBOR
 * (constrained BRSKI section 6.5.1).
 *
 * @param version 1, or higher from pledges newer than we are
 * @param status whether it went well
 * @param reason why not, for people; at most 1,024 characters kept
 * @param reasonContext further hints, a JSON object or a CBOR map as the report itself is encoded; at most 4 KiB
 */
public record StatusReport(long version, boolean status, Optional<String> reason, Optional<Octets> reasonContext) {
  /** The version that we emit and fully understand. */
  public static final int CURRENT_VERSION = 1;
  /** Greatest body that is read, in octets. */
  public static final int MAX_SIZE = 16 * 1024;

  private static final int MAX_REASON = 1024;
  private static final int MAX_CONTEXT = 4 * 1024;
  /** The major type of a CBOR map, which no JSON begins with. */
  private static final int CBOR_MAP = 5;

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

  /**
   * Reads a body in CBOR: a map with text keys, as strictly as the one in JSON; a reason-context may have keys of any kind.
   */
  public static StatusReport parseCbor(Octets cbor) throws DecodeException {
    CborMap body = CborItem.read(cbor, MAX_SIZE).map("");
    for (CborMap.Entry entry : body.entries()) {
      entry.key().text("");
    }
    long version = member(body, "version").unsigned("version");
    boolean status = member(body, "status").bool("status");
    Optional<CborItem> reason = body.at("reason");
    return new StatusReport(version, status,
        reason.isPresent() ? Optional.of(shortened(reason.get().text("reason"))) : Optional.empty(), context(body));
  }

  /** The body as people read it: JSON as it is, CBOR in diagnostic notation, anything else by its length. */
  public static String readable(Octets body) {
    try {
      return !body.isEmpty() && body.at(0) >> 5 == CBOR_MAP ? CborItem.read(body, MAX_SIZE).diagnostic() : body.utf8();
    } catch (DecodeException e) {
      return body.size() + " octets that are no report";
    }
  }

  /** The JSON body; a reason-context has to be in JSON. */
  public Octets encode() {
    ObjectNode body = StrictJson.newObject();
    body.put("version", version);
    body.put("status", status);
    reason.ifPresent(text -> body.put("reason", text));
    reasonContext.ifPresent(context -> body.set("reason-context", asObject(context)));
    return StrictJson.encode(body);
  }

  /** The CBOR body, definite and with text keys; a reason-context has to be in CBOR. */
  public Octets encodeCbor() {
    CborWriter out = new CborWriter().map(2 + (reason.isPresent() ? 1 : 0) + (reasonContext.isPresent() ? 1 : 0))
        .text("version").integer(version).text("status").bool(status);
    reason.ifPresent(text -> out.text("reason").text(text));
    reasonContext.ifPresent(context -> out.text("reason-context").item(context));
    return out.toOctets();
  }

  private static CborItem member(CborMap body, String name) throws DecodeException {
    return body.at(name).orElseThrow(() -> new DecodeException(Flaw.MISSING, name, "this member is mandatory"));
  }

  private static Optional<Octets> context(CborMap body) throws DecodeException {
    Optional<CborItem> context = body.at("reason-context");
    if (context.isEmpty()) {
      return Optional.empty();
    }
    context.get().map("reason-context");
    return Optional.of(bounded(context.get().encoded()));
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
    return Optional.of(bounded(StrictJson.encode(node)));
  }

  private static Octets bounded(Octets context) throws DecodeException {
    if (context.size() > MAX_CONTEXT) {
      throw new DecodeException(Flaw.TOO_LONG, "reason-context", "longer than " + MAX_CONTEXT + " octets");
    }
    return context;
  }

  private static ObjectNode asObject(Octets context) {
    try {
      return StrictJson.object(context, MAX_CONTEXT);
    } catch (DecodeException e) {
      throw new IllegalStateException("a reason-context is a JSON object", e);
    }
  }
}

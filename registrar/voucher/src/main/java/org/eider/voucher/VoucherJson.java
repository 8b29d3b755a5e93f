package org.eider.voucher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.eider.voucher.Leaf.Module;
import org.eider.wire.Base64Text;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.eider.wire.StrictJson;

/**
 * The JSON encoding of RFC 7951 for the modules ietf-voucher and ietf-voucher-request. Encoding is total. Decoding is strict about
 * structure and types, and takes the documented deviations of published artefacts: nonces and idevid-issuers in either base64
 * alphabet, a date without time, and {@code "true"} as a text (RFC 8366 section 5.2). Unknown leaves are ignored (RFC 8366bis
 * section 6).
 */
public final class VoucherJson {
  /** Greatest JSON text that is read, in octets. */
  public static final int MAX_SIZE = 64 * 1024;

  private VoucherJson() {}

  /** UTF-8 JSON. */
  public static Octets encode(Voucher voucher) {
    return encode(Module.VOUCHER, Leaves.of(voucher));
  }

  /** UTF-8 JSON. */
  public static Octets encode(VoucherRequest request) {
    return encode(Module.REQUEST, Leaves.of(request));
  }

  /** Reads a voucher; the one top-level member has to be {@code ietf-voucher:voucher}. */
  public static Voucher voucher(Octets json) throws DecodeException {
    return decode(Module.VOUCHER, json).voucher();
  }

  /** Reads a request; the one top-level member has to be {@code ietf-voucher-request:voucher}. */
  public static VoucherRequest request(Octets json) throws DecodeException {
    return decode(Module.REQUEST, json).request();
  }

  private static Octets encode(Module module, Leaves leaves) {
    ObjectNode top = StrictJson.newObject();
    ObjectNode container = top.putObject(module.container());
    leaves.forEach((leaf, value) -> container.set(leaf.label(), node(leaf.type(), value)));
    return StrictJson.encode(top);
  }

  private static JsonNode node(LeafType type, Object value) {
    return switch (type) {
      case TEXT, URI -> TextNode.valueOf(value.toString());
      case DATE -> TextNode.valueOf(((Instant) value).toString());
      case BOOLEAN -> BooleanNode.valueOf((Boolean) value);
      case BINARY, LENIENT_BINARY -> TextNode.valueOf(((Octets) value).base64());
      case NONCE -> TextNode.valueOf(((Nonce) value).text());
      case ASSERTION -> TextNode.valueOf(((Assertion) value).label());
    };
  }

  private static Leaves decode(Module module, Octets json) throws DecodeException {
    ObjectNode top = StrictJson.object(json, MAX_SIZE);
    if (!(top.get(module.container()) instanceof ObjectNode container)) {
      throw new DecodeException(Flaw.MISSING, module.container(), "no such object at the top of the JSON");
    }
    if (top.size() != 1) {
      throw new DecodeException(Flaw.UNEXPECTED, "", "more than the one top-level member " + module.container());
    }
    Leaves leaves = new Leaves();
    for (Map.Entry<String, JsonNode> member : container.properties()) {
      Optional<Leaf> leaf = Leaf.ofLabel(member.getKey()).filter(known -> known.isKeptIn(module));
      if (leaf.isPresent()) {
        String path = module.container() + "/" + member.getKey();
        leaves.put(leaf.get(), value(leaf.get().type(), member.getValue(), path));
      }
    }
    return leaves;
  }

  private static Object value(LeafType type, JsonNode node, String path) throws DecodeException {
    return switch (type) {
      case TEXT -> LeafTexts.printable(text(node, path), path);
      case DATE -> Timestamps.parse(text(node, path), path);
      case BOOLEAN -> bool(node, path);
      case BINARY -> Base64Text.strict(text(node, path), path);
      case LENIENT_BINARY -> Base64Text.lenient(text(node, path), path);
      case NONCE -> Nonce.parse(text(node, path), path);
      case ASSERTION -> Assertion.ofLabel(text(node, path))
          .orElseThrow(() -> new DecodeException(Flaw.OUT_OF_RANGE, path, "no such assertion"));
      case URI -> LeafTexts.uri(text(node, path), path);
    };
  }

  private static String text(JsonNode node, String path) throws DecodeException {
    if (!node.isTextual()) {
      throw new DecodeException(Flaw.WRONG_TYPE, path, "not a text");
    }
    return node.textValue();
  }

  private static Boolean bool(JsonNode node, String path) throws DecodeException {
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    return switch (text(node, path)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new DecodeException(Flaw.WRONG_TYPE, path, "neither true nor false");
    };
  }
}

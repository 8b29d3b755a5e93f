package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** Compares what we decode of YANG-CBOR with the decoded fields that a manifest tells. */
final class CborContent {
  private CborContent() {}

  /** Checks a payload, and tells how its members are named. */
  static KeyStyle check(JsonNode payload, Octets cbor) throws DecodeException {
    assertThat(payload.size()).isEqualTo(1);
    Map.Entry<String, JsonNode> top = payload.properties().iterator().next();
    if (top.getKey().contains("ietf-voucher:voucher")) {
      VoucherCbor.Decoded<Voucher> read = VoucherCbor.voucher(cbor);
      leaves(top.getValue(), Leaf.Module.VOUCHER, Leaves.of(read.value()));
      return read.style();
    }
    assertThat(top.getKey()).contains("ietf-voucher-request:voucher");
    VoucherCbor.Decoded<VoucherRequest> read = VoucherCbor.request(cbor);
    leaves(top.getValue(), Leaf.Module.REQUEST, Leaves.of(read.value()));
    return read.style();
  }

  /** What our encoder makes of a decoded payload. */
  static Octets encodedAgain(Octets cbor, KeyStyle style) throws DecodeException {
    try {
      return VoucherCbor.encode(VoucherCbor.voucher(cbor).value(), style);
    } catch (DecodeException aRequest) {
      return VoucherCbor.encode(VoucherCbor.request(cbor).value(), style);
    }
  }

  private static void leaves(JsonNode expected, Leaf.Module module, Leaves leaves) {
    List<String> told = new ArrayList<>();
    for (Map.Entry<String, JsonNode> member : expected.properties()) {
      String label = member.getKey().replaceFirst("^-?[0-9]+ ", "").replaceFirst("\\(.*$", "");
      if (Leaf.ofLabel(label).filter(leaf -> leaf.isKeptIn(module)).isPresent()) {
        told.add(label + " = " + reference(member.getValue()));
      }
    }
    List<String> decoded = new ArrayList<>();
    leaves.forEach((leaf, value) -> {
      JsonNode like = expected.properties().stream().filter(member -> member.getKey().matches("(.* )?" + leaf.label() + "(\\(.*)?"))
          .map(Map.Entry::getValue).findFirst().orElseThrow(() -> new AssertionError(leaf.label() + " is not told"));
      decoded.add(leaf.label() + " = " + describe(leaf, value, like));
    });
    assertThat(decoded).containsExactlyInAnyOrderElementsOf(told);
  }

  private static String describe(Leaf leaf, Object value, JsonNode like) {
    return switch (leaf.type()) {
      case TEXT -> like.isObject() ? Octets.utf8((String) value).hex() : (String) value;
      case BOOLEAN, URI -> value.toString();
      case DATE -> value.toString();
      case NONCE -> like.isObject() ? ((Nonce) value).octets().hex() : ((Nonce) value).text();
      case ASSERTION -> like.isTextual() ? ((Assertion) value).label() : Integer.toString(((Assertion) value).number());
      case BINARY, LENIENT_BINARY -> like.path("bytes").isTextual() ? ((Octets) value).hex()
          : ((Octets) value).size() + " " + ((Octets) value).sha256().hex();
    };
  }

  private static String reference(JsonNode told) {
    JsonNode bytes = told.has("bytes") ? told.get("bytes") : told.path("text_base64");
    if (bytes.isTextual()) {
      return bytes.asText();
    }
    if (bytes.isObject()) {
      return bytes.path("len").asInt() + " " + bytes.path("sha256").asText();
    }
    if (told.has("cbor_tag")) {
      return told.get("value").asText();
    }
    return told.asText().matches("\\d{4}-\\d{2}-\\d{2}T.*") ? Instant.parse(told.asText()).toString() : told.asText();
  }
}

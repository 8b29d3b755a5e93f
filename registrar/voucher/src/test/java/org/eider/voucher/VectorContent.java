package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eider.pki.CmsSigned;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** Compares what we decode with the decoded fields that a manifest tells; a member it does not know fails. */
final class VectorContent {
  private VectorContent() {}

  static void check(JsonNode expect, CmsSigned signed) throws Exception {
    JsonNode cms = expect.path("cms");
    assertThat(signed.contentType()).isEqualTo(cms.path("eContentType").asText());
    assertThat(signed.certificates()).hasSize(cms.path("certificates").asInt());
    JsonNode signer = cms.path("signers").path(0);
    assertThat(signed.digest().replace("-", "").toLowerCase(java.util.Locale.ROOT)).isEqualTo(signer.path("digest").asText().split(" ")[0]);
    assertThat("0x" + signed.signer().getSerialNumber().toString(16)).isEqualTo(signer.path("serial").asText());
    assertThat(signed.signingTime().map(Instant::toString)).isEqualTo(text(signer, "signingTime"));
    assertThat(signed.content().size()).isEqualTo(expect.path("eContent_len").asInt());
    assertThat(signed.content().sha256().hex()).isEqualTo(expect.path("eContent_sha256").asText());
    content(expect.path("content"), signed.content());
    if (expect.has("nonce_octets")) {
      assertThat(nonce(expect.path("content"), signed.content()).octets().size()).isEqualTo(expect.path("nonce_octets").asInt());
    }
    if (expect.has("prior")) {
      prior(expect.path("prior"), VoucherJson.request(signed.content()));
    }
  }

  private static void prior(JsonNode expect, VoucherRequest outer) throws Exception {
    VoucherArtifact artifact = new VoucherArtifact(VoucherFormat.CMS_JSON, outer.priorSigned().orElseThrow());
    if (!expect.path("signature").asText().equals("valid")) {
      return;
    }
    VoucherRequest prior = VoucherOpener.request(artifact, List.of()).value();
    leaves(expect.path("content").path("ietf-voucher-request:voucher"), Leaf.Module.REQUEST, Leaves.of(prior));
    assertThat(prior.nonce().orElseThrow().matches(outer.nonce().orElseThrow())).isEqualTo(expect.path("same_nonce").asBoolean());
    assertThat(prior.serialNumber().equals(outer.serialNumber())).isEqualTo(expect.path("same_serial").asBoolean());
  }

  private static void content(JsonNode content, Octets json) throws DecodeException {
    if (content.has("ietf-voucher:voucher")) {
      leaves(content.get("ietf-voucher:voucher"), Leaf.Module.VOUCHER, Leaves.of(VoucherJson.voucher(json)));
    } else {
      assertThat(content.has("ietf-voucher-request:voucher")).isTrue();
      leaves(content.get("ietf-voucher-request:voucher"), Leaf.Module.REQUEST, Leaves.of(VoucherJson.request(json)));
    }
  }

  private static Nonce nonce(JsonNode content, Octets json) throws DecodeException {
    Optional<Nonce> nonce = content.has("ietf-voucher:voucher") ? VoucherJson.voucher(json).nonce() : VoucherJson.request(json).nonce();
    return nonce.orElseThrow();
  }

  /** Every leaf that the manifest tells is there with that value, and no other. */
  static void leaves(JsonNode expected, Leaf.Module module, Leaves leaves) {
    List<String> decoded = new ArrayList<>();
    leaves.forEach((leaf, value) -> {
      decoded.add(leaf.label());
      JsonNode told = expected.path(leaf.label());
      assertThat(told.isMissingNode()).as(leaf.label() + " is told").isFalse();
      assertThat(describe(leaf, value, told)).as(leaf.label()).isEqualTo(reference(leaf, told));
    });
    for (Map.Entry<String, JsonNode> member : expected.properties()) {
      if (Leaf.ofLabel(member.getKey()).filter(leaf -> leaf.isKeptIn(module)).isPresent()) {
        assertThat(decoded).as("decoded leaves").contains(member.getKey());
      }
    }
  }

  private static String describe(Leaf leaf, Object value, JsonNode told) {
    return switch (leaf.type()) {
      case TEXT, BOOLEAN, DATE, URI -> value.toString();
      case NONCE -> ((Nonce) value).text();
      case ASSERTION -> ((Assertion) value).label();
      case BINARY, LENIENT_BINARY -> told.isObject()
          ? ((Octets) value).size() + " " + ((Octets) value).sha256().hex()
          : ((Octets) value).hex();
    };
  }

  private static String reference(Leaf leaf, JsonNode told) {
    return switch (leaf.type()) {
      case TEXT, BOOLEAN, NONCE, ASSERTION, URI -> told.asText();
      case DATE -> told.asText().length() == 10
          ? LocalDate.parse(told.asText()).atStartOfDay().toInstant(ZoneOffset.UTC).toString()
          : OffsetDateTime.parse(told.asText()).toInstant().toString();
      case BINARY, LENIENT_BINARY -> told.isObject()
          ? carried(told)
          : Octets.of(java.util.Base64.getMimeDecoder().decode(told.asText())).hex();
    };
  }

  /** Length and digest of octets that the manifest tells in {@code base64}, in full as hexadecimal digits where they are few. */
  private static String carried(JsonNode told) {
    JsonNode octets = told.path("base64");
    if (octets.has("hex")) {
      byte[] bytes = java.util.HexFormat.of().parseHex(octets.get("hex").asText());
      return bytes.length + " " + Octets.of(bytes).sha256().hex();
    }
    return octets.path("len").asInt() + " " + octets.path("sha256").asText();
  }

  private static Optional<String> text(JsonNode node, String name) {
    return Optional.of(node.path(name)).filter(JsonNode::isTextual).map(JsonNode::asText);
  }
}

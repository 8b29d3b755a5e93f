package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.OffsetDateTime;
import java.util.stream.Stream;
import org.eider.testkit.Vector;
import org.eider.testkit.Vectors;
import org.eider.wire.Base64Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The unsigned JSON texts of {@code cms-voucher}: published examples of vouchers, requests, telemetry and audit logs. */
final class JsonVectorTest {
  static Stream<Vector> unsigned() {
    return Vectors.manifest("cms-voucher").stream()
        .filter(vector -> vector.file().startsWith("json/") && !vector.encoding().equals("CDDL text"));
  }

  @Test
  void thereIsUnsignedJsonToDecode() {
    assertThat(Vectors.manifest("cms-voucher")).anySatisfy(vector -> assertThat(vector.file()).startsWith("json/"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unsigned")
  void publishedJsonDecodesToTheFieldsOfItsManifest(Vector vector) throws Exception {
    JsonNode expect = vector.expect();
    if (expect.has("ietf-voucher:voucher")) {
      Voucher voucher = VoucherJson.voucher(vector.octets());
      VectorContent.leaves(expect.get("ietf-voucher:voucher"), Leaf.Module.VOUCHER, Leaves.of(voucher));
      assertThat(VoucherJson.voucher(VoucherJson.encode(voucher))).isEqualTo(voucher);
    } else if (expect.has("ietf-voucher-request:voucher")) {
      VoucherRequest request = VoucherJson.request(vector.octets());
      VectorContent.leaves(expect.get("ietf-voucher-request:voucher"), Leaf.Module.REQUEST, Leaves.of(request));
      assertThat(VoucherJson.request(VoucherJson.encode(request))).isEqualTo(request);
    } else if (expect.has("status")) {
      checkReport(expect, StatusReport.parse(vector.octets()));
    } else if (expect.has("events")) {
      checkAuditLog(expect, AuditLog.parse(vector.octets()));
    } else {
      fail("unknown kind of vector: " + vector);
    }
  }

  private static void checkReport(JsonNode expect, StatusReport report) throws Exception {
    assertThat(report.version()).isEqualTo(expect.get("version").asLong());
    assertThat(report.status()).isEqualTo(expect.get("status").asBoolean());
    assertThat(report.reason()).contains(expect.get("reason").asText());
    assertThat(new ObjectMapper().readTree(report.reasonContext().orElseThrow().utf8())).isEqualTo(expect.get("reason-context"));
  }

  private static void checkAuditLog(JsonNode expect, AuditLog log) throws Exception {
    assertThat(log.version()).isEqualTo(expect.get("version").asLong());
    JsonNode left = expect.get("truncation");
    assertThat(log.truncation()).isEqualTo(new AuditLog.Truncation(
        left.get("nonced duplicates").asLong(), left.get("nonceless duplicates").asLong(), left.get("arbitrary").asLong()));
    JsonNode events = expect.get("events");
    assertThat(log.events()).hasSize(events.size()).isNotEmpty();
    for (int i = 0; i < events.size(); i++) {
      checkEvent(events.get(i), log.events().get(i));
    }
    assertThat(AuditLog.parse(log.encode())).isEqualTo(log);
  }

  private static void checkEvent(JsonNode expect, AuditLog.Event event) throws Exception {
    assertThat(event.date()).isEqualTo(OffsetDateTime.parse(expect.get("date").asText()).toInstant());
    assertThat(event.domainId()).isEqualTo(Base64Text.strict(expect.get("domainID").asText(), "domainID"));
    assertThat(event.nonce()).contains(expect.get("nonce").asText());
    assertThat(event.assertion().map(Assertion::label)).contains(expect.get("assertion").asText());
    assertThat(event.truncated()).isEqualTo(expect.path("truncated").asLong());
  }
}

package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StatusReportTest {
  @Test
  void reportsComeBackUnchanged() throws Exception {
    StatusReport full = new StatusReport(2, false, Optional.of("no voucher"), Optional.of(Octets.utf8("{\"a\":[1,\"x\"]}")));
    assertThat(StatusReport.parse(full.encode())).isEqualTo(full);
    assertThat(StatusReport.parse(StatusReport.success().encode())).isEqualTo(StatusReport.success());
    assertThat(StatusReport.success().encode().utf8()).isEqualTo("{\"version\":1,\"status\":true}");
    assertThat(StatusReport.failure("why").encode().utf8()).isEqualTo("{\"version\":1,\"status\":false,\"reason\":\"why\"}");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "{\"version\":1} | MISSING",
      "{\"status\":true} | MISSING",
      "{\"version\":1,\"Status\":true} | MISSING",
      "{\"Version\":1,\"status\":true} | MISSING",
      "{\"version\":\"1\",\"status\":true} | WRONG_TYPE",
      "{\"version\":1.5,\"status\":true} | WRONG_TYPE",
      "{\"version\":-1,\"status\":true} | WRONG_TYPE",
      "{\"version\":99999999999999999999,\"status\":true} | WRONG_TYPE",
      "{\"version\":1,\"status\":\"true\"} | WRONG_TYPE",
      "{\"version\":1,\"status\":1} | WRONG_TYPE",
      "{\"version\":1,\"status\":true,\"status\":false} | DUPLICATE_KEY",
      "{\"version\":1,\"status\":false,\"reason\":{}} | WRONG_TYPE",
      "{\"version\":1,\"status\":false,\"reason-context\":\"x\"} | WRONG_TYPE",
      "{\"version\":1,\"status\":false}x | WRONG_TYPE",
      "[1,true] | WRONG_TYPE",
  })
  void otherBodiesAreRefused(String json, Flaw flaw) {
    assertThatThrownBy(() -> StatusReport.parse(Octets.utf8(json.strip())))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
  }

  @Test
  void unknownMembersAreIgnored() throws Exception {
    assertThat(StatusReport.parse(Octets.utf8("{\"version\":1,\"status\":true,\"x\":{\"y\":[]}}"))).isEqualTo(StatusReport.success());
  }

  @Test
  void reasonIsCutToItsBoundWithoutBreakingACharacter() throws Exception {
    StatusReport report = StatusReport.parse(Octets.utf8("{\"version\":1,\"status\":false,\"reason\":\"" + "a".repeat(1023) + "😀b\"}"));
    assertThat(report.reason()).contains("a".repeat(1023));
  }

  @Test
  void controlCharactersOfTheReasonBecomeSpaces() throws Exception {
    assertThat(StatusReport.parse(Octets.utf8("{\"version\":1,\"status\":false,\"reason\":\"a\\nb\\u001bc\"}")).reason()).contains("a b c");
  }

  @Test
  void bodiesAndContextsBeyondTheirBoundsAreRefused() {
    String head = "{\"version\":1,\"status\":false,\"reason";
    assertThatThrownBy(() -> StatusReport.parse(Octets.utf8(head + "\":\"" + "a".repeat(1024 * 1024) + "\"}")))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
    assertThatThrownBy(() -> StatusReport.parse(Octets.utf8(head + "-context\":{\"x\":\"" + "a".repeat(5000) + "\"}}")))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
    assertThatThrownBy(() -> StatusReport.parse(Octets.utf8(head + "-context\":" + "{\"x\":".repeat(100) + "1" + "}".repeat(101))))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_DEEP));
  }

  /** The two reports of the constrained BRSKI draft, section 6.5.1. */
  @Test
  void reportsInCborComeBackUnchanged() throws Exception {
    assertThat(StatusReport.success().encodeCbor().hex()).isEqualTo("a26776657273696f6e0166737461747573f5");
    StatusReport failure = StatusReport.failure("Informative human readable error message");
    assertThat(failure.encodeCbor().hex()).isEqualTo("a36776657273696f6e0166737461747573f466726561736f6e"
        + "7828" + Octets.utf8("Informative human readable error message").hex());
    StatusReport full = new StatusReport(1, false, Optional.of("no"), Optional.of(Octets.hex("a2006161 4101f6".replace(" ", ""))));
    for (StatusReport report : List.of(StatusReport.success(), failure, full)) {
      assertThat(StatusReport.parseCbor(report.encodeCbor())).isEqualTo(report);
    }
  }

  @ParameterizedTest
  @CsvSource({
      "a16776657273696f6e01,MISSING", "a166737461747573f5,MISSING", "a2676572737369 6f6e0166737461747573f5,MISSING",
      "a26776657273696f6e613166737461747573f5,WRONG_TYPE", "a26776657273696f6e2066737461747573f5,WRONG_TYPE",
      "a26776657273696f6e016673746174757301,WRONG_TYPE", "a26776657273696f6e0166737461747573f6,WRONG_TYPE",
      "a36776657273696f6e0166737461747573f566737461747573f4,DUPLICATE_KEY", "a36776657273696f6e0166737461747573f466726561736f6e01,WRONG_TYPE",
      "a36776657273696f6e0166737461747573f46e726561736f6e2d636f6e7465787480,WRONG_TYPE",
      "a36776657273696f6e0166737461747573f46e726561736f6e2d636f6e74657874a200010002,DUPLICATE_KEY",
      "a26776657273696f6e0166737461747573f500,TRAILING_BYTES", "a2006161 66737461747573f5,WRONG_TYPE", "8201f5,WRONG_TYPE", "'',TRUNCATED",
      "a26776657273696f6e01667374617475 73,TRUNCATED", "7b2276657273696f6e223a317d,TRUNCATED"})
  void otherBodiesInCborAreRefused(String hex, Flaw flaw) {
    assertThatThrownBy(() -> StatusReport.parseCbor(Octets.hex(hex.replace(" ", ""))))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
  }

  @Test
  void indefiniteLengthsAndUnknownMembersInCborAreTaken() throws Exception {
    assertThat(StatusReport.parseCbor(Octets.hex("bf6776657273696f6e0166737461747573f56178a1f6f6ff"))).isEqualTo(StatusReport.success());
  }

  @Test
  void bodiesAreReadableForPeopleInEitherEncoding() throws Exception {
    assertThat(StatusReport.readable(StatusReport.success().encode())).isEqualTo("{\"version\":1,\"status\":true}");
    assertThat(StatusReport.readable(Octets.hex("a301026161420102f6c120"))).isEqualTo("{1: 2, \"a\": h'0102', null: 1(-1)}");
    assertThat(StatusReport.readable(Octets.hex("a301"))).isEqualTo("2 octets that are no report");
  }
}

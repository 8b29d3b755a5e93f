package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
}

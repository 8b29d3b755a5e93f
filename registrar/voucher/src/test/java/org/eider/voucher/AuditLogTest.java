package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eider.voucher.AuditLog.Event;
import org.eider.voucher.AuditLog.Truncation;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AuditLogTest {
  private static final String DATE = "2026-11-02T10:00:02Z";

  @Test
  void logsComeBackUnchanged() throws Exception {
    AuditLog log = new AuditLog(1, List.of(
        new Event(Instant.parse(DATE), Octets.utf8("domain"), Optional.of("-_XE9zK9q8Ll1qylMtLKeg"), Optional.of(Assertion.PROXIMITY), 2),
        new Event(Instant.parse(DATE), Octets.utf8("other"), Optional.empty(), Optional.of(Assertion.LOGGED), 0)),
        new Truncation(1, 2, 3));
    assertThat(AuditLog.parse(log.encode())).isEqualTo(log);
  }

  @Test
  void numbersAreWrittenAsNumbersAndTheNoncelessAsNull() {
    AuditLog log = new AuditLog(1, List.of(
        new Event(Instant.parse(DATE), Octets.utf8("d"), Optional.empty(), Optional.of(Assertion.LOGGED), 0)), Truncation.NONE);
    assertThat(log.encode().utf8()).isEqualTo("{\"version\":1,\"events\":[{\"date\":\"2026-11-02T10:00:02Z\",\"domainID\":\"ZA==\","
        + "\"nonce\":null,\"assertion\":\"logged\",\"truncated\":0}],"
        + "\"truncation\":{\"nonced duplicates\":0,\"nonceless duplicates\":0,\"arbitrary\":0}}");
  }

  @Test
  void missingTruncationMeansThatNothingWasLeftOut() throws Exception {
    assertThat(AuditLog.parse(log("")).truncation()).isEqualTo(Truncation.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {",\"nonce\":null", ",\"nonce\":\"NULL\"", ""})
  void noncelessEventsAreToldInSeveralWays(String nonce) throws Exception {
    assertThat(AuditLog.parse(log(nonce)).events().get(0).nonce()).isEmpty();
  }

  @Test
  void unknownAssertionsVersionsAndMembersAreTolerated() throws Exception {
    AuditLog log = AuditLog.parse(Octets.utf8("{\"version\":\"7\",\"new\":[],\"events\":[{\"date\":\"" + DATE
        + "\",\"domainID\":\"ZA==\",\"assertion\":\"agent-proximity\"},{\"date\":\"" + DATE + "\",\"domainID\":\"ZA==\",\"assertion\":\"magic\"}]}"));
    assertThat(log.version()).isEqualTo(7);
    assertThat(log.events()).extracting(Event::assertion).containsExactly(Optional.of(Assertion.AGENT_PROXIMITY), Optional.empty());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "{\"events\":[]} | MISSING",
      "{\"version\":1} | MISSING",
      "{\"version\":1,\"events\":{}} | MISSING",
      "{\"version\":\"one\",\"events\":[]} | WRONG_TYPE",
      "{\"version\":-1,\"events\":[]} | WRONG_TYPE",
      "{\"version\":1,\"events\":[1]} | WRONG_TYPE",
      "{\"version\":1,\"events\":[{\"domainID\":\"ZA==\"}]} | MISSING",
      "{\"version\":1,\"events\":[{\"date\":\"2026-11-02T10:00:02Z\"}]} | MISSING",
      "{\"version\":1,\"events\":[{\"date\":\"soon\",\"domainID\":\"ZA==\"}]} | WRONG_TYPE",
      "{\"version\":1,\"events\":[{\"date\":\"2026-11-02T10:00:02Z\",\"domainID\":\"ZA==\",\"nonce\":1}]} | WRONG_TYPE",
      "{\"version\":1,\"events\":[{\"date\":\"2026-11-02T10:00:02Z\",\"domainID\":\"ZA==\",\"truncated\":\"-1\"}]} | WRONG_TYPE",
      "{\"version\":1,\"events\":[],\"truncation\":[]} | WRONG_TYPE",
      "{\"version\":1,\"events\":[],\"truncation\":{\"arbitrary\":\"x\"}} | WRONG_TYPE",
  })
  void otherBodiesAreRefused(String json, Flaw flaw) {
    assertThatThrownBy(() -> AuditLog.parse(Octets.utf8(json.strip())))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
  }

  @Test
  void textsAndBodiesAreBounded() {
    assertThatThrownBy(() -> AuditLog.parse(log(",\"nonce\":\"" + "A".repeat(1000) + "\"")))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
    assertThatThrownBy(() -> AuditLog.parse(log(",\"x\":\"" + "A".repeat(AuditLog.MAX_SIZE) + "\"")))
        .isInstanceOfSatisfying(DecodeException.class, e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
  }

  private static Octets log(String members) {
    return Octets.utf8("{\"version\":1,\"events\":[{\"date\":\"" + DATE + "\",\"domainID\":\"ZA==\"" + members + "}]}");
  }
}

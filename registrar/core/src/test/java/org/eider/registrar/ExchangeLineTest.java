package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eider.est.ClientSession;
import org.eider.est.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExchangeLineTest {
  private final ClientSession session = new Site().session(List.of(), Optional.empty());
  private final ExchangeLine line = new ExchangeLine(session);

  @ParameterizedTest
  @CsvSource({"1, 01", "a5, a5", "abc, 0abc", "80ff, 80ff", "00ff, ff", "7fffffffffffffffffff, 7fffffffffffffffffff"})
  void aSerialNumberHasWholeOctets(String serial, String noted) {
    line.note("ldevid", new BigInteger(serial, 16));
    assertThat(session.notes().value("ldevid")).contains(noted);
  }

  @Test
  void aRefusalIsNotedWithReasonAndDetail() {
    line.end(Outcome.refused(VoucherReason.NO_NONCE, "say \"nonce\"\n"));
    assertThat(session.notes().all()).isEqualTo(Map.of("outcome", "refused", "reason", "NO_NONCE", "detail", "say ?nonce??"));
  }

  @Test
  void aHeldRequestIsNotedWithItsTime() {
    line.end(Outcome.deferred(Duration.ofSeconds(60)));
    assertThat(session.notes().all()).isEqualTo(Map.of("outcome", "deferred", "retry-after", "60s"));
  }
}

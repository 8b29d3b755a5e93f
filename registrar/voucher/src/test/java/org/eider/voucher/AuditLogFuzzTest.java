package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An audit log is read or refused; what was read is written, and means the same. */
class AuditLogFuzzTest {
  static Stream<Arguments> seeds() {
    AuditLog.Event event = new AuditLog.Event(TestPki.NOW, Octets.of(new byte[20]), Optional.of("AAAAAAAAAAA="), Optional.of(Assertion.LOGGED), 3);
    return Seeds.of(new AuditLog(1, List.of(event, event), new AuditLog.Truncation(1, 2, 3)).encode(),
            Octets.utf8("{\"version\":\"1\",\"events\":[{\"date\":\"2019-05-15T17:25:55.644-04:00\",\"domainID\":\"BduJhdHPpfhQLyponf48JzXSGZ8=\",\"nonce\":null,"
                + "\"assertion\":\"proximity\",\"truncated\":\"0\"}],\"truncation\":{\"nonced duplicates\":\"0\",\"nonceless duplicates\":\"1\",\"arbitrary\":\"2\"}}"),
            Octets.utf8("{\"version\":1,\"events\":[]}"), Octets.utf8("{\"version\":1e3,\"events\":[[]]}"),
            Octets.utf8("{\"version\":99999999999999999999,\"events\":[{\"date\":\"9999-12-31T23:59:60Z\",\"domainID\":\"\",\"nonce\":\"NULL\"}]}"))
        .arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsALogOrRefuses(byte[] input) {
    Hostile.read(() -> AuditLog.parse(Octets.of(input))).ifPresent(log -> {
      assertThat(Hostile.read(() -> AuditLog.parse(log.encode()))).contains(log);
      assertThat(log.events()).allSatisfy(event -> assertThat(event.truncated()).isNotNegative());
    });
  }
}

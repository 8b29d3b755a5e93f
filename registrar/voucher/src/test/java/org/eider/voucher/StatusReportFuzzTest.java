package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A status report is read or refused, and fit for people; what was read is written, and means the same. */
class StatusReportFuzzTest {
  static Stream<Arguments> seeds() {
    return Seeds.of(StatusReport.success().encode(), StatusReport.failure("no\u2028way").encode(),
        Octets.utf8("{\"version\":1,\"status\":false,\"reason\":\"\\u0007\\ud83d\\ude00\",\"reason-context\":{\"pem\":\"x\",\"n\":[1.50,-0,1e5]}}"),
        Octets.utf8("{\"version\":1,\"status\":true,\"reason\":\"" + "\ud83d\ude00".repeat(600) + "\"}"),
        Octets.utf8("{\"version\":1.0,\"Status\":\"true\"}"), Octets.utf8("{\"version\":-1,\"status\":true}")).arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsAReportOrRefuses(byte[] input) {
    Hostile.read(() -> StatusReport.parse(Octets.of(input))).ifPresent(report -> {
      assertThat(report.reason().orElse("").chars()).noneMatch(Character::isISOControl);
      assertThat(Hostile.read(() -> StatusReport.parse(report.encode()))).contains(report);
    });
  }
}

package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Telemetry in CBOR is read or refused; what was read is written, and is the same; and any body can be shown. */
class StatusReportCborFuzzTest {
  static Stream<Arguments> seeds() throws DecodeException {
    return Seeds.of(StatusReport.success().encodeCbor(), StatusReport.failure("no voucher\u0007").encodeCbor(),
        Octets.hex("a46776657273696f6e0166737461747573f466726561736f6e61786e726561736f6e2d636f6e74657874a200f96161f6f6"),
        Octets.hex("bf6776657273696f6e1bffffffffffffffff66737461747573f5ff"))
        .andVectors("cose-voucher", "plain-voucher-status.hex").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsAReportOrRefuses(byte[] input) {
    Octets body = Octets.of(input);
    Hostile.read(() -> StatusReport.parseCbor(body))
        .ifPresent(report -> assertThat(Hostile.read(() -> StatusReport.parseCbor(report.encodeCbor()))).contains(report));
    assertThat(StatusReport.readable(body)).isNotNull();
  }
}

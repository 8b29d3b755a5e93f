package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The JSON of a voucher request is read or refused; what was read is written, and means the same. */
class VoucherRequestFuzzTest {
  static Stream<Arguments> seeds() {
    Octets octets = Octets.of(new byte[16]);
    VoucherRequest full = VoucherRequest.of("SN-1").assertion(Optional.of(Assertion.PROXIMITY)).createdOn(TestPki.NOW).expiresOn(TestPki.NOT_AFTER)
        .nonce(Optional.of(Nonce.of(octets))).idevidIssuer(octets).proximityRegistrarCert(octets).proximityRegistrarKey(octets)
        .proximityRegistrarKeySha256(octets).priorSigned(octets).build();
    return Seeds.of(VoucherJson.encode(full), VoucherJson.encode(VoucherRequest.of("SN-2").build()),
            Octets.utf8("{\"ietf-voucher-request:voucher\":{\"serial-number\":\"\\u0000\"}}"),
            Octets.utf8("{\"ietf-voucher-request:voucher\":{\"serial-number\":\"a\",\"assertion\":0,\"nonce\":\"\"}}"),
            Octets.utf8("{\"ietf-voucher-request:voucher\":{\"serial-number\":\"a\"},\"ietf-voucher:voucher\":{}}"))
        .andVectors("cms-voucher", ".json").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsARequestOrRefuses(byte[] input) {
    Hostile.read(() -> VoucherJson.request(Octets.of(input))).ifPresent(request -> {
      assertThat(request.serialNumber()).isNotEmpty();
      assertThat(Hostile.read(() -> VoucherJson.request(VoucherJson.encode(request)))).contains(request);
    });
  }
}

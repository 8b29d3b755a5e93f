package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The JSON of a voucher is read or refused; what was read is written, and means the same. */
class VoucherFuzzTest {
  static Stream<Arguments> seeds() {
    Octets octets = Octets.of(new byte[32]);
    Voucher full = Voucher.of("SN-1").assertion(Assertion.PROXIMITY).createdOn(TestPki.NOW).expiresOn(TestPki.NOT_AFTER)
        .lastRenewalDate(TestPki.NOW).revocationChecks(false).nonce(Optional.of(Nonce.of(octets))).idevidIssuer(octets).pinnedDomainCert(octets)
        .pinnedDomainKey(octets).pinnedDomainKeySha256(octets).estDomain(URI.create("https://est.example.net"))
        .additionalConfigurationUrl(URI.create("https://config.example.net/x")).build();
    return Seeds.of(VoucherJson.encode(full), VoucherJson.encode(Voucher.of("SN-2").build()),
            Octets.utf8("{\"ietf-voucher:voucher\":{\"serial-number\":\"a\",\"serial-number\":\"b\"}}"),
            Octets.utf8("{\"ietf-voucher:voucher\":{\"serial-number\":\"a\",\"created-on\":\"2026-02-30\",\"domain-cert-revocation-checks\":\"true\"}}"),
            Octets.utf8("{\"ietf-voucher:voucher\":{\"serial-number\":\"a\",\"nonce\":\"_-8\",\"est-domain\":\"mailto:x\",\"x\":[[[[[[[[]]]]]]]]}}"))
        .andVectors("cms-voucher", ".json").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsAVoucherOrRefuses(byte[] input) {
    Hostile.read(() -> VoucherJson.voucher(Octets.of(input))).ifPresent(voucher -> {
      assertThat(voucher.serialNumber()).isNotEmpty();
      assertThat(Hostile.read(() -> VoucherJson.voucher(VoucherJson.encode(voucher)))).contains(voucher);
      Hostile.read(() -> VoucherJson.request(Octets.of(input))).ifPresent(request -> {
        throw new AssertionError("both a voucher and a request");
      });
    });
  }
}

package org.eider.voucher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eider.voucher.Leaf.Module;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The table against ietf-voucher@2025-12-18.sid and ietf-voucher-request@2025-12-18.sid. */
final class LeafTest {
  @ParameterizedTest
  @CsvSource({
      "assertion,2452,2502", "created-on,2453,2503", "domain-cert-revocation-checks,2454,2504", "expires-on,2455,2505",
      "idevid-issuer,2456,2506", "last-renewal-date,2457,2507", "nonce,2458,2508", "pinned-domain-cert,2459,2509",
      "pinned-domain-pubk,2460,2518", "pinned-domain-pubk-sha256,2461,2519", "serial-number,2462,2514",
      "additional-configuration-url,2463,2520", "est-domain,2464,2521", "manufacturer-proprietary,2465,2523", "extensions,2466,2522",
      "prior-signed-voucher-request,,2510", "proximity-registrar-cert,,2511", "proximity-registrar-pubk-sha256,,2512",
      "proximity-registrar-pubk,,2513", "agent-provided-proximity-registrar-cert,,2515", "agent-sign-cert,,2516",
      "agent-signed-data,,2517"})
  void everyLeafHasTheNumbersOfTheSidFiles(String label, Integer voucherSid, int requestSid) {
    Leaf leaf = Leaf.ofLabel(label).orElseThrow();
    assertThat(leaf.sid(Module.VOUCHER)).isEqualTo(voucherSid == null ? OptionalInt.empty() : OptionalInt.of(voucherSid));
    assertThat(leaf.sid(Module.REQUEST)).hasValue(requestSid);
  }

  @ParameterizedTest
  @EnumSource(Module.class)
  void numbersOfAModuleAreDistinctAndFollowItsContainer(Module module) {
    IntStream sids = Arrays.stream(Leaf.values()).map(leaf -> leaf.sid(module)).filter(OptionalInt::isPresent).mapToInt(OptionalInt::getAsInt);
    assertThat(sids.boxed().toList()).doesNotHaveDuplicates().allMatch(sid -> sid > module.containerSid() && sid < module.containerSid() + 49);
  }

  @Test
  void theTableHasNoFurtherRow() {
    assertThat(Stream.of(Leaf.values())).hasSize(22);
  }
}

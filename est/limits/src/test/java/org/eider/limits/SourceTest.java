package org.eider.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.eider.limits.SourceRules.Standing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceTest {
  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvSource({
      "192.0.2.1, 192.0.2.1, true",
      "192.0.2.1, 192.0.2.2, false",
      "2001:db8::1, 2001:db8::2, true",
      "2001:db8::1, 2001:db8:0:1::1, false",
      "fe80::1, fe80::1, true",
      "fe80::1, fe80::2, false",
      "fe80::2001:db8:0:0, 2001:db8::1, false",
      "::ffff:192.0.2.1, 192.0.2.1, true",
  })
  void addressesOfOneHolderAreOneSource(String one, String other, boolean isSame) throws UnknownHostException {
    Source first = Source.of(InetAddress.getByName(one), Standing.STRANGER);
    assertThat(first.equals(Source.of(InetAddress.getByName(other), Standing.STRANGER))).isEqualTo(isSame);
    assertThat(first).isNotEqualTo(Source.of(InetAddress.getByName(one), Standing.TRUSTED));
  }

  @Test
  void joinProxiesOfOneNetworkAreSourcesOfTheirOwn() throws UnknownHostException {
    assertThat(Source.of(InetAddress.getByName("2001:db8::1"), Standing.JOIN_PROXY))
        .isNotEqualTo(Source.of(InetAddress.getByName("2001:db8::2"), Standing.JOIN_PROXY))
        .isNotEqualTo(Source.of(InetAddress.getByName("2001:db8::1"), Standing.STRANGER));
  }
}

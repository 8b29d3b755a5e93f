package org.eider.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {
  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7, true", "192.0.2.7, 192.0.2.8, false", "10.0.0.0/8, 10.255.0.1, true", "10.0.0.0/8, 11.0.0.1, false",
    "0.0.0.0/0, 203.0.113.9, true", "2001:db8::/32, 2001:db8:1::1, true", "2001:db8::/32, 2001:db9::1, false", "::1, ::1, true",
    "::/0, 192.0.2.1, false", "255.249.100.9, 255.249.100.9, true"
  })
  void aRangeHasTheAddressesOfItsPrefix(String range, String address, boolean contained) throws Exception {
    assertThat(AddressRange.parse(range).contains(InetAddress.getByName(address))).isEqualTo(contained);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "", "localhost", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.4.", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/x", "10.0.0.1/8", "fe80::1%lo", ":",
    "abc", ".:", "1:2", "2001:db8::/129", "1.2.3.4 "
  })
  void whatIsNoAddressIsRefusedWithoutAskingForIt(String text) {
    assertThatThrownBy(() -> AddressRange.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}

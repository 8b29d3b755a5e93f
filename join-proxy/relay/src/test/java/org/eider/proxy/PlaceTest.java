package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaceTest {
  @ParameterizedTest
  @CsvSource({
      "192.0.2.1, 192.0.2.1:7",
      "2001:db8::1, [2001:db8::1]:7",
      "2001:db8:0:1:0:0:0:1, [2001:db8:0:1::1]:7",
      "2001:db8:0:1:1:1:1:1, [2001:db8:0:1:1:1:1:1]:7",
      "::1, [::1]:7",
      "::, [::]:7",
      "fe80:1:2:3:4:5:0:0, [fe80:1:2:3:4:5::]:7",
  })
  void writesAddressesAsPeopleDo(String address, String text) throws UnknownHostException {
    assertThat(Place.text(new InetSocketAddress(InetAddress.getByName(address), 7))).isEqualTo(text);
  }

  @Test
  void namesTheInterface() throws UnknownHostException {
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getByName("::1%1"), 7);
    assertThat(Place.text(loopback, "eth0")).isEqualTo("[::1%eth0]:7");
    InetAddress scoped = Inet6Address.getByAddress(null, InetAddress.getByName("fe80::1").getAddress(), 1);
    assertThat(Place.text(scoped)).isEqualTo("fe80::1%lo");
    assertThat(Place.text((Object) InetSocketAddress.createUnresolved("name", 1))).contains("name");
  }
}

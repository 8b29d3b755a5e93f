package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.eider.pledge.RegistrarAddress.Scheme;
import org.eider.wire.DecodeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrarAddressTest {
  @ParameterizedTest
  @CsvSource({
      "https://[fe80::1%25eth0]:8443, fe80::1%eth0, 8443", "https://[fe80::1%eth0]:8443, fe80::1%eth0, 8443", "coaps://[FE80::1%25br-lan.7], fe80::1%br-lan.7, 5684",
      "https://[fe80::1%25Eth0]/, fe80::1%Eth0, 443", "coaps://[febf::1%3]:1, febf::1%3, 1", "https://[fe80::1%25]:1, fe80::1%25, 1",
      "https://[fe80::1]:8443, fe80::1, 8443"})
  void linkLocalAddressesHaveTheirInterface(String text, String host, int port) throws Exception {
    RegistrarAddress address = RegistrarAddress.parse(text);
    assertThat(address.host()).isEqualTo(host);
    assertThat(address.port()).isEqualTo(port);
    assertThat(RegistrarAddress.parse(address.toString())).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "https://[2001:db8::1%25eth0]:1", "https://[fe80::1%25]x:1", "https://[fe80::1%]:1", "https://[fe80::1%25a/b]:1", "https://[fe80::1%25eth0", "http://[fe80::1%25eth0]:1",
      "https://u@[fe80::1%25eth0]:1", "https://host%25eth0:1", "https://[fe80::1%25eth0]:1/path", "https://[fe80::1%25seventeen-letters]:1"})
  void otherZonesAreNone(String text) {
    assertThatThrownBy(() -> RegistrarAddress.parse(text)).isInstanceOf(DecodeException.class);
  }

  /** The server knows nothing of our zones, so its redirects have none. */
  @Test
  void redirectsStayOnTheLink() throws Exception {
    RegistrarAddress address = RegistrarAddress.parse("https://[fe80::1%25eth0]:8443");
    assertThat(address.redirected("/x", "/a").toString()).isEqualTo("https://[fe80::1%eth0]:8443");
    assertThat(address.redirected("https://[fe80::1]:8443/x", "/a").sameOrigin(address)).isTrue();
    assertThat(address.redirected("https://other:8443/x", "/a")).isEqualTo(RegistrarAddress.parse("https://other:8443").redirected("/x", "/a"));
    assertThat(address.scheme()).isEqualTo(Scheme.HTTPS);
  }
}

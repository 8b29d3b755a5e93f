package org.eider.grasp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkAddressTest {
  private static final int INDEX = 7;

  private static InetAddress at(String text, int scope) throws UnknownHostException {
    return Inet6Address.getByAddress("", InetAddress.getByName(text).getAddress(), scope);
  }

  private static LinkAddress link() throws UnknownHostException {
    return new LinkAddress("eth0", INDEX, at("fe80::1", INDEX));
  }

  @Test
  void aNeighbourIsOneOfThisLink() throws UnknownHostException {
    assertThat(link().isNeighbour(at("fe80::2", INDEX))).isTrue();
  }

  @Test
  void theSameAddressOnAnotherLinkIsNone() throws UnknownHostException {
    assertThat(link().isNeighbour(at("fe80::2", INDEX + 1))).isFalse();
    assertThat(link().isNeighbour(InetAddress.getByName("fe80::2"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2001:db8::2", "::1", "127.0.0.1", "169.254.0.2", "192.0.2.1"})
  void whatIsNotLinkLocalIsNone(String text) throws UnknownHostException {
    assertThat(link().isNeighbour(InetAddress.getByName(text))).isFalse();
    assertThat(link().isOfALink(InetAddress.getByName(text))).isFalse();
  }

  @Test
  void whatAMessageNamesHasNoScope() throws UnknownHostException {
    assertThat(link().isOfALink(InetAddress.getByName("fe80::2"))).isTrue();
  }

  @Test
  void onLoopbackItIsThisHost() throws UnknownHostException {
    LinkAddress loopback = new LinkAddress("lo", 1, InetAddress.getByName("127.0.0.1"));
    assertThat(loopback.isNeighbour(InetAddress.getByName("127.0.0.9"))).isTrue();
    assertThat(loopback.isNeighbour(InetAddress.getByName("::1"))).isTrue();
    assertThat(loopback.isNeighbour(InetAddress.getByName("192.0.2.1"))).isFalse();
  }
}

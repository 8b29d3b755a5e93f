package org.eider.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eider.limits.Gate.Shut;
import org.eider.limits.SourceLimits.Rate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
  private long nanos = 1;
  private final TimeMeter clock = new TimeMeter() {
    @Override
    public long currentTimeNanos() {
      return nanos;
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  };

  private Gate<String> gate(Gate.Bounds limits) {
    return new Gate<>(limits, true, clock);
  }

  private static Gate.Bounds limits(int connections, int perSource, Rate handshakes, Rate requests) {
    return new Gate.Bounds(connections, connections, new SourceLimits(perSource, handshakes, requests, 25),
        List.of(AddressRange.parse("10.1.0.0/16")), SourceLimits.NONE, 20);
  }

  private static InetAddress at(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Test
  void aSourceGetsSoManyConnectionsAndNoMore() {
    Gate<String> gate = gate(limits(10, 2, Rate.ANY, Rate.ANY));
    assertThat(gate.admit("a1", at("192.0.2.1")).refused()).isEmpty();
    assertThat(gate.admit("a2", at("192.0.2.1")).refused()).isEmpty();
    gate.stir("a1");
    gate.stir("a2");
    assertThat(gate.admit("a3", at("192.0.2.1")).refused()).contains(Shut.SOURCE_CONNECTIONS);
    assertThat(gate.admit("b1", at("192.0.2.2")).refused()).isEmpty();
    gate.leave("a1");
    assertThat(gate.admit("a4", at("192.0.2.1")).refused()).isEmpty();
    assertThat(gate.size()).isEqualTo(3);
  }

  @Test
  void whoIdlesLongestOfASourceThatHoldsAllItMayMakesRoomForTheNextOfIt() {
    Gate<String> gate = gate(limits(10, 3, Rate.ANY, Rate.ANY));
    gate.admit("b1", at("192.0.2.2"));
    gate.admit("a1", at("192.0.2.1"));
    gate.admit("a2", at("192.0.2.1"));
    gate.admit("a3", at("192.0.2.1"));
    gate.stir("a1");
    gate.settle("a2");
    assertThat(gate.admit("a4", at("192.0.2.1"))).isEqualTo(new Gate.Answer<>(Optional.empty(), Optional.of("a3"), Optional.empty()));
    assertThat(gate.stir("a3")).isFalse();
    assertThat(gate.admit("a5", at("192.0.2.1")).idle()).contains("a2");
    assertThat(gate.size()).isEqualTo(4);
    gate.stir("a4");
    gate.stir("a5");
    assertThat(gate.admit("a6", at("192.0.2.1")).refused()).contains(Shut.SOURCE_CONNECTIONS);
    gate.settle("a1");
    assertThat(gate.admit("a6", at("192.0.2.1")).idle()).contains("a1");
    assertThat(gate.stir("b1")).isTrue();
  }

  @Test
  void theOnlyConnectionOfASourceGivesItsPlaceAndWhatWasUsedStaysKnown() {
    Gate<String> gate = gate(limits(10, 1, new Rate(1, 2), new Rate(1, 1)));
    gate.admit("a1", at("192.0.2.1"));
    assertThat(gate.quota("a1").request()).isTrue();
    assertThat(gate.admit("a2", at("192.0.2.1")).idle()).contains("a1");
    assertThat(gate.quota("a2").request()).isFalse();
    assertThat(gate.admit("a3", at("192.0.2.1")).refused()).as("no victim for who is refused").contains(Shut.SOURCE_HANDSHAKES);
    assertThat(gate.stir("a2")).isTrue();
    gate.leave("a1");
    assertThat(gate.size()).isEqualTo(1);
  }

  @Test
  void anIpv6SourceIsItsNetworkOf64Bits() {
    Gate<String> gate = gate(limits(10, 1, Rate.ANY, Rate.ANY));
    assertThat(gate.admit("a1", at("2001:db8:0:1::1")).refused()).isEmpty();
    gate.stir("a1");
    assertThat(gate.admit("a2", at("2001:db8:0:1:ffff::2")).refused()).contains(Shut.SOURCE_CONNECTIONS);
    assertThat(gate.admit("b1", at("2001:db8:0:2::1")).refused()).isEmpty();
  }

  @Test
  void handshakesAreBoundedBySecondWithABurstWhetherTheConnectionsLastOrNot() {
    Gate<String> gate = gate(limits(100, 100, new Rate(2, 5), Rate.ANY));
    for (int i = 0; i < 5; i++) {
      assertThat(gate.admit("a" + i, at("192.0.2.1")).refused()).isEmpty();
      gate.leave("a" + i);
    }
    assertThat(gate.admit("a5", at("192.0.2.1")).refused()).contains(Shut.SOURCE_HANDSHAKES);
    assertThat(gate.admit("b", at("192.0.2.2")).refused()).isEmpty();
    nanos += TimeUnit.MILLISECONDS.toNanos(500);
    assertThat(gate.admit("a6", at("192.0.2.1")).refused()).isEmpty();
    assertThat(gate.admit("a7", at("192.0.2.1")).refused()).contains(Shut.SOURCE_HANDSHAKES);
  }

  @Test
  void requestsAreBoundedOverAllConnectionsOfASource() {
    Gate<String> gate = gate(limits(100, 100, Rate.ANY, new Rate(1, 2)));
    gate.admit("a1", at("192.0.2.1"));
    gate.admit("a2", at("192.0.2.1"));
    assertThat(gate.quota("a1").request()).isTrue();
    assertThat(gate.quota("a2").request()).isTrue();
    assertThat(gate.quota("a1").request()).isFalse();
    nanos += TimeUnit.SECONDS.toNanos(1);
    assertThat(gate.quota("a2").request()).isTrue();
    assertThat(gate.quota("a2").request()).isFalse();
  }

  @Test
  void aSourceMayHoldAQuarterOfWorkersAndQueue() {
    Gate<String> gate = gate(limits(10, 10, Rate.ANY, Rate.ANY));
    gate.admit("a1", at("192.0.2.1"));
    Quota quota = gate.quota("a1");
    for (int i = 0; i < 5; i++) {
      assertThat(quota.takesOff()).isTrue();
    }
    assertThat(quota.takesOff()).isFalse();
    quota.landed();
    assertThat(quota.takesOff()).isTrue();
  }

  @Test
  void whatASourceHasUsedIsNotForgottenWhenItsLastConnectionEnds() {
    Gate<String> gate = gate(limits(10, 10, Rate.ANY, new Rate(1, 1)));
    gate.admit("a1", at("192.0.2.1"));
    assertThat(gate.quota("a1").request()).isTrue();
    gate.leave("a1");
    gate.admit("a2", at("192.0.2.1"));
    assertThat(gate.quota("a2").request()).isFalse();
  }

  @Test
  void trustedSourcesHaveTheirOwnBounds() {
    Gate<String> gate = gate(limits(10, 1, new Rate(1, 1), new Rate(1, 1)));
    for (int i = 0; i < 5; i++) {
      assertThat(gate.admit("p" + i, at("10.1.2.3")).refused()).isEmpty();
      assertThat(gate.quota("p" + i).request()).isTrue();
    }
    assertThat(gate.admit("a1", at("10.2.2.3")).refused()).isEmpty();
    assertThat(gate.admit("a2", at("10.2.2.3")).refused()).isPresent();
  }

  @Test
  void aJoinProxyHasMoreThanAStrangerAndIsStillBoundedEachByItself() {
    SourceRules rules = SourceRules.NONE.withPerSource(new SourceLimits(1, new Rate(1, 1), new Rate(1, 1), 25))
        .withJoinProxies(List.of(AddressRange.parse("2001:db8::/64")), new SourceLimits(3, new Rate(1, 4), new Rate(1, 5), 50))
        .withTrusted(List.of(AddressRange.parse("2001:db8::99")), SourceLimits.NONE);
    Gate<String> gate = gate(new Gate.Bounds(100, 100, rules, 20));
    for (String proxy : List.of("2001:db8::1", "2001:db8::2")) {
      for (int pledge = 0; pledge < 3; pledge++) {
        assertThat(gate.admit(proxy + pledge, at(proxy)).refused()).isEmpty();
        gate.stir(proxy + pledge);
      }
      assertThat(gate.admit(proxy + "x", at(proxy)).refused()).contains(Shut.SOURCE_CONNECTIONS);
      for (int request = 0; request < 5; request++) {
        assertThat(gate.quota(proxy + "0").request()).isTrue();
      }
      assertThat(gate.quota(proxy + "1").request()).isFalse();
      gate.leave(proxy + "0");
      assertThat(gate.admit(proxy + "y", at(proxy)).refused()).isEmpty();
      gate.leave(proxy + "y");
      assertThat(gate.admit(proxy + "z", at(proxy)).refused()).contains(Shut.SOURCE_HANDSHAKES);
    }
    for (int any = 0; any < 10; any++) {
      assertThat(gate.admit("t" + any, at("2001:db8::99")).refused()).as("trusted before all").isEmpty();
    }
    assertThat(gate.admit("s1", at("192.0.2.1")).refused()).isEmpty();
    gate.stir("s1");
    assertThat(gate.admit("s2", at("192.0.2.1")).refused()).contains(Shut.SOURCE_CONNECTIONS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void trustInAnAddressIsNoTrustInItsNetwork(boolean isTrustedFirst) {
    Gate<String> gate = gate(new Gate.Bounds(10, 10, new SourceLimits(1, new Rate(1, 2), new Rate(1, 1), 25),
        List.of(AddressRange.parse("2001:db8::7")), new SourceLimits(2, Rate.ANY, Rate.ANY, 25), 20));
    List<String> order = isTrustedFirst ? List.of("2001:db8::7", "2001:db8::66") : List.of("2001:db8::66", "2001:db8::7");
    for (String address : order) {
      assertThat(gate.admit(address, at(address))).isEqualTo(new Gate.Answer<String>(Optional.empty(), Optional.empty(), Optional.empty()));
      gate.stir(address);
    }
    for (int i = 0; i < 5; i++) {
      assertThat(gate.quota("2001:db8::7").request()).isTrue();
      assertThat(gate.quota("2001:db8::66").request()).isEqualTo(i == 0);
    }
    assertThat(gate.admit("trusted", at("2001:db8::7")).refused()).isEmpty();
    assertThat(gate.admit("other", at("2001:db8::66")).refused()).contains(Shut.SOURCE_CONNECTIONS);
    assertThat(gate.admit("neighbour", at("2001:db8::67")).refused()).as("of the same network").contains(Shut.SOURCE_CONNECTIONS);
  }

  @Test
  void whereEveryAddressHasAnAccountANeighbourHasItsOwn() {
    Gate<String> gate = new Gate<>(limits(100, 1, Rate.ANY, Rate.ANY), true, clock, Source::exactly);
    for (String proxy : List.of("2001:db8::1", "2001:db8::2", "192.0.2.1")) {
      assertThat(gate.admit(proxy, at(proxy)).refused()).isEmpty();
      gate.stir(proxy);
      assertThat(gate.admit("second of " + proxy, at(proxy)).refused()).contains(Shut.SOURCE_CONNECTIONS);
    }
  }

  @Test
  void whenItIsFullWhoIdlesMakesRoomAndWhoIsServedStays() {
    Gate<String> gate = gate(limits(3, 3, Rate.ANY, Rate.ANY));
    gate.admit("a1", at("192.0.2.1"));
    gate.admit("a2", at("192.0.2.1"));
    gate.admit("b1", at("192.0.2.2"));
    assertThat(gate.stir("a1")).isTrue();
    assertThat(gate.admit("c1", at("192.0.2.3")).idle()).contains("a2");
    assertThat(gate.stir("a2")).isFalse();
    gate.leave("a2");
    assertThat(gate.stir("b1")).isTrue();
    assertThat(gate.stir("c1")).isTrue();
    assertThat(gate.admit("d1", at("192.0.2.4")).refused()).contains(Shut.CONNECTIONS);
    assertThat(gate.size()).isEqualTo(3);
    gate.settle("b1");
    assertThat(gate.admit("d1", at("192.0.2.4")).idle()).contains("b1");
  }

  @Test
  void aHandshakeThatTakesLongMakesRoomForANewOne() {
    Gate<String> gate = gate(new Gate.Bounds(10, 2, SourceLimits.NONE, List.of(), SourceLimits.NONE, 20));
    gate.admit("a1", at("192.0.2.1"));
    gate.admit("a2", at("192.0.2.1"));
    assertThat(gate.admit("b1", at("192.0.2.2")).greeting()).contains("a1");
    gate.greeted("a2");
    assertThat(gate.admit("b2", at("192.0.2.2"))).isEqualTo(new Gate.Answer<String>(Optional.empty(), Optional.empty(), Optional.empty()));
    assertThat(gate.size()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7, true", "192.0.2.7, 192.0.2.8, false", "10.0.0.0/8, 10.255.1.2, true", "10.0.0.0/8, 11.0.0.0, false",
    "192.0.2.128/25, 192.0.2.255, true", "192.0.2.128/25, 192.0.2.127, false", "0.0.0.0/0, 1.2.3.4, true", "0.0.0.0/0, ::1, false",
    "::1, ::1, true", "2001:db8::/33, 2001:db8:7fff::1, true", "2001:db8::/33, 2001:db8:8000::1, false", "::/0, 2001::1, true",
  })
  void aRangeHoldsItsAddresses(String range, String address, boolean within) {
    assertThat(AddressRange.parse(range).contains(at(address))).isEqualTo(within);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "localhost", "10.0.0.0/33", "10.0.0.1/8", "10.0.0/8", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "1", "2001:db8::1/32"})
  void whatIsNoRangeIsRefused(String text) {
    org.assertj.core.api.Assertions.assertThatIllegalArgumentException().isThrownBy(() -> AddressRange.parse(text));
  }
}

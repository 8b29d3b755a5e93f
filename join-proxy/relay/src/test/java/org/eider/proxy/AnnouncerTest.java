package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.eider.discovery.Herald;
import org.eider.discovery.Offer;
import org.eider.discovery.Service;
import org.junit.jupiter.api.Test;

class AnnouncerTest {
  private static final JoinPort CIRCUIT = port(Mode.CIRCUIT, "eth0", 1);
  private static final JoinPort STATEFUL = port(Mode.STATEFUL, "eth0", 2);
  private static final JoinPort STATELESS = port(Mode.STATELESS, "eth0", 3);
  private static final JoinPort ELSEWHERE = port(Mode.STATEFUL, "eth1", 4);

  private final List<Set<Offer>> told = new ArrayList<>();
  private final Registrars registrars = new Registrars(() -> 0, new Random(1), address -> false);
  private List<JoinPort> ports = List.of(CIRCUIT, STATEFUL, STATELESS, ELSEWHERE);
  private boolean isWithdrawn;
  private final Announcer announcer = new Announcer(() -> ports, registrars, List.of(new Herald() {
    @Override
    public void tell(Set<Offer> offers) {
      told.add(offers);
    }

    @Override
    public void close() {
      isWithdrawn = true;
    }
  }));

  private static JoinPort port(Mode mode, String interfaceName, int number) {
    return new JoinPort(mode, interfaceName, new InetSocketAddress(InetAddress.getLoopbackAddress(), number));
  }

  private void know(String... uris) {
    registrars.configure(java.util.Arrays.stream(uris).map(RegistrarUri::parse).toList(), uri -> List.of(new InetSocketAddress("127.0.0.1", uri.port())));
    announcer.refresh();
  }

  private Set<Integer> toldPorts() {
    return announcer.told().stream().map(Offer::port).collect(Collectors.toSet());
  }

  @Test
  void tellsNothingAsLongAsNoRegistrarIsKnown() {
    announcer.refresh();
    assertThat(told).isEmpty();
  }

  @Test
  void tellsOnlyOfMethodsThatARegistrarHas() {
    know("https://r:443");
    assertThat(announcer.told()).containsExactly(new Offer(Service.PROXY_TLS, "eth0", InetAddress.getLoopbackAddress(), 1));
  }

  /** Spec 04 section 9, test 15. */
  @Test
  void prefersTheStatelessModeWhenBothKindsAreKnown() {
    know("coaps://r");
    assertThat(toldPorts()).containsExactlyInAnyOrder(2, 4);
    know("coaps://r", "jpy://r:7000");
    assertThat(toldPorts()).containsExactlyInAnyOrder(3, 4);
  }

  @Test
  void goesBackToTheStatefulModeWhenNoStatelessRegistrarIsReached() {
    know("coaps://r", "jpy://r:7000");
    registrars.failed(Service.REGISTRAR_JPY, new InetSocketAddress("127.0.0.1", 7000), 1000);
    announcer.refresh();
    assertThat(toldPorts()).containsExactlyInAnyOrder(2, 4);
  }

  @Test
  void withdrawsWhatHasNoRegistrarAnyMore() {
    know("https://r", "coaps://r");
    know("coaps://r");
    assertThat(toldPorts()).containsExactlyInAnyOrder(2, 4);
    registrars.failed(Service.REGISTRAR_COAPS, new InetSocketAddress("127.0.0.1", 5684), 1000);
    announcer.refresh();
    assertThat(toldPorts()).isEmpty();
  }

  @Test
  void tellsOfTheNewAddressOfAnInterface() {
    know("https://r");
    ports = List.of(port(Mode.CIRCUIT, "eth0", 9));
    announcer.refresh();
    assertThat(toldPorts()).containsExactly(9);
  }

  @Test
  void saysNothingTwiceAndNothingAfterwards() {
    know("https://r");
    announcer.refresh();
    announcer.refresh();
    assertThat(told).hasSize(1);
    announcer.close();
    assertThat(isWithdrawn).isTrue();
    know("coaps://r");
    assertThat(told).hasSize(1);
  }
}

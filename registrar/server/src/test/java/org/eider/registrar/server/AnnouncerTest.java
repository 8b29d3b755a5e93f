package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.eider.discovery.Herald;
import org.eider.discovery.Offer;
import org.eider.discovery.Service;
import org.eider.registrar.server.Announcer.Announcement;
import org.eider.testkit.VethPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnnouncerTest {
  private static final Duration SOON = Duration.ofMillis(50);

  /** A herald that writes down what it is told. */
  private static final class Listener implements Herald {
    final List<Set<Offer>> told = new CopyOnWriteArrayList<>();
    final AtomicBoolean closed = new AtomicBoolean();

    @Override
    public void tell(Set<Offer> offers) {
      told.add(offers);
    }

    Set<Service> services() {
      return told.isEmpty() ? Set.of() : told.get(told.size() - 1).stream().map(Offer::service).collect(Collectors.toSet());
    }

    @Override
    public void close() {
      closed.set(true);
    }
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static List<InetAddress> addresses(String texts) {
    return texts == null ? List.of() : Arrays.stream(texts.split(" ")).map(AnnouncerTest::address).toList();
  }

  @ParameterizedTest
  @CsvSource({
      "fe80::1 10.0.0.1 2001:db8::1 fd00::1, 2001:db8::1 fd00::1 10.0.0.1, fe80::1", "fe80::1, fe80::1, fe80::1", "10.0.0.1, 10.0.0.1, ",
      "169.254.3.4 fe80::1, fe80::1, fe80::1", "169.254.3.4, , ", "127.0.0.1 ::1, ::1 127.0.0.1, ::1 127.0.0.1",
      "2001:db8::1 2001:db8::2 2001:db8::3 2001:db8::4 2001:db8::5, 2001:db8::1 2001:db8::2 2001:db8::3 2001:db8::4, ", ", , "})
  void registrarsAreFarAndProxiesAreNear(String all, String ofRegistrar, String ofProxy) {
    assertThat(Announcer.chosen(addresses(all), true)).isEqualTo(addresses(ofRegistrar));
    assertThat(Announcer.chosen(addresses(all), false)).isEqualTo(addresses(ofProxy));
  }

  @Test
  void whatDoesNotListenOrCannotServeIsWithdrawnAndToldAgainLater() throws Exception {
    AtomicBoolean tls = new AtomicBoolean(true);
    AtomicBoolean serves = new AtomicBoolean(true);
    Listener herald = new Listener();
    List<Endpoint> endpoints = List.of(new Endpoint(Service.REGISTRAR_TLS, "0.0.0.0", 8443, tls::get),
        new Endpoint(Service.REGISTRAR_JPY, "::", 7634, () -> true), new Endpoint(Service.REGISTRAR_COAPS, "192.0.2.77", 5684, () -> true),
        new Endpoint(Service.PROXY_TLS, "::", 8443, () -> true));
    List<Announcement> announcements = List.of(new Announcement("test", herald, List.of("lo", "nowhere0")));
    try (Announcer announcer = Announcer.start(announcements, endpoints, false, serves::get, SOON)) {
      assertThat(herald.services()).as("what is bound elsewhere is not here").containsExactlyInAnyOrder(Service.REGISTRAR_TLS, Service.REGISTRAR_JPY);
      assertThat(herald.told.get(0)).extracting(Offer::interfaceName).containsOnly("lo");
      tls.set(false);
      await().until(() -> herald.services().equals(Set.of(Service.REGISTRAR_JPY)));
      serves.set(false);
      await().until(() -> herald.services().isEmpty());
      tls.set(true);
      serves.set(true);
      await().until(() -> herald.services().contains(Service.REGISTRAR_TLS));
      assertThat(herald.told).as("only what changes is told").hasSize(4);
      assertThat(announcer).isNotNull();
    }
    assertThat(herald.closed).isTrue();
  }

  @Test
  void anInterfaceThatGoesAndComesBackWithAnotherAddressIsToldAnew() throws Exception {
    try (VethPair link = VethPair.create()) {
      VethPair.ip("address", "add", "2001:db8:e1de::1/64", "dev", link.one(), "nodad");
      Listener herald = new Listener();
      List<Endpoint> endpoints = List.of(new Endpoint(Service.REGISTRAR_TLS, "::", 8443, () -> true));
      List<Announcement> announcements = List.of(new Announcement("test", herald, List.of(link.one())));
      try (Announcer announcer = Announcer.start(announcements, endpoints, false, () -> true, SOON)) {
        assertThat(herald.told.get(0)).extracting(Offer::address).containsExactly(address("2001:db8:e1de::1"));
        link.down(link.one());
        await().until(() -> herald.services().isEmpty());
        link.up(link.one());
        VethPair.ip("address", "add", "2001:db8:e1de::2/64", "dev", link.one(), "nodad");
        await().untilAsserted(() -> assertThat(herald.told.get(herald.told.size() - 1)).extracting(Offer::address)
            .containsExactly(address("2001:db8:e1de::2")));
        assertThat(announcer).isNotNull();
        assertThat(NetworkInterface.getByName(link.one())).isNotNull();
      }
    }
  }
}

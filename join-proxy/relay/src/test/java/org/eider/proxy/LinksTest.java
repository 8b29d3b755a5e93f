package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.eider.testkit.VethPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LinksTest {
  private final List<JoinPort> opened = new ArrayList<>();
  private int changes;

  private static Links.Listener listener(InetAddress address) throws IOException {
    ServerSocket socket = new ServerSocket(0, 5, address);
    return new Links.Listener() {
      @Override
      public InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
      }

      @Override
      public void close() {
        try {
          socket.close();
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      }
    };
  }

  private Links links(String name, boolean withIpv4) {
    return new Links(List.of(name), withIpv4, Map.of(Mode.CIRCUIT, (link, address) -> listener(address)), opened::add, () -> changes++);
  }

  @Test
  void opensEachAddressOnce() throws IOException {
    try (Links links = links("lo", true)) {
      links.look();
      links.look();
      assertThat(changes).isEqualTo(1);
      assertThat(links.ports()).hasSameElementsAs(opened).isNotEmpty().allMatch(port -> port.address().getAddress().isLoopbackAddress());
      assertThat(links.isOurs(opened.get(0).address())).isTrue();
      assertThat(links.isOurs(new InetSocketAddress("127.0.0.1", 1))).isFalse();
    }
  }

  @Test
  void takesLinkLocalAddressesOnlyUnlessItIsToldToTakeIpv4() throws Exception {
    try (VethPair link = VethPair.create()) {
      VethPair.ip("address", "add", "192.0.2.77/24", "dev", link.one());
      VethPair.ip("address", "add", "2001:db8:99::1/64", "dev", link.one(), "nodad");
      NetworkInterface one = NetworkInterface.getByName(link.one());
      assertThat(Links.addresses(one, false)).singleElement().satisfies(address -> assertThat(address.isLinkLocalAddress()).isTrue());
      assertThat(Links.addresses(one, true)).hasSize(2).anyMatch(Inet4Address.class::isInstance).anyMatch(Inet6Address.class::isInstance);
    }
  }

  @Test
  void comesBackWithTheInterfaceAtItsNewAddress() throws Exception {
    try (VethPair link = VethPair.create(); Links links = links(link.one(), false)) {
      links.look();
      JoinPort before = links.ports().get(0);
      link.down(link.one());
      await().until(() -> {
        links.look();
        return links.ports().isEmpty();
      });
      VethPair.ip("link", "set", link.one(), "address", "02:00:00:00:00:77");
      link.up(link.one());
      await().until(() -> {
        links.look();
        return links.ports().size() == 1;
      });
      assertThat(links.ports().get(0).address().getAddress()).isNotEqualTo(before.address().getAddress());
      assertThat(links.ports().get(0).toString()).startsWith("tcp://[fe80::ff:fe00:77%" + link.one() + "]:");
      assertThat(opened).hasSize(2);
    }
  }

  @Test
  void goesOnWhenTheInterfaceIsNotThere() {
    try (Links links = links("no-such-interface", true)) {
      links.look();
      assertThat(links.ports()).isEmpty();
    }
  }

  @Test
  void triesAgainWhatCannotBeOpenedYet() {
    boolean[] isTaken = {true};
    try (Links links = new Links(List.of("lo"), false, Map.of(Mode.CIRCUIT, (name, address) -> {
      if (isTaken[0]) {
        throw new BindException("taken");
      }
      return listener(address);
    }), opened::add, () -> changes++)) {
      links.look();
      assertThat(links.ports()).isEmpty();
      isTaken[0] = false;
      links.look();
      assertThat(links.ports()).hasSize(1);
    }
  }

  @Test
  void tellsWhatIsOpenWhileAPortIsOnItsWay() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch mayOpen = new CountDownLatch(1);
    try (Links links = new Links(List.of("lo"), false, Map.of(Mode.CIRCUIT, (name, address) -> {
      opening.countDown();
      try {
        mayOpen.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return listener(address);
    }), opened::add, () -> changes++)) {
      CompletableFuture<Void> look = CompletableFuture.runAsync(links::look);
      opening.await();
      try {
        assertThat(CompletableFuture.supplyAsync(links::ports)).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(List.of());
        assertThat(CompletableFuture.supplyAsync(() -> links.isOurs(new InetSocketAddress("127.0.0.1", 1))))
            .succeedsWithin(Duration.ofSeconds(10)).isEqualTo(false);
      } finally {
        mayOpen.countDown();
        look.join();
      }
      assertThat(links.ports()).hasSize(1);
    }
  }

  @Test
  void opensNothingWhenItIsClosed() {
    Links links = links("lo", true);
    links.look();
    links.close();
    links.look();
    assertThat(links.ports()).isEmpty();
  }
}

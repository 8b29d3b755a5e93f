package org.eider.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a browser makes of answers, at times that the test sets. The questions go to the loopback interface, where nobody hears them. */
class BrowsingTest {
  private static final DnsName TYPE = DnsName.of("_brski-proxy._tcp.local");
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final List<MdnsFound> found = new ArrayList<>();
  private final List<MdnsFound> lost = new ArrayList<>();
  private long now = Long.MAX_VALUE - 5 * SECOND; // clocks may wrap around
  private LinkPort port;
  private Browsing browsing;
  private InetAddress neighbour;

  @BeforeEach
  void begin() throws Exception {
    NetworkInterface lo = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
    port = LinkPort.asking(lo, 1);
    neighbour = InetAddress.getByName("fe80::1");
    MdnsBrowser.Listener listener = new MdnsBrowser.Listener() {
      @Override
      public void found(MdnsFound each) {
        found.add(each);
      }

      @Override
      public void lost(MdnsFound each) {
        lost.add(each);
      }
    };
    browsing = new Browsing(Set.of("_brski-proxy._tcp"), List.of(port), listener, () -> now, new Random(1));
  }

  @AfterEach
  void end() throws Exception {
    port.close();
  }

  @Test
  void instanceIsToldWhenServerAndAddressAreKnownInWhateverOrder() throws Exception {
    hear(address("host", "fe80::7", true));
    assertThat(found).isEmpty();
    hear(pointer("one", 4500));
    hear(server("one", 8443, "host", 120));
    assertThat(found).isEmpty();
    hear(text("one", "EST-TLS", "cmp=1", "=none"), address("host", "fe80::7", true));
    assertThat(found).singleElement().satisfies(each -> {
      assertThat(each.instance()).isEqualTo("one");
      assertThat(each.port()).isEqualTo(8443);
      assertThat(each.priority()).isEqualTo(3);
      assertThat(each.weight()).isEqualTo(4);
      assertThat(each.keys()).containsExactlyInAnyOrder("est-tls", "cmp");
      assertThat(((Inet6Address) each.address()).getScopeId()).isEqualTo(port.link().getIndex());
      assertThat(each.lifetime().toSeconds()).isEqualTo(120);
    });
  }

  @Test
  void whatIsOldIsForgottenAndWhatSaysGoodbyeIsToldOnce() throws Exception {
    whole("one", "host", "fe80::7");
    now += 121 * SECOND;
    browsing.tick();
    found.clear();
    hear(address("host", "fe80::7", true));
    assertThat(found).as("its server is not known any more").isEmpty();
    whole("one", "host", "fe80::7");
    hear(pointer("one", 0));
    hear(pointer("one", 0));
    assertThat(lost).hasSize(1);
    found.clear();
    hear(server("one", 8443, "host", 120), address("host", "fe80::7", true));
    assertThat(found).as("nobody told of it again").isEmpty();
  }

  @Test
  void goodbyesOfSomebodyElseDoNotCount() throws Exception {
    whole("one", "host", "fe80::7");
    browsing.heard(DnsMessage.response(List.of(pointer("one", 0)), List.of()), InetAddress.getByName("fe80::bad"));
    assertThat(lost).isEmpty();
  }

  @Test
  void addressesThatFlushReplaceEarlierOnes() throws Exception {
    whole("one", "host", "fe80::7");
    found.clear();
    hear(address("host", "fe80::8", true), address("host", "fe80::9", true));
    assertThat(found).extracting(each -> each.address().getHostAddress().replaceAll("%.*", "")).containsExactlyInAnyOrder("fe80:0:0:0:0:0:0:8", "fe80:0:0:0:0:0:0:9");
  }

  @Test
  void otherTypesAndStrangeNamesAreIgnored() throws Exception {
    DnsName other = DnsName.of("_other._tcp.local");
    hear(new DnsRecord(other, false, 100, new DnsRecord.Pointer(other.child("x"))),
        new DnsRecord(TYPE, false, 100, new DnsRecord.Pointer(other.child("x"))), new DnsRecord(TYPE, false, 100, new DnsRecord.Pointer(TYPE)),
        new DnsRecord(other.child("x"), true, 100, new DnsRecord.Server(0, 0, 1, DnsName.of("host.local"))), address("host", "fe80::1", true));
    assertThat(found).isEmpty();
  }

  @Test
  void hostileNeighbourFillsNoMemoryAndKeepsNobodyOut() throws Exception {
    for (int i = 0; i < 10_000; i++) {
      whole("evil" + i, "host" + i, "fe80::" + Integer.toHexString(i % 60_000 + 1));
    }
    assertThat(found.stream().map(MdnsFound::instance).distinct()).hasSizeLessThanOrEqualTo(16);
    found.clear();
    browsing.heard(DnsMessage.response(List.of(pointer("good", 100), server("good", 1, "host", 100), address("host", "fe80::2", true)), List.of()),
        InetAddress.getByName("fe80::600d"));
    assertThat(found).extracting(MdnsFound::instance).containsExactly("good");
    found.clear();
    whole("many", "host", "fe80::2");
    for (int i = 0; i < 1000; i++) {
      hear(address("host0", "fe80::" + Integer.toHexString(i + 1), false));
    }
    assertThat(found.stream().filter(each -> each.instance().equals("evil0")).map(MdnsFound::address).distinct()).isNotEmpty().hasSizeLessThanOrEqualTo(8);
    assertThat(found).as("nobody says where somebody else is").noneMatch(each -> each.instance().equals("good"));
  }

  /** As many neighbours as it takes to fill the table, each with as much as one may tell: whoever is new takes the place of one of theirs. */
  @Test
  void manyHostileNeighboursKeepNobodyOut() throws Exception {
    for (int i = 0; i < 1000; i++) {
      whole(InetAddress.getByName("fe80::bad:" + Integer.toHexString(i % 50)), "evil" + i, "host" + i, "fe80::bad");
    }
    found.clear();
    InetAddress honest = InetAddress.getByName("fe80::600d");
    whole(honest, "good", "host", "fe80::2");
    assertThat(found).extracting(MdnsFound::instance).containsExactly("good");
    for (int i = 0; i < 1000; i++) {
      whole(InetAddress.getByName("fe80::bad:" + Integer.toHexString(i % 50)), "worse" + i, "host" + i, "fe80::bad");
    }
    found.clear();
    browsing.heard(DnsMessage.response(List.of(server("good", 2, "host", 100)), List.of()), honest);
    assertThat(found).as("who tells of one thing is not forgotten for who tells of many").extracting(MdnsFound::instance).containsExactly("good");
  }

  @Test
  void sameNameOfTwoNeighboursIsTwoInstances() throws Exception {
    whole("one", "host", "fe80::7");
    found.clear();
    InetAddress other = InetAddress.getByName("fe80::bad");
    browsing.heard(DnsMessage.response(List.of(server("one", 1, "host", 120), address("host", "fe80::8", true)), List.of()), other);
    assertThat(found).isEmpty();
    whole(other, "one", "host", "fe80::8");
    assertThat(found).singleElement().satisfies(each -> assertThat(each.by()).isEqualTo(other));
    hear(server("one", 8444, "host", 120));
    assertThat(found.get(1).address().getHostAddress()).startsWith("fe80:0:0:0:0:0:0:7");
  }

  @Test
  void lifetimesAreBelievedForADayAtMost() throws Exception {
    hear(pointer("one", 0xffff_ffffL), server("one", 1, "host", 0xffff_ffffL),
        new DnsRecord(DnsName.of("host.local"), true, 0xffff_ffffL, new DnsRecord.Address(InetAddress.getByName("fe80::7"))));
    assertThat(found).singleElement().satisfies(each -> assertThat(each.lifetime().toHours()).isEqualTo(24));
  }

  private void whole(String instance, String host, String address) throws Exception {
    hear(pointer(instance, 4500), server(instance, 8443, host, 120), address(host, address, true));
  }

  private void whole(InetAddress by, String instance, String host, String address) throws Exception {
    browsing.heard(DnsMessage.response(List.of(pointer(instance, 4500), server(instance, 8443, host, 120), address(host, address, true)), List.of()), by);
  }

  private void hear(DnsRecord... records) {
    browsing.heard(DnsMessage.response(List.of(records), List.of()), neighbour);
  }

  private static DnsRecord pointer(String instance, long ttl) {
    return new DnsRecord(TYPE, false, ttl, new DnsRecord.Pointer(TYPE.child(instance)));
  }

  private static DnsRecord server(String instance, int port, String host, long ttl) {
    return new DnsRecord(TYPE.child(instance), true, ttl, new DnsRecord.Server(3, 4, port, DnsName.of(host + ".local")));
  }

  private static DnsRecord text(String instance, String... strings) {
    return new DnsRecord(TYPE.child(instance), true, 4500, new DnsRecord.Text(List.of(strings).stream().map(Octets::utf8).toList()));
  }

  private static DnsRecord address(String host, String address, boolean flush) throws Exception {
    return new DnsRecord(DnsName.of(host + ".local"), flush, 120, new DnsRecord.Address(InetAddress.getByName(address)));
  }
}

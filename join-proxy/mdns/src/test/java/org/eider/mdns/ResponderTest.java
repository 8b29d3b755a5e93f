package org.eider.mdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.eider.mdns.DnsMessage.Question;
import org.eider.testkit.Damage;
import org.eider.testkit.VethPair;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a responder says to whom, message by message. */
class ResponderTest {
  private static final int PORT = 25_353;
  private static final DnsName TYPE = DnsName.of("_brski-proxy._tcp.local");
  private static final Question PROXIES = new Question(TYPE, DnsRecord.PTR, false);

  private VethPair link;
  private MdnsResponder responder;
  private NetworkInterface here;

  @BeforeEach
  void startResponder() throws Exception {
    link = VethPair.create();
    here = NetworkInterface.getByName(link.other());
    responder = MdnsResponder.start(List.of(link.one()), "unique", PORT, System::nanoTime, new Random(1));
  }

  @AfterEach
  void deleteLink() throws Exception {
    if (link != null) {
      responder.close();
      link.close();
    }
  }

  @Test
  void announcesTwiceAndSaysGoodbye() throws Exception {
    try (MulticastSocket neighbour = neighbour()) {
      announce(8443);
      List<DnsMessage> heard = heard(neighbour, 2500);
      assertThat(heard).hasSize(2).allSatisfy(message -> {
        assertThat(message.isResponse()).isTrue();
        assertThat(message.questions()).isEmpty();
        assertThat(message.answers()).extracting(DnsRecord::type)
            .containsExactlyInAnyOrder(DnsRecord.PTR, DnsRecord.PTR, DnsRecord.SRV, DnsRecord.TXT, DnsRecord.AAAA);
        assertThat(message.answers()).filteredOn(record -> record.type() != DnsRecord.PTR).allMatch(DnsRecord::flush);
        assertThat(message.answers()).filteredOn(record -> record.type() == DnsRecord.PTR).noneMatch(DnsRecord::flush);
      });
      responder.close();
      assertThat(heard(neighbour, 500)).singleElement().satisfies(message -> assertThat(message.answers()).hasSize(5).allMatch(record -> record.ttl() == 0));
    }
  }

  @Test
  void answersEverybodyOnceASecondAndNotWhatIsKnown() throws Exception {
    try (MulticastSocket neighbour = neighbour()) {
      announce(8443);
      DnsMessage announced = heard(neighbour, 2500).get(0);
      send(neighbour, DnsMessage.query(List.of(PROXIES), List.of()));
      send(neighbour, DnsMessage.query(List.of(PROXIES), List.of()));
      assertThat(responses(neighbour, 700)).singleElement().satisfies(message -> {
        assertThat(message.answers()).extracting(DnsRecord::type).contains(DnsRecord.PTR, DnsRecord.SRV, DnsRecord.TXT, DnsRecord.AAAA);
      });
      List<DnsRecord> known = announced.answers().stream().filter(record -> record.name().equals(TYPE)).toList();
      assertThat(responses(neighbour, 700)).isEmpty();
      send(neighbour, DnsMessage.query(List.of(PROXIES), known));
      assertThat(responses(neighbour, 500)).isEmpty();
      send(neighbour, DnsMessage.query(List.of(PROXIES), known.stream().map(record -> record.living(10)).toList()));
      assertThat(responses(neighbour, 700)).hasSize(1);
    }
  }

  @Test
  void whoAsksToBeAnsweredAloneIs() throws Exception {
    try (MulticastSocket neighbour = neighbour()) {
      announce(8443);
      heard(neighbour, 2500);
      send(neighbour, DnsMessage.query(List.of(new Question(TYPE, DnsRecord.PTR, true)), List.of()));
      assertThat(responses(neighbour, 500)).singleElement().satisfies(message -> assertThat(message.additional()).isNotEmpty());
    }
  }

  /** RFC 6762 section 6.7: ID and question repeated, short lifetimes, no flushing. */
  @Test
  void resolversThatKnowOnlyDnsAreAnsweredThere() throws Exception {
    announce(8443);
    try (DatagramSocket resolver = new DatagramSocket(new InetSocketAddress(here.getInetAddresses().nextElement(), 0))) {
      await().until(() -> {
        send(resolver, DnsMessage.query(List.of(PROXIES), List.of()));
        return !heard(resolver, 200).isEmpty();
      });
      send(resolver, new DnsMessage(0x4711, false, List.of(PROXIES), List.of(), List.of()));
      assertThat(heard(resolver, 500)).singleElement().satisfies(message -> {
        assertThat(message.id()).isEqualTo(0x4711);
        assertThat(message.questions()).containsExactly(PROXIES);
        assertThat(Stream.concat(message.answers().stream(), message.additional().stream())).hasSize(4)
            .allSatisfy(record -> assertThat(record.ttl()).isBetween(1L, 10L)).noneMatch(DnsRecord::flush);
      });
      send(resolver, new DnsMessage(1, false, List.of(new Question(DnsName.of("_other._tcp.local"), DnsRecord.PTR, false)), List.of(), List.of()));
      assertThat(heard(resolver, 300)).isEmpty();
    }
  }

  @Test
  void whoAsksWithoutEndIsServedNowAndThenAndJunkChangesNothing() throws Exception {
    announce(8443);
    try (DatagramSocket resolver = new DatagramSocket(new InetSocketAddress(here.getInetAddresses().nextElement(), 0))) {
      Octets question = DnsMessage.query(List.of(PROXIES), List.of()).encode();
      Random random = new Random(5353);
      for (int i = 0; i < 500; i++) {
        Octets junk = Damage.to(question, random);
        resolver.send(new DatagramPacket(junk.toArray(), junk.size(), group()));
        send(resolver, DnsMessage.query(List.of(PROXIES), List.of()));
      }
      assertThat(heard(resolver, 500)).hasSizeBetween(1, 60);
      await().untilAsserted(() -> {
        send(resolver, DnsMessage.query(List.of(PROXIES), List.of()));
        assertThat(heard(resolver, 300)).isNotEmpty();
      });
    }
  }

  private void announce(int port) throws Exception {
    InetAddress address = NetworkInterface.getByName(link.one()).getInetAddresses().nextElement();
    responder.announce(List.of(new MdnsService("_brski-proxy._tcp", link.one(), address, port, List.of("est-tls"))));
  }

  private MulticastSocket neighbour() throws Exception {
    MulticastSocket all = new MulticastSocket(null);
    all.setReuseAddress(true);
    all.setNetworkInterface(here);
    all.bind(new InetSocketAddress("::", PORT));
    all.joinGroup(group(), here);
    return all;
  }

  private InetSocketAddress group() throws Exception {
    return new InetSocketAddress(Inet6Address.getByAddress(null, InetAddress.getByName("ff02::fb").getAddress(), here), PORT);
  }

  private void send(DatagramSocket from, DnsMessage message) throws Exception {
    Octets octets = message.encode();
    from.send(new DatagramPacket(octets.toArray(), octets.size(), group()));
  }

  private List<DnsMessage> responses(DatagramSocket socket, int millis) throws Exception {
    return heard(socket, millis).stream().filter(DnsMessage::isResponse).toList();
  }

  /** Everything from the other end within that time. */
  private List<DnsMessage> heard(DatagramSocket socket, int millis) throws Exception {
    List<DnsMessage> messages = new ArrayList<>();
    long end = System.nanoTime() + millis * 1_000_000L;
    try {
      for (long left = millis; left > 0; left = (end - System.nanoTime()) / 1_000_000) {
        socket.setSoTimeout((int) left);
        DatagramPacket packet = new DatagramPacket(new byte[9000], 9000);
        socket.receive(packet);
        boolean isOurs = Arrays.equals(packet.getAddress().getAddress(), here.getInetAddresses().nextElement().getAddress());
        boolean isHere = ((Inet6Address) packet.getAddress()).getScopeId() == here.getIndex(); // what the other end loops back is not
        if (isHere && !isOurs) {
          messages.add(DnsMessage.decode(Octets.of(Arrays.copyOf(packet.getData(), packet.getLength()))));
        }
      }
    } catch (SocketTimeoutException silence) {
      return messages;
    }
    return messages;
  }
}

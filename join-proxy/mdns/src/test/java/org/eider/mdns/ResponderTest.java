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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eider.mdns.DnsMessage.Question;
import org.eider.testkit.Damage;
import org.eider.testkit.VethPair;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a responder says to whom, message by message. */
@SuppressWarnings("try") // some are only there
class ResponderTest {
  private static final int PORT = 25_353;
  private static final DnsName TYPE = DnsName.of("_brski-proxy._tcp.local");
  /** Three probes and two announcements. */
  private static final int ANNOUNCING = 4500;
  private static final DnsName NAME = TYPE.child("unique-8443");
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
      List<DnsMessage> heard = responses(neighbour, ANNOUNCING);
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
      DnsMessage announced = responses(neighbour, ANNOUNCING).get(0);
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
      heard(neighbour, ANNOUNCING);
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
      await().until(() -> {
        send(resolver, DnsMessage.query(List.of(PROXIES), List.of()));
        return !heard(resolver, 200).isEmpty();
      });
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

  /** RFC 6762 section 8.1: three queries of any type with what is proposed, and nothing is told before. */
  @Test
  void probesForItsNamesBeforeItTells() throws Exception {
    try (MulticastSocket neighbour = neighbour()) {
      announce(8443);
      List<DnsMessage> heard = heard(neighbour, ANNOUNCING);
      assertThat(heard.subList(0, 3)).allSatisfy(probe -> {
        assertThat(probe.isResponse()).isFalse();
        assertThat(probe.answers()).isEmpty();
        assertThat(probe.questions()).hasSize(2).allMatch(question -> question.type() == DnsRecord.ANY).extracting(Question::name).contains(NAME);
        assertThat(probe.additional()).extracting(DnsRecord::type).containsExactlyInAnyOrder(DnsRecord.SRV, DnsRecord.TXT, DnsRecord.AAAA);
        assertThat(probe.additional()).noneMatch(DnsRecord::flush);
      });
      assertThat(heard.subList(3, heard.size())).isNotEmpty().allMatch(DnsMessage::isResponse);
    }
  }

  /** Whenever it learns of that: while it probes, or when it has told already and probes again. */
  @Test
  void whoseNameIsTakenTakesAnother() throws Exception {
    try (MulticastSocket neighbour = neighbour(); Repeating claims = new Repeating(DnsMessage.response(List.of(somebodyElses()), List.of()))) {
      announce(8443);
      awaitMessage(neighbour, message -> message.isResponse() && message.answers().stream().anyMatch(record ->
          record.type() == DnsRecord.SRV && record.ttl() > 0 && record.name().first().matches("unique-[0-9a-f]{6}-8443")));
    }
  }

  /** Each new name is claimed as well; nobody can know it before it is probed for, so that is not believed for ever. */
  @Test
  void whoClaimsEveryNameIsNotBelievedForEver() throws Exception {
    try (MulticastSocket neighbour = neighbour()) {
      announce(8443);
      int claims = 0;
      DnsMessage message = awaitMessage(neighbour, any -> true);
      while (!message.isResponse() && claims < 100) {
        for (Question question : message.questions()) {
          send(neighbour, DnsMessage.response(List.of(new DnsRecord(question.name(), true, 120, new DnsRecord.Server(0, 0, 1, DnsName.of("evil.local")))), List.of()));
        }
        claims++;
        message = awaitMessage(neighbour, any -> true);
      }
      assertThat(claims).isLessThan(30);
    }
  }

  @Test
  void defendsItsNameAtOnceAndInPublic() throws Exception {
    try (MulticastSocket neighbour = neighbour()) {
      announce(8443);
      heard(neighbour, ANNOUNCING);
      send(neighbour, DnsMessage.probe(List.of(new Question(NAME, DnsRecord.ANY, true)), List.of(somebodyElses().proposed())));
      assertThat(awaitMessage(neighbour, DnsMessage::isResponse).answers())
          .anySatisfy(record -> assertThat(record.data()).isInstanceOfSatisfying(DnsRecord.Server.class, server -> assertThat(server.port()).isEqualTo(8443)));
    }
  }

  /** RFC 6762 section 8.2: of two proposals the greater one wins; who has lost waits a second and probes three times again. */
  @Test
  void whoProbesAtTheSameTimeWithMoreMayGoFirst() throws Exception {
    DnsMessage more = DnsMessage.probe(List.of(new Question(NAME, DnsRecord.ANY, false)), List.of(proposal(65_535)));
    try (MulticastSocket neighbour = neighbour(); Repeating others = new Repeating(more)) {
      long began = System.nanoTime();
      announce(8443);
      awaitMessage(neighbour, DnsMessage::isResponse);
      assertThat((System.nanoTime() - began) / 1_000_000).as("milliseconds").isGreaterThan(1700);
    }
  }

  @Test
  void whoProbesAtTheSameTimeWithLessChangesNothing() throws Exception {
    try (MulticastSocket neighbour = neighbour()) {
      announce(8443);
      awaitMessage(neighbour, message -> !message.isResponse());
      send(neighbour, DnsMessage.probe(List.of(new Question(NAME, DnsRecord.ANY, false)), List.of(proposal(1))));
      assertThat(probesUntilToldOf(neighbour)).isEqualTo(2);
    }
  }

  /** RFC 6762 section 9: whoever says to have our name makes us ask again, and when it does not answer the name stays ours. */
  @Test
  void aNameThatIsDoubtedIsProbedForAgain() throws Exception {
    try (MulticastSocket neighbour = neighbour()) {
      announce(8443);
      heard(neighbour, ANNOUNCING);
      send(neighbour, DnsMessage.response(List.of(somebodyElses()), List.of()));
      DnsMessage probe = awaitMessage(neighbour, message -> !message.isResponse());
      assertThat(probe.questions()).extracting(Question::name).contains(NAME);
      assertThat(awaitMessage(neighbour, DnsMessage::isResponse).answers()).anyMatch(record -> record.name().equals(NAME) && record.flush());
    }
  }

  /** RFC 6762 section 6.6: what somebody else lets expire is told again. */
  @Test
  void whatOthersShortenIsToldAgain() throws Exception {
    try (MulticastSocket neighbour = neighbour()) {
      announce(8443);
      DnsRecord server = responses(neighbour, ANNOUNCING).get(0).answers().stream().filter(record -> record.type() == DnsRecord.SRV).findFirst().orElseThrow();
      send(neighbour, DnsMessage.response(List.of(server.living(1)), List.of()));
      assertThat(awaitMessage(neighbour, DnsMessage::isResponse).answers()).contains(server);
    }
  }

  private static DnsRecord somebodyElses() {
    return new DnsRecord(NAME, true, 120, new DnsRecord.Server(0, 0, 7, DnsName.of("other.local")));
  }

  private static DnsRecord proposal(int port) {
    return new DnsRecord(NAME, false, 120, new DnsRecord.Text(List.of(Octets.utf8(port > 8443 ? "longer than ours" : "a"))));
  }

  private int probesUntilToldOf(MulticastSocket neighbour) throws Exception {
    int probes = 0;
    while (!awaitMessage(neighbour, any -> true).isResponse()) {
      probes++;
    }
    return probes;
  }

  private DnsMessage awaitMessage(MulticastSocket neighbour, Predicate<DnsMessage> wanted) throws Exception {
    neighbour.setSoTimeout(20_000);
    while (true) {
      DatagramPacket packet = new DatagramPacket(new byte[9000], 9000);
      neighbour.receive(packet);
      if (isFromThere(packet)) {
        DnsMessage message = decoded(packet);
        if (wanted.test(message)) {
          return message;
        }
      }
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
        if (isFromThere(packet)) {
          messages.add(decoded(packet));
        }
      }
    } catch (SocketTimeoutException silence) {
      return messages;
    }
    return messages;
  }

  private boolean isFromThere(DatagramPacket packet) {
    boolean isOurs = Arrays.equals(packet.getAddress().getAddress(), here.getInetAddresses().nextElement().getAddress());
    boolean isHere = ((Inet6Address) packet.getAddress()).getScopeId() == here.getIndex(); // what the other end loops back is not
    return isHere && !isOurs;
  }

  private static DnsMessage decoded(DatagramPacket packet) throws Exception {
    return DnsMessage.decode(Octets.of(Arrays.copyOf(packet.getData(), packet.getLength())));
  }

  /** Says something ten times a second, until it is closed. */
  private final class Repeating implements AutoCloseable {
    private final MulticastSocket socket;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    Repeating(DnsMessage message) throws Exception {
      socket = neighbour();
      timer.scheduleAtFixedRate(() -> {
        try {
          send(socket, message);
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }, 0, 100, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
      timer.shutdownNow();
      socket.close();
    }
  }
}

package org.eider.grasp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eider.wire.CborWriter;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One node of the domain, beside a scripted neighbour on the loopback interface and scripted ones on TCP connections. */
final class DomainNodeTest {
  private static final String NAME = "AN_join_registrar";
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Address FAR = new Address(Octets.of(new byte[] {(byte) 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9}));
  private static final Address LINK_LOCAL = new Address(Octets.of(new byte[] {(byte) 0xfe, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9}));

  private final Loopback link = new Loopback();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Flooded> heard = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    link.close();
  }

  private DomainNode node(boolean relays, InetSocketAddress... neighbours) throws IOException {
    return node(new DomainNode.Settings(List.of(Loopback.NAME), link.port(), relays, List.of(neighbours),
        Optional.of(new InetSocketAddress("127.0.0.1", 0)), Optional.empty(), NodeLimits.STANDARD, FloodTiming.STANDARD));
  }

  private DomainNode node(DomainNode.Settings settings) throws IOException {
    DomainNode node = DomainNode.open(settings, Set.of(NAME), heard::add);
    open.add(node);
    return node;
  }

  /** A scripted TCP peer of a node. */
  private Wire peer(DomainNode node) throws IOException {
    InetSocketAddress at = node.listening().orElseThrow();
    return wire(new Socket(at.getAddress(), at.getPort()));
  }

  private Wire wire(Socket socket) throws IOException {
    Wire wire = new Wire(socket, socket, GraspCodec.standard(), System::nanoTime);
    open.add(wire);
    return wire;
  }

  private static Message.Flood.Entry entry(int loopCount, int port) {
    return new Message.Flood.Entry(Objective.flooded(NAME, loopCount, "EST-TLS"), Optional.of(new Locator.Ip(FAR, Locator.TCP, port)));
  }

  private static Message.Flood flood(long session, Address initiator, int loopCount) {
    return new Message.Flood(session, initiator, 180_000, List.of(entry(loopCount, 8443)));
  }

  private static Message next(Wire wire) throws IOException, DecodeException {
    return wire.receive(SOON).orElseThrow();
  }

  private static void closed(Wire wire) throws Exception {
    try {
      assertThat(wire.receive(SOON)).isEmpty();
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  @Test
  void floodsGoToTheLinkAndToEveryNeighbour() throws Exception {
    DomainNode node = node(false);
    Wire neighbour = peer(node);
    neighbour.send(new Message.Noop());
    Wire stranger = peer(node);
    await().untilAsserted(() -> assertThat(node.neighbours()).isEqualTo(1));
    node.tell(List.of(entry(255, 8443)));
    Message.Flood flood = (Message.Flood) next(neighbour);
    assertThat(flood.entries()).containsExactly(entry(255, 8443));
    assertThat(flood.ttl()).isEqualTo(180_000);
    assertThat(flood.initiator().isLinkLocal()).isFalse();
    await().untilAsserted(() -> assertThat(link.heard()).contains(flood));
    assertThatThrownBy(() -> stranger.receive(Duration.ofMillis(300))).as("who is not a neighbour").isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void newNeighbourHearsWhatIsToldSoon() throws Exception {
    DomainNode node = node(false);
    node.tell(List.of(entry(255, 8443)));
    await().untilAsserted(() -> assertThat(link.heard()).isNotEmpty());
    Wire neighbour = peer(node);
    neighbour.send(new Message.Noop());
    assertThat(next(neighbour)).isInstanceOf(Message.Flood.class);
  }

  @Test
  void floodsAreRelayedFromLinkToNeighbourWithOneHopLess() throws Exception {
    DomainNode node = node(true);
    Wire neighbour = peer(node);
    neighbour.send(new Message.Noop());
    await().untilAsserted(() -> assertThat(node.neighbours()).isEqualTo(1));
    link.send(flood(7, FAR, 255));
    assertThat(next(neighbour)).isEqualTo(flood(7, FAR, 254));
    link.send(flood(7, FAR, 255));
    link.send(flood(8, FAR, 1));
    link.send(flood(9, FAR, 2));
    assertThat(next(neighbour)).as("neither the same again nor one that has come to its end").isEqualTo(flood(9, FAR, 1));
    assertThat(link.heard()).as("not back to where it came from").isEmpty();
    assertThat(node.known(NAME)).as("and cached all the same").hasSize(1);
    assertThat(heard).hasSize(4);
  }

  @Test
  void floodsAreRelayedFromNeighbourToLinkAndOtherNeighboursOnly() throws Exception {
    DomainNode node = node(true);
    Wire first = peer(node);
    Wire second = peer(node);
    second.send(new Message.Noop());
    await().untilAsserted(() -> assertThat(node.neighbours()).isEqualTo(1));
    first.send(flood(7, FAR, 9));
    assertThat(next(second)).isEqualTo(flood(7, FAR, 8));
    await().untilAsserted(() -> assertThat(link.heard()).containsExactly(flood(7, FAR, 8)));
    second.send(flood(8, FAR, 9));
    assertThat(next(first)).as("its own does not come back").isEqualTo(flood(8, FAR, 8));
  }

  @Test
  void withoutBeingToldToNothingIsRelayed() throws Exception {
    DomainNode node = node(false);
    Wire neighbour = peer(node);
    neighbour.send(flood(7, FAR, 9));
    await().untilAsserted(() -> assertThat(node.known(NAME)).hasSize(1));
    assertThat(link.heard()).isEmpty();
  }

  @Test
  void twoRelaysInALoopPassEachFloodOnOnce() throws Exception {
    DomainNode first = node(true);
    DomainNode second = node(true, first.listening().orElseThrow());
    await().atMost(SOON).untilAsserted(() -> assertThat(first.neighbours() + second.neighbours()).isEqualTo(2));
    for (int session = 0; session < 5; session++) {
      link.send(flood(session, FAR, 255));
    }
    await().during(Duration.ofSeconds(1)).atMost(SOON).untilAsserted(() -> assertThat(link.heard().size()).isLessThanOrEqualTo(10));
    assertThat(link.heard()).extracting(message -> ((Message.Flood) message).entries().get(0).objective().loopCount())
        .as("each relay has passed on each flood once, at most").allSatisfy(count -> assertThat(count).isBetween(253, 254));
  }

  @Test
  void floodOfALinkLocalInitiatorFromAfarIsDropped() throws Exception {
    DomainNode node = node(true);
    link.send(flood(1, LINK_LOCAL, 2));
    link.send(flood(2, LINK_LOCAL, 1));
    link.send(flood(3, FAR, 2));
    await().untilAsserted(() -> assertThat(heard).hasSize(2));
    assertThat(heard).extracting(Flooded::initiator).containsExactly(LINK_LOCAL, FAR);
    assertThat(node.known(NAME)).hasSize(1);
  }

  @Test
  void synchronisationIsAnsweredAndTheConnectionClosed() throws Exception {
    DomainNode node = node(false);
    node.tell(List.of(entry(255, 8443)));
    Wire peer = peer(node);
    peer.send(new Message.RequestSynchronisation(77, new Objective(NAME, 4, 1, Optional.empty())));
    assertThat(next(peer)).isEqualTo(new Message.Synchronisation(77, entry(255, 8443).objective()));
    closed(peer);
    assertThat(node(false).synchronise(node.listening().orElseThrow(), NAME, SOON)).contains(entry(255, 8443).objective());
  }

  @Test
  void requestsForWhatNobodyListensToCloseTheConnectionAtOnce() throws Exception {
    DomainNode node = node(false);
    Wire synch = peer(node);
    synch.send(new Message.RequestSynchronisation(77, new Objective("AN_proxy", 4, 1, Optional.empty())));
    closed(synch);
    Wire negotiation = peer(node);
    negotiation.send(new Message.RequestNegotiation(77, new Objective("EX3", 3, 6, Optional.empty())));
    closed(negotiation);
    assertThat(node(false).synchronise(node.listening().orElseThrow(), "nothing", SOON)).isEmpty();
  }

  @Test
  void unknownTypeIsAnsweredWithInvalidAndInvalidWithNothing() throws Exception {
    DomainNode node = node(false);
    Wire peer = peer(node);
    peer.send(new Message.Noop());
    peer.send(Octets.hex("85182a1901f4" + "5020010db8f000baaa28ccdc4c97036781" + "00" + "80"));
    assertThat(next(peer)).isEqualTo(new Message.Invalid(500, Optional.empty()));
    peer.send(new Message.Invalid(1, Optional.empty()));
    peer.send(Octets.hex("8109"));
    peer.send(new Message.Noop());
    assertThatThrownBy(() -> peer.receive(Duration.ofMillis(400))).as("the connection is open and silent").isInstanceOf(SocketTimeoutException.class);
    link.send(Octets.hex("83182a0100"));
    link.send(flood(1, FAR, 2));
    await().untilAsserted(() -> assertThat(heard).hasSize(1));
    assertThat(link.heard()).as("multicast is never answered so").isEmpty();
  }

  @Test
  void threeKilobytesOverTcpEndTheConnection() throws Exception {
    DomainNode node = node(false);
    Wire peer = peer(node);
    Octets value = new CborWriter().octets(Octets.of(new byte[3000])).toOctets();
    peer.send(GraspEncoder.encode(new Message.Synchronisation(1, new Objective("x", 4, 1, Optional.of(value)))));
    closed(peer);
  }

  @Test
  void neighbourThatTalksTooFastIsSlowedDown() throws Exception {
    NodeLimits slow = new NodeLimits(2048, 5, 10, 1000, 8, 4, 2);
    DomainNode node = node(new DomainNode.Settings(List.of(Loopback.NAME), link.port(), false, List.of(),
        Optional.of(new InetSocketAddress("127.0.0.1", 0)), Optional.empty(), slow, FloodTiming.STANDARD));
    Wire peer = peer(node);
    long begun = System.nanoTime();
    for (int i = 0; i < 18; i++) {
      peer.send(flood(i, FAR, 9));
    }
    await().untilAsserted(() -> assertThat(heard).hasSize(18));
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).as("ten at once, eight more at five a second").isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void connectionsAreBounded() throws Exception {
    NodeLimits few = new NodeLimits(2048, 100, 10, 8, 8, 4, 2);
    DomainNode node = node(new DomainNode.Settings(List.of(Loopback.NAME), link.port(), false, List.of(),
        Optional.of(new InetSocketAddress("127.0.0.1", 0)), Optional.empty(), few, FloodTiming.STANDARD));
    Wire first = peer(node);
    first.send(new Message.Noop());
    Wire second = peer(node);
    second.send(new Message.Noop());
    await().untilAsserted(() -> assertThat(node.neighbours()).isEqualTo(2));
    closed(peer(node));
    second.close();
    await().untilAsserted(() -> assertThat(node.neighbours()).isEqualTo(1));
    Wire third = peer(node);
    third.send(new Message.Noop());
    await().untilAsserted(() -> assertThat(node.neighbours()).isEqualTo(2));
  }

  @Test
  void plainConnectionsAreRefusedWhereNoInterfaceIsSecured() throws Exception {
    DomainNode node = node(new DomainNode.Settings(List.of(), link.port(), false, List.of(), Optional.of(new InetSocketAddress("127.0.0.1", 0)),
        Optional.empty(), NodeLimits.STANDARD, FloodTiming.STANDARD));
    closed(peer(node));
    assertThatThrownBy(() -> node.synchronise(node.listening().orElseThrow(), NAME, SOON)).isInstanceOf(IOException.class)
        .hasMessageContaining("secured");
  }

  @Test
  void neighbourThatComesBackIsConnectedAgain() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
      DomainNode node = node(false, (InetSocketAddress) server.getLocalSocketAddress());
      Wire first = wire(server.accept());
      assertThat(next(first)).as("a neighbour says that it is one").isEqualTo(new Message.Noop());
      first.close();
      Wire second = wire(server.accept());
      assertThat(next(second)).isEqualTo(new Message.Noop());
      second.send(flood(1, FAR, 9));
      await().untilAsserted(() -> assertThat(node.known(NAME)).hasSize(1));
    }
  }

  @Test
  void discoveryIsAnsweredByTcpToTheSourcePort() throws Exception {
    DomainNode responder = node(false);
    responder.tell(List.of(entry(255, 8443)));
    DomainNode asker = node(false);
    List<Discovered> found = Collections.synchronizedList(new ArrayList<>());
    asker.discover(NAME, 6, SOON, found::add);
    assertThat(found).singleElement().satisfies(one -> {
      assertThat(one.locators()).containsExactly(new Locator.Ip(FAR, Locator.TCP, 8443));
      assertThat(one.isDivert()).isFalse();
      assertThat(one.ttl()).isEqualTo(180_000);
      assertThat(one.objective()).contains(entry(255, 8443).objective());
    });
    assertThat(link.heard()).filteredOn(Message.Discovery.class::isInstance).singleElement()
        .satisfies(message -> assertThat(((Message.Discovery) message).objective().loopCount()).isEqualTo(6));
    long begun = System.nanoTime();
    asker.discover("AN_proxy", 1, Discoverer.timeout(1), found::add);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).as("the limit that the asker has set")
        .isBetween(Discoverer.timeout(1), Discoverer.timeout(1).plus(SOON));
    assertThat(found).as("nobody has it, nobody says a word").hasSize(1);
  }

  @Test
  void answersOfOtherSessionsAndJunkAreNoAnswers() throws Exception {
    DomainNode asker = node(false);
    List<Discovered> found = Collections.synchronizedList(new ArrayList<>());
    Thread asking = new Thread(() -> {
      try {
        asker.discover(NAME, 6, SOON, found::add);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    });
    asking.start();
    await().untilAsserted(() -> assertThat(link.heard()).hasSize(1));
    Message.Discovery question = (Message.Discovery) link.heard().get(0);
    int port = link.sources().get(0).getPort();
    Locator at = new Locator.Ip(FAR, 6, 1);
    answer(port, GraspEncoder.encode(new Message.Response(question.session() + 1 & Message.MAX_UINT32, question.initiator(), 1, false, List.of(at), Optional.empty())));
    answer(port, GraspEncoder.encode(new Message.Response(question.session(), FAR, 1, false, List.of(at), Optional.empty())));
    answer(port, Octets.hex("9f9f9f"));
    answer(port, GraspEncoder.encode(new Message.Response(question.session(), question.initiator(), 5, true, List.of(at), Optional.empty())));
    asking.join(SOON.multipliedBy(2).toMillis());
    assertThat(found).singleElement().satisfies(one -> assertThat(one.isDivert()).isTrue());
  }

  private void answer(int port, Octets answer) throws IOException {
    try (Wire wire = wire(new Socket(InetAddress.getByName("127.0.0.1"), port))) {
      wire.send(answer);
      wire.finish();
    }
  }

  @Test
  void discoveryOverAConnectionIsAnsweredOnIt() throws Exception {
    DomainNode responder = node(false);
    responder.tell(List.of(entry(255, 8443)));
    Wire peer = peer(responder);
    peer.send(new Message.Discovery(5, FAR, new Objective(NAME, 5, 6, Optional.empty())));
    assertThat(next(peer)).isInstanceOfSatisfying(Message.Response.class, response -> {
      assertThat(response.session()).isEqualTo(5);
      assertThat(response.initiator()).isEqualTo(FAR);
    });
  }

  @Test
  void discoveryIsRelayedAndTheAnswerIsHandedBack() throws Exception {
    DomainNode relay = node(true);
    Wire asker = peer(relay);
    asker.send(new Message.Discovery(5, FAR, new Objective("EX9", 5, 6, Optional.empty())));
    await().untilAsserted(() -> assertThat(link.heard()).hasSize(1));
    assertThat(link.heard().get(0)).isEqualTo(new Message.Discovery(5, FAR, new Objective("EX9", 5, 5, Optional.empty())));
    Message.Response response = new Message.Response(5, FAR, 60_000, false, List.of(new Locator.Ip(FAR, 6, 1)), Optional.empty());
    answer(link.sources().get(0).getPort(), GraspEncoder.encode(response));
    assertThat(next(asker)).isEqualTo(response);
    asker.send(new Message.Discovery(5, FAR, new Objective("EX9", 5, 6, Optional.empty())));
    asker.send(new Message.Discovery(6, FAR, new Objective("EX9", 5, 1, Optional.empty())));
    asker.send(new Message.Discovery(7, FAR, new Objective("EX9", 5, 2, Optional.empty())));
    await().untilAsserted(() -> assertThat(link.heard()).hasSize(2));
    assertThat(link.heard().get(1)).isEqualTo(new Message.Discovery(7, FAR, new Objective("EX9", 5, 1, Optional.empty())));
  }

  @Test
  void discoveryIsRelayedToNeighboursAndTheAnswerGoesToTheSourcePort() throws Exception {
    DomainNode relay = node(true);
    Wire neighbour = peer(relay);
    neighbour.send(new Message.Noop());
    await().untilAsserted(() -> assertThat(relay.neighbours()).isEqualTo(1));
    DomainNode asker = node(false);
    List<Discovered> found = Collections.synchronizedList(new ArrayList<>());
    Peers.thread("neighbour", () -> {
      try {
        Message.Discovery asked = (Message.Discovery) next(neighbour);
        neighbour.send(new Message.Response(asked.session(), asked.initiator(), 9, false, List.of(new Locator.Ip(FAR, 6, asked.objective().loopCount())),
            Optional.empty()));
      } catch (IOException | DecodeException e) {
        throw new IllegalStateException(e);
      }
    });
    asker.discover("EX9", 6, SOON, found::add);
    assertThat(found).singleElement().satisfies(one -> assertThat(one.locators()).containsExactly(new Locator.Ip(FAR, 6, 5)));
  }

  @Test
  void negotiationEndsInAgreement() throws Exception {
    DomainNode node = node(false);
    node.negotiates("EX3", negotiation -> {
      negotiation.askForPatience(Duration.ofSeconds(30));
      negotiation.offer(number(80));
      Negotiation.Step step = negotiation.next();
      if (step instanceof Negotiation.Step.Offered) {
        negotiation.accept();
      }
    });
    try (Negotiation ours = node(false).negotiate(node.listening().orElseThrow(), new Objective("EX3", 3, 6, Optional.of(number(410))), SOON)) {
      assertThat(ours.next()).isEqualTo(new Negotiation.Step.Offered(new Objective("EX3", 3, 5, Optional.of(number(80)))));
      assertThatThrownBy(ours::next).isInstanceOf(IllegalStateException.class);
      assertThat(ours.offer(number(307))).isTrue();
      assertThatThrownBy(ours::accept).isInstanceOf(IllegalStateException.class);
      assertThat(ours.next()).isEqualTo(new Negotiation.Step.Accepted());
    }
  }

  @Test
  void negotiationEndsInADeclinationWithAReason() throws Exception {
    DomainNode node = node(false);
    node.negotiates("EX3", negotiation -> negotiation.decline(Optional.of("Insufficient funds")));
    try (Negotiation ours = node(false).negotiate(node.listening().orElseThrow(), new Objective("EX3", 3, 6, Optional.of(number(410))), SOON)) {
      assertThat(ours.next()).isEqualTo(new Negotiation.Step.Declined(Optional.of("Insufficient funds")));
    }
  }

  @Test
  void negotiationThatRunsOutOfTurnsOrBreaksTheRulesFails() throws Exception {
    DomainNode node = node(false);
    List<Boolean> offered = Collections.synchronizedList(new ArrayList<>());
    node.negotiates("EX3", negotiation -> offered.add(negotiation.offer(number(1))));
    Wire short1 = peer(node);
    short1.send(new Message.RequestNegotiation(7, new Objective("EX3", 3, 1, Optional.of(number(2)))));
    closed(short1);
    assertThat(offered).as("a loop count never becomes 0 on the wire").containsExactly(false);
    for (Message wrong : List.of(new Message.Negotiation(8, new Objective("EX3", 3, 4, Optional.empty())),
        new Message.Negotiation(7, new Objective("EX4", 3, 4, Optional.empty())), new Message.Negotiation(7, new Objective("EX3", 3, 7, Optional.empty())),
        new Message.Synchronisation(7, new Objective("EX3", 3, 4, Optional.empty())))) {
      try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
        Negotiation ours = Negotiation.begun(wire(client), 7, new Objective("EX3", 3, 6, Optional.empty()), Duration.ofMillis(500));
        wire(server.accept()).send(wrong);
        assertThat(ours.next()).as(wrong.toString()).isInstanceOf(Negotiation.Step.Failed.class);
      }
    }
  }

  /** Some count when they receive, so their first answer has the loop count of the request. Whoever does not count at all is bounded by our counting. */
  @Test
  void aPeerThatDoesNotCountIsNegotiatedWithAsLongAsWeCount() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
      Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
      Negotiation ours = Negotiation.begun(wire(client), 7, new Objective("EX3", 3, 4, Optional.of(number(1))), SOON);
      Wire theirs = wire(server.accept());
      for (int left = 4; left > 1; left--) {
        theirs.send(new Message.Negotiation(7, new Objective("EX3", 3, left, Optional.of(number(2)))));
        assertThat(ours.next()).isInstanceOf(Negotiation.Step.Offered.class);
        assertThat(ours.offer(number(3))).isTrue();
      }
      theirs.send(new Message.Negotiation(7, new Objective("EX3", 3, 1, Optional.of(number(2)))));
      assertThat(ours.next()).isInstanceOf(Negotiation.Step.Offered.class);
      assertThat(ours.offer(number(3))).as("no turns are left").isFalse();
    }
  }

  @Test
  void silenceOfTheOtherSideEndsANegotiation() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
      Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
      Negotiation ours = Negotiation.begun(wire(client), 7, new Objective("EX3", 3, 6, Optional.empty()), Duration.ofMillis(200));
      assertThat(ours.next()).isEqualTo(new Negotiation.Step.Failed("the peer says nothing"));
    }
  }

  private static Octets number(int value) {
    return new CborWriter().array(2).text("NZD").integer(value).toOctets();
  }
}

package org.eider.grasp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eider.testkit.LogLines;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DullNodeTest {
  private static final String NAME = "AN_Proxy";
  private static final Duration SOON = Duration.ofSeconds(10);

  private final Loopback wire = new Loopback();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Flooded> heard = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    wire.close();
  }

  private DullNode node() throws IOException {
    DullNode node = DullNode.open(Loopback.NAME, settings(), Set.of(NAME), heard::add);
    open.add(node);
    return node;
  }

  private DullNode.Settings settings() {
    return new DullNode.Settings(wire.port(), NodeLimits.STANDARD, FloodTiming.STANDARD);
  }

  private static Message.Flood flood(String name, int loopCount, long ttl, Locator locator) {
    return new Message.Flood(7, Loopback.ADDRESS, ttl, List.of(new Message.Flood.Entry(Objective.flooded(name, loopCount, ""), Optional.of(locator))));
  }

  private static Locator at(int port) {
    return new Locator.Ip(Loopback.ADDRESS, Locator.TCP, port);
  }

  @Test
  void tellsEveryProcessOfTheHostAtOnceAndOnceMoreShortlyAfter() throws Exception {
    DullNode first = node();
    DullNode second = node();
    DullNode teller = DullNode.open(Loopback.NAME, settings(), Set.of(), heard::add);
    open.add(teller);
    teller.tell(flood(NAME, 1, 0, at(4443)).entries());
    await().atMost(SOON).untilAsserted(() -> assertThat(heard).hasSizeGreaterThanOrEqualTo(2));
    assertThat(first.known(NAME)).singleElement().satisfies(flooded -> {
      assertThat(flooded.locator()).contains(at(4443));
      assertThat(flooded.ttl()).isEqualTo(180_000);
      assertThat(flooded.origin().interfaceName()).isEqualTo(Loopback.NAME);
    });
    assertThat(second.known(NAME)).hasSize(1);
    await().atMost(SOON).untilAsserted(() -> assertThat(heard).hasSizeGreaterThanOrEqualTo(4));
    assertThat(wire.heard()).allSatisfy(message -> assertThat(((Message.Flood) message).entries().get(0).objective().loopCount()).isEqualTo(1));
    assertThat(wire.heard()).extracting(message -> ((Message.Flood) message).session()).doesNotHaveDuplicates();
  }

  @Test
  void floodsOfMoreThanOneHopAreDropped() throws Exception {
    DullNode node = node();
    wire.send(flood(NAME, 2, 1000, at(1)));
    wire.send(flood(NAME, 0, 1000, at(2)));
    Message.Flood mixed = new Message.Flood(8, Loopback.ADDRESS, 0, List.of(
        new Message.Flood.Entry(Objective.flooded(NAME, 1, ""), Optional.of(at(3))),
        new Message.Flood.Entry(Objective.flooded("AN_ACP", 2, ""), Optional.of(at(3)))));
    wire.send(mixed);
    wire.send(flood(NAME, 1, 1000, at(4)));
    await().untilAsserted(() -> assertThat(heard).isNotEmpty());
    assertThat(node.known(NAME)).extracting(Flooded::locator).containsExactly(Optional.of(at(4)));
  }

  @Test
  void onlyWhatIsAskedForCountsAndOnlyUnderItsExactName() throws Exception {
    DullNode node = node();
    List.of("AN_proxy", "AN_PROXY", "AN_Proxy ", "", "AN_Pro\u0078\u0301y", "AN_join_registrar").forEach(name -> wire.send(flood(name, 1, 0, at(1))));
    wire.send(new Message.Flood(8, Loopback.ADDRESS, 0, List.of(
        new Message.Flood.Entry(Objective.flooded("AN_ACP", 1, "IKEv2"), Optional.of(at(2))),
        new Message.Flood.Entry(Objective.flooded(NAME, 1, ""), Optional.of(at(3))))));
    await().untilAsserted(() -> assertThat(heard).isNotEmpty());
    assertThat(heard).extracting(Flooded::locator).containsExactly(Optional.of(at(3)));
    assertThat(node.known("AN_ACP")).isEmpty();
    assertThat(node.known("AN_proxy")).isEmpty();
  }

  @Test
  void junkIsSkippedAndServiceGoesOn() throws Exception {
    node();
    wire.send(Octets.empty());
    wire.send(Octets.of(new byte[3000]));
    wire.send(Octets.hex("8109"));
    wire.send(Octets.hex("85182a01" + "5020010db8f000baaa28ccdc4c97036781" + "00" + "80"));
    for (int i = 0; i < 200; i++) {
      wire.send(Octets.hex("9f".repeat(1 + i)));
    }
    wire.send(flood(NAME, 1, 0, at(9)));
    await().untilAsserted(() -> assertThat(heard).hasSize(1));
  }

  @Test
  void sendsNothingBackWhateverItHears() throws Exception {
    DullNode node = node();
    wire.send(new Message.Invalid(1, Optional.empty()));
    wire.send(new Message.RequestSynchronisation(2, Objective.flooded(NAME, 1, "")));
    wire.send(Octets.hex("83182a0100"));
    wire.send(new Message.Discovery(3, Loopback.ADDRESS, new Objective(NAME, 5, 1, Optional.empty())));
    wire.send(flood("AN_join_registrar", 1, 0, at(1)));
    wire.send(flood(NAME, 1, 0, at(1)));
    await().atMost(SOON).untilAsserted(() -> assertThat(heard).hasSize(1));
    List<Message.Flood.Entry> marker = flood(NAME, 1, 0, at(9)).entries();
    node.tell(marker);
    await().atMost(SOON).untilAsserted(() -> assertThat(wire.heard()).isNotEmpty());
    assertThat(wire.heard()).as("what it says of its own accord, later, comes first")
        .allSatisfy(message -> assertThat(((Message.Flood) message).entries()).isEqualTo(marker));
  }

  @Test
  void aHundredThousandLocatorsTakeBoundedMemoryAndTheNewestIsKept() throws Exception {
    NodeLimits generous = new NodeLimits(2048, 1_000_000, 1, 16, 16, 1, 1);
    DullNode node = DullNode.open(Loopback.NAME, new DullNode.Settings(wire.port(), generous, FloodTiming.STANDARD), Set.of(NAME), flooded -> { });
    open.add(node);
    for (int i = 0; i < 100_000; i++) {
      wire.send(flood(i % 2 == 0 ? NAME : "x" + i, 1, 0, at(1 + i % 65_000)));
    }
    await().untilAsserted(() -> {
      wire.send(flood(NAME, 1, 0, at(65_535)));
      assertThat(node.known(NAME)).extracting(Flooded::locator).last().isEqualTo(Optional.of(at(65_535)));
    });
    assertThat(node.known(NAME)).hasSizeLessThanOrEqualTo(16);
  }

  @Test
  void whoAsksForWhatIsToldHearsItSoon() throws Exception {
    DullNode teller = node();
    teller.tell(flood(NAME, 1, 0, at(4443)).entries());
    await().atMost(SOON.multipliedBy(2)).untilAsserted(() -> assertThat(wire.heard()).hasSize(3));
    wire.send(new Message.Discovery(3, Loopback.ADDRESS, new Objective("AN_Proxi", 5, 1, Optional.empty())));
    wire.send(new Message.Discovery(4, Loopback.ADDRESS, new Objective(NAME, 5, 2, Optional.empty())));
    wire.send(new Message.Discovery(5, Loopback.ADDRESS, new Objective(NAME, 5, 1, Optional.empty())));
    await().atMost(SOON).untilAsserted(() -> assertThat(wire.heard()).filteredOn(Message.Flood.class::isInstance).hasSize(4));
  }

  @Test
  void nothingIsToldAnyMoreOnceItIsWithdrawn() throws Exception {
    DullNode teller = node();
    teller.tell(flood(NAME, 1, 0, at(4443)).entries());
    await().untilAsserted(() -> assertThat(wire.heard()).hasSize(1));
    teller.tell(List.of());
    wire.send(new Message.Discovery(5, Loopback.ADDRESS, new Objective(NAME, 5, 1, Optional.empty())));
    await().during(Duration.ofSeconds(2)).atMost(SOON)
        .untilAsserted(() -> assertThat(wire.heard()).filteredOn(Message.Flood.class::isInstance).hasSize(1));
  }

  @Test
  void whatGoesFartherThanOneHopOrDoesNotFitIsNotTold() throws Exception {
    DullNode node = node();
    assertThatThrownBy(() -> node.tell(flood(NAME, 255, 0, at(1)).entries())).isInstanceOf(IllegalArgumentException.class);
    List<Message.Flood.Entry> many = Collections.nCopies(60, flood(NAME, 1, 0, at(1)).entries().get(0));
    assertThatThrownBy(() -> node.tell(many)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anInterfaceThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> DullNode.open("none0", settings(), Set.of(), heard::add)).isInstanceOf(IOException.class)
        .hasMessage("there is no network interface none0");
  }

  @Test
  void onlySourcesOfTheLinkAreBelieved() throws Exception {
    DullRules rules = new DullRules(Set.of(NAME), new Nuisances(System::nanoTime));
    LinkAddress here = new LinkAddress("eth7", 7, InetAddress.getByName("fe80::1"));
    assertThat(rules.isOfTheLink(new InetSocketAddress("fe80::2%7", 1), here)).isTrue();
    for (String other : List.of("fe80::2%8", "2001:db8::1", "fd00::1", "::1", "192.0.2.1", "169.254.1.1", "127.0.0.1")) {
      assertThat(rules.isOfTheLink(new InetSocketAddress(other, 1), here)).as(other).isFalse();
    }
    LinkAddress loopback = new LinkAddress("lo", 1, InetAddress.getByName("127.0.0.1"));
    assertThat(rules.isOfTheLink(new InetSocketAddress("192.0.2.1", 1), loopback)).isFalse();
  }

  @Test
  void locatorsBeyondTheLinkAreDroppedAndForeignOnesOfItAreTaken() throws Exception {
    LogLines log = LogLines.of(Nuisances.class);
    open.add(log);
    DullRules rules = new DullRules(Set.of(NAME), new Nuisances(System::nanoTime));
    LinkAddress here = new LinkAddress("eth7", 7, InetAddress.getByName("fe80::1"));
    InetSocketAddress source = new InetSocketAddress("fe80::2", 1);
    for (String bad : List.of("2001:db8::1", "::1", "192.0.2.1")) {
      assertThat(rules.believed(flood(NAME, 1, 0, new Locator.Ip(Address.of(InetAddress.getByName(bad)), 6, 1)), source, here)).as(bad).isEmpty();
    }
    Locator other = new Locator.Ip(Address.of(InetAddress.getByName("fe80::77")), 6, 1);
    assertThat(rules.believed(flood(NAME, 1, 0, other), source, here)).singleElement().satisfies(flooded -> {
      assertThat(flooded.locator()).contains(other);
      assertThat(flooded.origin().scope()).isEqualTo(7);
    });
    assertThat(log.with("eth7: a locator that is of no use here")).hasSize(1);
    assertThat(log.with("eth7: a locator that is not the initiator's address")).singleElement().asString().contains("77");
  }
}

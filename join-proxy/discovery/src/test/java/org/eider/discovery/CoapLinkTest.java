package org.eider.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eider.discovery.CoapMessage.Type;
import org.eider.testkit.Tools;
import org.eider.testkit.VethPair;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lookout, herald and hostile neighbours on a link of two ends. */
@SuppressWarnings("try") // some are only there
class CoapLinkTest {
  private static final int PORT = 15_683;
  private static final Set<Service> PROXIES = Set.of(Service.PROXY_COAPS);

  private VethPair link;
  private final CoapFinding finding = new CoapFinding();

  @BeforeEach
  void makeLink() throws Exception {
    link = VethPair.create();
  }

  @AfterEach
  void deleteLink() throws Exception {
    if (link != null) {
      link.close();
    }
  }

  @Test
  void pledgeFindsEveryJoinPortOfAProxy() throws Exception {
    try (CoapHerald herald = herald(8485, 63_245); CoapLookout lookout = lookout(PROXIES)) {
      await().untilAsserted(() -> assertThat(ports()).contains(8485, 63_245));
      Sighting sighting = finding.all().get(0);
      assertThat(sighting.address().getAddress()).isInstanceOfSatisfying(Inet6Address.class, address -> {
        assertThat(address.isLinkLocalAddress()).isTrue();
        assertThat(address.getScopeId()).isEqualTo(VethPair.interfaceOf(link.other()).getIndex());
      });
      assertThat(sighting.interfaceName()).isEqualTo(link.other());
      assertThat(sighting.lifetime()).isPresent();
      assertThat(sighting.address().getAddress().getAddress()).isEqualTo(VethPair.addressOf(link.one()).getAddress());
    }
  }

  @Test
  void offersOfOtherInterfacesAndServicesAreNotTold() throws Exception {
    try (CoapHerald herald = CoapHerald.start(List.of(link.one()), PORT, System::nanoTime); CoapLookout lookout = lookout(PROXIES)) {
      InetAddress here = VethPair.addressOf(link.one());
      herald.tell(Set.of(new Offer(Service.PROXY_COAPS, "lo", here, 1), new Offer(Service.PROXY_TLS, link.one(), here, 2),
          new Offer(Service.REGISTRAR_COAPS, link.one(), here, 3), new Offer(Service.PROXY_COAPS, link.one(), here, 4)));
      await().untilAsserted(() -> assertThat(ports()).contains(4));
      assertThat(ports()).containsOnly(4);
    }
  }

  /** A client of others reads our answer. */
  @Test
  void libcoapFindsTheJoinPorts() throws Exception {
    Tools.require("coap-client-notls");
    try (CoapHerald herald = herald(8485, 63_245)) {
      String said = Tools.run("", List.of("coap-client-notls", "-m", "get", "-N", "-B", "2",
          "coap://[ff02::fd%" + link.other() + "]:" + PORT + "/.well-known/core?brski-jp=*"));
      assertThat(said).contains("<>;brski-jp=8485,<>;brski-jp=63245");
    }
  }

  @Test
  void answersThatComeTooLateDoNotCount() throws Exception {
    java.util.concurrent.atomic.AtomicLong later = new java.util.concurrent.atomic.AtomicLong();
    List<CoapMessage> first = new java.util.concurrent.CopyOnWriteArrayList<>();
    Function<CoapMessage, List<CoapMessage>> late = question -> {
      first.add(question);
      int port = first.get(0).equals(question) ? 1 : 2;
      later.addAndGet(first.get(0).equals(question) ? TimeUnit.SECONDS.toNanos(21) : 0);
      return List.of(CoapMessage.links(Type.NON_CONFIRMABLE, 1, question.token(), "<>;brski-jp=" + port));
    };
    try (Impostor impostor = new Impostor(late);
        CoapLookout lookout = CoapLookout.start(List.of(link.other()), PROXIES, finding, PORT, () -> System.nanoTime() + later.get())) {
      await().untilAsserted(() -> assertThat(ports()).contains(2));
      assertThat(ports()).containsExactly(2);
    }
  }

  /** The system knows an interface that is down, Java does not. */
  @Test
  void interfaceThatIsDownIsWaitedFor() throws Exception {
    link.down(link.other());
    try (CoapHerald herald = herald(8485); CoapLookout lookout = lookout(PROXIES)) {
      link.up(link.other());
      await().atMost(20, TimeUnit.SECONDS).untilAsserted(() -> assertThat(ports()).contains(8485));
    }
  }

  @Test
  void withdrawnOffersAreSilence() throws Exception {
    try (CoapHerald herald = herald(8485); DatagramSocket asker = asker()) {
      assertThat(ask(asker, "brski-jp=*")).hasSize(1);
      herald.tell(Set.of());
      assertThat(ask(asker, "brski-jp=*")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"brski-jp=8485", "brski-jp=84*", "brski-jp=*"})
  void filtersThatMatchAreAnswered(String filter) throws Exception {
    try (CoapHerald herald = herald(8485); DatagramSocket asker = asker()) {
      assertThat(ask(asker, filter)).singleElement().satisfies(answer -> {
        assertThat(answer.payload().utf8()).isEqualTo("<>;brski-jp=8485");
        assertThat(answer.type()).isEqualTo(Type.NON_CONFIRMABLE);
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rt=brski", "rt=brski.jp", "brski-jp=8486", "brski-jp=", "brski-jp", "brski-rjp=*", "x"})
  void filtersThatDoNotMatchAreNotAnsweredOnTheGroup(String filter) throws Exception {
    try (CoapHerald herald = herald(8485); DatagramSocket asker = asker()) {
      assertThat(ask(asker, filter)).isEmpty();
    }
  }

  static Stream<CoapMessage> nuisances() throws Exception {
    Octets token = Octets.hex("01");
    CoapMessage good = CoapMessage.discovery(5, token, "brski-jp=*");
    return Stream.of(
        new CoapMessage(Type.CONFIRMABLE, CoapMessage.GET, 5, token, good.path(), good.query(), good.format(), good.strange(), good.payload()),
        new CoapMessage(Type.NON_CONFIRMABLE, 2, 5, token, good.path(), good.query(), good.format(), good.strange(), good.payload()),
        new CoapMessage(Type.NON_CONFIRMABLE, 1, 5, token, List.of("secret"), good.query(), good.format(), good.strange(), good.payload()),
        CoapMessage.bare(Type.CONFIRMABLE, CoapMessage.EMPTY, 5, Octets.empty()),
        CoapMessage.links(Type.NON_CONFIRMABLE, 5, token, "<>;brski-jp=1"));
  }

  @ParameterizedTest
  @MethodSource("nuisances")
  void groupIsNeverToldOfErrors(CoapMessage nuisance) throws Exception {
    try (CoapHerald herald = herald(8485); DatagramSocket asker = asker()) {
      assertThat(answers(asker, nuisance.encode(), group())).isEmpty();
      assertThat(answers(asker, Octets.hex("5001000190"), group())).isEmpty();
      assertThat(answers(asker, Octets.hex("ff"), group())).isEmpty();
    }
  }

  @Test
  void singleAskersAreToldOfErrors() throws Exception {
    try (CoapHerald herald = herald(8485); DatagramSocket asker = asker()) {
      InetSocketAddress proxy = neighbour();
      assertThat(answers(asker, confirmable(CoapMessage.GET, List.of("x")), proxy)).extracting(CoapMessage::code).containsExactly(CoapMessage.NOT_FOUND);
      assertThat(answers(asker, confirmable(3, List.of(".well-known", "core")), proxy)).extracting(CoapMessage::code)
          .containsExactly(CoapMessage.NOT_ALLOWED);
      assertThat(answers(asker, Octets.hex("4001000190"), proxy)).extracting(CoapMessage::code).containsExactly(CoapMessage.BAD_OPTION);
      assertThat(answers(asker, Octets.hex("40000001"), proxy)).extracting(CoapMessage::type).containsExactly(Type.RESET);
      assertThat(answers(asker, confirmable(CoapMessage.GET, List.of(".well-known", "core")), proxy)).singleElement().satisfies(answer -> {
        assertThat(answer.type()).isEqualTo(Type.ACKNOWLEDGEMENT);
        assertThat(answer.id()).isEqualTo(9);
        assertThat(answer.payload().utf8()).isEqualTo("<>;brski-jp=8485");
      });
    }
  }

  @Test
  void whoAsksWithoutEndIsServedNowAndThen() throws Exception {
    try (CoapHerald herald = herald(8485); DatagramSocket asker = asker()) {
      byte[] question = CoapMessage.discovery(5, Octets.hex("01"), "brski-jp=*").encode().toArray();
      for (int i = 0; i < 500; i++) {
        asker.send(new DatagramPacket(question, question.length, group()));
      }
      assertThat(answersWithin(asker)).hasSizeBetween(1, 30);
    }
  }

  @Test
  void onlyAnswersWithOurTokenCount() throws Exception {
    try (Impostor impostor = new Impostor(question -> List.of(
        CoapMessage.links(Type.NON_CONFIRMABLE, 1, Octets.of(new byte[8]), "<>;brski-jp=1"),
        CoapMessage.links(Type.NON_CONFIRMABLE, 1, Octets.empty(), "<>;brski-jp=2"),
        CoapMessage.links(Type.ACKNOWLEDGEMENT, question.id(), question.token(), "<>;brski-jp=3"),
        new CoapMessage(Type.NON_CONFIRMABLE, CoapMessage.NOT_FOUND, 1, question.token(), List.of(), List.of(), question.format(), question.strange(),
            Octets.utf8("<>;brski-jp=4")),
        new CoapMessage(Type.NON_CONFIRMABLE, CoapMessage.CONTENT, 1, question.token(), List.of(), List.of(), question.format(), question.strange(),
            Octets.utf8("<>;brski-jp=5")),
        CoapMessage.links(Type.NON_CONFIRMABLE, 1, question.token(), "<>;brski-jp=70000,<>;brski-jp=x,</a>;brski-jp=6,<>;rt=brski.jp"),
        CoapMessage.links(Type.NON_CONFIRMABLE, 1, question.token(), "<>;brski-jp=7,"),
        CoapMessage.links(Type.CONFIRMABLE, 1, question.token(), "<>;var=\"c509 v2\";brski-jp=\"8\"")));
        CoapLookout lookout = lookout(PROXIES)) {
      await().untilAsserted(() -> assertThat(ports()).contains(8));
      assertThat(ports()).containsOnly(8);
      assertThat(impostor.acknowledged()).isTrue();
    }
  }

  @Test
  void registrarsAreAskedForByTheirTypesAndFarAndWide() throws Exception {
    Function<CoapMessage, List<CoapMessage>> registrar = question -> List.of(CoapMessage.links(Type.NON_CONFIRMABLE, 1, question.token(),
        "<coaps://[2001:db8::52]/b>;rt=brski,<jpy://[2001:db8::52]:7634/x>;rt=brski.rjp,<jpy://[2001:db8::53]>;rt=brski.rjp,<coaps://[fe80::7]:9>;rt=\"x brski\""));
    try (Impostor impostor = new Impostor(registrar); CoapLookout lookout = lookout(Set.of(Service.REGISTRAR_COAPS, Service.REGISTRAR_JPY))) {
      await().untilAsserted(() -> assertThat(finding.all()).extracting(Sighting::service, s -> s.address().getPort())
          .contains(org.assertj.core.groups.Tuple.tuple(Service.REGISTRAR_COAPS, 5684),
              org.assertj.core.groups.Tuple.tuple(Service.REGISTRAR_JPY, 7634), org.assertj.core.groups.Tuple.tuple(Service.REGISTRAR_COAPS, 9)));
      assertThat(ports()).containsOnly(5684, 7634, 9);
      assertThat(finding.all()).filteredOn(s -> s.address().getPort() == 9)
          .allSatisfy(s -> assertThat(((Inet6Address) s.address().getAddress()).getScopeId()).isEqualTo(VethPair.interfaceOf(link.other()).getIndex()));
      assertThat(impostor.filters()).containsOnly("rt=brski", "rt=brski.rjp");
    }
  }

  @Test
  void everyQuestionHasATokenAndAnIdOfItsOwn() throws Exception {
    try (Impostor impostor = new Impostor(question -> List.of()); CoapLookout lookout = lookout(PROXIES)) {
      await().untilAsserted(() -> assertThat(impostor.questions()).hasSizeGreaterThanOrEqualTo(3));
      assertThat(impostor.questions()).extracting(CoapMessage::token).doesNotHaveDuplicates();
    }
  }

  @Test
  void interfaceThatComesBackIsTakenUpAgain() throws Exception {
    try (CoapHerald herald = herald(8485); CoapLookout lookout = lookout(PROXIES)) {
      await().untilAsserted(() -> assertThat(ports()).contains(8485));
      VethPair.ip("link", "set", link.one(), "down");
      VethPair.ip("link", "set", link.one(), "address", "02:00:00:00:aa:01");
      link.down(link.other());
      finding.all().clear();
      link.up(link.one());
      link.up(link.other());
      link.awaitAddress(link.one());
      byte[] now = VethPair.addressOf(link.one()).getAddress();
      await().atMost(20, TimeUnit.SECONDS).untilAsserted(() ->
          assertThat(finding.all()).anySatisfy(s -> assertThat(s.address().getAddress().getAddress()).isEqualTo(now)));
    }
  }

  @Test
  void interfaceThatIsNotThereIsAnError() {
    assertThatThrownBy(() -> CoapHerald.start(List.of("no-such-if"))).isInstanceOf(IOException.class).hasMessageContaining("no-such-if");
    assertThatThrownBy(() -> CoapLookout.start(List.of("no-such-if"), PROXIES, finding)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> CoapLookout.start(List.of(), PROXIES, finding)).isInstanceOf(IOException.class);
  }

  @Test
  void portThatIsTakenIsAnErrorAndOneThatIsSharedIsNot() throws Exception {
    try (DatagramSocket taken = new DatagramSocket(null)) {
      taken.setReuseAddress(false);
      taken.bind(new InetSocketAddress("::", PORT));
      assertThatThrownBy(() -> CoapHerald.start(List.of(link.one()), PORT, System::nanoTime)).isInstanceOf(IOException.class)
          .hasMessageContaining(link.one());
    }
    try (CoapHerald first = herald(1); CoapHerald second = herald(2); CoapLookout lookout = lookout(PROXIES)) {
      await().untilAsserted(() -> assertThat(ports()).contains(1, 2));
    }
  }

  private CoapHerald herald(int... joinPorts) throws IOException {
    CoapHerald herald = CoapHerald.start(List.of(link.one()), PORT, System::nanoTime);
    Set<Offer> offers = new java.util.HashSet<>();
    for (int port : joinPorts) {
      offers.add(new Offer(Service.PROXY_COAPS, link.one(), VethPair.addressOf(link.one()), port));
    }
    herald.tell(offers);
    return herald;
  }

  private CoapLookout lookout(Set<Service> wanted) throws IOException {
    return CoapLookout.start(List.of(link.other()), wanted, finding, PORT, System::nanoTime);
  }

  private List<Integer> ports() {
    return finding.all().stream().map(sighting -> sighting.address().getPort()).distinct().toList();
  }

  private InetSocketAddress group() throws IOException {
    return new InetSocketAddress(Inet6Address.getByAddress(null, InetAddress.getByName("ff02::fd").getAddress(), VethPair.interfaceOf(link.other())), PORT);
  }

  private InetSocketAddress neighbour() throws IOException {
    return new InetSocketAddress(Inet6Address.getByAddress(null, VethPair.addressOf(link.one()).getAddress(), VethPair.interfaceOf(link.other())), PORT);
  }

  private DatagramSocket asker() throws IOException {
    return new DatagramSocket(new InetSocketAddress(VethPair.addressOf(link.other()), 0));
  }

  private List<CoapMessage> ask(DatagramSocket asker, String filter) throws Exception {
    return answers(asker, CoapMessage.discovery(5, Octets.hex("01"), filter).encode(), group());
  }

  private static List<CoapMessage> answers(DatagramSocket asker, Octets question, InetSocketAddress to) throws Exception {
    asker.send(new DatagramPacket(question.toArray(), question.size(), to));
    return answersWithin(asker);
  }

  private static List<CoapMessage> answersWithin(DatagramSocket asker) throws Exception {
    List<CoapMessage> answers = new ArrayList<>();
    asker.setSoTimeout(600);
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        asker.receive(packet);
        answers.add(CoapMessage.decode(Octets.of(java.util.Arrays.copyOf(packet.getData(), packet.getLength()))));
      }
    } catch (SocketTimeoutException silence) {
      return answers;
    }
  }

  private static Octets confirmable(int code, List<String> path) {
    CoapMessage bare = CoapMessage.bare(Type.CONFIRMABLE, code, 9, Octets.empty());
    return new CoapMessage(bare.type(), code, 9, bare.token(), path, List.of(), bare.format(), bare.strange(), bare.payload()).encode();
  }

  /** Somebody on the link who answers as the test says. */
  private final class Impostor implements AutoCloseable {
    private final MulticastSocket socket;
    private final List<CoapMessage> heard = new java.util.concurrent.CopyOnWriteArrayList<>();

    Impostor(Function<CoapMessage, List<CoapMessage>> answers) throws IOException {
      NetworkInterface here = VethPair.interfaceOf(link.one());
      socket = new MulticastSocket(null);
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress("::", PORT));
      for (String group : List.of("ff02::fd", "ff03::fd", "ff05::fd")) {
        socket.joinGroup(new InetSocketAddress(InetAddress.getByName(group), PORT), here);
      }
      Thread thread = new Thread(() -> serve(answers));
      thread.setDaemon(true);
      thread.start();
    }

    private void serve(Function<CoapMessage, List<CoapMessage>> answers) {
      try {
        while (true) {
          DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
          socket.receive(packet);
          CoapMessage message = CoapMessage.decode(Octets.of(java.util.Arrays.copyOf(packet.getData(), packet.getLength())));
          heard.add(message);
          for (CoapMessage answer : message.isRequest() ? answers.apply(message) : List.<CoapMessage>of()) {
            byte[] bytes = answer.encode().toArray();
            socket.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
          }
        }
      } catch (IOException ended) {
        return;
      } catch (org.eider.wire.DecodeException e) {
        throw new AssertionError(e);
      }
    }

    List<CoapMessage> questions() {
      return heard.stream().filter(CoapMessage::isRequest).toList();
    }

    List<String> filters() {
      return questions().stream().flatMap(question -> question.query().stream()).distinct().toList();
    }

    boolean acknowledged() {
      return await().until(() -> heard.stream().anyMatch(message -> message.type() == Type.ACKNOWLEDGEMENT), acknowledged -> acknowledged);
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}

package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.eider.registrar.server.TestSensor.expect;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bouncycastle.asn1.x500.X500Name;
import org.eider.est.coap.CoapAnswer;
import org.eider.est.coap.CoapCall;
import org.eider.est.coap.CoapCode;
import org.eider.jpy.JpyMessage;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.Csr;
import org.eider.testkit.HeaderRelay;
import org.eider.testkit.LogLines;
import org.eider.testkit.Vector;
import org.eider.testkit.Vectors;
import org.eider.voucher.StatusReport;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pledges behind a stateless join proxy: draft-ietf-anima-constrained-join-proxy sections 4.4 and 4.5.7. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JpyOnboardingTest {
  /** 1280, less IPv6, UDP and 38 octets of JPY. */
  private static final int MOST_CONTENT = 1194;

  private TestSite site;
  private HeaderRelay proxy;

  @BeforeAll
  void start(@TempDir Path data) throws Exception {
    site = new TestSite(data, TestSite.config().withCoaps(TestSite.config().coaps().at("127.0.0.1")
        .with(TestSite.config().coaps().jpy().at("127.0.0.1").on(0))));
  }

  @BeforeEach
  void relay() throws Exception {
    site.masa.reset();
    proxy = JpyHeaders.proxy(site.registrar.jpyPort().orElseThrow());
  }

  @AfterEach
  void unplug() {
    proxy.close();
  }

  @AfterAll
  void stop() {
    site.close();
  }

  private TestSensor sensor(String serial, HeaderRelay.Door door) {
    return new TestSensor(serial, site.maker.idevid(serial), door.port());
  }

  /** Asks until there is a voucher: on a busy machine the MASA may take longer than the registrar waits for it. */
  private static void voucher(TestSensor sensor, TestSensor.Line line) {
    Octets request = sensor.sealed(sensor.request(line).build());
    CoapAnswer answer = await().atMost(Duration.ofSeconds(40))
        .until(() -> line.requestVoucher(request), given -> !given.code().equals(CoapCode.SERVICE_UNAVAILABLE));
    expect(CoapCode.CHANGED, answer);
  }

  /** Everything that a pledge does, over one session and one more with what it got. */
  private X509Certificate onboard(TestSensor sensor) throws Exception {
    KeyPair key = TestPledge.newKey();
    X509Certificate ldevid;
    try (TestSensor.Line line = sensor.connect()) {
      voucher(sensor, line);
      expect(CoapCode.CHANGED, line.report("vs", StatusReport.success()));
      expect(CoapCode.CONTENT, line.exchange(CoapCall.get("/.well-known/est/crts").accepting(ContentFormat.MULTIPART_CORE)));
      Octets csr = Csr.create(new X500Name("serialNumber=" + sensor.serial()), key, Optional.empty(), List.of());
      CoapCall sen = CoapCall.post("/.well-known/est/sen", ContentFormat.PKCS10, csr).accepting(ContentFormat.PKIX_CERT);
      ldevid = Certificates.parse(expect(CoapCode.CHANGED, line.exchange(sen)).payload());
    }
    try (TestSensor.Line line = sensor.connect(new Credential(key.getPrivate(), List.of(ldevid)))) {
      expect(CoapCode.CHANGED, line.report("es", StatusReport.success()));
    }
    return ldevid;
  }

  private String state(String serial) throws IOException {
    return site.report(serial).orElseThrow().device().state();
  }

  @Test
  void aPledgeGoesFromNothingToOperationalWithNoLargerDatagramThanItsLinkTakes() throws Exception {
    X509Certificate ldevid = onboard(sensor("JPY-1", proxy.door(Octets.utf8("header of 16 oct"))));
    assertThat(ldevid.getSubjectX500Principal().toString()).contains("JPY-1");
    assertThat(state("JPY-1")).isEqualTo("operational");
    assertThat(proxy.largestPayload()).isBetween(500, MOST_CONTENT);
    assertThat(site.registrar.coapsPort()).as("there is no other port").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 23, 24, 32, 33, 255})
  void aHeaderOfUpTo255OctetsComesBackUnchanged(int length) throws Exception {
    Octets header = Octets.of(new byte[length]);
    try (TestSensor.Line line = sensor("JPY-2", proxy.door(header)).connect()) {
      expect(CoapCode.CONTENT, line.exchange(CoapCall.get("/.well-known/core")));
      assertThat(proxy.latest()).isEqualTo(header);
      assertThat(proxy.largestPayload() + 6 + length).as("octets on UDP").isLessThanOrEqualTo(1280 - 48);
    }
  }

  @Test
  void severalPledgesBehindOneAddressAreOnboardedAtOnce() throws Exception {
    List<String> serials = List.of("JPY-3", "JPY-4", "JPY-5");
    ExecutorService pledges = Executors.newFixedThreadPool(serials.size());
    try {
      List<Callable<X509Certificate>> work = new ArrayList<>();
      for (String serial : serials) {
        TestSensor sensor = sensor(serial, proxy.door(Octets.utf8(serial)));
        work.add(() -> onboard(sensor));
      }
      for (Future<X509Certificate> one : pledges.invokeAll(work)) {
        assertThat(one.get()).isNotNull();
      }
    } finally {
      pledges.shutdownNow();
    }
    for (String serial : serials) {
      assertThat(state(serial)).isEqualTo("operational");
    }
  }

  @Test
  void aPledgeWhoseHeaderChangesGoesOnInItsSession() throws Exception {
    HeaderRelay.Door door = proxy.door(Octets.utf8("before"));
    TestSensor sensor = sensor("JPY-6", door);
    try (TestSensor.Line line = sensor.connect()) {
      voucher(sensor, line);
      door.rename(Octets.utf8("after"));
      expect(CoapCode.CHANGED, line.report("vs", StatusReport.success()));
      assertThat(proxy.latest()).isEqualTo(Octets.utf8("after"));
    }
    assertThat(state("JPY-6")).isEqualTo("voucher-accepted");
  }

  @Test
  void theLogTellsTheProxyAndTheMetricsCount() throws Exception {
    try (LogLines log = LogLines.ofEider()) {
      TestSensor sensor = sensor("JPY-7", proxy.door(Octets.utf8("seven")));
      try (TestSensor.Line line = sensor.connect()) {
        voucher(sensor, line);
        await().until(() -> !log.with("path=/.well-known/brski/rv").isEmpty());
        assertThat(log.with("path=/.well-known/brski/rv")).last().asString()
            .contains("device=acme/JPY-7", "via=127.0.0.1:" + proxy.address().getPort(), " peer=100:0:0:0:");
        // Sessions that ended before, in other tests, may still be on their way out.
        await().atMost(Duration.ofMinutes(1)).untilAsserted(
            () -> assertThat(MonitoringTest.metrics(site)).contains("eider_jpy_sessions 1.0", "eider_jpy_queue 0.0", "eider_jpy_dropped_total"));
      }
    }
  }

  private static byte[] ask(DatagramSocket socket, int port, byte[] datagram, int patience) throws IOException {
    socket.setSoTimeout(patience);
    socket.send(new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), port));
    DatagramPacket answer = new DatagramPacket(new byte[2000], 2000);
    socket.receive(answer);
    return Arrays.copyOf(answer.getData(), answer.getLength());
  }

  private static byte[] hello() throws Exception {
    return Vectors.named("join-proxy", "jpy-request-client-hello.hex").hex().toArray();
  }

  @Test
  void theDraftsClientHelloWithSuitesThatNobodyHasHereIsAnsweredUnderItsHeader() throws Exception {
    int port = site.registrar.jpyPort().orElseThrow();
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      JpyMessage verify = JpyMessage.decode(Octets.of(ask(socket, port, hello(), 3000)));
      JpyMessage asked = JpyMessage.decode(Octets.of(hello()));
      assertThat(verify.header()).isEqualTo(asked.header());
      byte[] content = verify.content().toArray();
      assertThat(content[0]).as("a handshake message").isEqualTo((byte) 22);
      assertThat(content[13]).as("HelloVerifyRequest").isEqualTo((byte) 3);
      JpyMessage again = new JpyMessage(asked.header(), withCookie(asked.content().toArray(), Arrays.copyOfRange(content, 28, 28 + content[27])));
      byte[] refusal = JpyMessage.decode(Octets.of(ask(socket, port, again.encode().toArray(), 3000))).content().toArray();
      assertThat(refusal[0]).as("an alert").isEqualTo((byte) 21);
      assertThat(refusal[13]).as("fatal").isEqualTo((byte) 2);
      assertThat(refusal[14]).as("handshake_failure").isEqualTo((byte) 40);
    }
    onboard(sensor("JPY-8", proxy.door(Octets.utf8("eight"))));
  }

  /** The same ClientHello with a cookie: three lengths grow by its own. */
  private static Octets withCookie(byte[] hello, byte[] cookie) {
    int at = 13 + 12 + 2 + 32;
    int end = at + 1 + hello[at]; // behind the session id stands the length of the cookie, 0
    byte[] out = new byte[hello.length + cookie.length];
    System.arraycopy(hello, 0, out, 0, end + 1);
    out[end] = (byte) cookie.length;
    System.arraycopy(cookie, 0, out, end + 1, cookie.length);
    System.arraycopy(hello, end + 1, out, end + 1 + cookie.length, hello.length - end - 1);
    for (int length : new int[] {11, 15, 23}) { // the last two octets of each
      int grown = ((hello[length] & 0xff) << 8 | hello[length + 1] & 0xff) + cookie.length;
      out[length] = (byte) (grown >> 8);
      out[length + 1] = (byte) grown;
    }
    out[10] = 1; // the record's sequence number
    out[18] = 1; // the message's
    return Octets.of(out);
  }

  @Test
  void everyVectorIsAnsweredUnderItsHeaderOrDroppedAsItsManifestSays() throws Exception {
    List<Vector> vectors = Vectors.manifest("join-proxy").stream().filter(vector -> vector.file().endsWith(".hex"))
        .filter(vector -> !vector.file().contains("response")).toList();
    for (Vector vector : vectors) {
      boolean isGood = vector.expectResult().orElse("ACCEPT").startsWith("ACCEPT");
      try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
        byte[] datagram = vector.hex().toArray();
        int port = site.registrar.jpyPort().orElseThrow();
        if (isGood) {
          JpyMessage answer = JpyMessage.decode(Octets.of(ask(socket, port, datagram, 3000)));
          assertThat(answer.header()).as(vector.file()).isEqualTo(JpyMessage.decode(vector.hex()).header());
        } else {
          assertThatThrownBy(() -> ask(socket, port, datagram, 300)).as(vector.file()).isInstanceOf(SocketTimeoutException.class);
        }
      }
    }
    assertThat(vectors).hasSizeGreaterThan(5);
  }

  @Test
  void anArrayOfIndefiniteLengthIsTaken() throws Exception {
    byte[] definite = hello();
    byte[] indefinite = Arrays.copyOf(definite, definite.length + 1);
    indefinite[0] = (byte) 0x9f;
    indefinite[definite.length] = (byte) 0xff;
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      byte[] answer = ask(socket, site.registrar.jpyPort().orElseThrow(), indefinite, 3000);
      assertThat(JpyMessage.decode(Octets.of(answer)).header()).isEqualTo(JpyMessage.decode(Octets.of(definite)).header());
    }
  }
}

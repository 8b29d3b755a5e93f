package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eider.est.http.HttpHandler;
import org.eider.est.http.HttpResponse;
import org.eider.pki.MasaUri;
import org.eider.registrar.Hold;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.server.admin.DeviceReport;
import org.eider.registrar.server.config.RegistrarConfig;
import org.eider.registrar.server.config.VoucherSettings;
import org.eider.testkit.LogLines;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A MASA that is slow, silent, down or undecided: its pledges are held, it is asked again, and nobody else notices. */
class MasaPendingTest {
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(30);

  @TempDir private Path data;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);

  @AfterEach
  void close() throws Exception {
    end.countDown();
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  @Test
  void aFlappingMasaHoldsItsPledgeUntilItAnswersAndIsAskedOnAScheduleNotByReposts() throws Exception {
    TestSite site = open(new TestSite(data));
    AtomicInteger calls = new AtomicInteger();
    site.masa.onRequest = request -> calls.incrementAndGet() <= 1 ? HttpResponse.text(503, "later") : site.masa.voucher(request);
    TestPledge pledge = site.pledge("FLAPPING");
    try (LogLines log = LogLines.ofEider(); TestPledge.Line line = pledge.connect()) {
      Octets request = pledge.sealed(pledge.request(line).build());
      held(line.requestVoucher(request), 2, 60);
      for (int i = 0; i < 3; i++) {
        held(line.requestVoucher(request), 2, 60);
      }
      assertThat(calls).as("re-posts do not go to the MASA").hasValue(1);
      assertThat(log.with("MASA pending")).singleElement().asString().contains("reason=MASA_UNAVAILABLE", "device=acme/FLAPPING", "attempt=1");
      assertThat(log.with("reason=MASA_PENDING")).isNotEmpty();
      assertThat(holds(site, "FLAPPING")).containsExactly(Optional.of(Hold.MASA_PENDING));
      await().atMost(LONG_ENOUGH).until(() -> line.requestVoucher(request).status() == 200);
      assertThat(calls).hasValue(2);
      assertThat(site.report("FLAPPING").orElseThrow().vouchers()).hasSize(1);
      assertThat(log.faults()).isEmpty();
      TestPledge.expect(200, pledge.enrol(line, "simpleenroll", TestPledge.newKey()));
    }
  }

  @Test
  void anUndecidedMasaIsAskedAgainWhenItSays() throws Exception {
    TestSite site = open(new TestSite(data));
    AtomicInteger calls = new AtomicInteger();
    site.masa.onRequest = request ->
        calls.incrementAndGet() <= 2 ? HttpResponse.retryAfter(Duration.ofSeconds(1)) : site.masa.voucher(request);
    TestPledge pledge = site.pledge("UNDECIDED");
    try (TestPledge.Line line = pledge.connect()) {
      Octets request = pledge.sealed(pledge.request(line).build());
      held(line.requestVoucher(request), 2, 60);
      await().atMost(LONG_ENOUGH).until(() -> line.requestVoucher(request).status() == 200);
      assertThat(calls).hasValue(3);
    }
  }

  @Test
  void aSlowMasaIsAskedOnceAndItsVoucherFetchedByTheNextPost() throws Exception {
    TestSite site = open(new TestSite(data, TestSite.config(ANSWER, vouchers(Duration.ofMillis(200), Duration.ofDays(1)))));
    site.masa.onRequest = request -> {
      awaitQuietly();
      return site.masa.voucher(request);
    };
    TestPledge pledge = site.pledge("SLOW");
    try (TestPledge.Line line = pledge.connect()) {
      Octets request = pledge.sealed(pledge.request(line).build());
      held(line.requestVoucher(request), 2, 4);
      held(line.requestVoucher(request), 2, 4);
      end.countDown();
      await().atMost(LONG_ENOUGH).until(() -> line.requestVoucher(request).status() == 200);
      HttpResponse again = TestPledge.expect(200, line.requestVoucher(request));
      assertThat(again.body()).isEqualTo(TestPledge.expect(200, line.requestVoucher(request)).body());
    }
    assertThat(site.masa.requests.stream().filter(request -> request.path().endsWith("/requestvoucher"))).hasSize(1);
  }

  @Test
  void theMasaIsToldSessionAndFormats() throws Exception {
    TestSite site = open(new TestSite(data));
    TestPledge pledge = site.pledge("TOLD");
    try (TestPledge.Line line = pledge.connect()) {
      HttpResponse answer = TestPledge.expect(200, pledge.requestVoucher(line));
      assertThat(site.masa.requests).hasSize(2).allSatisfy(
          request -> assertThat(request.headers().first("x-eider-session")).isEqualTo(answer.headers().first("x-eider-session")).isPresent());
      assertThat(site.masa.requests.element().headers().first("accept")).contains("application/voucher-cms+json");
    }
  }

  @Test
  void aPledgeThatWasHeldBeginsAnewAfterARestart() throws Exception {
    TestSite site = open(new TestSite(data));
    site.masa.onRequest = request -> HttpResponse.empty(500);
    Octets request;
    TestPledge before = site.pledge("RESTART");
    try (TestPledge.Line line = before.connect(); LogLines log = LogLines.ofEider()) {
      request = before.sealed(before.request(line).build());
      held(line.requestVoucher(request), 2, 60);
      site.restart();
      assertThat(log.with("1 exchange(s) with MASAs are given up")).hasSize(1);
      assertThat(log.faults()).isEmpty();
    }
    site.masa.reset();
    TestPledge after = new TestPledge("RESTART", before.idevid(), site.registrar.httpsPort());
    try (TestPledge.Line line = after.connect()) {
      TestPledge.expect(200, line.requestVoucher(request));
    }
  }

  @Test
  void aMasaThatIsDownForLongerThanThePatienceIsUnreachable() throws Exception {
    TestSite site = open(new TestSite(data, TestSite.config(ANSWER, vouchers(Duration.ofSeconds(10), Duration.ZERO))));
    ScriptedMasa gone = new ScriptedMasa();
    gone.close();
    site.administration().put(at(site.manufacturer(Manufacturer.Admission.AUTO), TestSite.masaAt("localhost:" + gone.port())));
    refused(site, 502, "MASA_UNREACHABLE");
  }

  @Test
  void aMasaThatIsSilentForLongerThanThePatienceIsATimeout() throws Exception {
    TestSite site = open(new TestSite(data, TestSite.config(Duration.ofMillis(300), vouchers(Duration.ofSeconds(10), Duration.ZERO))));
    site.masa.onRequest = request -> {
      awaitQuietly();
      return site.masa.voucher(request);
    };
    refused(site, 504, "MASA_TIMEOUT");
  }

  @Test
  void aMasaThatAsksToComeAgainForLongerThanThePatienceIsUndecided() throws Exception {
    TestSite site = open(new TestSite(data, TestSite.config(ANSWER, vouchers(Duration.ofSeconds(10), Duration.ZERO))));
    site.masa.onRequest = request -> HttpResponse.retryAfter(Duration.ofSeconds(60));
    refused(site, 504, "MASA_UNDECIDED");
  }

  @Test
  void aRegistrarThatStopsDoesNotWaitForASilentMasa() throws Exception {
    TestSite site = new TestSite(data, TestSite.config(Duration.ofMinutes(5), vouchers(Duration.ofMillis(100), Duration.ofDays(1))));
    opened.add(site.masa);
    site.masa.onRequest = hanging(site);
    TestPledge pledge = site.pledge("SILENT");
    try (LogLines log = LogLines.ofEider()) {
      try (TestPledge.Line line = pledge.connect()) {
        held(pledge.requestVoucher(line), 2, 4);
      }
      await().until(() -> !site.masa.requests.isEmpty());
      long began = System.nanoTime();
      site.registrar.close();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
      assertThat(log.with("exchange(s) with MASAs are given up")).hasSize(1);
      assertThat(log.with("MASA pending")).isEmpty();
      assertThat(log.faults()).isEmpty();
    }
  }

  /** 48 pledges of a MASA that accepts and never answers, against everything else that the registrar does. */
  @Test
  void aMasaThatNeverAnswersStarvesNobody() throws Exception {
    TestSite site = open(new TestSite(data));
    ScriptedMasa other = opened(new ScriptedMasa());
    org.eider.testkit.TestPki maker = org.eider.testkit.TestPki.manufacturer("Zenith", "localhost:" + other.port());
    site.administration().put(new Manufacturer("zenith", List.of(maker.certificate()), Optional.of(TestSite.masaAt("localhost:" + other.port())),
        Set.of(), List.of(other.tlsRoot.certificate()), List.of(other.voucherRoot.certificate()), Manufacturer.Admission.AUTO,
        site.manufacturer(Manufacturer.Admission.AUTO).serialNumbers(), false));
    TestPledge zenith = new TestPledge("Z-1", maker.idevid("Z-1"), site.registrar.httpsPort());
    ServerSocket silent = opened(new ServerSocket(0, 256, InetAddress.getLoopbackAddress()));
    ExecutorService crowd = Executors.newFixedThreadPool(48);
    opened.add(crowd::shutdownNow);
    try (TestPledge.Line line = zenith.connect()) {
      TestPledge.expect(200, zenith.requestVoucher(line));
      site.administration().put(at(site.manufacturer(Manufacturer.Admission.AUTO), TestSite.masaAt("localhost:" + silent.getLocalPort())));
      List<Future<Integer>> held = new ArrayList<>();
      CountDownLatch ready = new CountDownLatch(48);
      for (int i = 0; i < 48; i++) {
        TestPledge pledge = site.pledge("CROWD-" + i);
        held.add(crowd.submit(() -> posted(pledge, ready)));
      }
      assertThat(ready.await(60, TimeUnit.SECONDS)).isTrue();
      List<Duration> times = new ArrayList<>();
      KeyPair key = TestPledge.newKey();
      for (int i = 0; i < 40; i++) {
        times.add(timed(200, () -> line.get("/.well-known/est/cacerts")));
        times.add(timed(200, () -> zenith.enrol(line, "simpleenroll", key)));
        times.add(timed(200, () -> zenith.requestVoucher(line)));
      }
      for (Future<Integer> answer : held) {
        assertThat(answer.get(30, TimeUnit.SECONDS)).isIn(202, 503);
      }
      times.sort(Comparator.naturalOrder());
      assertThat(times.get(times.size() * 99 / 100 - 1)).isLessThan(Duration.ofSeconds(1));
      assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(name -> name.startsWith("masa-acme-")).count())
          .isLessThanOrEqualTo(8);
      await().until(MasaPendingTest::noWorkerIsBlocked);
      assertThat(TestPledge.expect(200, zenith.requestVoucher(line)).status()).isEqualTo(200);
    }
  }

  private static boolean noWorkerIsBlocked() {
    return Thread.getAllStackTraces().entrySet().stream().filter(thread -> thread.getKey().getName().startsWith("registrar-worker"))
        .noneMatch(thread -> List.of(thread.getValue()).stream().anyMatch(frame -> frame.getClassName().startsWith("org.eider.registrar.")));
  }

  private static int posted(TestPledge pledge, CountDownLatch ready) throws Exception {
    try (TestPledge.Line line = pledge.connect()) {
      Octets request = pledge.sealed(pledge.request(line).build());
      ready.countDown();
      return line.requestVoucher(request).status();
    }
  }

  private static Duration timed(int status, Callable<HttpResponse> call) throws Exception {
    long began = System.nanoTime();
    TestPledge.expect(status, call.call());
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private void refused(TestSite site, int status, String reason) throws Exception {
    TestPledge pledge = site.pledge("REFUSED");
    try (LogLines log = LogLines.ofEider(); TestPledge.Line line = pledge.connect()) {
      assertThat(pledge.requestVoucher(line).status()).isEqualTo(status);
      await().untilAsserted(() -> assertThat(log.with("reason=" + reason)).hasSize(1));
      DeviceReport report = site.report("REFUSED").orElseThrow();
      assertThat(report.device().state()).isEqualTo("refused");
      assertThat(report.device().refused()).hasValueSatisfying(why -> assertThat(why).contains(reason));
      assertThat(report.vouchers()).isEmpty();
      assertThat(log.faults()).isEmpty();
    }
  }

  private static List<Optional<String>> holds(TestSite site, String serial) throws IOException {
    return site.report(serial).orElseThrow().history().stream().filter(event -> event.kind().equals("held"))
        .map(DeviceReport.Event::reason).toList();
  }

  private static void held(HttpResponse answer, int shortest, int longest) {
    TestPledge.expect(202, answer);
    assertThat(Integer.parseInt(answer.headers().first("retry-after").orElseThrow())).isBetween(shortest, longest);
  }

  private static VoucherSettings vouchers(Duration wait, Duration patience) {
    VoucherSettings standard = RegistrarConfig.standard().vouchers();
    return new VoucherSettings(standard.identicalRetry(), wait, patience, standard.absence(), standard.pending());
  }

  private static Manufacturer at(Manufacturer one, MasaUri masa) {
    return new Manufacturer(one.name(), one.idevidAnchors(), Optional.of(masa), Set.of(), one.masaTlsAnchors(), one.voucherAnchors(),
        one.admission(), one.serialNumbers(), one.ignoreIdevidValidity());
  }

  private HttpHandler hanging(TestSite site) {
    return request -> {
      awaitQuietly();
      return site.masa.voucher(request);
    };
  }

  private void awaitQuietly() {
    try {
      assertThat(end.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private TestSite open(TestSite site) {
    return opened(site);
  }

  private <T extends AutoCloseable> T opened(T closeable) {
    opened.add(closeable);
    return closeable;
  }
}

package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.eider.pki.Certificates;
import org.eider.registrar.server.admin.CertificateView;
import org.eider.registrar.server.admin.DeviceView;
import org.eider.registrar.server.config.LimitSettings;
import org.eider.registrar.server.config.RegistrarConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Valid exchanges, spoiled on their way in thousands of ways, against a registrar as it really runs: it answers or hangs up, gives nothing
 * away, tells nothing but one line of log, and is afterwards as it was before. {@code -Deider.mutations=N} for another count, {@code
 * -Deider.seed=N} for other ones. What is chosen for a number follows from the seed alone; keys, nonces and whose request is spliced in
 * do not. A fault names its number, which {@code -Deider.first=NUMBER -Deider.mutations=1} does again, and the file of what was sent.
 */
class MutationRunTest {
  private static final int MUTATIONS = Integer.getInteger("eider.mutations", 20_000);
  private static final int FIRST = Integer.getInteger("eider.first", 0);
  private static final long SEED = Long.getLong("eider.seed", 8995L);
  private static final int CLIENTS = 16;
  private static final int ENOUGH_TO_COUNT = 1000;
  private static final long MEGABYTE = 1L << 20;

  private static final HttpClient MONITOR = HttpClient.newHttpClient();

  @TempDir static Path data;
  private static ResourceLeakDetector.Level before;
  private static TestSite site;

  @BeforeAll
  static void start() throws Exception {
    before = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    site = new TestSite(data, withoutLimitsForLoopback());
  }

  /** All clients are one source here, and a fast machine lets them make more handshakes than a source may. */
  private static RegistrarConfig withoutLimitsForLoopback() {
    RegistrarConfig config = TestSite.config();
    LimitSettings limits = config.limits();
    return config.withLimits(new LimitSettings(limits.workers(), limits.queue(), limits.connections(), limits.handshakes(),
        limits.header(), limits.handshake(), limits.request(), limits.idle(), limits.drain(), limits.perSource(), List.of(),
        limits.perJoinProxy(), List.of("127.0.0.0/8"), limits.perTrustedSource()));
  }

  @AfterAll
  static void stop() {
    site.close();
    ResourceLeakDetector.setLevel(before);
  }

  @Test
  void aLeakWouldBeSeen() {
    try (LogWatch log = new LogWatch()) {
      leak(PooledByteBufAllocator.DEFAULT);
      await().atMost(Duration.ofSeconds(20)).until(() -> {
        System.gc();
        PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
        return log.faults().stream().anyMatch(line -> line.contains("LEAK"));
      });
    }
  }

  @Test
  void mutatedExchangesGetNothingAndLeaveNothing() throws Exception {
    MutationLedger ledger = new MutationLedger();
    List<MutatingPledge> pledges = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      pledges.add(new MutatingPledge(site, "MUT-" + i, ledger));
    }
    AtomicInteger next = new AtomicInteger(FIRST);
    try (LogWatch log = new LogWatch()) {
      run(pledges, ledger, next, FIRST + MUTATIONS / 5);
      Footprint early = Footprint.settled(pledges);
      run(pledges, ledger, next, FIRST + MUTATIONS);
      Footprint late = Footprint.settled(pledges);
      System.out.println("mutations: seed " + SEED + ", " + (next.get() - FIRST) + " done, " + ledger.tallies() + ", log lines " + log.lines()
          + ", early " + early + ", late " + late);

      assertThat(ledger.faults()).as("faults of the run with -Deider.seed=" + SEED).isEmpty();
      assertThat(log.faults()).as("log of the run with -Deider.seed=" + SEED).isEmpty();
      assertThat(next.get()).as("mutations done").isEqualTo(FIRST + MUTATIONS);
      if (MUTATIONS >= ENOUGH_TO_COUNT) {
        assertThat(ledger.tallied("400") + ledger.tallied("403")).as("refusals, so that mutations are mutations").isGreaterThan(MUTATIONS / 4);
      }
      late.isNoWorseThan(early);
      onlyHonestDevicesAreStored(ledger);
      site.masa.requests.clear();
      assertThat(site.pledge("HONEST").onboard(TestPledge.newKey())).isNotNull();
      assertThat(log.faults()).isEmpty();
    } finally {
      pledges.forEach(MutatingPledge::close);
    }
  }

  private static void run(List<MutatingPledge> pledges, MutationLedger ledger, AtomicInteger next, int until) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(pledges.size());
    try {
      List<Future<?>> running = new ArrayList<>();
      for (MutatingPledge pledge : pledges) {
        running.add(threads.submit(() -> {
          for (int number = taken(next, until); number >= 0 && !ledger.isHopeless(); number = taken(next, until)) {
            pledge.mutate("mutation " + number, new Random(SEED * 1_000_003 + number));
          }
        }));
      }
      for (Future<?> done : running) {
        done.get();
      }
      site.masa.requests.clear();
    } finally {
      threads.shutdown();
    }
  }

  private static int taken(AtomicInteger next, int until) {
    int number = next.getAndUpdate(n -> n < until ? n + 1 : n);
    return number < until ? number : -1;
  }

  /** Nothing of strangers, and no certificate that was not asked for by a device that proved itself. */
  private static void onlyHonestDevicesAreStored(MutationLedger ledger) throws Exception {
    Set<String> serials = site.devices().stream().map(DeviceView::serial).collect(Collectors.toSet());
    assertThat(serials).hasSize(CLIENTS).allMatch(serial -> serial.matches("MUT-[0-9]+"));
    for (String serial : serials) {
      for (CertificateView issued : site.report(serial).orElseThrow().certificates()) {
        assertThat(ledger.wasOffered(Certificates.parsePem(issued.pem()).get(0).getPublicKey())).isTrue();
      }
    }
  }

  private static void leak(ByteBufAllocator allocator) {
    for (int i = 0; i < 10; i++) {
      assertThat(allocator.directBuffer(16).writeByte(i).readableBytes()).isOne();
    }
  }

  private static double metric(String series) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + site.registrar.adminPort() + "/metrics"))
        .header("Authorization", "Bearer " + Files.readString(data.resolve("admin.token"))).build();
    return MONITOR.send(request, HttpResponse.BodyHandlers.ofString()).body().lines().filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length()))).findFirst().orElseThrow();
  }

  /** What the process uses when nothing is going on. */
  private record Footprint(int threads, long descriptors, long heap, long direct) {
    /** Once no connection is open, no request waits and no worker is busy, which has to come. */
    static Footprint settled(List<MutatingPledge> pledges) throws Exception {
      pledges.forEach(MutatingPledge::close);
      for (String series : List.of("eider_connections", "eider_queue", "eider_workers_busy")) {
        await(series + " is 0").atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(100)).until(() -> metric(series) == 0);
      }
      System.gc(); // what has leaked is told of with the next buffer
      try (TestPledge.Line line = site.pledge("MUT-0").connect()) {
        TestPledge.expect(200, line.get("/.well-known/est/cacerts"));
      }
      await("that connection ends").atMost(Duration.ofSeconds(90)).until(() -> metric("eider_connections") == 0);
      System.gc();
      System.gc();
      return new Footprint(ManagementFactory.getThreadMXBean().getThreadCount(),
          ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount(),
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEGABYTE,
          (ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream().mapToLong(BufferPoolMXBean::getMemoryUsed).sum()
              + Math.max(0, PlatformDependent.usedDirectMemory())) / MEGABYTE);
    }

    void isNoWorseThan(Footprint earlier) {
      assertThat(threads).as("threads").isLessThanOrEqualTo(earlier.threads + 4);
      assertThat(descriptors).as("open files and connections").isLessThanOrEqualTo(earlier.descriptors + 8);
      assertThat(heap).as("megabytes of heap").isLessThanOrEqualTo(earlier.heap + 24);
      assertThat(direct).as("megabytes of direct memory").isLessThanOrEqualTo(earlier.direct + 16);
    }
  }
}

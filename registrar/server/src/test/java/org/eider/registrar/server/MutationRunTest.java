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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Valid exchanges, spoiled on their way in thousands of ways, against a registrar as it really runs: it answers or hangs up, gives nothing
 * away, tells nothing but one line of log, and is afterwards as it was before. {@code -Deider.mutations=N} for another count, {@code
 * -Deider.seed=N} for other ones; which mutation has which number follows from the seed alone, keys and nonces do not.
 */
class MutationRunTest {
  private static final int MUTATIONS = Integer.getInteger("eider.mutations", 20_000);
  private static final long SEED = Long.getLong("eider.seed", 8995L);
  private static final int CLIENTS = 16;
  private static final long MEGABYTE = 1L << 20;

  @TempDir static Path data;
  private static ResourceLeakDetector.Level before;
  private static TestSite site;

  @BeforeAll
  static void start() throws Exception {
    before = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    site = new TestSite(data);
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
    AtomicInteger next = new AtomicInteger();
    try (LogWatch log = new LogWatch()) {
      run(pledges, ledger, next, MUTATIONS / 5);
      Footprint early = Footprint.settled(pledges);
      run(pledges, ledger, next, MUTATIONS);
      Footprint late = Footprint.settled(pledges);
      System.out.println("mutations: seed " + SEED + ", " + next.get() + " done, " + ledger.tallies() + ", log lines " + log.lines()
          + ", early " + early + ", late " + late);

      assertThat(ledger.faults()).as("faults of the run with -Deider.seed=" + SEED).isEmpty();
      assertThat(log.faults()).as("log of the run with -Deider.seed=" + SEED).isEmpty();
      assertThat(ledger.tallied("400") + ledger.tallied("403")).as("refusals, so that mutations are mutations").isGreaterThan(MUTATIONS / 4);
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

  /** What the process uses when nothing is going on. */
  private record Footprint(int threads, long descriptors, long heap, long direct) {
    static Footprint settled(List<MutatingPledge> pledges) throws Exception {
      pledges.forEach(MutatingPledge::close);
      try (TestPledge.Line line = site.pledge("MUT-0").connect()) {
        TestPledge.expect(200, line.get("/.well-known/est/cacerts"));
      }
      await().pollDelay(Duration.ofMillis(500)).until(() -> true); // the server hears of the ends of connections
      for (int i = 0; i < 3; i++) {
        System.gc();
      }
      return new Footprint(Thread.activeCount(),
          ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount(),
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEGABYTE,
          (ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream().mapToLong(BufferPoolMXBean::getMemoryUsed).sum()
              + Math.max(0, PlatformDependent.usedDirectMemory())) / MEGABYTE);
    }

    void isNoWorseThan(Footprint earlier) {
      assertThat(threads).as("threads").isLessThanOrEqualTo(earlier.threads + 8);
      assertThat(descriptors).as("open files and connections").isLessThanOrEqualTo(earlier.descriptors + 16);
      assertThat(heap).as("megabytes of heap").isLessThanOrEqualTo(earlier.heap + 64);
      assertThat(direct).as("megabytes of direct memory").isLessThanOrEqualTo(earlier.direct + 32);
    }
  }
}

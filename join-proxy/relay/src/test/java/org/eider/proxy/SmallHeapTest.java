package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eider.testkit.Datagrams;
import org.eider.testkit.Opened;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The join proxy as a process of its own, in a heap of a given size. */
@Timeout(240)
class SmallHeapTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int CIRCUITS = 10_000;
  private static final int SPARE_FILES = 400;
  /** 1,000,000 where it is asked for ({@code -Deider.sources=1000000}); fewer in every build. */
  private static final int SOURCES = Integer.getInteger("eider.sources", 50_000);

  private static final int AHEAD = 100;
  private static final int PATIENCE = 100;

  @AutoClose
  private final Opened open = new Opened();
  private ServedProxy proxy;

  @TempDir
  private Path folder;

  private void start(String heap, String yaml) throws IOException {
    proxy = open.keep(new ServedProxy(folder, heap, yaml, 1));
  }

  /** Both ends of all circuits are in this process, so fewer where it may not open so many files. */
  private static int circuits() {
    long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix ? unix.getMaxFileDescriptorCount() : 4096;
    return (int) Math.min(CIRCUITS, (files - SPARE_FILES) / 2);
  }

  @Test
  void holdsTenThousandIdleCircuitsIn128Megabytes() throws Exception {
    int many = circuits();
    Assumptions.assumeTrue(many > 5000, "skipped: too few files may be opened");
    ServerSocket registrar = open.keep(new ServerSocket(0, 1000, LOOPBACK));
    start("-Xmx128m", "registrars: ['https://127.0.0.1:" + registrar.getLocalPort() + "']\n"
        + "circuits: {most: 20000, most-silent: 20000, per-source: 20000, per-second: 100000, burst: 100000, speak: 1h}\n");
    List<Socket> pledges = new ArrayList<>();
    List<Socket> far = new ArrayList<>();
    for (int circuit = 0; circuit < many; circuit++) {
      Socket pledge = open.keep(new Socket());
      pledge.connect(proxy.port(Mode.CIRCUIT));
      pledges.add(pledge);
      far.add(open.keep(registrar.accept()));
    }
    assertThat(proxy.status().path("open").path("circuits").asInt()).isEqualTo(many);
    for (int circuit = 0; circuit < many; circuit += 97) {
      pledges.get(circuit).getOutputStream().write(circuit & 0x7f);
    }
    int answered = 0;
    for (int circuit = 0; circuit < many; circuit += 97) {
      far.get(circuit).setSoTimeout(10_000);
      assertThat(far.get(circuit).getInputStream().read()).isEqualTo(circuit & 0x7f);
      answered++;
    }
    assertThat(answered).isGreaterThan(many / 100);
    System.err.printf("circuits: %d idle, heap in use %d kB%n", many, pauseAndMeasure() / 1024);
    assertThat(proxy.isAlive()).isTrue();
  }

  /** Were anything kept of a pledge, even 64 octets, a heap of 24 MB would not do for a million of them. */
  @Test
  void keepsNothingOfPledgesInTheStatelessMode() throws Exception {
    DatagramSocket registrar = open.keep(new DatagramSocket(0, LOOPBACK));
    registrar.setReceiveBufferSize(4_000_000);
    start("-Xmx24m", "registrars: ['jpy://127.0.0.1:" + registrar.getLocalPort() + "']\n"
        + "stateless: {per-second: 1000000, burst: 1000000, pledge-per-second: 1000000, pledge-burst: 1000000}\n");
    AtomicInteger echoed = new AtomicInteger();
    Semaphore ahead = new Semaphore(AHEAD);
    Datagrams.echo(registrar, () -> {
      echoed.incrementAndGet();
      ahead.release();
    });
    InetSocketAddress join = proxy.port(Mode.STATELESS);
    long before = pauseAndMeasure();
    for (int source = 0; source < SOURCES; source++) {
      InetAddress from = InetAddress.getByAddress(new byte[] {127, (byte) (1 + (source >> 16)), (byte) (source >> 8), (byte) source});
      try (DatagramChannel pledge = DatagramChannel.open()) {
        pledge.bind(new InetSocketAddress(from, 0));
        pledge.send(ByteBuffer.wrap(new byte[64]), join);
      }
      if (!ahead.tryAcquire(PATIENCE, TimeUnit.MILLISECONDS)) { // the kernel has dropped what came too fast: nobody is waited for any more
        ahead.release(AHEAD);
      }
    }
    assertThat(echoed.get()).isGreaterThan(SOURCES * 9 / 10);
    long after = pauseAndMeasure();
    System.err.printf("stateless: %d sources, %d relayed, heap in use before %d kB, after %d kB%n", SOURCES,
        proxy.status().path("relayed").path("stateless-up").asInt(), before / 1024, after / 1024);
    assertThat(after - before).isLessThan(4_000_000);
    assertThat(proxy.isAlive()).isTrue();
  }

  /** What is in use after a collection, as jcmd says. */
  private long pauseAndMeasure() throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    String pid = String.valueOf(proxy.pid());
    said(jcmd, pid, "GC.run");
    String info = said(jcmd, pid, "GC.heap_info");
    var used = java.util.regex.Pattern.compile("generation\\s+total [0-9]+K, used ([0-9]+)K").matcher(info);
    long sum = 0;
    while (used.find()) {
      sum += Long.parseLong(used.group(1)) * 1024;
    }
    assertThat(sum).as(info).isPositive();
    return sum;
  }

  private static String said(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    process.waitFor();
    return text;
  }
}

package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eider.limits.SourceLimits;
import org.eider.limits.SourceLimits.Rate;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Ten thousand connections that say nothing, from a thousand addresses. */
class IdleFloodTest {
  private static final int FLOOD = 10_000;
  private static final int ROOM = 2048;
  private static final int MEGABYTE = 1 << 20;

  @Test
  void tenThousandIdleConnectionsKeepNobodyOut() throws Exception {
    requireFiles(FLOOD + ROOM + 500);
    ServerConfig.Limits limits = ServerConfig.Limits.standard().withConnections(ROOM).withHandshakes(512)
        .withTimes(Duration.ofSeconds(60), Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofSeconds(1))
        .withPerSource(new SourceLimits(64, new Rate(100, 1000), new Rate(100, 1000), 25));
    List<SocketChannel> flood = new ArrayList<>();
    long heapBefore = heap();
    int threadsBefore = threads();
    try (Leaks leaks = new Leaks()) {
      try (HttpsServer server = HttpsServer.start(
          new ServerConfig("flood", "127.0.0.1", 0, Optional.of(Site.SERVER), true, limits), new Site().routes())) {
        HttpsConnection early = HttpsConnection.open(Site.client(), "localhost", server.address().getPort());
        for (int i = 0; i < FLOOD; i++) {
          flood.add(connect(server, "127.0." + (1 + i % 4) + "." + (1 + i / 4 % 250)));
          if (i % 2500 == 2499) {
            assertThat(hello(server)).isEqualTo(200);
          }
        }
        await().until(() -> server.connections() <= ROOM);
        assertThat((heap() - heapBefore) / MEGABYTE).as("heap in MB").isLessThan(200);
        assertThat(threads() - threadsBefore).as("threads").isLessThan(16 + 8);
        assertThat(hello(server)).isEqualTo(200);
        early.close();
        for (SocketChannel each : flood) {
          each.close();
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> server.connections() == 0);
        assertThat(hello(server)).isEqualTo(200);
      }
      leaks.assertNone();
    } finally {
      for (SocketChannel each : flood) {
        each.close();
      }
    }
  }

  /** Skips the test where the environment does not let us open so many, in CI too: no build can install a limit. */
  private static void requireFiles(int needed) {
    long most = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix ? unix.getMaxFileDescriptorCount() : 0;
    Assumptions.assumeTrue(most >= needed, "the flood is not tested here: this process may open " + most + " files and needs " + needed
        + "; raise the hard limit, ulimit -Hn");
  }

  private static SocketChannel connect(HttpsServer server, String from) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
    channel.connect(server.address());
    return channel;
  }

  private static int hello(HttpsServer server) throws IOException {
    try (HttpsConnection connection = HttpsConnection.open(Site.client(), "localhost", server.address().getPort())) {
      return connection.exchange("GET", "/hello", Headers.NONE, Octets.empty()).status();
    }
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static int threads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }
}

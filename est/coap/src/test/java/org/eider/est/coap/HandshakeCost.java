package org.eider.est.coap;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;

/**
 * What a DTLS handshake and some exchanges cost a server, by hand: {@code java … org.eider.est.coap.HandshakeCost [sessions] [posts]}.
 * Server and clients share the process; the server's threads are told apart by their names. Sessions are left behind, not ended.
 */
final class HandshakeCost {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private HandshakeCost() {}

  /** Measures. */
  public static void main(String[] arguments) throws Exception {
    int sessions = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1000;
    int posts = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1;
    Site site = new Site();
    CoapsServer server = CoapsServer.start(new CoapsConfig("site", "127.0.0.1", 0, Site.SERVER, CoapsConfig.Limits.standard()),
        site.routes().build());
    run(server, Math.max(500, sessions / 4), posts);
    site.sessions.clear();
    long usedBefore = used();
    long before = cpu();
    long begun = System.nanoTime();
    run(server, sessions, posts);
    long wall = System.nanoTime() - begun;
    long cpu = cpu() - before;
    site.sessions.clear();
    java.io.PrintStream out = System.out;
    out.printf("%d sessions with %d posts: %.2f ms CPU of the server and %.2f ms wall each; %d sessions, %.1f KiB heap each%n", sessions, posts,
        cpu / 1e6 / sessions, wall / 1e6 / sessions, server.sessions(), (used() - usedBefore) / 1024.0 / sessions);
    System.exit(0);
  }

  private static void run(CoapsServer server, int sessions, int posts) throws Exception {
    int threads = 4;
    AtomicInteger left = new AtomicInteger(sessions);
    CountDownLatch done = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      Daemons.named("load").newThread(() -> {
        try {
          while (left.getAndDecrement() > 0) {
            one(server, posts);
          }
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        } finally {
          done.countDown();
        }
      }).start();
    }
    done.await();
  }

  private static void one(CoapsServer server, int posts) throws IOException {
    CoapsConnection connection = Site.connect(server);
    for (int i = 0; i < posts; i++) {
      connection.exchange(CoapCall.post("/echo", ContentFormat.CBOR, Octets.of(new byte[300])));
    }
    connection.vanish();
  }

  private static long cpu() {
    long sum = 0;
    for (long id : THREADS.getAllThreadIds()) {
      var info = THREADS.getThreadInfo(id);
      if (info != null && (info.getThreadName().startsWith("site-") || info.getThreadName().contains("DTLS-")
          && !info.getThreadName().contains("0:0:0:0"))) {
        sum += Math.max(0, THREADS.getThreadCpuTime(id));
      }
    }
    return sum;
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}

package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eider.testkit.Datagrams;
import org.eider.testkit.Tools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A join proxy to which the system gives no more sockets for a while: it says so, and goes on afterwards. */
@Timeout(180)
class FewFilesTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String NO_SOCKET = "no more sockets can be opened";

  @TempDir
  private Path folder;

  @Test
  void saysThatThereAreNoMoreSocketsAndGoesOnWhenThereAre() throws Exception {
    Tools.require("prlimit");
    try (ServerSocket tls = new ServerSocket(0, 50, LOOPBACK); DatagramSocket coaps = new DatagramSocket(0, LOOPBACK)) {
      Datagrams.echo(coaps, () -> { });
      try (ServedProxy proxy = new ServedProxy(folder, "-Xmx64m", "modes: [circuit, stateful]\nregistrars: ['https://127.0.0.1:"
          + tls.getLocalPort() + "', 'coaps://127.0.0.1:" + coaps.getLocalPort() + "']\nstateful: {expiry: 2s}\n", 2)) {
        await().atMost(LONG).until(() -> isEchoed(proxy)); // everything that is needed is loaded
        assertThat(isRelayed(proxy, tls)).isTrue();
        await().atMost(LONG).until(() -> proxy.status().path("open").path("flows").asInt() == 0);

        limit(proxy, lowestFree(proxy));
        assertThat(isEchoed(proxy)).isFalse();
        assertThat(isRelayed(proxy, tls)).isFalse();
        await().atMost(LONG).until(() -> proxy.log().contains(NO_SOCKET));

        await("it looks at interfaces meanwhile").pollDelay(Duration.ofSeconds(3)).until(proxy::isAlive);
        assertThat(proxy.log()).doesNotContain("stopped listening");

        limit(proxy, 4096);
        await().atMost(LONG).until(() -> isEchoed(proxy));
        await().atMost(LONG).until(() -> isRelayed(proxy, tls));
        await("flows expire as before").atMost(LONG).until(() -> proxy.status().path("open").path("flows").asInt() == 0);
        assertThat(proxy.log().lines().filter(line -> line.contains(NO_SOCKET)).count()).isBetween(1L, 2L);
        assertThat(proxy.log()).doesNotContain("Exception").doesNotContain("ERROR");
      }
    }
  }

  private static void limit(ServedProxy proxy, long files) throws Exception {
    Process process = new ProcessBuilder("prlimit", "--pid", Long.toString(proxy.pid()), "--nofile=" + files + ":4096").inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }

  /** The number that the next file would have: with it as the limit there is none. */
  private static int lowestFree(ServedProxy proxy) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(proxy.pid()), "fd"))) {
      Set<Integer> taken = files.map(file -> Integer.parseInt(file.getFileName().toString())).collect(Collectors.toSet());
      return IntStream.iterate(0, number -> number + 1).filter(number -> !taken.contains(number)).findFirst().orElseThrow();
    }
  }

  /** From a port of its own each time, so that it is another flow. */
  private static boolean isEchoed(ServedProxy proxy) throws IOException {
    try (DatagramSocket pledge = new DatagramSocket(0, LOOPBACK)) {
      pledge.setSoTimeout(2000);
      pledge.send(new DatagramPacket(new byte[] {7}, 1, proxy.port(Mode.STATEFUL)));
      pledge.receive(new DatagramPacket(new byte[10], 10));
      return true;
    } catch (SocketTimeoutException silent) {
      return false;
    }
  }

  private static boolean isRelayed(ServedProxy proxy, ServerSocket registrar) throws IOException {
    registrar.setSoTimeout(2000);
    Callable<Boolean> arrives = () -> {
      try (Socket far = registrar.accept()) {
        return far.getInputStream().read() == 7;
      }
    };
    try (Socket pledge = new Socket(LOOPBACK, proxy.port(Mode.CIRCUIT).getPort())) {
      pledge.getOutputStream().write(7);
      return arrives.call();
    } catch (Exception refused) {
      assertThat(refused).isInstanceOf(IOException.class);
      return false;
    }
  }
}

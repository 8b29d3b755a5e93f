package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.eider.site.NetworkCell.Host;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong around a join proxy, on three hosts: afterwards devices are onboarded as before. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JoinProxyTroubleTest {
  private static final int DEVICES = 3;
  private static final Duration QUIET = Duration.ofSeconds(4);
  private static final long MOST_PACKETS = 200;

  @TempDir Path folder;
  private ProxiedCell cell;
  private ServerProcess registrar;

  @BeforeAll
  void buildTheCell() throws Exception {
    Programs.needsNamespaces();
    cell = ProxiedCell.start(DEVICES, data -> NetworkCell.build());
    registrar = cell.site().registrar();
  }

  @AfterAll
  void removeTheCell() throws Exception {
    if (cell != null) {
      registrar.close();
      cell.close();
    }
  }

  /** Stopped before it can answer, killed when the device has begun, and started again, on another port: the device comes back by itself. */
  @Test
  void registrarThatIsKilledDuringAHandshakeAndComesBackOnboards() throws Exception {
    Path own = Files.createDirectories(folder.resolve("killed"));
    ExecutorService device = Executors.newSingleThreadExecutor();
    try (ServerProcess proxy = cell.proxy(own, "circuit", "grasp")) {
      await().atMost(Duration.ofSeconds(60)).until(() -> cell.status(own).contains("knows    circuit"));
      NetworkCell.run("kill", "-STOP", Long.toString(registrar.pid()));
      Future<?> onboarding = device.submit(() -> {
        cell.onboards(own, "grasp", proxy);
        return "done";
      });
      try {
        await().atMost(Duration.ofSeconds(120)).until(() -> cell.status(own).contains("open     1 circuits"));
      } finally {
        NetworkCell.run("kill", "-KILL", Long.toString(registrar.pid()));
        registrar.close();
        registrar = cell.registrarAgain();
      }
      onboarding.get();
    } finally {
      device.shutdownNow();
    }
  }

  /** Both listen and announce on one link, by every method, and hear each other there: nothing goes round. */
  @Test
  void twoProxiesOnOneLinkLeaveEachOtherAlone() throws Exception {
    Path one = Files.createDirectories(folder.resolve("one"));
    Path other = Files.createDirectories(folder.resolve("other"));
    try (ServerProcess first = cell.proxy(one, "circuit", "grasp,mdns,coap"); ServerProcess second = cell.proxy(other, "circuit", "grasp,mdns,coap")) {
      await().atMost(Duration.ofSeconds(60)).until(() -> cell.status(one).contains("announced") && cell.status(other).contains("announced"));
      cell.onboards(one, "auto", first, second);
      long before = packets();
      await().pollDelay(QUIET).until(() -> true); // the time over which packets are counted
      assertThat(packets() - before).as("packets on the link in %s with nobody to onboard", QUIET).isLessThan(MOST_PACKETS);
      for (Path each : List.of(one, other)) {
        await().atMost(Duration.ofSeconds(20)).until(() -> cell.status(each).contains("open     0 circuits"));
        assertThat(cell.status(each).lines().filter(line -> line.startsWith("knows"))).as("registrars").isNotEmpty()
            .noneMatch(line -> line.contains("%" + NetworkCell.CELL_LINK));
      }
    }
  }

  @Test
  void interfaceThatComesBackWithAnotherAddressIsServed() throws Exception {
    Path own = Files.createDirectories(folder.resolve("moved"));
    String namespace = cell.hosts().namespace(Host.PROXY);
    try (ServerProcess proxy = cell.proxy(own, "circuit", "grasp")) {
      String before = proxy.ready().get(0);
      NetworkCell.run("ip", "-n", namespace, "link", "set", NetworkCell.CELL_LINK, "down");
      NetworkCell.run("ip", "-n", namespace, "link", "set", NetworkCell.CELL_LINK, "address", "02:00:00:00:e1:de");
      NetworkCell.run("ip", "-n", namespace, "link", "set", NetworkCell.CELL_LINK, "up");
      cell.onboards(own, "grasp", proxy);
      assertThat(cell.status(own)).contains("[fe80::ff:fe00:e1de%" + NetworkCell.CELL_LINK + "]").doesNotContain(before);
    }
  }

  /** That the proxy has sent into the cell and received from it. */
  private long packets() throws Exception {
    long sum = 0;
    for (String count : new String[] {"rx_packets", "tx_packets"}) {
      sum += Long.parseLong(NetworkCell.run(cell.hosts().inside(Host.PROXY, "cat", "/sys/class/net/" + NetworkCell.CELL_LINK + "/statistics/" + count)));
    }
    return sum;
  }
}

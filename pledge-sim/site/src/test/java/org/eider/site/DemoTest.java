package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.eider.cli.Console;
import org.eider.pledge.RegistrarAddress.Scheme;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a newcomer runs it. */
class DemoTest {
  private static final Console QUIET =
      new Console(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), new PrintStream(OutputStream.nullOutputStream()));

  @TempDir Path folder;

  @Test
  void everyDeviceEndsWithACertificateThatVerifies() {
    String said = RunningSite.eider(0, "demo", "--pledges", "2", "--data", folder.resolve("demo").toString());
    assertThat(said).contains("requestvoucher", "simpleenroll", "proximity", "DEMO-0001", "DEMO-0002",
        "All 2 certificates verify against the site's root.");
    assertThat(folder.resolve("demo/owned/DEMO-0001/ldevid.pem")).exists();
  }

  /** As root on hosts of their own, where the proxy is onboarded first; otherwise on loopback. */
  @Test
  void devicesGetThroughAJoinProxyToo() throws Exception {
    Path data = folder.resolve("proxied");
    String said = RunningSite.eider(0, "demo", "--via-proxy", "--pledges", "2", "--data", data.toString());
    assertThat(said).contains("join proxy", "tcp://[", "udp://[", "All 2 certificates verify against the site's root.");
    assertThat(Files.readString(data.resolve("join-proxy.log"))).doesNotContain("Exception", "ERROR");
    assertThat(data.resolve("join-proxy/ldevid/ldevid.pem").toFile().exists()).isEqualTo(NetworkCell.isPossible());
  }

  @Test
  void withoutNamespacesTheProxyIsOnLoopback() throws Exception {
    try (Surroundings loopback = new Surroundings.OneHost(true);
        Site site = new Site(folder, QUIET, List.of(Scheme.HTTPS, Scheme.COAPS), loopback)) {
      site.start(2);
      assertThat(new DemoPledges(site, QUIET, 2).onboard()).hasSize(2).allMatch(pledge -> pledge.problem().isEmpty());
    }
    assertThat(Files.readString(folder.resolve("registrar.log"))).contains("device=demo/DEMO-0001", "device=demo/DEMO-0002");
  }

  @Test
  void keepLeavesTheSiteRunning() throws Exception {
    String said = RunningSite.eider(0, "demo", "--pledges", "1", "--keep", "--data", folder.resolve("kept").toString());
    Matcher kill = Pattern.compile("kill (\\d+) (\\d+)").matcher(said);
    assertThat(kill.find()).isTrue();
    ProcessHandle registrar = ProcessHandle.of(Long.parseLong(kill.group(1))).orElseThrow();
    ProcessHandle masa = ProcessHandle.of(Long.parseLong(kill.group(2))).orElseThrow();
    try {
      Matcher address = Pattern.compile("registrar +(https://\\S+) +process").matcher(said);
      assertThat(address.find()).isTrue();
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("localhost", URI.create(address.group(1)).getPort()), 2_000);
      }
    } finally {
      registrar.destroy();
      masa.destroy();
    }
    Awaitility.await().until(() -> !registrar.isAlive() && !masa.isAlive());
    assertThat(Files.readString(folder.resolve("kept/registrar.log"))).doesNotContain("Exception");
  }

  @Test
  void anInterruptedDemoLeavesNothingRunning() throws Exception {
    Path data = folder.resolve("interrupted");
    Process demo = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"),
        "org.eider.site.Main", "demo", "--pledges", "1000", "--data", data.toString())
        .redirectErrorStream(true).redirectOutput(folder.resolve("demo.txt").toFile()).start();
    try {
      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(data.resolve("masa.out")) && Files.size(data.resolve("masa.out")) > 0);
    } finally {
      demo.destroy();
    }
    assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
    int port = URI.create(Files.readString(data.resolve("masa.out")).strip().split(" ")[2]).getPort();
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> refusesConnections(port));
  }

  @Test
  void aFolderWithADemoInItIsRefused() throws Exception {
    Files.createDirectories(folder.resolve("used/registrar"));
    assertThat(RunningSite.eider(1, "demo", "--data", folder.resolve("used").toString())).contains("error: ", "hint: ");
  }

  @Test
  void aCallThatMakesNoSenseIsExplained() {
    assertThat(RunningSite.eider(2, "demo", "--pledges", "0")).contains("error: --pledges", "hint: see eider demo --help");
    assertThat(RunningSite.eider(2, "registrar", "devises")).contains("error: ", "hint: ");
    assertThat(RunningSite.eider(2)).contains("error: ", "hint: ");
  }

  private static boolean refusesConnections(int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("localhost", port), 2_000);
      return false;
    } catch (ConnectException nobodyListens) {
      return true;
    }
  }
}

package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.eider.cli.Console;
import org.eider.pki.Certificates;
import org.eider.pki.PemFiles;
import org.eider.pledge.OnboardReport;
import org.eider.pledge.RegistrarAddress.Scheme;
import org.eider.site.NetworkCell.Host;
import org.eider.testkit.FreePorts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Registrar and join proxy that know each other by GRASP over TLS alone, with the certificates that the domain has given them: real
 * processes on loopback, without multicast.
 */
@Timeout(240)
class GraspOverTlsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int DEVICE = 0;
  private static final int PROXY = 1;

  @TempDir Path folder;

  private int graspPort;
  private Site site;

  /** Loopback, with a registrar that is announced by GRASP over TLS only. */
  private record Announced(Path config) implements Surroundings {
    @Override
    public List<String> prefix(Host host) {
      return List.of();
    }

    @Override
    public List<String> registrar() {
      return List.of("--host", "localhost", "--jpy-port", "0", "--config", config.toString());
    }

    @Override
    public String description() {
      return "loopback";
    }

    @Override
    public void close() {
      // nothing was made
    }
  }

  @BeforeEach
  void start() throws Exception {
    graspPort = FreePorts.any();
    Path config = Files.writeString(folder.resolve("registrar.yaml"),
        "announce: {grasp-tcp: {enabled: true, host: 127.0.0.1, port: " + graspPort + ", interfaces: [lo]}}\n");
    site = new Site(folder, new Console(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), System.err),
        List.of(Scheme.HTTPS), new Announced(config));
    site.start(2);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  /** It is told the way to the registrar for its own enrolment only: that JPY is spoken there, and where, it hears by GRASP. */
  private Launch proxy(String neighbour) throws IOException {
    return Launch.lean(List.of("join-proxy", "serve", "--data", data().toString(), "--listen-interface", "lo", "--announce", "none", "--mode", "stateless",
        "--registrar", site.registrar().address(Scheme.HTTPS).toString(), "--bootstrap", "--idevid", site.idevid(site.serials().get(PROXY)).toString(),
        "--discover", "grasp", "--grasp-neighbour", neighbour, "--grasp-tls")).able(folder);
  }

  private Path data() {
    return folder.resolve("proxy");
  }

  private Optional<JsonNode> heardByGrasp() throws IOException {
    JsonNode status = new ObjectMapper().readTree(RunningSite.eider(0, "join-proxy", "status", "--data", data().toString(), "--json"));
    return StreamSupport.stream(status.path("registrars").spliterator(), false)
        .filter(one -> one.path("by").textValue().equals("grasp") && one.path("mode").textValue().equals("stateless")).findFirst();
  }

  @Test
  void aProxyThatWasOnboardedHearsOfTheRegistrarWithItsLdevid() throws Exception {
    try (ServerProcess proxy = ServerProcess.start("join-proxy", folder, proxy("127.0.0.1:" + graspPort), 1)) {
      assertThat(Certificates.subjectSerialNumber(PemFiles.readCertificates(data().resolve("ldevid").resolve("ldevid.pem")).get(0)).orElseThrow())
          .isEqualTo(site.serials().get(PROXY));
      await().atMost(PATIENCE).until(() -> heardByGrasp().isPresent());
      String door = proxy.ready().stream().filter(line -> line.startsWith("udp://[::1") || line.startsWith("udp://[0:0")).findFirst().orElseThrow();
      String serial = site.serials().get(DEVICE);
      OnboardReport report = new PledgeProcess(folder, List.of()).onboard(serial, site.idevid(serial), folder.resolve("owned"),
          List.of("--registrar", "coaps://[::1]:" + ProxyProcess.address(door).getPort()));
      assertThat(report.ok()).as("%s, log of the proxy: %s", report, Files.readString(proxy.log())).isTrue();
    }
  }
}

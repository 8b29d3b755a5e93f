package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eider.cli.Console;
import org.eider.pki.PemFiles;
import org.eider.pki.TrustAnchors;
import org.eider.pledge.OnboardReport;
import org.eider.pledge.RegistrarAddress.Scheme;
import org.eider.site.NetworkCell.Host;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Devices with an IDevID and a link-local address, a join proxy, and a registrar beyond it that they cannot reach, on three hosts. The
 * cable between device and proxy loses, repeats and reorders frames.
 */
@ParameterizedClass(name = "{0} % lost, repeated, overtaken")
@ValueSource(ints = {0, 5, 20})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JoinProxyCellTest {
  private static final int DEVICES = 4;

  @Parameter int percent;
  @TempDir Path folder;

  private Path data;
  private NetworkCell cell;
  private Optional<ImpairedLink> cable = Optional.empty();
  private Site site;

  /** The site without its join proxy: every test has one of its own. */
  private record BareCell(NetworkCell cell) implements Surroundings {
    @Override
    public List<String> prefix(Host host) {
      return cell.prefix(host);
    }

    @Override
    public List<String> registrar() {
      return List.of("--host", "::", "--jpy-port", "0", "--announce", "grasp,mdns,coap", "--interface", NetworkCell.SITE_LINK);
    }

    @Override
    public Optional<List<String>> proxy(ServerProcess registrar) {
      return Optional.empty();
    }

    @Override
    public Optional<List<String>> search(Scheme transport) {
      return Optional.empty();
    }

    @Override
    public String description() {
      return "three hosts";
    }

    @Override
    public void close() {
      cell.close();
    }
  }

  @BeforeAll
  void buildTheCell() throws Exception {
    Programs.needsNamespaces();
    data = Files.createTempDirectory("eider-cell-");
    if (percent == 0) {
      cell = NetworkCell.build();
    } else {
      Programs.needs("socat");
      cable = Optional.of(new ImpairedLink(data, percent, percent));
      cell = NetworkCell.build(cable.get(), NetworkCell::veth);
    }
    Console quiet = new Console(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), System.err);
    site = new Site(data, quiet, List.of(Scheme.HTTPS, Scheme.COAPS), new BareCell(cell));
    site.start(DEVICES);
  }

  @AfterAll
  void removeTheCell() throws Exception {
    if (site != null) {
      site.close();
    }
    if (cell != null) {
      cell.close();
    }
    if (data != null) {
      Folders.delete(data);
    }
  }

  @Test
  void circuitFoundByGrasp() throws Exception {
    onboards(1, "circuit", "grasp");
  }

  @Test
  void circuitFoundByMdns() throws Exception {
    onboards(2, "circuit", "mdns");
  }

  @Test
  void statefulProxyFoundByCoap() throws Exception {
    onboards(3, "stateful", "coap");
  }

  @Test
  void statelessProxyFoundByGrasp() throws Exception {
    onboards(4, "stateless", "grasp");
  }

  /** The device finds the proxy, and the proxy the registrar, by that protocol. */
  private void onboards(int device, String mode, String discovery) throws Exception {
    Path own = Files.createDirectories(folder.resolve(mode + "-" + discovery));
    Launch proxy = Launch.lean(List.of("join-proxy", "serve", "--data", own.resolve("data").toString(), "--listen-interface", NetworkCell.CELL_LINK,
        "--domain-interface", NetworkCell.SITE_LINK, "--mode", mode, "--discover", discovery, "--announce", discovery)).behind(cell.prefix(Host.PROXY));
    String serial = site.serials().get(device - 1);
    try (ServerProcess running = ServerProcess.start("join-proxy", own, proxy, 1)) {
      assertThat(running.ready().get(0)).contains("fe80:", "%" + NetworkCell.CELL_LINK);
      OnboardReport report = new PledgeProcess(own, cell.prefix(Host.PLEDGE)).onboard(serial, site.idevid(serial), own.resolve("owned"),
          List.of("--discover", discovery, "--interface", NetworkCell.PLEDGE_LINK));
      assertThat(report.ok()).as("%s, log of the proxy: %s, of the device: %s", report, Files.readString(running.log()),
          Files.readString(own.resolve(serial + ".log"))).isTrue();
      verifies(own.resolve("owned"));
    }
    cable.ifPresent(impaired -> assertThat(impaired.lost()).as("frames that were lost, of %d carried", impaired.carried()).isPositive());
  }

  private void verifies(Path owned) throws Exception {
    List<X509Certificate> chain = new ArrayList<>(PemFiles.readCertificates(owned.resolve("ldevid.pem")));
    chain.addAll(PemFiles.readCertificates(owned.resolve("chain.pem")));
    TrustAnchors.of(PemFiles.readCertificates(site.domainRoot())).validate(chain, Instant.now());
  }
}

package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eider.cli.Console;
import org.eider.pki.PemFiles;
import org.eider.pki.TrustAnchors;
import org.eider.pledge.OnboardReport;
import org.eider.pledge.RegistrarAddress.Scheme;
import org.eider.site.NetworkCell.Host;

/** A cell with MASA, registrar and devices, and without a join proxy: every test has some of its own. */
final class ProxiedCell implements AutoCloseable {
  /** How the cables of a cell are made. */
  @FunctionalInterface
  interface Cables {
    /** A cell with them; {@code folder} is for what they need, and has a short path. */
    NetworkCell lay(Path folder) throws Exception;
  }

  private final Path data;
  private final NetworkCell cell;
  private final Site site;
  private int next;

  private ProxiedCell(Path data, NetworkCell cell, Site site) {
    this.data = data;
    this.cell = cell;
    this.site = site;
  }

  /** Builds the cell, and starts the site in it with so many devices. */
  static ProxiedCell start(int devices, Cables cables) throws Exception {
    Path data = Files.createTempDirectory("eider-cell-");
    NetworkCell cell = cables.lay(data);
    Console quiet = new Console(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), System.err);
    Site site = new Site(data, quiet, List.of(Scheme.HTTPS, Scheme.COAPS), new Surroundings.ThreeHosts(cell, false));
    ProxiedCell started = new ProxiedCell(data, cell, site);
    try {
      site.start(devices);
      return started;
    } catch (Exception e) {
      started.close();
      throw e;
    }
  }

  NetworkCell hosts() {
    return cell;
  }

  Site site() {
    return site;
  }

  /** A device that nobody has onboarded yet. */
  synchronized String device() {
    return site.serials().get(next++);
  }

  /** The registrar once more, with what it had. */
  ServerProcess registrarAgain() throws Exception {
    List<String> serve = new ArrayList<>(List.of("registrar", "serve", "--data", data.resolve(Site.REGISTRAR).toString(), "--https-port", "0",
        "--admin-port", "0", "--coaps-port", "0"));
    serve.addAll(site.surroundings().registrar());
    Path folder = Files.createTempDirectory(data, "again-");
    return ServerProcess.start("registrar", folder, Launch.of(serve).behind(cell.prefix(Host.REGISTRAR)), 3);
  }

  /** A join proxy that finds registrars, and is found, by these methods. */
  ServerProcess proxy(Path folder, String mode, String methods) throws Exception {
    Launch proxy = Launch.lean(List.of("join-proxy", "serve", "--data", folder.resolve("data").toString(), "--listen-interface", NetworkCell.CELL_LINK,
        "--domain-interface", NetworkCell.SITE_LINK, "--mode", mode, "--discover", methods, "--announce", methods)).behind(cell.prefix(Host.PROXY));
    return ServerProcess.start("join-proxy", folder, proxy, 1);
  }

  /** What a join proxy says of itself. */
  String status(Path folder) throws Exception {
    return NetworkCell.run(Launch.lean(List.of("join-proxy", "status", "--data", folder.resolve("data").toString()))
        .behind(cell.prefix(Host.PROXY)).commandLine().toArray(String[]::new));
  }

  /** Switches a device on that looks by these methods, and checks what it ends up with. */
  void onboards(Path folder, String methods, ServerProcess... proxies) throws Exception {
    String serial = device();
    Path owned = folder.resolve("owned-" + serial);
    OnboardReport report = new PledgeProcess(folder, cell.prefix(Host.PLEDGE)).onboard(serial, site.idevid(serial), owned,
        List.of("--discover", methods, "--interface", NetworkCell.PLEDGE_LINK, "--attempts", "20"));
    assertThat(report.ok()).as("%s, log of the device: %s, of proxies: %s", report, Files.readString(folder.resolve(serial + ".log")),
        Stream.of(proxies).map(ProxiedCell::log).collect(Collectors.joining())).isTrue();
    List<X509Certificate> chain = new ArrayList<>(PemFiles.readCertificates(owned.resolve("ldevid.pem")));
    chain.addAll(PemFiles.readCertificates(owned.resolve("chain.pem")));
    TrustAnchors.of(PemFiles.readCertificates(site.domainRoot())).validate(chain, Instant.now());
  }

  private static String log(ServerProcess process) {
    try {
      return Files.readString(process.log());
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    site.close();
    cell.close();
    Folders.delete(data);
  }
}

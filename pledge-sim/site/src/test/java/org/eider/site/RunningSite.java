package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.eider.cli.Console;
import org.eider.pledge.RegistrarAddress.Scheme;

/** A site of real processes for tests: MASA, registrar, and devices fresh from the factory. */
final class RunningSite implements AutoCloseable {
  private final Site site;
  private final Path folder;

  private RunningSite(Site site, Path folder) {
    this.site = site;
    this.folder = folder;
  }

  static RunningSite start(Path folder, int devices) throws Exception {
    return start(folder, devices, List.of(Scheme.HTTPS));
  }

  static RunningSite start(Path folder, int devices, List<Scheme> transports) throws Exception {
    Site site = new Site(
        folder, new Console(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), System.err), transports);
    try {
      site.start(devices);
      return new RunningSite(site, folder);
    } catch (Exception e) {
      site.close();
      throw e;
    }
  }

  String registrar() {
    return site.registrar().address().toString();
  }

  String registrar(Scheme transport) {
    return site.registrar().address(transport).toString();
  }

  String masa() {
    return site.masa().address().toString();
  }

  Path idevid(int number) {
    return site.idevid(site.serials().get(number - 1));
  }

  String serial(int number) {
    return site.serials().get(number - 1);
  }

  Path data(String party) {
    return folder.resolve(party);
  }

  ServerProcess registrarProcess() {
    return site.registrar();
  }

  /** Runs a command in this process; what it printed on both streams is part of the failure when the exit code is not the expected one. */
  static String eider(int expected, String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = Main.run(words, new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    String said = out.toString(StandardCharsets.UTF_8);
    assertThat(code).as("exit code of %s, which said %s%s", String.join(" ", words), said, err.toString(StandardCharsets.UTF_8))
        .isEqualTo(expected);
    return expected == 0 ? said : said + err.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    site.close();
  }
}

package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are not ours, by the scripts of docs/examples: openssl and curl, and strongSwan's pki. */
class RealClientsTest {
  private static final Path EXAMPLES = Path.of(System.getProperty("eider.root", "../..")).resolve("docs/examples");

  @TempDir static Path folder;
  private static RunningSite site;

  @BeforeAll
  static void startSite() throws Exception {
    site = RunningSite.start(folder, 3);
  }

  @AfterAll
  static void stopSite() {
    if (site != null) {
      site.close();
    }
  }

  @Test
  void opensslAndCurlOnboardADevice() throws Exception {
    Programs.needs("openssl", "curl");
    Path out = folder.resolve("openssl");
    String said = run("onboard-with-openssl.sh", site.registrar(), site.idevid(1).toString(), out.toString());
    assertThat(said).contains("done: subject=serialNumber = " + site.serial(1));
    assertThat(Files.readString(out.resolve("ldevid-2.pem"))).contains("BEGIN CERTIFICATE");
    assertThat(RunningSite.eider(0, "registrar", "devices", site.serial(1), "--data", site.data("registrar").toString()))
        .contains("OPERATIONAL".toLowerCase(java.util.Locale.ROOT));
  }

  @Test
  void opensslAndCurlGetAVoucherFromTheMasaAlone() throws Exception {
    Programs.needs("openssl", "curl");
    String said = run("masa-with-openssl.sh", site.masa(), site.idevid(2).toString(), folder.resolve("masa-openssl").toString(),
        site.data("masa").resolve("tls-ca.pem").toString());
    assertThat(said).contains("== done");
  }

  @Test
  void strongswanGetsCaCertificatesAndRenewsAnLdevid() throws Exception {
    Programs.needs("pki", "openssl");
    Path owned = folder.resolve("owned-3");
    RunningSite.eider(0, "pledge", "onboard", "--registrar", site.registrar(), "--idevid", site.idevid(3).toString(), "--out",
        owned.toString());
    String said = run("est-with-strongswan.sh", site.registrar(), owned.toString(), folder.resolve("strongswan").toString());
    assertThat(said).contains("== done");
  }

  private static String run(String script, String... words) throws Exception {
    List<String> line = new ArrayList<>(List.of("bash", EXAMPLES.resolve(script).toString()));
    line.addAll(List.of(words));
    Path said = folder.resolve(script + ".txt");
    Process process = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    boolean ended = process.waitFor(120, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    String text = Files.readString(said, StandardCharsets.UTF_8);
    assertThat(ended).as("%s ended in time; it said %s", script, text).isTrue();
    assertThat(process.exitValue()).as("%s said %s", script, text).isZero();
    return text;
  }
}

package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eider.pledge.RegistrarAddress.Scheme;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are not ours over CoAPS, by the scripts of docs/examples: libcoap and openssl; and tshark, which reads along. */
class ConstrainedClientsTest {
  private static final Path EXAMPLES = Path.of(System.getProperty("eider.root", "../..")).resolve("docs/examples");

  @TempDir static Path folder;
  private static RunningSite site;
  private static int port;

  @BeforeAll
  static void startSite() throws Exception {
    site = RunningSite.start(folder, 3, List.of(Scheme.HTTPS, Scheme.COAPS));
    port = site.registrarProcess().address(Scheme.COAPS).getPort();
  }

  @AfterAll
  static void stopSite() {
    if (site != null) {
      site.close();
    }
  }

  @Test
  void libcoapOnboardsADevice() throws Exception {
    Programs.needs("coap-client-openssl", "openssl", "xxd");
    Path out = folder.resolve("libcoap");
    String said = run("bash", EXAMPLES.resolve("onboard-with-libcoap.sh"), "coaps://localhost:" + port, site.idevid(1), out);
    assertThat(said).contains("done: subject=serialNumber = " + site.serial(1));
    assertThat(RunningSite.eider(0, "registrar", "devices", site.serial(1), "--data", site.data("registrar").toString()))
        .contains("operational");
  }

  /** The session with the smallest suite of RFC 7925 is openssl's own, whose keys let tshark read the CoAP inside. */
  @Test
  void opensslCompletesAHandshakeWithCcm8AndTsharkReadsTheCoapInside() throws Exception {
    Programs.needs("openssl", "xxd", "tshark");
    Path capture = folder.resolve("openssl.pcap");
    Path out = folder.resolve("coap-over-openssl");
    int tapped;
    try (UdpTap tap = UdpTap.before(port, capture)) {
      tapped = tap.port();
      assertThat(run("bash", EXAMPLES.resolve("coap-over-openssl.sh"), "localhost:" + tapped, site.idevid(2), out)).contains("answered: </b>");
    }
    String read = tshark(capture, tapped, "-o", "tls.keylog_file:" + out.resolve("keys.log"), "-V");
    assertThat(read).contains("Cipher Suite: TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8 (0xc0ae)", "Uri-Query: rt=brski",
        "Constrained Application Protocol, Acknowledgement, 2.05 Content, MID:4660")
        .doesNotContain("Malformed");
  }

  @Test
  void aWholeOnboardingOfOurPledgeHasNoMalformedPacket() throws Exception {
    Programs.needs("tshark");
    Path capture = folder.resolve("onboarding.pcap");
    int tapped;
    try (UdpTap tap = UdpTap.before(port, capture)) {
      tapped = tap.port();
      RunningSite.eider(0, "pledge", "onboard", "--registrar", "coaps://localhost:" + tapped, "--idevid", site.idevid(3).toString(), "--out",
          folder.resolve("owned-3").toString());
      assertThat(tap.packets()).isGreaterThan(20);
    }
    String read = tshark(capture, tapped, "-V");
    assertThat(read).contains("Handshake Type: Hello Verify Request (3)", "Handshake Type: Certificate Verify (15)",
        "Special Type: Connection ID (25)").doesNotContain("Malformed");
    assertThat(tshark(capture, tapped, "-Y", "_ws.malformed", "-T", "fields", "-e", "frame.number").lines())
        .as("numbers of malformed frames").noneMatch(line -> line.matches("[0-9]+"));
  }

  private static String tshark(Path capture, int port, String... options) throws Exception {
    List<Object> line = new ArrayList<>(List.of("tshark", "-r", capture, "-d", "udp.port==" + port + ",dtls", "-d", "dtls.port==" + port + ",coap"));
    line.addAll(List.of(options));
    return run(line.toArray());
  }

  private static String run(Object... words) throws Exception {
    List<String> line = new ArrayList<>();
    for (Object word : words) {
      line.add(word.toString());
    }
    Path said = Files.createTempFile(folder, "said", ".txt");
    Process process = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    boolean ended = process.waitFor(120, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    String text = Files.readString(said, StandardCharsets.UTF_8);
    assertThat(ended).as("%s ended in time; it said %s", line, text).isTrue();
    assertThat(process.exitValue()).as("%s said %s", line, text).isZero();
    return text;
  }
}

package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What testssl.sh finds on the registrar's port: nothing worse than LOW, but for what is no matter of the port. */
class TlsScanTest {
  /** Everything else is worse, FATAL and WARN too: they say that something could not be examined. */
  private static final Set<String> LOW_OR_BETTER = Set.of("OK", "INFO", "LOW");

  /** Findings that do not count, each only with exactly these words. */
  private static final Map<String, String> ACCEPTED = Map.of(
      // The registrar's CA is private and publishes neither: a pledge without a domain has no network yet to ask. It pins the registrar.
      "cert_revocation", "Neither CRL nor OCSP URI provided",
      // About the scanning machine: Debian's OpenSSL has no GOST engine. The registrar's suites are read by sockets, not by that OpenSSL.
      "engine_problem", "No engine or GOST support via engine with your /usr/bin/openssl");

  /** Findings that have to be there, so that a scan that was cut short does not pass. */
  private static final Set<String> COVERED = Set.of("SSLv2", "SSLv3", "TLS1", "TLS1_1", "TLS1_2", "TLS1_3", "cipherlist_NULL", "cipherlist_aNULL",
      "cipherlist_EXPORT", "cipherlist_3DES_IDEA", "PFS", "cipher_order", "cert_keySize", "cert_signatureAlgorithm", "cert_trust",
      "cert_chain_of_trust", "cert_expirationStatus", "heartbleed", "CCS", "ticketbleed", "ROBOT", "secure_renego", "secure_client_renego",
      "CRIME_TLS", "BREACH", "POODLE_SSL", "fallback_SCSV", "SWEET32", "FREAK", "DROWN", "LOGJAM", "BEAST", "LUCKY13", "RC4");

  @TempDir static Path folder;
  @TempDir static Path results;

  @Test
  void nothingWorseThanLowIsFoundOnTheRegistrarsPort() throws Exception {
    Programs.needs("testssl");
    try (RunningSite site = RunningSite.start(folder, 1)) {
      JsonNode findings = scan(URI.create(site.registrar()), site.data("registrar").resolve("ca").resolve("root.pem"));
      assertThat(worseThanLow(findings)).as("findings worse than LOW").isEmpty();
      Set<String> missing = new TreeSet<>(COVERED);
      findings.forEach(finding -> missing.remove(finding.path("id").asText()));
      assertThat(missing).as("what the scan left out").isEmpty();
    }
  }

  @Test
  void whatIsWorseThanLowIsSeen() throws Exception {
    JsonNode findings = JsonMapper.builder().build().readTree("["
        + finding("SSLv2", "OK", "not offered") + "," + finding("TLS1_3", "INFO", "offered") + "," + finding("LUCKY13", "LOW", "maybe") + ","
        + finding("TLS1", "MEDIUM", "offered") + "," + finding("SSLv3", "HIGH", "offered") + "," + finding("heartbleed", "CRITICAL", "yes") + ","
        + finding("scanProblem", "FATAL", "gone") + "," + finding("ROBOT", "WARN", "no answer") + "," + finding("new", "SEVERE", "?") + ","
        + finding("cert_revocation", "HIGH", "Neither CRL nor OCSP URI provided") + "," + finding("cert_revocation", "CRITICAL", "revoked") + "]");
    assertThat(worseThanLow(findings)).containsExactly("TLS1 MEDIUM: offered", "SSLv3 HIGH: offered", "heartbleed CRITICAL: yes",
        "scanProblem FATAL: gone", "ROBOT WARN: no answer", "new SEVERE: ?", "cert_revocation CRITICAL: revoked");
  }

  private static String finding(String id, String severity, String words) {
    return "{\"id\":\"" + id + "\",\"severity\":\"" + severity + "\",\"finding\":\"" + words + "\"}";
  }

  private static List<String> worseThanLow(JsonNode findings) {
    return StreamSupport.stream(findings.spliterator(), false)
        .filter(finding -> !LOW_OR_BETTER.contains(finding.path("severity").asText()))
        .filter(finding -> !finding.path("finding").asText().equals(ACCEPTED.get(finding.path("id").asText())))
        .map(finding -> finding.path("id").asText() + " " + finding.path("severity").asText() + ": " + finding.path("finding").asText())
        .collect(Collectors.toList());
  }

  /** Protocols, suites, forward secrecy, the server's preferences and certificate, and the known vulnerabilities; {@code root} is trusted. */
  private static JsonNode scan(URI registrar, Path root) throws Exception {
    Path json = results.resolve("findings.json");
    Path said = results.resolve("said.txt");
    Process process = new ProcessBuilder("testssl", "--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "--assume-http",
        "--connect-timeout", "5", "--openssl-timeout", "10", "--add-ca", root.toString(), "--jsonfile", json.toString(),
        "-p", "-s", "-f", "-P", "-S", "-U", registrar.getHost() + ":" + registrar.getPort())
        .redirectInput(Path.of("/dev/null").toFile()).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    boolean ended = process.waitFor(10, TimeUnit.MINUTES);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    assertThat(ended).as("testssl ended in time; it said %s", Files.readString(said)).isTrue();
    try {
      return JsonMapper.builder().build().readTree(Files.readAllBytes(json));
    } catch (JsonProcessingException e) {
      throw new AssertionError("testssl wrote no list of findings; it said " + Files.readString(said), e);
    }
  }
}

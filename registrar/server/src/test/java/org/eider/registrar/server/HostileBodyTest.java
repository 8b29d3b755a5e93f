package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.cms.CMSCompressedDataGenerator;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.jcajce.ZlibCompressor;
import org.eider.est.http.HttpResponse;
import org.eider.pki.CmsSealer;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Bodies made to cost more than they weigh: the running registrar refuses each, logs no fault, and serves the next device. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileBodyTest {
  private TestSite site;
  private LogLines log;
  private TestPledge pledge;
  private TestPledge.Line line;

  @BeforeAll
  void start(@TempDir Path data) throws Exception {
    site = new TestSite(data);
  }

  @AfterAll
  void stop() {
    site.close();
  }

  @BeforeEach
  void connect() throws Exception {
    pledge = site.pledge("HOSTILE");
    line = pledge.connect();
    log = LogLines.ofEider();
  }

  /** The same connection is good for an honest request. */
  @AfterEach
  void theRegistrarIsWell() throws Exception {
    TestPledge.expect(200, pledge.requestVoucher(line));
    assertThat(log.faults()).isEmpty();
    line.close();
    log.close();
  }

  @Test
  void compressedAndNestedMessagesAre400() throws Exception {
    Octets honest = pledge.sealed(pledge.request(line).build());
    Map<String, Octets> bombs = new LinkedHashMap<>();
    bombs.put("compressed", compressed(new byte[40 << 20]));
    bombs.put("compressed twice", compressed(compressed(new byte[40 << 20]).toArray()));
    bombs.put("the honest one compressed", compressed(honest.toArray()));
    bombs.put("compressed and signed", signed(compressed(new byte[10 << 20])));
    bombs.put("the honest one signed again", signed(honest));
    bombs.put("nested without end", Octets.hex("3080".repeat(30_000)));
    bombs.put("nested and ended", Octets.hex("2480".repeat(15_000) + "0000".repeat(15_000)));
    bombs.put("a length of 4 GB", Octets.hex("3084ffffffff" + "00".repeat(100)));
    bombs.put("a tag without end", Octets.hex("1f" + "ff".repeat(60_000)));
    refused("requestvoucher", bombs);
  }

  @Test
  void signedJsonOfDuplicatesDepthAndNumbersIs400() throws Exception {
    Map<String, Octets> bombs = new LinkedHashMap<>();
    json().forEach((what, member) -> bombs.put(what, signed(Octets.utf8(
        "{\"ietf-voucher-request:voucher\":{\"serial-number\":\"HOSTILE\"," + member + "}}"))));
    refused("requestvoucher", bombs);
  }

  @Test
  void telemetryOfDuplicatesDepthAndNumbersIs400() throws Exception {
    TestPledge.expect(200, pledge.requestVoucher(line));
    int before = site.report(pledge.serial()).orElseThrow().telemetry().size();
    for (String operation : List.of("voucher_status", "enrollstatus")) {
      for (Map.Entry<String, String> bomb : json().entrySet()) {
        HttpResponse answer = line.post("/.well-known/brski/" + operation,
            Octets.utf8("{\"version\":1,\"status\":true," + bomb.getValue() + "}"), Map.of("content-type", "application/json"));
        assertThat(answer.status()).as("%s of %s", bomb.getKey(), operation).isEqualTo(400);
      }
    }
    for (String version : List.of("1e999999999", "-1", "1e0", "99999999999999999999", "1.0")) {
      HttpResponse answer = line.post("/.well-known/brski/voucher_status",
          Octets.utf8("{\"version\":" + version + ",\"status\":true}"), Map.of("content-type", "application/json"));
      assertThat(answer.status()).as(version).isEqualTo(400);
    }
    await().untilAsserted(() -> assertThat(log.with("MALFORMED_REPORT")).hasSize(2 * json().size() + 5));
    assertThat(site.report(pledge.serial()).orElseThrow().telemetry()).hasSize(before);
  }

  @Test
  void certificationRequestsOfDepthAndCountlessPartsAre400() throws Exception {
    TestPledge.expect(200, pledge.requestVoucher(line));
    List<Octets> bombs = new ArrayList<>();
    bombs.add(Octets.hex("3080".repeat(10_000)));
    bombs.add(Octets.hex("30834e20" + "003000".repeat(6_000)));
    bombs.add(Octets.hex("3082ea60" + "3000".repeat(10_000)));
    bombs.add(Octets.hex("30824e20" + "3000".repeat(10_000)));
    for (Octets bomb : bombs) {
      assertThat(line.enrol("simpleenroll", bomb).status()).isEqualTo(400);
    }
    assertThat(site.report(pledge.serial()).orElseThrow().certificates()).isEmpty();
  }

  private static Map<String, String> json() {
    return Map.of(
        "a name twice", "\"x\":1,\"x\":2",
        "a name twice by an escape", "\"x\":1,\"\\u0078\":2",
        "objects in objects", "\"x\":" + "{\"a\":".repeat(2000) + "1" + "}".repeat(2000),
        "arrays in arrays", "\"x\":" + "[".repeat(5000) + "]".repeat(5000),
        "a number of ten thousand digits", "\"x\":" + "9".repeat(10_000),
        "a fraction of ten thousand digits", "\"x\":0." + "9".repeat(10_000),
        "a name of ten thousand letters", "\"" + "n".repeat(10_000) + "\":1");
  }

  private void refused(String operation, Map<String, Octets> bombs) throws IOException {
    int asked = site.masa.requests.size();
    for (Map.Entry<String, Octets> bomb : bombs.entrySet()) {
      HttpResponse answer = line.requestVoucher(bomb.getValue());
      assertThat(answer.status()).as(bomb.getKey() + ": " + answer.body().utf8()).isEqualTo(400);
    }
    await().untilAsserted(() -> assertThat(log.with("path=/.well-known/brski/" + operation + " status=400")).hasSize(bombs.size()));
    assertThat(site.masa.requests).hasSize(asked);
  }

  private Octets signed(Octets content) {
    return CmsSealer.seal(content, CmsSealer.ANIMA_JSON_VOUCHER, pledge.idevid(), TestPki.NOW);
  }

  private static Octets compressed(byte[] content) throws Exception {
    return Octets.of(new CMSCompressedDataGenerator().generate(new CMSProcessableByteArray(content), new ZlibCompressor()).getEncoded());
  }
}

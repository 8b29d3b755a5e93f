package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.site.RunningSite.eider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.eider.pki.Certificates;
import org.eider.pki.PemFiles;
import org.eider.pledge.Mischief;
import org.eider.pledge.Proximity;
import org.eider.pledge.RegistrarAddress.Scheme;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherOpener;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTPS and CoAPS devices at one registrar, which with its MASA is a process of its own (RFC 8995, constrained BRSKI, RFC 9148). */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BothTransportsTest {
  private static final int DEVICES = 10;

  @TempDir static Path folder;
  private static RunningSite site;

  @BeforeAll
  static void start() throws Exception {
    site = RunningSite.start(folder, DEVICES, List.of(Scheme.HTTPS, Scheme.COAPS));
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  private static JsonNode onboard(int expected, int device, Scheme transport, String... more) throws Exception {
    List<String> words = new ArrayList<>(List.of("pledge", "onboard", "--registrar", site.registrar(transport), "--idevid",
        site.idevid(device).toString(), "--out", owned(device).toString(), "--json"));
    words.addAll(List.of(more));
    return new ObjectMapper().readTree(eider(expected, words.toArray(String[]::new)));
  }

  private static Path owned(int device) {
    return folder.resolve("owned-" + device);
  }

  private static Voucher voucher(int device) throws Exception {
    VoucherArtifact file = new VoucherArtifact(VoucherFormat.COSE_CBOR, Octets.of(Files.readAllBytes(owned(device).resolve("voucher.vch"))));
    return VoucherOpener.voucher(file, PemFiles.readCertificates(site.idevid(device).resolve("anchors.pem"))).value();
  }

  private static String registrar(int expected, String command, String... more) {
    List<String> words = new ArrayList<>(List.of("registrar", command, "--data", site.data("registrar").toString()));
    words.addAll(List.of(more));
    return eider(expected, words.toArray(String[]::new));
  }

  private static void admit(String how) {
    eider(0, "registrar", "manufacturer", "add", "--data", site.data("registrar").toString(), "--name", "demo", "--from-masa",
        site.data("masa").toString(), "--admission", how);
  }

  @Test
  @Order(1)
  void oneListShowsDevicesOfBothTransports() throws Exception {
    assertThat(onboard(0, 1, Scheme.HTTPS).get("assertion").textValue()).isEqualTo("proximity");
    assertThat(onboard(0, 2, Scheme.COAPS).get("assertion").textValue()).isEqualTo("proximity");

    assertThat(registrar(0, "devices").lines().filter(line -> line.contains("operational")))
        .anyMatch(line -> line.contains(site.serial(1))).anyMatch(line -> line.contains(site.serial(2)));
    assertThat(owned(1).resolve("voucher.vcj")).exists();
    assertThat(owned(2).resolve("voucher.vch")).exists();
    assertThat(owned(2).resolve("voucher.vcj")).doesNotExist();
    for (String file : List.of("key.pem", "ldevid.pem", "chain.pem")) {
      assertThat(owned(2).resolve(file)).exists();
    }
  }

  @ParameterizedTest
  @Order(2)
  @EnumSource(Proximity.class)
  void aVoucherPinsByTheLeafOfItsRequest(Proximity leaf) throws Exception {
    int device = 3 + leaf.ordinal();
    assertThat(onboard(0, device, Scheme.COAPS, "--proximity", leaf.label()).get("assertion").textValue()).isEqualTo("proximity");

    Voucher voucher = voucher(device);
    List<X509Certificate> shown = PemFiles.readCertificates(site.data("registrar").resolve("ca").resolve("registrar.pem"));
    Octets key = Octets.of(shown.get(0).getPublicKey().getEncoded());
    assertThat(voucher.pinnedDomainCert().isPresent()).isEqualTo(leaf == Proximity.CERT);
    voucher.pinnedDomainCert().ifPresent(pin -> assertThat(shown).extracting(Certificates::der).contains(pin));
    assertThat(voucher.pinnedDomainKey()).isEqualTo(leaf == Proximity.PUBK ? Optional.of(key) : Optional.empty());
    assertThat(voucher.pinnedDomainKeySha256()).isEqualTo(
        leaf == Proximity.PUBK_SHA256 ? Optional.of(key.sha256()) : Optional.empty());
  }

  @Test
  @Order(3)
  void telemetryOfBothKindsStandsInTheHistoryAndTheJournalHolds() {
    assertThat(registrar(0, "devices", site.serial(2))).contains("voucher-status").contains("enrolment-status");
    eider(0, "registrar", "journal", "verify", "--data", site.data("registrar").toString());
  }

  @Test
  @Order(4)
  void anLdevidIsRenewedWithANewKey() throws Exception {
    X509Certificate before = PemFiles.readCertificates(owned(2).resolve("ldevid.pem")).get(0);

    eider(0, "pledge", "reenroll", "--registrar", site.registrar(Scheme.COAPS), "--ldevid", owned(2).toString(), "--new-key", "--json");

    X509Certificate after = PemFiles.readCertificates(owned(2).resolve("ldevid.pem")).get(0);
    assertThat(after.getPublicKey()).isNotEqualTo(before.getPublicKey());
    assertThat(after.getSubjectX500Principal()).isEqualTo(before.getSubjectX500Principal());
    assertThat(owned(2).resolve("voucher.vch")).as("what it had stays").exists();
  }

  @Test
  @Order(5)
  void aSmallDeviceGetsThroughAsWell() throws Exception {
    JsonNode report = onboard(0, 6, Scheme.COAPS, "--minimal");
    assertThat(report.get("ok").booleanValue()).isTrue();
    assertThat(report.get("peak_heap_bytes").longValue()).isPositive();
  }

  @Test
  @Order(6)
  void aDeniedDeviceIsRefused() throws Exception {
    registrar(0, "deny", "--reason", "not ours", "demo/" + site.serial(7));
    JsonNode report = onboard(1, 7, Scheme.COAPS);
    assertThat(report.get("refused").textValue()).startsWith("REGISTRAR_REFUSED: requestvoucher answered 4.03");
    assertThat(owned(7)).doesNotExist();
  }

  @Test
  @Order(7)
  void aHeldDeviceComesBackUntilItIsApproved() throws Exception {
    admit("manual");
    try {
      CompletableFuture<JsonNode> waiting = CompletableFuture.supplyAsync(() -> {
        try {
          return onboard(0, 8, Scheme.COAPS);
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      });
      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> registrar(0, "pending").contains(site.serial(8)));
      registrar(0, "approve", site.serial(8));
      assertThat(waiting.get(150, TimeUnit.SECONDS).get("ok").booleanValue()).isTrue();
    } finally {
      admit("auto");
    }
  }

  @ParameterizedTest
  @Order(8)
  @EnumSource(value = Mischief.class,
      names = {"WRONG_SERIAL", "OTHER_REGISTRAR", "OTHER_SIGNER", "TRUNCATED_CMS", "WRONG_MEDIA_TYPE", "ENROL_WITHOUT_VOUCHER",
          "NO_ALG", "ALG_UNPROTECTED", "DER_SIGNATURE", "DETACHED_PAYLOAD", "BAD_CSR_SIGNATURE", "WEAK_KEY", "OVERSIZED_BODY"})
  void whatAPledgeDoesWrongOverCoapsIsRefused(Mischief mischief) throws Exception {
    assertThat(onboard(1, 9, Scheme.COAPS, "--mischief", mischief.label()).get("refused").textValue()).contains(" answered 4.");
    assertThat(owned(9)).doesNotExist();
  }

  @Test
  @Order(8)
  void whatIsNoMischiefOverATransportIsSaidToBeNone() {
    String idevid = site.idevid(9).toString();
    assertThat(eider(2, "pledge", "onboard", "--registrar", site.registrar(Scheme.COAPS), "--idevid", idevid, "--out", owned(9).toString(),
        "--mischief", "two-signers")).contains("error: --mischief two-signers is none over coaps");
  }

  @Test
  @Order(9)
  void aDeviceThatVanishesLeavesNothingBehindThatStopsTheNext() throws Exception {
    onboard(0, 9, Scheme.COAPS, "--mischief", "vanish");
    onboard(0, 10, Scheme.COAPS);
  }
}

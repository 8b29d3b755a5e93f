package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.eider.registrar.AuditPolicy;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.server.admin.DeviceReport;
import org.eider.registrar.server.admin.DeviceView;
import org.eider.registrar.server.admin.JournalView;
import org.eider.registrar.server.admin.Operator;
import org.eider.registrar.server.admin.RemoteAdministration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminPortTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private TestSite site;
  private String token;

  @BeforeAll
  void start(@TempDir Path data) throws Exception {
    site = new TestSite(data);
    token = Files.readString(site.data.resolve("admin.token"));
  }

  @AfterAll
  void stop() {
    site.close();
  }

  @ParameterizedTest
  @CsvSource({"GET,/admin/live", "GET,/admin/devices", "GET,/admin/device", "GET,/admin/held", "GET,/admin/policy", "GET,/admin/journal", "GET,/admin/journal/head",
      "GET,/admin/journal/verify", "POST,/admin/backup", "POST,/admin/decisions",
      "GET,/admin/manufacturers", "POST,/admin/manufacturers", "DELETE,/admin/manufacturers?name=acme", "POST,/admin/expected"})
  void withoutTheTokenEverythingIs401AndNothingHappens(String method, String path) throws Exception {
    for (String wrong : List.of("", "Bearer ", "Bearer x", "Bearer " + token + "x", "Basic " + token, token)) {
      HttpResponse<String> answer = ask(method, path, wrong);
      assertThat(answer.statusCode()).as(wrong).isEqualTo(401);
      assertThat(answer.headers().firstValue("www-authenticate")).hasValue("Bearer");
      assertThat(answer.body()).doesNotContain(token);
    }
    assertThat(site.administration().manufacturers()).hasSize(1);
  }

  @Test
  void withTheTokenItAnswersInJson() throws Exception {
    HttpResponse<String> answer = ask("GET", "/admin/manufacturers", "Bearer " + token);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(answer.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-origin");
    assertThat(answer.body()).contains("\"name\":\"acme\"").contains("\"admission\":\"auto\"");
  }

  @Test
  void livenessNeedsNoToken() throws Exception {
    assertThat(ask("GET", "/health/live", "").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example:1", "", "127.0.0.1:1:2"})
  void aNameThatIsNotLoopbackIsRefusedThoughTheTokenIsRight(String host) throws Exception {
    for (String path : List.of("/health/live", "/admin/devices")) {
      assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: Bearer " + token + "\r\nConnection: close\r\n\r\n"))
          .as(path).startsWith("HTTP/1.1 4").doesNotStartWith("HTTP/1.1 401").doesNotStartWith("HTTP/1.1 404");
    }
  }

  @Test
  void itListensOnLoopbackOnlyAndItsSecretsAreTheOwnersOnly() throws Exception {
    for (String file : List.of("admin.token", "admin.port")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(site.data.resolve(file)))).as(file).isEqualTo("rw-------");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(site.data))).isEqualTo("rwx------");
    assertThat(token).hasSize(43).matches("[A-Za-z0-9_-]+");
  }

  /** 127.0.0.2 is this machine as well, but another address: who listens on all of them answers there. */
  @Test
  void atAnotherAddressThanItsOwnNobodyListens() throws Exception {
    try (Socket own = new Socket("127.0.0.1", site.registrar.adminPort())) {
      assertThat(own.isConnected()).isTrue();
    }
    assertThatThrownBy(() -> new Socket("127.0.0.2", site.registrar.adminPort()).close()).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> new Socket("::1", site.registrar.adminPort()).close()).isInstanceOf(IOException.class);
  }

  @Test
  void devicesAreListedInPagesAndShownWithTheirHistory() throws Exception {
    TestPledge first = site.pledge("ADM 1/A&=?%+");
    TestPledge second = site.pledge("ADM-2");
    first.onboard(TestPledge.newKey());
    try (TestPledge.Line line = second.connect()) {
      TestPledge.expect(200, second.requestVoucher(line));
    }
    RemoteAdministration remote = site.administration();

    List<DeviceView> page = remote.devices(Optional.empty(), 1);
    assertThat(page).extracting(DeviceView::serial).containsExactly("ADM 1/A&=?%+");
    assertThat(remote.devices(Optional.of(new DeviceId("acme", "ADM 1/A&=?%+")), 5)).extracting(DeviceView::serial).containsExactly("ADM-2");
    assertThat(remote.devices("ADM 1/A&=?%+")).isEqualTo(page);
    DeviceReport report = remote.device(new DeviceId("acme", "ADM 1/A&=?%+")).orElseThrow();
    assertThat(report.device()).isEqualTo(page.get(0));
    assertThat(report.history()).extracting(DeviceReport.Event::kind)
        .containsExactly("enrolled", "voucher-status", "voucher-issued", "voucher-requested");
    assertThat(report.vouchers()).hasSize(1);
    assertThat(report.auditLogs()).hasSize(1);
    assertThat(report.telemetry()).hasSize(1);
    assertThat(report.certificates()).hasSize(1);
    assertThat(report.device().ldevid()).hasValue(report.certificates().get(0));
    assertThat(remote.device(new DeviceId("acme", "nobody"))).isEmpty();
    assertThat(remote.devices("nobody")).isEmpty();
  }

  @Test
  void manufacturersComeAndGo() throws Exception {
    RemoteAdministration remote = site.administration();
    Manufacturer acme = site.manufacturer(Manufacturer.Admission.EXPECTED);
    Manufacturer other = new Manufacturer("other", acme.idevidAnchors(), Optional.empty(), java.util.Set.of("masa.example.com"), List.of(),
        acme.voucherAnchors(), acme.admission(), org.eider.pki.SerialNumberProfile.CISCO_SUDI, true);
    assertThat(remote.put(other)).isTrue();
    assertThat(remote.put(other)).isFalse();
    assertThat(remote.manufacturers()).contains(other);
    assertThat(remote.expect("other", List.of("A", "B"))).isTrue();
    assertThat(remote.remove("other")).isTrue();
    assertThat(remote.remove("other")).isFalse();
    assertThat(remote.expect("other", List.of("A"))).isFalse();
    assertThat(remote.manufacturers()).doesNotContain(other);
  }

  @Test
  void aBodyThatIsLongerThanAnyCommandNeedsIs413() throws Exception {
    for (String path : List.of("/admin/manufacturers", "/admin/expected")) {
      HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + site.registrar.adminPort() + path))
          .header("Authorization", "Bearer " + token).POST(HttpRequest.BodyPublishers.ofString(" ".repeat(256 * 1024 + 1))).build();
      assertThat(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).statusCode()).as(path).isEqualTo(413);
    }
  }

  /** The longest serial numbers, of characters that take six octets each in JSON. */
  @Test
  void aListOfExpectedDevicesOfAnyLengthIsSentInParts() throws Exception {
    RemoteAdministration remote = site.administration();
    List<String> serials = IntStream.range(0, 2_000).mapToObj(i -> "\u0001".repeat(124) + i).toList();
    long before = remote.journalHead();

    assertThat(remote.expect("acme", serials)).isTrue();

    assertThat(remote.journal(before, 99)).extracting(JournalView::detail).hasSize(8).containsOnly("250 devices, by " + Operator.name());
  }

  @Test
  void aManufacturerWithoutAuditPolicyGetsTheStandardOne() throws Exception {
    String form = ask("GET", "/admin/manufacturers", "Bearer " + token).body().strip().replaceAll("^\\[|]$", "")
        .replaceFirst(",\"audit\":\\{[^}]*}", "").replace("\"acme\"", "\"older\"");
    assertThat(form).doesNotContain("audit");
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + site.registrar.adminPort() + "/admin/manufacturers"))
        .header("Authorization", "Bearer " + token).POST(HttpRequest.BodyPublishers.ofString(form)).build();
    assertThat(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body()).isEqualTo("{\"added\":true}");
    assertThat(site.administration().manufacturers()).filteredOn(one -> one.name().equals("older")).singleElement()
        .satisfies(one -> assertThat(one.auditPolicy()).isEqualTo(AuditPolicy.standard()));
    assertThat(site.administration().remove("older")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"name\":\"x\"}", "{\"manufacturer\":\"x\"}", "null", "{\"file\":\"relative\"}", "{\"file\":\"\"}", "{\"file\":\"/\\u0000\"}", "{\"name\":\"x y\",\"admission\":\"all\"}",
      "{\"manufacturer\":\"acme\",\"serial\":\"\",\"approved\":true,\"valid_seconds\":60,\"by\":\"x\",\"reason\":\"\"}",
      "{\"manufacturer\":\"acme\",\"serial\":\"x\",\"approved\":true,\"valid_seconds\":59,\"by\":\"x\",\"reason\":\"\"}",
      "{\"manufacturer\":\"acme\",\"serial\":\"x\",\"approved\":true,\"valid_seconds\":60,\"by\":\"\",\"reason\":\"\"}",
      "{\"manufacturer\":\"acme\",\"serial\":\"x\",\"approved\":1,\"by\":\"x\",\"reason\":\"\"}"})
  void aBodyThatItDoesNotTakeIs400(String body) throws Exception {
    for (String path : List.of("/admin/manufacturers", "/admin/expected", "/admin/decisions", "/admin/backup")) {
      HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + site.registrar.adminPort() + path))
          .header("Authorization", "Bearer " + token).POST(HttpRequest.BodyPublishers.ofString(body)).build();
      assertThat(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).statusCode()).as(path).isEqualTo(400);
    }
    assertThat(site.administration().manufacturers()).hasSize(1);
  }

  @Test
  void aSerialNumberThatNoDeviceCanHaveIsNotExpected() {
    RemoteAdministration remote = new RemoteAdministration(site.registrar.adminPort(), token);
    for (String serial : List.of("", " ", "9".repeat(129))) {
      assertThatThrownBy(() -> remote.expect("acme", List.of("EXP-1", serial))).isInstanceOf(IOException.class).hasMessageContaining("400");
    }
  }

  @Test
  void aWrongTokenIsSaidToBeOne() {
    RemoteAdministration wrong = new RemoteAdministration(site.registrar.adminPort(), "wrong");
    assertThat(wrong.isLive()).isFalse();
    assertThatThrownBy(wrong::manufacturers).isInstanceOf(IOException.class).hasMessageContaining("401");
  }

  private HttpResponse<String> ask(String method, String path, String authorization) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + site.registrar.adminPort() + path))
        .method(method, method.equals("POST") ? HttpRequest.BodyPublishers.ofString("{}") : HttpRequest.BodyPublishers.noBody());
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", site.registrar.adminPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.eider.registrar.server.config.AdminSettings;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a monitor learns on the admin port of a registrar that runs. */
class MonitoringTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir private Path data;

  @Test
  void anOnboardingIsCountedRouteByRouteAndNothingOfAPeerIsALabel() throws Exception {
    try (TestSite site = new TestSite(data)) {
      site.pledge("MON-1").onboard(TestPledge.newKey());
      try (TestPledge.Line line = new TestPledge("X", TestPki.manufacturer("Nobody", "").idevid("X"), site.registrar.httpsPort()).connect()) {
        line.get("/made-up-by-a-peer");
      }
      await().untilAsserted(() -> assertThat(metrics(site)).contains("eider_exchanges_total{reason=\"NO_SUCH_RESOURCE\""));
      String metrics = metrics(site);

      assertThat(value(metrics, "eider_exchanges_total{reason=\"none\",route=\"/.well-known/brski/requestvoucher\",status=\"200\"}")).isEqualTo(1);
      assertThat(value(metrics, "eider_exchanges_total{reason=\"none\",route=\"/.well-known/est/simpleenroll\",status=\"200\"}")).isEqualTo(1);
      assertThat(value(metrics, "eider_exchanges_total{reason=\"NO_SUCH_RESOURCE\",route=\"none\",status=\"404\"}")).isEqualTo(1);
      assertThat(value(metrics, "eider_exchange_seconds_count{route=\"/.well-known/est/simpleenroll\"}")).isEqualTo(1);
      assertThat(value(metrics, "eider_masa_call_seconds_count{manufacturer=\"acme\",operation=\"requestvoucher\",outcome=\"GRANTED\"}")).isEqualTo(1);
      assertThat(value(metrics, "eider_masa_call_seconds_count{manufacturer=\"acme\",operation=\"requestauditlog\",outcome=\"GRANTED\"}")).isEqualTo(1);
      assertThat(value(metrics, "eider_handshake_seconds_count{outcome=\"done\"}")).isGreaterThanOrEqualTo(2);
      assertThat(value(metrics, "eider_connections_opened_total")).isGreaterThanOrEqualTo(2);
      assertThat(value(metrics, "eider_shed_total{what=\"queue-full\"}")).isZero();
      assertThat(value(metrics, "eider_masa_pending")).isZero();
      assertThat(value(metrics, "eider_masa_waiting")).isZero();
      assertThat(value(metrics, "eider_devices{state=\"enrolled\"}") + value(metrics, "eider_devices{state=\"operational\"}")).isEqualTo(1);
      assertThat(metrics).contains("eider_queue ", "eider_workers_busy ", "jvm_memory_used_bytes{", "jvm_threads_live_threads ",
          "process_cpu_usage ", "eider_exchange_seconds_bucket{route=\"/.well-known/est/simpleenroll\",le=\"0.1\"}");
      assertThat(metrics).doesNotContain("made-up-by-a-peer", "MON-1", "Nobody", "127.0.0.1");
    }
  }

  @Test
  void metricsNeedTheTokenUnlessTheOperatorOpensThem() throws Exception {
    try (TestSite site = new TestSite(data)) {
      assertThat(get(site.registrar, "/metrics", "").statusCode()).isEqualTo(401);
      assertThat(get(site.registrar, "/metrics", "wrong").statusCode()).isEqualTo(401);
      assertThat(metrics(site)).contains("eider_");
      site.registrar.close();
      site.start(TestSite.config().withAdmin(new AdminSettings(0, true)));
      HttpResponse<String> open = get(site.registrar, "/metrics", "");
      assertThat(open.statusCode()).isEqualTo(200);
      assertThat(open.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
    }
  }

  @Test
  void aRegistrarThatDrainsLivesAndIsNotReady() throws Exception {
    try (TestSite site = new TestSite(data)) {
      RegistrarProcess registrar = site.registrar;
      assertThat(get(registrar, "/health/ready", "").body()).isEqualTo("{\"status\":\"ready\"}");
      CountDownLatch asked = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      site.masa.onRequest = request -> {
        asked.countDown();
        return onceReleased(release, () -> site.masa.voucher(request));
      };
      TestPledge pledge = site.pledge("MON-2");
      CompletableFuture<Void> closing;
      try (TestPledge.Line line = pledge.connect()) {
        CompletableFuture<org.eider.est.http.HttpResponse> answer = CompletableFuture.supplyAsync(() -> request(pledge, line));
        asked.await();
        closing = CompletableFuture.runAsync(registrar::close);
        await().untilAsserted(() -> {
          HttpResponse<String> ready = get(registrar, "/health/ready", "");
          assertThat(ready.statusCode()).isEqualTo(503);
          assertThat(ready.body()).isEqualTo("{\"missing\":[\"running\",\"https\"],\"status\":\"not ready\"}");
        });
        assertThat(get(registrar, "/health/live", "").statusCode()).isEqualTo(200);
        release.countDown();
        answer.join();
      }
      closing.join();
    }
  }

  private static <T> T onceReleased(CountDownLatch release, Supplier<T> then) {
    try {
      release.await();
      return then.get();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static org.eider.est.http.HttpResponse request(TestPledge pledge, TestPledge.Line line) {
    try {
      return pledge.requestVoucher(line);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static String metrics(TestSite site) throws Exception {
    return get(site.registrar, "/metrics", Files.readString(site.data.resolve("admin.token"))).body();
  }

  private static double value(String metrics, String series) {
    return metrics.lines().filter(line -> line.startsWith(series + " ")).mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
        .findFirst().orElseThrow(() -> new AssertionError("no " + series + " in\n" + metrics));
  }

  private static HttpResponse<String> get(RegistrarProcess registrar, String path, String token) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + registrar.adminPort() + path));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}

package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eider.cli.CommandFailure;
import org.eider.est.http.HttpResponse;
import org.eider.pki.Credential;
import org.eider.registrar.server.admin.DeviceReport;
import org.eider.registrar.server.config.HttpsSettings;
import org.eider.registrar.server.config.RegistrarConfig;
import org.eider.voucher.StatusReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartTest {
  @TempDir private Path data;

  @Test
  void aRestartLosesNothingAndDevicesRenewAsBefore() throws Exception {
    try (TestSite site = new TestSite(data)) {
      KeyPair key = TestPledge.newKey();
      Credential ldevid = site.pledge("SN-1").onboard(key);
      TestPledge half = site.pledge("SN-2");
      try (TestPledge.Line line = half.connect()) {
        TestPledge.expect(200, half.requestVoucher(line));
      }
      DeviceReport before = site.report("SN-1").orElseThrow();
      X509Certificate root = site.root();
      X509Certificate shown = shown(half);

      site.restart();

      assertThat(site.report("SN-1").orElseThrow()).isEqualTo(before);
      assertThat(site.root()).isEqualTo(root);
      assertThat(shown(site.pledge("SN-2"))).isEqualTo(shown);
      assertThat(site.administration().manufacturers()).hasSize(1);
      try (TestPledge.Line line = site.pledge("SN-1").connect(Optional.of(ldevid), "TLSv1.3")) {
        TestPledge.expect(200, line.report("enrollstatus", StatusReport.success()));
        TestPledge.expect(200, TestPledge.renew(line, ldevid.certificate(), key));
      }
      TestPledge again = site.pledge("SN-2");
      try (TestPledge.Line line = new TestPledge("SN-2", half.idevid(), again.port()).connect()) {
        TestPledge.expect(200, again.enrol(line, "simpleenroll", TestPledge.newKey()));
      }
    }
  }

  @Test
  void otherNamesGetAnotherCertificateOfTheSameCa() throws Exception {
    try (TestSite site = new TestSite(data)) {
      X509Certificate before = shown(site.pledge("SN-1"));
      X509Certificate root = site.root();
      RegistrarConfig config = TestSite.config();
      site.registrar.close();
      site.start(config.withHttps(new HttpsSettings("127.0.0.1", 0, List.of("other.example.net"))));

      X509Certificate after = shown(site.pledge("SN-1"));
      assertThat(after).isNotEqualTo(before);
      assertThat(after.getSubjectAlternativeNames().stream().map(name -> name.get(1).toString())).contains("other.example.net")
          .doesNotContain("registrar.example.net");
      assertThat(site.root()).isEqualTo(root);
    }
  }

  @Test
  void twoRegistrarsOnOneDataFolderAreRefused() throws Exception {
    try (TestSite site = new TestSite(data)) {
      assertThatThrownBy(() -> RegistrarProcess.start(TestSite.config(), data, TestSite.CLOCK, new java.security.SecureRandom()))
          .isInstanceOf(CommandFailure.class).hasMessageContaining("another registrar or command uses");
      assertThat(site.administration().isLive()).isTrue();
      assertThat(data.resolve("admin.port")).exists();
    }
    assertThat(data.resolve("admin.port")).doesNotExist();
  }

  @Test
  void aTakenPortIsSaidAndLeavesNothingRunning() throws Exception {
    try (TestSite site = new TestSite(data.resolve("one"))) {
      RegistrarConfig taken = TestSite.config().withHttps(new HttpsSettings("127.0.0.1", site.registrar.httpsPort(), List.of("localhost")));
      Path other = data.resolve("other");
      assertThatThrownBy(() -> RegistrarProcess.start(taken, other, TestSite.CLOCK, new java.security.SecureRandom()))
          .isInstanceOf(CommandFailure.class).hasMessageContaining(Integer.toString(site.registrar.httpsPort()));
      RegistrarProcess.start(TestSite.config(), other, TestSite.CLOCK, new java.security.SecureRandom()).close();
    }
  }

  @Test
  void aKeyThatOthersMayReadIsRefused() throws Exception {
    try (TestSite site = new TestSite(data)) {
      site.registrar.close();
      Files.setPosixFilePermissions(data.resolve("ca").resolve("issuing.key.pem"), PosixFilePermissions.fromString("rw-r--r--"));
      assertThatThrownBy(() -> site.start(TestSite.config())).isInstanceOf(CommandFailure.class).hasMessageContaining("issuing.key.pem");
    }
  }

  @Test
  void aFolderThatOthersMayWriteToIsRefused() throws Exception {
    Files.createFile(data.resolve("something"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> RegistrarProcess.start(TestSite.config(), data, TestSite.CLOCK, new java.security.SecureRandom()))
        .isInstanceOf(CommandFailure.class).hasMessageContaining("others may write");
  }

  @Test
  void whatIsInFlightIsFinishedBeforeItStops() throws Exception {
    try (TestSite site = new TestSite(data)) {
      CountDownLatch asked = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      site.masa.onRequest = request -> {
        asked.countDown();
        awaitQuietly(go);
        return site.masa.voucher(request);
      };
      TestPledge pledge = site.pledge("SN-1");
      try (TestPledge.Line line = pledge.connect()) {
        assertThat(refusesConnections(pledge.port())).isFalse();
        CompletableFuture<HttpResponse> answer = CompletableFuture.supplyAsync(() -> quietly(pledge, line));
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(site.registrar::close);
        await().until(() -> refusesConnections(pledge.port()));
        go.countDown();
        assertThat(answer.get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
        stopped.get(20, TimeUnit.SECONDS);
      }
      site.start(TestSite.config());
      assertThat(site.report("SN-1").orElseThrow().device().state()).isEqualTo("voucher-issued");
    }
  }

  @Test
  void everyStartHasATokenOfItsOwn() throws Exception {
    try (TestSite site = new TestSite(data)) {
      String before = Files.readString(data.resolve("admin.token"));
      site.restart();
      assertThat(Files.readString(data.resolve("admin.token"))).isNotEqualTo(before);
    }
  }

  private static boolean refusesConnections(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return !socket.isConnected();
    } catch (IOException refused) {
      return true;
    }
  }

  private static X509Certificate shown(TestPledge pledge) throws Exception {
    try (TestPledge.Line line = pledge.connect()) {
      return line.connection().serverChain().get(0);
    }
  }

  private static HttpResponse quietly(TestPledge pledge, TestPledge.Line line) {
    try {
      return pledge.requestVoucher(line);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.eider.est.http.HttpResponse;
import org.eider.pki.PemFiles;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.server.admin.RemoteAdministration;
import org.eider.registrar.server.config.CoapsSettings;
import org.eider.registrar.server.config.RegistrarConfig;
import org.eider.testkit.HeaderRelay;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registrar's certificate is renewed without a restart. */
class OwnCertificateTest {
  private static final Duration TOO_EARLY = Duration.ofDays(240);
  private static final Duration TIME_TO = Duration.ofDays(250);

  @TempDir private Path data;

  private final AtomicReference<Instant> now = new AtomicReference<>(TestPki.NOW);

  @Test
  void aCertificateIsRenewedForTheSameKeyWhileTheRegistrarRuns() throws Exception {
    try (RegistrarProcess registrar = start()) {
      X509Certificate first = shown(registrar);
      now.set(TestPki.NOW.plus(TOO_EARLY));
      registrar.own().look();
      assertThat(shown(registrar)).isEqualTo(first);

      try (TestPledge.Line open = pledge(registrar).connect()) {
        now.set(TestPki.NOW.plus(TIME_TO));
        registrar.own().look();
        assertThat(TestPledge.expect(200, open.get("/.well-known/est/cacerts")).status()).isEqualTo(200);
      }

      X509Certificate next = shown(registrar);
      assertThat(next).isNotEqualTo(first);
      assertThat(next.getPublicKey()).isEqualTo(first.getPublicKey());
      assertThat(next.getNotAfter().toInstant()).isEqualTo(now.get().plus(Duration.ofDays(365)));
      assertThat(PemFiles.readCertificates(data.resolve("ca/registrar.pem")).get(0)).isEqualTo(next);
    }
  }

  @Test
  void devicesBehindEveryPortOfDatagramsAreShownTheRenewedOne() throws Exception {
    CoapsSettings coaps = TestSite.config().coaps().at("127.0.0.1").on(0);
    RegistrarConfig config = TestSite.config().withCoaps(coaps.with(coaps.jpy().on(0)));
    try (RegistrarProcess registrar = RegistrarProcess.start(config, data, now::get, new SecureRandom());
        HeaderRelay proxy = JpyHeaders.proxy(registrar.jpyPort().orElseThrow())) {
      for (int port : List.of(registrar.coapsPort().orElseThrow(), proxy.door(Octets.utf8("pledge")).port())) {
        now.set(now.get().plus(TIME_TO));
        registrar.own().look();
        TestSensor sensor = new TestSensor("SN-1", TestPki.manufacturer("Acme", "localhost:1").idevid("SN-1"), port);
        try (TestSensor.Line line = sensor.connect()) {
          X509Certificate shown = line.connection().serverChain().get(0);
          assertThat(shown).isEqualTo(registrar.own().current().certificate());
          assertThat(shown.getNotAfter().toInstant()).isEqualTo(now.get().plus(Duration.ofDays(365)));
        }
      }
    }
  }

  @Test
  void vouchersAreAskedForWithTheRenewedCertificate() throws Exception {
    try (ScriptedMasa masa = new ScriptedMasa(); RegistrarProcess registrar = start()) {
      TestPki maker = TestPki.manufacturer("Acme", "localhost:" + masa.port());
      new RemoteAdministration(registrar.adminPort(), Files.readString(data.resolve("admin.token")))
          .put(TestSite.manufacturer(maker, masa, Manufacturer.Admission.AUTO));
      now.set(TestPki.NOW.plus(TIME_TO));
      registrar.own().look();

      TestPledge pledge = new TestPledge("SN-1", maker.idevid("SN-1"), registrar.httpsPort());
      try (TestPledge.Line line = pledge.connect()) {
        HttpResponse answer = line.requestVoucher(pledge.sealed(pledge.request(line).createdOn(now.get()).build()));

        TestPledge.expect(200, answer);
        assertThat(line.connection().serverChain().get(0)).isEqualTo(registrar.own().current().certificate());
      }
    }
  }

  @Test
  void aRenewalThatFailsIsLoggedAndTriedAgain() throws Exception {
    try (LogLines log = LogLines.ofEider(); RegistrarProcess registrar = start()) {
      X509Certificate first = shown(registrar);
      Path file = data.resolve("ca/registrar.pem");
      Files.delete(file);
      Files.createDirectory(file);
      now.set(TestPki.NOW.plus(TIME_TO));
      registrar.own().look();

      assertThat(shown(registrar)).isEqualTo(first);
      assertThat(log.with("could not be renewed")).hasSize(1);

      Files.delete(file);
      registrar.own().look();
      assertThat(shown(registrar)).isNotEqualTo(first);
      assertThat(log.with("was renewed until")).hasSize(1);
    }
  }

  private RegistrarProcess start() throws Exception {
    return RegistrarProcess.start(TestSite.config(), data, now::get, new SecureRandom());
  }

  private static X509Certificate shown(RegistrarProcess registrar) throws Exception {
    try (TestPledge.Line line = pledge(registrar).connect(Optional.empty(), "TLSv1.3")) {
      return line.connection().serverChain().get(0);
    }
  }

  private static TestPledge pledge(RegistrarProcess registrar) {
    return new TestPledge("SN-1", TestPki.manufacturer("Acme", "localhost:1").idevid("SN-1"), registrar.httpsPort());
  }
}

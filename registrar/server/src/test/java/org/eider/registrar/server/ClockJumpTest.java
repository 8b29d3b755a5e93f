package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.eider.cli.CommandFailure;
import org.eider.est.http.HttpResponse;
import org.eider.pki.Credential;
import org.eider.pki.PemFiles;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.server.admin.RemoteAdministration;
import org.eider.registrar.store.SqlStore;
import org.eider.registrar.store.StoreConfig;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A clock that jumps while the registrar runs, and comes back. */
class ClockJumpTest {
  private static final Duration TEN_YEARS = Duration.ofDays(3653);

  @TempDir private Path data;

  private final AtomicReference<Instant> now = new AtomicReference<>(TestPki.NOW);
  private ScriptedMasa masa;
  private TestPki maker;
  private RegistrarProcess registrar;

  @BeforeEach
  void start() throws Exception {
    masa = new ScriptedMasa();
    maker = TestPki.manufacturer("Acme", "localhost:" + masa.port());
    registrar = RegistrarProcess.start(TestSite.config(), data, now::get, new SecureRandom());
    new RemoteAdministration(registrar.adminPort(), Files.readString(data.resolve("admin.token")))
        .put(TestSite.manufacturer(maker, masa, Manufacturer.Admission.AUTO));
  }

  @AfterEach
  void stop() {
    registrar.close();
    masa.close();
  }

  @Test
  void whoeverComesWhileTheClockIsTenYearsBehindIsRefusedAndServedOnceItIsRightAgain() throws Exception {
    whileTheClockIsAt(TestPki.NOW.minus(TEN_YEARS), "is the clock right?");
  }

  @Test
  void whoeverComesWhileTheClockIsTenYearsAheadIsRefusedAndServedOnceItIsRightAgain() throws Exception {
    whileTheClockIsAt(TestPki.NOW.plus(TEN_YEARS), "the issuing CA has expired at ");
  }

  @Test
  void aCertificateOfTheFutureIsReplacedOnceTheClockIsRightAgain() throws Exception {
    now.set(TestPki.NOW.plus(Duration.ofDays(2000)));
    registrar.own().look();
    assertThat(registrar.own().current().certificate().getNotBefore().toInstant()).isAfter(TestPki.NOW);

    now.set(TestPki.NOW);
    registrar.own().look();

    X509Certificate own = registrar.own().current().certificate();
    assertThat(own.getNotBefore().toInstant()).isBefore(TestPki.NOW);
    assertThat(PemFiles.readCertificates(data.resolve("ca/registrar.pem")).get(0)).isEqualTo(own);
  }

  @Test
  void aStartWithAClockThatIsBehindTheCaIsRefused() throws Exception {
    registrar.close();
    now.set(TestPki.NOW.minus(TEN_YEARS));
    assertThatThrownBy(() -> RegistrarProcess.start(TestSite.config(), data, now::get, new SecureRandom()))
        .isInstanceOf(CommandFailure.class).hasMessageContaining("is the clock right?");
    now.set(TestPki.NOW);
    registrar = RegistrarProcess.start(TestSite.config(), data, now::get, new SecureRandom());
    onboard("SN-1", TestPledge.newKey());
  }

  private void whileTheClockIsAt(Instant wrong, String complaint) throws Exception {
    KeyPair key = TestPledge.newKey();
    Credential before = onboard("SN-1", key);
    TestPledge half = pledge("SN-2");
    try (TestPledge.Line line = half.connect()) {
      TestPledge.expect(200, half.requestVoucher(line));
    }
    try (LogLines log = LogLines.ofEider()) {
      now.set(wrong);
      registrar.own().look();
      try (TestPledge.Line line = half.connect()) {
        assertRefused(half.enrol(line, "simpleenroll", TestPledge.newKey()));
      }
      TestPledge fresh = pledge("SN-3");
      try (TestPledge.Line line = fresh.connect()) {
        assertRefused(fresh.requestVoucher(line));
      }
      try (TestPledge.Line line = pledge("SN-1").connect(Optional.of(before), "TLSv1.3")) {
        assertRefused(TestPledge.renew(line, before.certificate(), key));
      }
      assertThat(log.with("could not be renewed")).singleElement().asString().contains(complaint);
      assertThat(log.with("Exception")).isEmpty();
      assertThat(log.traces()).isEmpty();
    }
    now.set(TestPki.NOW.plusSeconds(60));
    registrar.own().look();
    try (TestPledge.Line line = pledge("SN-1").connect(Optional.of(before), "TLSv1.3")) {
      X509Certificate renewed = TestPledge.issued(TestPledge.expect(200, TestPledge.renew(line, before.certificate(), key)));
      assertThat(renewed.getNotBefore().toInstant()).isBefore(now.get());
      assertThat(renewed.getNotAfter().toInstant()).isAfter(now.get());
    }
    onboard("SN-2", TestPledge.newKey());
    onboard("SN-3", TestPledge.newKey());
    registrar.close();
    assertJournalGoesOn();
  }

  /** Numbers say what came first, whatever the clock said; and no certificate was made by the wrong one. */
  private void assertJournalGoesOn() throws Exception {
    try (SqlStore store = SqlStore.open(StoreConfig.in(data).forCommand())) {
      assertThat(store.journal().verify(checked -> {}).isGood()).isTrue();
      assertThat(store.certificates().count()).isEqualTo(7);
    }
    assertThat(Ran.on(data, "journal", "verify").exit()).isZero();
  }

  private static void assertRefused(HttpResponse answer) {
    assertThat(answer.status()).as(answer.body().utf8()).isIn(400, 401, 403, 502);
    assertThat(answer.body().utf8()).isNotBlank().doesNotContain("Exception");
  }

  private Credential onboard(String serial, KeyPair key) throws Exception {
    return pledge(serial).onboard(key);
  }

  private TestPledge pledge(String serial) {
    return new TestPledge(serial, maker.idevid(serial), registrar.httpsPort());
  }
}

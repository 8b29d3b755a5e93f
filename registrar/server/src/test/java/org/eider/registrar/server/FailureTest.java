package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.server.admin.RemoteAdministration;
import org.eider.registrar.server.config.RegistrarConfig;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a registrar does when its disk fails it, in processes of their own and on real file systems. */
class FailureTest {
  private static final int DISK_MIB = 48;
  private static final int LOST_ITS_STORE = 74;

  @TempDir private static Path shared;
  private static FastJvm jvm;

  @TempDir private Path folder;
  private ScriptedMasa masa;
  private TestPki maker;
  private int serials;

  /** A life in peace makes the archive of classes. */
  @BeforeAll
  static void makeArchive() throws Exception {
    jvm = new FastJvm(shared);
    Path archive = shared.resolve("classes.jsa");
    Path data = shared.resolve("data");
    List<String> command = jvm.command(FailingRegistrar.class, List.of(FastJvm.leaving(archive)), data.toString(), CrashChain.ahead());
    try (CrashVictim victim = new CrashVictim(command, data, shared.resolve("log"))) {
      assertThat(victim.awaitReady()).as("ready; see %s", shared.resolve("log")).isTrue();
      victim.terminate();
      assertThat(victim.awaitEnd()).isZero();
    }
    jvm.archive(archive);
  }

  @BeforeEach
  void open() throws IOException {
    masa = new ScriptedMasa();
    maker = TestPki.manufacturer("Acme", "localhost:" + masa.port());
  }

  @AfterEach
  void closeMasa() {
    masa.close();
  }

  @Test
  void aFullDiskIsRefusedWithAWordAndFreedSpaceIsUsedAgain() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), DISK_MIB)) {
      Path data = disk.folder().resolve("data");
      Path ballast = disk.folder().resolve("ballast");
      CrashWitness witness = witness(data);
      try (CrashVictim victim = ready(data)) {
        onboard(victim, witness);
        FailingRegistrar.fill(ballast);

        for (int i = 0; i < 5; i++) {
          refused(victim);
        }
        assertThat(health(victim, "ready")).extracting(HttpResponse::statusCode, HttpResponse::body)
            .containsExactly(503, "{\"missing\":[\"disk space\"],\"status\":\"not ready\"}");
        assertThat(health(victim, "live").statusCode()).isEqualTo(200);
        try (RemoteAdministration operator = victim.administration()) {
          assertThatThrownBy(() -> operator.remove("acme")).hasMessageContaining("503").hasMessageContaining("the disk is full");
        }
        assertThat(log()).filteredOn(line -> line.contains("is full: ")).hasSize(1)
            .first().asString().contains("ERROR", "nothing is recorded", disk.folder().toString());

        Files.delete(ballast);
        onboard(victim, witness);
        assertThat(health(victim, "ready").statusCode()).isEqualTo(200);
        assertThat(log()).filteredOn(line -> line.contains("the store records again")).hasSize(1);
        victim.terminate();
        assertThat(victim.awaitEnd()).isZero();
      }
      assertNoStackTrace();
      witness.inspect();
    }
  }

  @Test
  void aDiskThatIsFullInTheMiddleOfATransactionStopsTheRegistrar() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), DISK_MIB)) {
      Path data = disk.folder().resolve("data");
      Path ballast = disk.folder().resolve("ballast");
      CrashWitness witness = witness(data);
      try (CrashVictim victim = ready(data)) {
        onboard(victim, witness);
        victim.say("fill VOUCHER_ISSUED:inside " + ballast);
        victim.next("filling");
        assertStopsByItself(victim, witness);
      }
      witness.inspect();
      try (CrashVictim again = start(data)) {
        assertThat(again.awaitReady()).isFalse();
        assertThat(again.awaitEnd()).isEqualTo(1);
        assertThat(lastLog()).contains("error: the disk of " + data + " is full").contains("hint: make space there");
      }
      Files.delete(ballast);
      goesOn(data, witness);
    }
  }

  @Test
  void aWriteThatTheSystemRefusesStopsTheRegistrar() throws Exception {
    assumeThat(SmallDisk.run("prlimit", "--version").exit()).as("prlimit is there").isZero();
    Path data = folder.resolve("data");
    CrashWitness witness = witness(data);
    try (CrashVictim victim = ready(data)) {
      onboard(victim, witness);
      long size = Files.size(data.resolve("store").resolve("eider.mv.db"));
      SmallDisk.run("prlimit", "--pid", Long.toString(victim.pid()), "--fsize=" + size).good();
      assertStopsByItself(victim, witness);
    }
    witness.inspect();
    goesOn(data, witness);
  }

  @Test
  void aReadOnlyDiskIsRefusedAtTheStart() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), DISK_MIB)) {
      Path data = disk.folder().resolve("data");
      CrashWitness witness = witness(data);
      try (CrashVictim victim = ready(data)) {
        onboard(victim, witness);
        victim.terminate();
        assertThat(victim.awaitEnd()).isZero();
      }
      disk.becomeReadOnly();
      try (CrashVictim victim = start(data)) {
        assertThat(victim.awaitReady()).isFalse();
        assertThat(victim.awaitEnd()).isEqualTo(1);
        assertThat(lastLog()).contains("error: ").contains(data.toString()).containsIgnoringCase("read-only").contains("hint: ");
      }
      Ran list = Ran.on(data, "devices");
      assertThat(list.failed().err()).contains(data.toString()).containsIgnoringCase("read-only");
      disk.becomeWritable();
      goesOn(data, witness);
    }
  }

  @Test
  void sigtermUnderLoadFinishesWhatIsInFlightInTimeAndLosesNothing() throws Exception {
    Path data = folder.resolve("data");
    CrashWitness witness = witness(data);
    List<CrashPledge> pledges = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      pledges.add(newPledge(witness));
    }
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try (CrashVictim victim = ready(data)) {
      List<Future<?>> load = new ArrayList<>();
      CountDownLatch some = new CountDownLatch(4);
      pledges.forEach(pledge -> load.add(threads.submit(() -> {
        pledge.advance(victim.httpsPort());
        some.countDown();
        return true;
      })));
      assertThat(some.await(60, TimeUnit.SECONDS)).isTrue();
      long told = System.nanoTime();
      victim.terminate();
      assertThat(victim.awaitEnd()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - told)).isLessThan(RegistrarConfig.standard().limits().drain().plusSeconds(10));
      for (Future<?> one : load) {
        try {
          one.get();
        } catch (ExecutionException e) {
          boolean shed = e.getCause() instanceof AssertionError && e.getCause().getMessage().contains("got 503: ");
          assertThat(shed || e.getCause() instanceof IOException).as("shed or cut off: %s", e.getCause()).isTrue();
        }
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(lastLog().replaceAll(".*no manufacturer is configured.*", "")).doesNotContain("ERROR").doesNotContain("WARN").endsWith("the registrar has stopped\n");
    assertThat(data.resolve("admin.port")).doesNotExist();
    witness.inspect();
    assertThat(pledges).as("some were cut off").anyMatch(pledge -> !pledge.isDone());
    try (CrashVictim again = ready(data)) {
      for (CrashPledge pledge : pledges) {
        pledge.advance(again.httpsPort());
      }
      assertThat(pledges).allMatch(CrashPledge::isDone);
    }
  }

  @Test
  void aSecondRegistrarIsRefusedWhileOneRunsAndCommandsWorkOnceItWasKilled() throws Exception {
    Path data = folder.resolve("data");
    CrashWitness witness = witness(data);
    try (CrashVictim victim = ready(data)) {
      onboard(victim, witness);
      Ran second = Ran.on(data, "serve", "--https-port", "0").failed();
      assertThat(second.err()).contains("another registrar or command uses " + data.toRealPath());
      assertThat(Ran.on(data, "devices").ok().out()).contains("SN-1");
      victim.kill();
      victim.awaitEnd();
    }
    assertThat(data.resolve("admin.port")).as("what it left behind").exists();
    assertThat(Ran.on(data, "devices").ok().out()).contains("SN-1");
    assertThat(data.resolve("admin.port")).doesNotExist();
  }

  /** Pledges come until the registrar has had enough: everybody is refused or cut off, and it ends with one word of error. */
  private void assertStopsByItself(CrashVictim victim, CrashWitness witness) throws Exception {
    await().atMost(Duration.ofSeconds(60)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20)).until(() -> {
      try {
        onboard(victim, witness);
      } catch (AssertionError refused) {
        assertThat(refused.getMessage()).containsPattern("got 50[023]: ");
      } catch (IOException cutOff) {
        assertThat(cutOff.getMessage()).as("of a registrar that stops").isNotNull();
      }
      return !victim.isAlive();
    });
    assertThat(victim.awaitEnd()).isEqualTo(LOST_ITS_STORE);
    assertThat(log()).filteredOn(line -> line.contains("the registrar stops, because its store cannot be used any more")).hasSize(1)
        .first().asString().contains("ERROR", "check the disk");
    assertThat(lastLog()).endsWith("the registrar has stopped\n");
    assertNoStackTrace();
  }

  private void goesOn(Path data, CrashWitness witness) throws Exception {
    try (CrashVictim victim = ready(data)) {
      onboard(victim, witness);
      victim.terminate();
      assertThat(victim.awaitEnd()).isZero();
    }
    witness.inspect();
  }

  private void onboard(CrashVictim victim, CrashWitness witness) throws Exception {
    newPledge(witness).advance(victim.httpsPort());
  }

  private CrashPledge newPledge(CrashWitness witness) {
    String serial = "SN-" + ++serials;
    return new CrashPledge(serial, maker.idevid(serial), witness, serials);
  }

  private void refused(CrashVictim victim) throws Exception {
    String serial = "SN-" + ++serials;
    TestPledge pledge = new TestPledge(serial, maker.idevid(serial), victim.httpsPort());
    try (TestPledge.Line line = pledge.connect()) {
      assertThat(pledge.requestVoucher(line)).satisfies(answer -> {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers().first("retry-after")).contains("10");
        assertThat(answer.body().utf8()).contains("the registrar cannot record");
      });
    }
  }

  private CrashVictim ready(Path data) throws Exception {
    CrashVictim victim = start(data);
    try {
      assertThat(victim.awaitReady()).as("ready; %s", lastLog()).isTrue();
      victim.administration().put(TestSite.manufacturer(maker, masa, Manufacturer.Admission.AUTO));
      return victim;
    } catch (Exception | AssertionError e) {
      victim.close();
      throw e;
    }
  }

  private CrashVictim start(Path data) throws Exception {
    Files.deleteIfExists(folder.resolve("log"));
    return new CrashVictim(jvm.command(FailingRegistrar.class, List.of(), data.toString(), CrashChain.ahead()), data, folder.resolve("log"));
  }

  private CrashWitness witness(Path data) throws IOException {
    return new CrashWitness(data, Files.createDirectories(folder.resolve("copy")));
  }

  private static HttpResponse<String> health(CrashVictim victim, String what) throws Exception {
    return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + victim.adminPort() + "/health/" + what))
        .timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private List<String> log() throws IOException {
    return Files.readAllLines(folder.resolve("log"));
  }

  private String lastLog() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  private void assertNoStackTrace() throws IOException {
    assertThat(log()).as("lines of stack traces").noneMatch(line -> line.matches("\\s+at .*|.*[a-z]Exception: .*"));
  }
}

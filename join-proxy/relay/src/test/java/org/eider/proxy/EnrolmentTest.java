package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eider.pki.PemFiles;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a program in the place of the pledge's that does what it would do to the folder. */
@Timeout(30)
class EnrolmentTest {
  private static final ProxyConfig.Bootstrap QUICK = new ProxyConfig.Bootstrap(true, "/device", Duration.ofMillis(20), Duration.ofMillis(80));

  private final TestPki domain = TestPki.root("domain");
  private final List<Enrolment> begun = new ArrayList<>();
  private final AtomicInteger enrolled = new AtomicInteger();
  private volatile Instant now = TestPki.NOW;

  @TempDir
  private Path folder;

  @AfterEach
  void stop() {
    begun.forEach(Enrolment::close);
  }

  private Path ldevid() {
    return folder.resolve("ldevid");
  }

  private Path calls() {
    return folder.resolve("calls");
  }

  private Path certificate(String name, Instant from, Instant to) throws IOException {
    Path file = folder.resolve(name);
    PemFiles.writeCertificates(file, List.of(domain.signer(name, from, to).certificate()));
    return file;
  }

  private String program(String script) throws IOException {
    Path file = folder.resolve("program");
    Files.writeString(file, "#!/bin/sh\necho \"$@\" >> " + calls() + "\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file.toString();
  }

  private Enrolment begin(String program, List<String> registrars) {
    return begin(program, registrars, QUICK);
  }

  private Enrolment begin(String program, List<String> registrars, ProxyConfig.Bootstrap pauses) {
    Enrolment enrolment = new Enrolment(List.of(program), Path.of("/device"), ldevid(), pauses,
        () -> registrars.stream().map(RegistrarUri::parse).toList(), () -> now, enrolled::incrementAndGet);
    begun.add(enrolment);
    enrolment.start();
    return enrolment;
  }

  @Test
  void runsThePledgeProgramAndIsDoneWhenThereIsACertificate() throws IOException {
    Path certificate = certificate("first", TestPki.NOT_BEFORE, TestPki.NOT_AFTER);
    Enrolment enrolment = begin(program("mkdir -p " + ldevid() + " && cp " + certificate + " " + ldevid() + "/ldevid.pem\n"),
        List.of("https://one:1", "coaps://two:2"));
    await().until(() -> enrolled.get() == 1);
    assertThat(enrolment.validUntil()).contains(TestPki.NOT_AFTER);
    assertThat(Files.readString(calls()).strip()).isEqualTo("pledge onboard --idevid /device --out " + ldevid()
        + " --patience 10m --registrar https://one:1 --registrar coaps://two:2");
  }

  @Test
  void triesAgainAfterFailures() throws IOException {
    Path certificate = certificate("first", TestPki.NOT_BEFORE, TestPki.NOT_AFTER);
    begin(program("test $(wc -l < " + calls() + ") -ge 4 || { echo 'error: no' >&2; exit 1; }\n"
        + "mkdir -p " + ldevid() + " && cp " + certificate + " " + ldevid() + "/ldevid.pem\n"), List.of("https://one:1"));
    await().until(() -> enrolled.get() == 1);
    assertThat(Files.readAllLines(calls())).hasSize(4);
  }

  @Test
  void theLogTellsWhatThePledgeWaitsForAndWhatWentWrongAndNoMore() throws IOException {
    try (LogLines log = LogLines.of(Enrolment.class)) {
      begin(program("echo '  connect         ok           12 ms'\necho '  waits 49.0 s: the voucher is put off'\necho 'error: no' >&2\nexit 1\n"),
          List.of("https://one:1"));
      await().until(() -> log.texts().stream().anyMatch(line -> line.contains("pledge: error: no")));
      assertThat(log.texts()).anyMatch(line -> line.contains("pledge: waits 49.0 s: the voucher is put off"))
          .noneMatch(line -> line.contains("connect"));
    }
  }

  @Test
  void doesNotBelieveAProgramThatLeavesNoCertificate() throws IOException {
    begin(program("exit 0\n"), List.of("https://one:1"));
    await().until(() -> Files.exists(calls()) && Files.readAllLines(calls()).size() >= 3);
    assertThat(enrolled).hasValue(0);
  }

  @Test
  void waitsForARegistrar() throws IOException {
    List<String> registrars = new java.util.concurrent.CopyOnWriteArrayList<>();
    Path certificate = certificate("first", TestPki.NOT_BEFORE, TestPki.NOT_AFTER);
    begin(program("mkdir -p " + ldevid() + " && cp " + certificate + " " + ldevid() + "/ldevid.pem\n"), registrars);
    assertThat(calls()).doesNotExist();
    registrars.add("https://late:1");
    await().until(() -> enrolled.get() == 1);
  }

  @Test
  void keepsTheCertificateOfAnEarlierRun() throws IOException {
    Files.createDirectory(ldevid());
    Files.copy(certificate("first", TestPki.NOT_BEFORE, TestPki.NOT_AFTER), ldevid().resolve("ldevid.pem"));
    begin(program("exit 1\n"), List.of("https://one:1"));
    await().until(() -> enrolled.get() == 1);
    assertThat(calls()).doesNotExist();
  }

  @Test
  void renewsBeforeHalfOfTheLifetimeIsOver() throws IOException {
    Instant from = TestPki.NOW.minus(Duration.ofDays(46));
    Files.createDirectory(ldevid());
    Files.copy(certificate("old", from, from.plus(Duration.ofDays(100))), ldevid().resolve("ldevid.pem"));
    Path fresh = certificate("new", TestPki.NOW, TestPki.NOW.plus(Duration.ofDays(100)));
    Enrolment enrolment = begin(program("test \"$6\" != https://one:1 || exit 1\ncp " + fresh + " " + ldevid() + "/ldevid.pem\n"),
        List.of("https://one:1", "https://two:2"));
    await().until(() -> enrolled.get() == 2);
    assertThat(enrolment.validUntil()).contains(TestPki.NOW.plus(Duration.ofDays(100)));
    assertThat(Files.readAllLines(calls())).containsExactly(
        "pledge reenroll --ldevid " + ldevid() + " --registrar https://one:1", "pledge reenroll --ldevid " + ldevid() + " --registrar https://two:2");
  }

  @Test
  void onboardsAnewWhatHasExpiredAndIsNotRenewed() throws IOException {
    Files.createDirectory(ldevid());
    Files.copy(certificate("old", TestPki.NOW.minus(Duration.ofDays(9)), TestPki.NOW.minus(Duration.ofDays(1))), ldevid().resolve("ldevid.pem"));
    Path fresh = certificate("new", TestPki.NOW, TestPki.NOW.plus(Duration.ofDays(100)));
    Enrolment enrolment = begin(program("test \"$2\" = onboard || exit 1\ncp " + fresh + " " + ldevid() + "/ldevid.pem\n"), List.of("https://one:1"));
    await().until(() -> enrolled.get() == 2);
    assertThat(enrolment.validUntil()).contains(TestPki.NOW.plus(Duration.ofDays(100)));
    assertThat(Files.readAllLines(calls())).containsExactly("pledge reenroll --ldevid " + ldevid() + " --registrar https://one:1",
        "pledge onboard --idevid /device --out " + ldevid() + " --patience 10m --force --registrar https://one:1");
  }

  @Test
  void pausesWhenARenewedCertificateIsHalfOverAlready() throws IOException {
    Instant from = TestPki.NOW.minus(Duration.ofDays(46));
    Files.createDirectory(ldevid());
    Files.copy(certificate("old", from, from.plus(Duration.ofDays(100))), ldevid().resolve("ldevid.pem"));
    begin(program("exit 0\n"), List.of("https://one:1"), new ProxyConfig.Bootstrap(true, "/device", Duration.ofHours(1), Duration.ofHours(1)));
    await().until(() -> enrolled.get() == 2);
    await().during(Duration.ofMillis(500)).until(() -> Files.readAllLines(calls()).size() == 1);
  }

  @Test
  void knowsWhenToRenew() {
    Instant from = TestPki.NOW;
    assertThat(Enrolment.renewal(domain.signer("x", from, from.plus(Duration.ofDays(100))).certificate())).isEqualTo(from.plus(Duration.ofDays(45)));
  }
}

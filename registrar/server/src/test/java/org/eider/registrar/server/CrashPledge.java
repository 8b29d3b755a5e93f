package org.eider.registrar.server;

import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.eider.est.http.HttpResponse;
import org.eider.pki.Credential;
import org.eider.voucher.StatusReport;
import org.eider.wire.Octets;

/**
 * A pledge that does everything a pledge can do, and that is cut off again and again: it takes up where it was, posts the identical
 * request once more, or begins anew, as its dice say. What it receives, a {@link CrashWitness} notes.
 */
final class CrashPledge {
  /** What comes next. */
  private enum Stage {
    VOUCHER, VOUCHER_STATUS, ENROL, ENROL_STATUS, RENEW, DONE
  }

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final TestPledge pledge;
  private final CrashWitness witness;
  private final SplittableRandom dice;
  private final KeyPair key = TestPledge.newKey();
  private Stage stage = Stage.VOUCHER;
  private Optional<Octets> posted = Optional.empty();
  private Optional<X509Certificate> ldevid = Optional.empty();

  /** A pledge of that IDevID; the port comes with each attempt. */
  CrashPledge(String serial, Credential idevid, CrashWitness witness, long seed) {
    this.pledge = new TestPledge(serial, idevid, 0);
    this.witness = witness;
    this.dice = new SplittableRandom(seed);
  }

  String serial() {
    return pledge.serial();
  }

  boolean isDone() {
    return stage == Stage.DONE;
  }

  /** What became of it, for people. */
  @Override
  public String toString() {
    return pledge.serial() + " at " + stage;
  }

  /** It was cut off: how does it come back? */
  void cutOff() {
    switch (dice.nextInt(3)) {
      case 0 -> stage = Stage.VOUCHER;
      case 1 -> {
        stage = Stage.VOUCHER;
        posted = Optional.empty();
      }
      default -> { } // where it was
    }
  }

  /** Goes on to the end, or until the connection breaks. */
  void advance(int port) throws Exception {
    TestPledge now = new TestPledge(pledge.serial(), pledge.idevid(), port);
    if (stage.compareTo(Stage.ENROL) <= 0) {
      withIdevid(now);
    }
    if (stage != Stage.DONE) {
      withLdevid(now);
    }
  }

  /** As a pledge does that is told to come back, only sooner. */
  private HttpResponse requestUntilAnswered(TestPledge.Line line) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    HttpResponse answer = line.requestVoucher(posted.orElseThrow());
    while (answer.status() == 202 && System.nanoTime() < end) {
      Thread.sleep(PAUSE.toMillis());
      answer = line.requestVoucher(posted.get());
    }
    return answer;
  }

  private void withIdevid(TestPledge now) throws Exception {
    try (TestPledge.Line line = now.connect()) {
      witness.shown(line.connection().serverChain());
      if (stage == Stage.VOUCHER) {
        if (posted.isEmpty()) {
          posted = Optional.of(now.sealed(now.request(line).build()));
        }
        if (serial().startsWith(CrashChain.UNKNOWN_TO_THE_MASA)) {
          TestPledge.expect(404, requestUntilAnswered(line));
          stage = Stage.DONE;
          return;
        }
        HttpResponse answer = TestPledge.expect(200, requestUntilAnswered(line));
        witness.voucher(serial(), answer.body());
        stage = Stage.VOUCHER_STATUS;
      }
      if (stage == Stage.VOUCHER_STATUS) {
        TestPledge.expect(200, line.report("voucher_status", StatusReport.success()));
        stage = Stage.ENROL;
      }
      if (dice.nextInt(4) == 0) {
        TestPledge.expect(400, line.enrol("simpleenroll", Octets.utf8("no certification request")));
      }
      ldevid = Optional.of(noted(TestPledge.expect(200, now.enrol(line, "simpleenroll", key))));
      stage = Stage.ENROL_STATUS;
    }
  }

  private void withLdevid(TestPledge now) throws Exception {
    Credential credential = new Credential(key.getPrivate(), List.of(ldevid.orElseThrow()));
    try (TestPledge.Line line = now.connect(Optional.of(credential), "TLSv1.3")) {
      if (stage == Stage.ENROL_STATUS) {
        TestPledge.expect(200, line.report("enrollstatus", StatusReport.success()));
        stage = Stage.RENEW;
      }
      if (stage == Stage.RENEW) {
        ldevid = Optional.of(noted(TestPledge.expect(200, TestPledge.renew(line, ldevid.get(), key))));
        stage = Stage.DONE;
      }
    }
  }

  private X509Certificate noted(HttpResponse answer) throws IOException {
    try {
      X509Certificate certificate = TestPledge.issued(answer);
      witness.certificate(serial(), certificate);
      return certificate;
    } catch (org.eider.wire.DecodeException e) {
      throw new AssertionError("an answer of 200 without certificate", e);
    }
  }
}

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
import org.eider.registrar.DeviceId;
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

  /** What is to become of a pledge; its serial number begins so. */
  enum Kind {
    /** It is let in. */
    LET_IN("SN-", TestSite.MANUFACTURER),
    /** Its MASA does not know it. */
    UNKNOWN_TO_THE_MASA("NO-", TestSite.MANUFACTURER),
    /** It is held until an operator approves it. */
    APPROVED("HELD-", CrashChain.HELD),
    /** It is held until an operator denies it. */
    DENIED("OUT-", CrashChain.HELD);

    private final String prefix;
    private final String manufacturer;

    Kind(String prefix, String manufacturer) {
      this.prefix = prefix;
      this.manufacturer = manufacturer;
    }

    DeviceId device(int number) {
      return new DeviceId(manufacturer, prefix + number);
    }

    boolean isOf(String serial) {
      return serial.startsWith(prefix);
    }

    private boolean needsDecision() {
      return manufacturer.equals(CrashChain.HELD);
    }

    /** The answer to its request in the end. */
    private int answer() {
      return switch (this) {
        case LET_IN, APPROVED -> 200;
        case UNKNOWN_TO_THE_MASA -> 404;
        case DENIED -> 403;
      };
    }
  }

  /** Who decides about pledges. */
  @FunctionalInterface
  interface Operator {
    /** Returns when the registrar has said that the decision counts. */
    void decide(DeviceId device, boolean approved) throws IOException;
  }

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final DeviceId device;
  private final Kind kind;
  private final TestPledge pledge;
  private final CrashWitness witness;
  private final SplittableRandom dice;
  private final KeyPair key = TestPledge.newKey();
  private Stage stage = Stage.VOUCHER;
  private Optional<Octets> posted = Optional.empty();
  private Optional<X509Certificate> ldevid = Optional.empty();
  private boolean decided;

  /** A pledge of that IDevID; the port comes with each attempt. */
  CrashPledge(Kind kind, DeviceId device, Credential idevid, CrashWitness witness, long seed) {
    this.kind = kind;
    this.device = device;
    this.pledge = new TestPledge(device.serialNumber(), idevid, 0);
    this.witness = witness;
    this.dice = new SplittableRandom(seed);
  }

  /** One that is let in. */
  CrashPledge(String serial, Credential idevid, CrashWitness witness, long seed) {
    this(Kind.LET_IN, new DeviceId(TestSite.MANUFACTURER, serial), idevid, witness, seed);
  }

  boolean isDone() {
    return stage == Stage.DONE;
  }

  /** What became of it, for people. */
  @Override
  public String toString() {
    return device + " at " + stage + (decided ? ", decided" : "");
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

  /** Goes on to the end, or until the connection breaks, where nobody has to decide. */
  void advance(int port) throws Exception {
    advance(port, (decidedAbout, approved) -> {
      throw new AssertionError("nobody decides about " + decidedAbout);
    });
  }

  /** Goes on to the end, or until the connection breaks. */
  void advance(int port, Operator operator) throws Exception {
    TestPledge now = new TestPledge(pledge.serial(), pledge.idevid(), port);
    if (stage.compareTo(Stage.ENROL) <= 0) {
      withIdevid(now, operator);
    }
    if (stage != Stage.DONE) {
      withLdevid(now);
    }
  }

  /** As a pledge does that is told to come back, only sooner; meanwhile an operator decides, if one has to. */
  private HttpResponse requestUntilAnswered(TestPledge.Line line, Operator operator) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    HttpResponse answer = line.requestVoucher(posted.orElseThrow());
    while (answer.status() == 202 && System.nanoTime() < end) {
      if (kind.needsDecision() && !decided) {
        operator.decide(device, kind == Kind.APPROVED);
        decided = true;
      } else {
        Thread.sleep(PAUSE.toMillis());
      }
      answer = line.requestVoucher(posted.get());
    }
    return TestPledge.expect(kind.answer(), answer);
  }

  private void withIdevid(TestPledge now, Operator operator) throws Exception {
    try (TestPledge.Line line = now.connect()) {
      witness.shown(line.connection().serverChain());
      if (stage == Stage.VOUCHER) {
        if (posted.isEmpty()) {
          posted = Optional.of(now.sealed(now.request(line).build()));
        }
        HttpResponse answer = requestUntilAnswered(line, operator);
        if (answer.status() != 200) {
          stage = Stage.DONE;
          return;
        }
        witness.voucher(device, answer.body());
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
      witness.certificate(device, certificate);
      return certificate;
    } catch (org.eider.wire.DecodeException e) {
      throw new AssertionError("an answer of 200 without certificate", e);
    }
  }
}

package org.eider.pledge;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.eider.est.Refusal;
import org.eider.pledge.PledgeState.Enrolled;
import org.eider.pledge.PledgeState.Imprinted;
import org.eider.pledge.PledgeState.Provisional;
import org.eider.pledge.PledgeState.Searching;
import org.eider.pledge.PledgeState.Vouched;
import org.eider.voucher.Nonce;
import org.eider.voucher.StatusReport;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherRequest;
import org.eider.wire.Octets;

/**
 * One attempt with one registrar, from the first connection to the enrolment status (RFC 8995 sections 5.1 to 5.9), over whatever
 * makes {@link RegistrarLink}s. Every way out but the good one is a {@link SetbackException}, with the telemetry sent.
 *
 * <p>A redirect of the voucher request within the origin is followed on the same connection with the same octets. One to another
 * origin leads to another TLS server, which the signed request cannot name yet: it is a new provisional connection with a new request
 * and a new nonce, and allowed once (RFC 8995 section 5.6). After the imprint no redirect leaves the origin.
 */
final class PledgeFlow {
  private static final int NONCE_SIZE = 16;
  private static final int MAX_SAME_ORIGIN = 4;

  private final PledgeConfig config;
  private final RegistrarLink.Opener opener;
  private final StepLog steps;
  private final Progress progress;
  private final BooleanSupplier imprints;

  /**
   * Attempts of one device.
   *
   * @param imprints is asked whether the device may be taken over now that there is a good voucher, before the registrar is told of it
   */
  PledgeFlow(PledgeConfig config, RegistrarLink.Opener opener, StepLog steps, Progress progress, BooleanSupplier imprints) {
    this.config = config;
    this.opener = opener;
    this.steps = steps;
    this.progress = progress;
    this.imprints = imprints;
  }

  /** Tries one registrar once. */
  Enrolled attempt(Searching searching, RegistrarAddress registrar) throws SetbackException {
    return attempt(searching, registrar, false);
  }

  private Enrolled attempt(Searching searching, RegistrarAddress registrar, boolean redirected) throws SetbackException {
    RegistrarAddress other;
    try (Line line = steps.step("connect",
        () -> Line.open(opener, registrar, config.device().idevid(), new ProvisionalTrust()))) {
      Provisional provisional = searching.connected(registrar, line.shown(), freshNonce());
      progress.reached(provisional);
      if (config.mischief().skipsVoucher()) {
        throw enrolWithoutVoucher(line, Dialect.of(registrar));
      }
      VoucherReply reply = steps.step("requestvoucher", () -> requestVoucher(line, provisional));
      if (reply instanceof VoucherReply.Issued issued) {
        return enrol(line, imprint(line, provisional, issued.voucher()));
      }
      other = ((VoucherReply.Elsewhere) reply).registrar();
    }
    if (redirected) {
      throw new SetbackException(PledgeReason.TOO_MANY_REDIRECTS, "a second redirect to another origin");
    }
    return attempt(searching, other, true);
  }

  /** Issued or Elsewhere at another origin; everything else has been dealt with. */
  private VoucherReply requestVoucher(Line line, Provisional provisional) throws SetbackException, IOException {
    Dialect dialect = Dialect.of(provisional.registrar());
    VoucherRequest request = provisional.request(config.time(), config.proximity().orElse(dialect.proximity()));
    Posting posting =
        config.mischief().posting(dialect.sealer(), request, config.device().idevid(), config.time().clock().instant());
    Patience patience = new Patience(config.time(), progress, config.patience());
    RegistrarAddress where = provisional.registrar();
    for (int hops = 0; hops <= MAX_SAME_ORIGIN; ) {
      RegistrarAddress here = where;
      VoucherReply reply = line.exchange(link -> link.requestVoucher(here, posting));
      if (reply instanceof VoucherReply.Later later) {
        patience.await(later.delay(), "the voucher");
      } else if (reply instanceof VoucherReply.Elsewhere elsewhere && elsewhere.registrar().sameOrigin(where)) {
        where = elsewhere.registrar();
        hops++;
      } else if (reply instanceof VoucherReply.Denied denied) {
        throw denied(line, denied.refusal());
      } else {
        return reply;
      }
    }
    throw new SetbackException(PledgeReason.TOO_MANY_REDIRECTS, "redirects within " + where + " do not end");
  }

  private SetbackException denied(Line line, Refusal refusal) {
    SetbackException setback = Answers.setback(refusal);
    if (setback.reason() == PledgeReason.VOUCHER_MALFORMED) {
      report(line, setback);
    }
    return setback;
  }

  private Imprinted imprint(Line line, Provisional provisional, VoucherArtifact answer) throws SetbackException {
    Imprinted imprinted;
    try {
      Vouched vouched = steps.step("voucher", () -> provisional.accept(answer, config.policy(), config.time()));
      progress.reached(vouched);
      imprinted = steps.step("registrar", () -> vouched.authenticate(config.time()));
      if (!imprints.getAsBoolean()) {
        throw new SetbackException(PledgeReason.GAVE_UP, "another registrar had a voucher before");
      }
    } catch (SetbackException e) {
      report(line, e);
      progress.reached(provisional.reject());
      throw e;
    }
    progress.reached(imprinted);
    steps.telemetry("voucher_status", () -> line.exchange(link -> link.voucherStatus(StatusReport.success())));
    return imprinted;
  }

  private Enrolled enrol(Line line, Imprinted imprinted) throws SetbackException {
    try {
      Enrolled enrolled = new Enrolment(config, opener, steps, progress).enrol(line, imprinted);
      progress.reached(enrolled);
      return enrolled;
    } catch (SetbackException e) {
      StatusReport failure = StatusReport.failure(e.reason().telemetry());
      steps.telemetry("enrollstatus", () -> line.exchange(link -> link.enrolStatus(failure)));
      progress.reached(imprinted.lost());
      throw e;
    }
  }

  private SetbackException enrolWithoutVoucher(Line line, Dialect dialect) throws SetbackException {
    new Enrolment(config, opener, steps, progress).enrolUnasked(line, dialect);
    return new SetbackException(PledgeReason.ISSUED_WITHOUT_VOUCHER, "the registrar issued a certificate to a device without voucher");
  }

  private void report(Line line, SetbackException setback) {
    StatusReport failure = StatusReport.failure(setback.reason().telemetry());
    steps.telemetry("voucher_status", () -> line.exchange(link -> link.voucherStatus(failure)));
  }

  private Nonce freshNonce() {
    byte[] nonce = new byte[NONCE_SIZE];
    config.random().nextBytes(nonce);
    return config.mischief().nonce(Nonce.of(Octets.of(nonce)));
  }
}

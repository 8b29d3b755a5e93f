package org.eider.registrar;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.eider.est.Refusal;
import org.eider.voucher.Verified;
import org.eider.voucher.VoucherRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Steps 5 to 11 of {@link BrskiVoucherService}, on the desk's threads, as often as the MASA needs to be asked. */
final class VoucherErrand implements MasaErrand {
  private static final Logger LOG = LoggerFactory.getLogger(BrskiVoucherService.class);
  private static final int MOST_HOLDS = 20;

  private final Idevids idevids;
  private final InstantSource clock;
  private final Reception reception;
  private final VoucherMaker maker;
  private final Exchange exchange;
  private final Idevids.Proven pledge;
  private final Verified<VoucherRequest> request;
  private boolean attempted;
  private Optional<Refusal.Reason> trouble = Optional.empty();
  private int holds;

  VoucherErrand(Idevids idevids, InstantSource clock, Reception reception, VoucherMaker maker, Exchange exchange, Idevids.Proven pledge,
      Verified<VoucherRequest> request) {
    this.idevids = idevids;
    this.clock = clock;
    this.reception = reception;
    this.maker = maker;
    this.exchange = exchange;
    this.pledge = pledge;
    this.request = request;
  }

  @Override
  public void begin() {
    // 5. Recorded before anybody is contacted.
    reception.recordRequest(exchange, pledge);
  }

  @Override
  public Result attempt() {
    try {
      try {
        Idevids.Proven current = stillProven();
        if (attempted) {
          exchange.admission = reception.admit(exchange, current, request);
        }
        attempted = true;
        return new Done(maker.obtain(exchange, current, request));
      } catch (MasaPending pending) {
        return pending.again();
      } catch (Stopped stopped) {
        reception.recordStop(exchange, stopped);
        return stopped.refusal().<Result>map(Refused::new).orElseGet(() -> new Held(stopped.retryAfter()));
      }
    } catch (StoreException e) {
      LOG.atLevel(e.level()).log("session {}: the store failed; no voucher is handed out: {}", exchange.session.id(), e.getMessage());
      return new Refused(VoucherReason.of(e));
    }
  }

  /** Time has passed, in a queue or between attempts: the device's manufacturer may have been changed or removed. */
  private Idevids.Proven stillProven() throws Stopped {
    Idevids.Proven current = exchange.identify(idevids, request, clock.instant());
    if (!current.device().equals(pledge.device())) {
      throw Stopped.deferred(ComeBack.soon(pledge.device()));
    }
    return current;
  }

  /** In the device's history when the reason is another one, a bounded number of times; in the log every time. */
  @Override
  public void hold(Refusal why, int attempt, Duration pause) {
    boolean changed = !trouble.equals(Optional.of(why.reason()));
    trouble = Optional.of(why.reason());
    LOG.atLevel(changed ? Level.WARN : Level.INFO)
        .addKeyValue("session", exchange.session.id())
        .addKeyValue("device", pledge.device().toString())
        .addKeyValue("attempt", attempt)
        .addKeyValue("next", pause.toSeconds() + "s")
        .addKeyValue("reason", why.reason().name())
        .addKeyValue("detail", ExchangeLine.clean(why.detail()))
        .log("MASA pending");
    if (holds < MOST_HOLDS && reception.recordPending(exchange, pledge, why)) {
      holds++;
    }
  }

  @Override
  public void giveUp(Refusal why) {
    reception.recordRefusal(exchange, pledge, why, why.detail(), List.of());
  }
}

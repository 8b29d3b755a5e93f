package org.eider.registrar;

import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.est.ClientSession;
import org.eider.est.Refusal;
import org.eider.pki.Certificates;
import org.eider.registrar.Fact.AuditLogReceived;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.registrar.Fact.VoucherExchange;
import org.eider.voucher.Assertion;
import org.eider.voucher.Verified;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherRequest;
import org.eider.wire.Octets;

/**
 * What the rules say about a proven pledge on its way to a voucher, and what is recorded of it. Every method throws
 * {@link StoreException} when that could not be recorded. Safe for many threads; an {@link Exchange} is used by one at a time.
 */
final class Reception {
  private final DeviceLedger ledger;
  private final Cases cases;
  private final WaitingRoom forOperators;
  private final WaitingRoom forMasas;
  private final Repeats repeats;
  private final InstantSource clock;

  Reception(DeviceLedger ledger, Cases cases, int mostHeld, InstantSource clock) {
    this.ledger = ledger;
    this.cases = cases;
    this.forOperators = new WaitingRoom(ledger, Hold.For.OPERATOR, mostHeld, clock);
    this.forMasas = new WaitingRoom(ledger, Hold.For.MASA, mostHeld, clock);
    this.repeats = new Repeats(ledger);
    this.clock = clock;
  }

  /** Goes on when the rules let the device in, as far as the registrar alone can tell. */
  Verdict admit(Exchange exchange, Idevids.Proven pledge, Verified<VoucherRequest> request) throws Stopped {
    Case facts = cases.of(pledge.device(), Case.Purpose.VOUCHER).asking(asked(request.value(), exchange.session));
    Verdict verdict = Rules.judge(facts);
    let(exchange, pledge, facts, verdict, List.of());
    return verdict;
  }

  /** RFC 8995 section 5.3: the pledge has to have seen the certificate that this very session showed, or the key in it. */
  private static Case.Asked asked(VoucherRequest request, ClientSession session) {
    return new Case.Asked(request.assertion(), seesUs(request, session.shown()), request.nonce().isPresent());
  }

  /** Whatever of the three the request tells is ours; one that tells several is not believed for the one that fits. */
  private static boolean seesUs(VoucherRequest request, X509Certificate shown) {
    Octets key = Octets.of(shown.getPublicKey().getEncoded());
    List<Boolean> fits = Stream.of(request.proximityRegistrarCert().map(Certificates.der(shown)::equals),
        request.proximityRegistrarKey().map(key::equals), request.proximityRegistrarKeySha256().map(key.sha256()::equals))
        .flatMap(Optional::stream).toList();
    return !fits.isEmpty() && !fits.contains(false);
  }

  /**
   * Goes on with an acceptance; a hold or denial is recorded and ends the steps.
   *
   * @param grounds what the verdict was made from, to be recorded in the same append
   */
  void let(Exchange exchange, Idevids.Proven pledge, Case facts, Verdict verdict, List<AuditLogReceived> grounds) throws Stopped {
    exchange.line.rule(verdict.rule());
    switch (verdict.disposition()) {
      case ACCEPT -> { }
      case HOLD -> {
        hold(exchange, pledge, facts, verdict, grounds);
        throw Stopped.deferred(ComeBack.later(pledge.device()));
      }
      case DENY -> {
        Refusal refusal = new Refusal(VoucherReason.of(verdict.rule()), verdict.told());
        recordRefusal(exchange, pledge, refusal, verdict.recorded(), grounds);
        exchange.recorded = true;
        throw Stopped.refused(refusal);
      }
    }
  }

  /**
   * A held pledge comes again every minute for days: only the first request that a rule holds is recorded. Where the audit log holds it
   * for several rules, each has its event, so that one approval answers all of them; the one that decided comes last.
   */
  private void hold(Exchange exchange, Idevids.Proven pledge, Case facts, Verdict verdict, List<AuditLogReceived> grounds) throws Stopped {
    Optional<Hold> held = facts.known().flatMap(Device::hold);
    if (!hasPlace(held, Hold.For.OPERATOR) && !forOperators.enter(pledge.device().manufacturer())) {
      throw Stopped.refused(VoucherReason.TOO_MANY_HELD, "too many devices wait for this domain's operator");
    }
    List<Fact> recorded = new ArrayList<>(grounds);
    if (!held.map(Hold::rule).equals(Optional.of(verdict.rule().name()))) {
      Rules.explain(facts).stream()
          .filter(line -> line.disposition().equals(Optional.of(Disposition.HOLD)))
          .sorted(Comparator.comparing(Rules.Line::decides))
          .forEach(line -> recorded.add(held(exchange, pledge, line)));
    }
    if (!recorded.isEmpty()) {
      ledger.append(recorded);
    }
  }

  /**
   * Judges a voucher by its audit log, and records it when the rules accept; what they hold or deny ends the steps.
   *
   * @return false, and nothing recorded, when something was decided about the device in between
   */
  boolean isRecorded(Exchange exchange, Idevids.Proven pledge, VoucherRequest request, Voucher voucher, VoucherExchange made,
      AuditLogReceived log, AuditEvidence evidence) throws Stopped {
    Case facts = cases.of(pledge.device(), Case.Purpose.VOUCHER).asking(asked(request, exchange.session)).with(evidence);
    Verdict verdict = Rules.judge(facts);
    AuditLogReceived judged = new AuditLogReceived(log.device(), log.at(), log.body(), log.unavailable(), Optional.of(verdict.judgement()));
    let(exchange, pledge, facts, verdict, List.of(judged));
    return ledger.append(List.of(made, judged, issued(exchange, pledge, voucher, verdict)), pledge.device(),
        Cases.stillAs(facts.known()));
  }

  /** A refusal of a proven device, unless it is recorded already or tells of us and not of the device. */
  void recordStop(Exchange exchange, Stopped stopped) {
    stopped.refusal().filter(refusal -> !exchange.recorded && refusal.reason() != VoucherReason.TOO_MANY_HELD)
        .ifPresent(refusal -> exchange.pledge
            .ifPresent(pledge -> recordRefusal(exchange, pledge, refusal, refusal.detail(), List.of())));
  }

  /** Records that it asks, when that is news. */
  void recordRequest(Exchange exchange, Idevids.Proven pledge) {
    repeats.news(requested(exchange, pledge)).ifPresent(event -> ledger.append(List.of(event)));
  }

  /**
   * Records that it waits for its MASA, unless it is known to wait for the same reason already, or for an operator who is to judge its
   * audit log, or too many others wait for their MASA: then it answers false.
   */
  boolean recordPending(Exchange exchange, Idevids.Proven pledge, Refusal why) {
    Optional<Hold> held = ledger.device(pledge.device()).flatMap(Device::hold);
    String reason = why.reason().name();
    boolean isKnown = hasPlace(held, Hold.For.MASA) && held.get().why().startsWith(reason + ":");
    boolean isAudited = held.map(Hold::rule).flatMap(Rule::named).filter(Rule::isAudit).isPresent();
    if (isKnown || isAudited || !hasPlace(held, Hold.For.MASA) && !forMasas.enter(pledge.device().manufacturer())) {
      return false;
    }
    repeats.bounded(event(exchange, pledge, DeviceEvent.Kind.HELD, DeviceState.REQUESTED, Optional.of(Hold.MASA_PENDING),
        reason + ": " + ExchangeLine.clean(why.detail()))).ifPresent(event -> ledger.append(List.of(event)));
    return true;
  }

  private static boolean hasPlace(Optional<Hold> held, Hold.For whom) {
    return held.filter(hold -> hold.whom() == whom).isPresent();
  }

  private DeviceEvent requested(Exchange exchange, Idevids.Proven pledge) {
    String detail = "asks for a voucher; " + exchange.admission.rule();
    return event(exchange, pledge, DeviceEvent.Kind.VOUCHER_REQUESTED, DeviceState.REQUESTED, Optional.empty(), detail);
  }

  private DeviceEvent held(Exchange exchange, Idevids.Proven pledge, Rules.Line line) {
    return event(exchange, pledge, DeviceEvent.Kind.HELD, DeviceState.REQUESTED, Optional.of(line.rule().name()),
        ExchangeLine.clean(line.why()));
  }

  private DeviceEvent issued(Exchange exchange, Idevids.Proven pledge, Voucher voucher, Verdict verdict) {
    String detail = "voucher with assertion " + voucher.assertion().map(Assertion::label).orElse("none") + "; "
        + exchange.admission.rule() + ", " + verdict.rule();
    return event(exchange, pledge, DeviceEvent.Kind.VOUCHER_ISSUED, DeviceState.VOUCHER_ISSUED, Optional.empty(), detail);
  }

  /** With grounds it is recorded in any case: what the MASA was asked for counts for a while only if the device says what came of it. */
  void recordRefusal(
      Exchange exchange, Idevids.Proven pledge, Refusal refusal, String detail, List<AuditLogReceived> grounds) {
    List<Fact> facts = new ArrayList<>(grounds);
    DeviceEvent refused =
        event(exchange, pledge, DeviceEvent.Kind.VOUCHER_REFUSED, DeviceState.REFUSED, Optional.of(refusal.reason().name()), detail);
    (grounds.isEmpty() ? repeats.news(refused) : Optional.of(refused)).ifPresent(facts::add);
    if (!facts.isEmpty()) {
      ledger.append(facts);
    }
  }

  private DeviceEvent event(
      Exchange exchange, Idevids.Proven pledge, DeviceEvent.Kind kind, DeviceState state, Optional<String> reason, String detail) {
    return new DeviceEvent(pledge.device(), clock.instant(), kind, Optional.of(state), exchange.session.id(), reason, detail,
        Optional.of(Certificates.der(pledge.idevid())), Optional.empty());
  }
}

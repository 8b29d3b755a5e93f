package org.eider.registrar;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eider.est.ClientSession;
import org.eider.est.Notes;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.MasaUri;
import org.eider.pki.UntrustedException;
import org.eider.registrar.Fact.AuditLogReceived;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.registrar.Fact.VoucherExchange;
import org.eider.voucher.Assertion;
import org.eider.voucher.AuditLog;
import org.eider.voucher.Nonce;
import org.eider.voucher.Verified;
import org.eider.voucher.Voucher;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherCheck;
import org.eider.voucher.VoucherFlaw;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.voucher.VoucherVerdict;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The voucher exchange of RFC 8995 sections 5.2 to 5.8, from a pledge's request to a verified and recorded voucher.
 *
 * <p>Before the device's identity is proven (steps 1 and 2) a refusal is logged and changes nothing, so whoever holds no IDevID of a
 * configured manufacturer cannot write to the store. After it, every refusal is recorded that is news ({@link Repeats}).
 */
public final class BrskiVoucherService implements VoucherService {
  private static final Logger LOG = LoggerFactory.getLogger(BrskiVoucherService.class);

  /** The rule that holds a device while its MASA is not to be had, or has not decided. */
  public static final String MASA_PENDING = "MASA_PENDING";

  /** How many devices of one manufacturer may wait for an operator, unless told otherwise. */
  public static final int MOST_HELD = 10_000;

  /** RFC 8995 section 5.6 lets a pledge wait no longer than 60 s; the lower end spreads those that came together. */
  private static final int SHORTEST_WAIT = 45;
  private static final int LONGEST_WAIT = 60;
  /** How often a voucher is judged when something about its device is decided while that goes on. */
  private static final int MOST_JUDGEMENTS = 3;

  private final ManufacturerStore manufacturers;
  private final Idevids idevids;
  private final DeviceLedger ledger;
  private final Cases cases;
  private final WaitingRoom waitingRoom;
  private final Repeats repeats;
  private final MasaClient masaClient;
  private final Supplier<Credential> registrar;
  private final VoucherSealer sealer;
  private final InstantSource clock;
  private final MasaDesk desk;

  /**
   * A service.
   *
   * @param registrar the registrar's current credential, with the chain that a MASA may pin from; asked for each exchange
   * @param sealer how requests to the MASA are signed
   * @param desk where exchanges with MASAs go on; closed by whoever opened it
   */
  public BrskiVoucherService(ManufacturerStore manufacturers, DeviceLedger ledger, MasaClient masaClient,
      Supplier<Credential> registrar, VoucherSealer sealer, InstantSource clock, MasaDesk desk) {
    this(manufacturers, ledger, masaClient, registrar, sealer, clock, desk, MOST_HELD);
  }

  /**
   * A service.
   *
   * @param mostHeld devices of one manufacturer that may wait for an operator at a time; further ones are told to come later
   */
  public BrskiVoucherService(ManufacturerStore manufacturers, DeviceLedger ledger, MasaClient masaClient,
      Supplier<Credential> registrar, VoucherSealer sealer, InstantSource clock, MasaDesk desk, int mostHeld) {
    this.manufacturers = manufacturers;
    this.idevids = new Idevids(manufacturers);
    this.ledger = ledger;
    this.cases = new Cases(ledger, manufacturers, clock);
    this.waitingRoom = new WaitingRoom(ledger, mostHeld, clock);
    this.repeats = new Repeats(ledger);
    this.masaClient = masaClient;
    this.registrar = registrar;
    this.sealer = sealer;
    this.clock = clock;
    this.desk = desk;
  }

  @Override
  public Outcome<VoucherArtifact> request(ClientSession session, VoucherArtifact request, List<VoucherFormat> accepted) {
    Exchange exchange = new Exchange(session, request, accepted, new ExchangeLine(session));
    Outcome<VoucherArtifact> outcome = recorded(exchange);
    exchange.line.end(outcome);
    return outcome;
  }

  private Outcome<VoucherArtifact> recorded(Exchange exchange) {
    try {
      try {
        return answer(exchange);
      } catch (Stopped stopped) {
        recordStop(exchange, stopped);
        return stopped.outcome();
      }
    } catch (StoreException e) {
      LOG.atLevel(e.level()).log("session {}: the store failed; no voucher is handed out: {}", exchange.session.id(), e.getMessage());
      return Outcome.refused(VoucherReason.of(e));
    }
  }

  /** A refusal of a proven device, unless it is recorded already or tells of us and not of the device. */
  private void recordStop(Exchange exchange, Stopped stopped) {
    stopped.refusal().filter(refusal -> !exchange.recorded && refusal.reason() != VoucherReason.TOO_MANY_HELD)
        .ifPresent(refusal -> exchange.pledge
            .ifPresent(pledge -> recordRefusal(exchange, pledge, refusal, refusal.detail(), List.of())));
  }

  /** Steps 1 to 4: who asks, and whether it may; then the desk's answer, of an identical request before this one or of steps 5 to 11. */
  private Outcome<VoucherArtifact> answer(Exchange exchange) throws Stopped {
    // 1. The request is signed by the TLS client.
    Verified<VoucherRequest> request = open(exchange.session, exchange.artifact);
    // 2. The TLS client is a device of a configured manufacturer.
    Idevids.Proven pledge = idevids.identify(certificates(exchange.session, request), clock.instant());
    exchange.provenAs(pledge);
    // 3. The request is about that device and this session.
    checkSerialNumber(request.value(), pledge);
    checkNonce(request.value());
    // 4. The rules let it in, as far as the registrar alone can tell.
    exchange.admission = admit(exchange, pledge, request);
    MasaTicket.Key key = new MasaTicket.Key(exchange.artifact.bytes().sha256(), Certificates.der(pledge.idevid()).sha256());
    Errand errand = new Errand(exchange.apart(), pledge, request);
    MasaDesk.Reply reply = desk.ask(key, pledge.device(), answer -> mayEnrol(pledge.device()), errand);
    errand.exchange.line.rule().ifPresent(exchange.line::rule);
    reply.trouble().ifPresent(trouble -> exchange.line.waits(MASA_PENDING, trouble.reason().name() + ": " + trouble.detail()));
    // 12. The MASA's octets, unchanged. What the desk refuses, it has recorded.
    return reply.outcome().then(answer -> Outcome.granted(answer.voucher()));
  }

  private Verdict admit(Exchange exchange, Idevids.Proven pledge, Verified<VoucherRequest> request) throws Stopped {
    Case facts = cases.of(pledge.device(), Case.Purpose.VOUCHER).asking(asked(request.value(), exchange.session));
    Verdict verdict = Rules.judge(facts);
    let(exchange, pledge, facts, verdict, List.of());
    return verdict;
  }

  /** Steps 5 to 11, on the desk's threads, as often as the MASA needs to be asked. */
  private final class Errand implements MasaErrand {
    private static final int MOST_HOLDS = 20;

    private final Exchange exchange;
    private final Idevids.Proven pledge;
    private final Verified<VoucherRequest> request;
    private boolean attempted;
    private Optional<Refusal.Reason> trouble = Optional.empty();
    private int holds;

    Errand(Exchange exchange, Idevids.Proven pledge, Verified<VoucherRequest> request) {
      this.exchange = exchange;
      this.pledge = pledge;
      this.request = request;
    }

    @Override
    public void begin() {
      // 5. Recorded before anybody is contacted.
      repeats.news(requested(exchange, pledge)).ifPresent(event -> ledger.append(List.of(event)));
    }

    @Override
    public Result attempt() {
      try {
        try {
          Idevids.Proven current = stillProven();
          if (attempted) {
            exchange.admission = admit(exchange, current, request);
          }
          attempted = true;
          return new Done(obtain(exchange, current, request));
        } catch (MasaPending pending) {
          return pending.again();
        } catch (Stopped stopped) {
          recordStop(exchange, stopped);
          return stopped.refusal().<Result>map(Refused::new).orElseGet(() -> new Held(stopped.retryAfter()));
        }
      } catch (StoreException e) {
        LOG.atLevel(e.level()).log("session {}: the store failed; no voucher is handed out: {}", exchange.session.id(), e.getMessage());
        return new Refused(VoucherReason.of(e));
      }
    }

    /** Time has passed, in a queue or between attempts: the device's manufacturer may have been changed or removed. */
    private Idevids.Proven stillProven() throws Stopped {
      Idevids.Proven current = idevids.identify(certificates(exchange.session, request), clock.instant());
      if (!current.device().equals(pledge.device())) {
        throw Stopped.deferred(Duration.ofSeconds(1));
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
      if (holds < MOST_HOLDS && !isHeldFor(why.reason())) {
        holds++;
        repeats.bounded(event(exchange, pledge, DeviceEvent.Kind.HELD, DeviceState.REQUESTED, Optional.of(MASA_PENDING),
            why.reason().name() + ": " + ExchangeLine.clean(why.detail()))).ifPresent(event -> ledger.append(List.of(event)));
      }
    }

    private boolean isHeldFor(Refusal.Reason reason) {
      return ledger.device(pledge.device()).flatMap(Device::hold)
          .filter(hold -> hold.rule().equals(MASA_PENDING) && hold.why().startsWith(reason.name() + ":")).isPresent();
    }

    @Override
    public void giveUp(Refusal why) {
      recordRefusal(exchange, pledge, why, why.detail(), List.of());
    }
  }

  /** Steps 6 to 11: the voucher from the MASA, verified and recorded. */
  private MasaErrand.Answer obtain(Exchange exchange, Idevids.Proven pledge, Verified<VoucherRequest> request)
      throws Stopped, MasaPending {
    // 6. Our own request, signed.
    Credential credential = registrar.get();
    VoucherArtifact ours = sealer.seal(registrarRequest(pledge, request), credential, clock.instant());
    // 7. The MASA that this manufacturer may name.
    MasaUri masa = MasaLocator.locate(pledge.manufacturer(), pledge.idevid());
    MasaClient.Request question =
        new MasaClient.Request(pledge.manufacturer(), masa, ours, exchange.accepted, exchange.session.id());
    // 8. Its answer.
    VoucherArtifact answer = MasaPending.granted(masaClient.requestVoucher(question));
    // 9. Verified before it is relayed.
    Verified<Voucher> voucher = openVoucher(answer, pledge.manufacturer());
    X509Certificate pinned = check(voucher, pledge, request.value(), credential);
    // 10. The audit log, or why there is none.
    AuditLogReceived log = auditLog(pledge, question);
    VoucherExchange made = new VoucherExchange(pledge.device(), clock.instant(), exchange.session.id(), exchange.artifact.bytes(),
        ours.bytes(), answer.bytes(), voucher.value().assertion(), Certificates.domainId(pinned));
    AuditEvidence evidence = evidence(log, credential, request.value());
    for (int tries = 0; tries < MOST_JUDGEMENTS; tries++) {
      if (isRecorded(exchange, pledge, request.value(), voucher.value(), made, log, evidence)) {
        return new MasaErrand.Answer(answer, voucher.value().expiresOn());
      }
    }
    throw Stopped.deferred(wait(pledge.device()));
  }

  /** Step 11: what the rules say now, and on an acceptance the voucher recorded, unless something was decided in between. */
  private boolean isRecorded(Exchange exchange, Idevids.Proven pledge, VoucherRequest request, Voucher voucher, VoucherExchange made,
      AuditLogReceived log, AuditEvidence evidence) throws Stopped {
    Case facts = cases.of(pledge.device(), Case.Purpose.VOUCHER).asking(asked(request, exchange.session)).with(evidence);
    Verdict verdict = Rules.judge(facts);
    AuditLogReceived judged = new AuditLogReceived(log.device(), log.at(), log.body(), log.unavailable(), Optional.of(verdict.judgement()));
    let(exchange, pledge, facts, verdict, List.of(judged));
    return ledger.append(List.of(made, judged, issued(exchange, pledge, voucher, verdict)), pledge.device(),
        Cases.stillAs(facts.known()));
  }

  private static Verified<VoucherRequest> open(ClientSession session, VoucherArtifact artifact) throws Stopped {
    X509Certificate client = session.client().orElseThrow(
        () -> Stopped.refused(VoucherReason.NO_CLIENT_CERTIFICATE, "a voucher request needs a TLS client certificate, the IDevID"));
    Verified<VoucherRequest> request = openRequest(artifact, session.clientChain());
    if (!Certificates.der(request.signer()).equals(Certificates.der(client))) {
      throw Stopped.refused(VoucherReason.SIGNER_NOT_CLIENT, "the request is signed by another certificate than the TLS client's");
    }
    return request;
  }

  private static Verified<VoucherRequest> openRequest(VoucherArtifact artifact, List<X509Certificate> known) throws Stopped {
    try {
      return VoucherOpener.request(artifact, known);
    } catch (DecodeException e) {
      throw Stopped.refused(VoucherReason.MALFORMED_REQUEST, "not a signed voucher request: " + e.getMessage());
    } catch (UntrustedException e) {
      throw Stopped.refused(VoucherReason.BAD_SIGNATURE, "the request's signature is not good: " + e.getMessage());
    }
  }

  /** The client's chain, then whatever else the request carried: all only candidates for a path. */
  private static List<X509Certificate> certificates(ClientSession session, Verified<VoucherRequest> request) {
    List<X509Certificate> all = new ArrayList<>(session.clientChain());
    all.addAll(request.signerChain());
    return all;
  }

  private static void checkSerialNumber(VoucherRequest request, Idevids.Proven pledge) throws Stopped {
    if (!request.serialNumber().equals(pledge.device().serialNumber())) {
      throw Stopped.refused(VoucherReason.SERIAL_MISMATCH, "the request's serial-number is not the IDevID's");
    }
  }

  private static void checkNonce(VoucherRequest request) throws Stopped {
    int size = request.nonce().map(nonce -> nonce.octets().size()).orElse(Nonce.MIN_SIZE);
    if (size < Nonce.MIN_SIZE || size > Nonce.MAX_SIZE) {
      throw Stopped.refused(VoucherReason.MALFORMED_REQUEST, "a nonce has 8 to 32 octets");
    }
  }

  /** RFC 8995 section 5.3: the pledge has to have seen the certificate that this very session showed. */
  private static Case.Asked asked(VoucherRequest request, ClientSession session) {
    boolean seesUs = request.proximityRegistrarCert().equals(Optional.of(Certificates.der(session.shown())));
    return new Case.Asked(request.assertion(), seesUs, request.nonce().isPresent());
  }

  /**
   * Goes on with an acceptance; a hold or denial is recorded and ends the steps.
   *
   * @param grounds what the verdict was made from, to be recorded in the same append
   */
  private void let(Exchange exchange, Idevids.Proven pledge, Case facts, Verdict verdict, List<AuditLogReceived> grounds) throws Stopped {
    exchange.line.rule(verdict.rule());
    switch (verdict.disposition()) {
      case ACCEPT -> { }
      case HOLD -> {
        hold(exchange, pledge, facts, verdict, grounds);
        throw Stopped.deferred(wait(pledge.device()));
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
    if (held.isEmpty() && !waitingRoom.enter(pledge.device().manufacturer())) {
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

  /** The same for the same device, so that identical requests get identical answers. */
  private static Duration wait(DeviceId device) {
    return Duration.ofSeconds(SHORTEST_WAIT + Math.floorMod(device.toString().hashCode(), LONGEST_WAIT - SHORTEST_WAIT + 1));
  }

  private static AuditEvidence evidence(AuditLogReceived log, Credential credential, VoucherRequest request) {
    Set<Octets> own = credential.chain().stream().map(Certificates::domainId).collect(Collectors.toSet());
    AuditEvidence stored = AuditEvidence.of(log, own);
    return new AuditEvidence(stored.log(), stored.unavailable(), own, request.nonce());
  }

  private boolean mayEnrol(DeviceId device) {
    return ledger.device(device).map(known -> known.state().mayEnrol()).orElse(false);
  }

  /** RFC 8995 section 5.5 and RFC 8366bis section 6.1; never a proximity-registrar-cert. */
  private VoucherRequest registrarRequest(Idevids.Proven pledge, Verified<VoucherRequest> request) {
    return VoucherRequest.of(pledge.device().serialNumber())
        .assertion(request.value().assertion())
        .createdOn(clock.instant().truncatedTo(ChronoUnit.SECONDS))
        .nonce(request.value().nonce())
        .idevidIssuer(Certificates.idevidIssuer(pledge.idevid()))
        .priorSigned(request.artifact().bytes())
        .build();
  }

  private static Verified<Voucher> openVoucher(VoucherArtifact artifact, Manufacturer manufacturer) throws Stopped {
    try {
      return VoucherOpener.voucher(artifact, manufacturer.voucherAnchors());
    } catch (DecodeException e) {
      throw Stopped.refused(VoucherReason.MASA_FAILED, "the MASA's answer is no voucher: " + e.getMessage());
    } catch (UntrustedException e) {
      throw Stopped.refused(VoucherReason.VOUCHER_UNTRUSTED, "the voucher's signature is not good: " + e.getMessage());
    }
  }

  /** The voucher is the manufacturer's, for this device, this request and this domain, now; which of our certificates it pins. */
  private X509Certificate check(Verified<Voucher> voucher, Idevids.Proven pledge, VoucherRequest request, Credential credential)
      throws Stopped {
    VoucherVerdict verdict = VoucherCheck.of(manufacturers.voucherTrust(pledge.manufacturer()), pledge.device().serialNumber())
        .nonce(request.nonce())
        .nonceRequired()
        .idevidIssuer(Certificates.idevidIssuer(pledge.idevid()))
        .at(clock.instant())
        .pinnedAmong(credential.chain())
        .build()
        .judge(voucher);
    return Stopped.granted(verdict.<Outcome<X509Certificate>>fold(Outcome::granted,
        rejected -> Outcome.refused(reason(rejected.flaw()), rejected.detail())));
  }

  private static VoucherReason reason(VoucherFlaw flaw) {
    return switch (flaw) {
      case SIGNER_NOT_TRUSTED, SIGNER_NOT_IN_VALIDITY -> VoucherReason.VOUCHER_UNTRUSTED;
      case WRONG_SERIAL_NUMBER, WRONG_NONCE, NO_NONCE, WRONG_IDEVID_ISSUER, ASSERTION_NOT_ACCEPTABLE, NONCE_AND_EXPIRY, SEVERAL_PINS,
          NOT_YET_VALID, EXPIRED, NO_PIN, MALFORMED_PIN, PIN_NOT_IN_VALIDITY, OUTLIVES_PIN, FOREIGN_PIN -> VoucherReason.VOUCHER_MISMATCH;
    };
  }

  private AuditLogReceived auditLog(Idevids.Proven pledge, MasaClient.Request question) {
    Outcome<Octets> answer = masaClient.requestAuditLog(question);
    Outcome<Octets> log = answer.then(BrskiVoucherService::anAuditLog);
    Instant now = clock.instant();
    return log.fold(
        body -> new AuditLogReceived(pledge.device(), now, Optional.of(body), Optional.empty()),
        retryAfter -> unavailable(pledge, now, "the MASA asks to come again in " + retryAfter.toSeconds() + " s"),
        refusal -> unavailable(pledge, now, refusal.reason().name() + ": " + refusal.detail()));
  }

  private static Outcome<Octets> anAuditLog(Octets body) {
    try {
      AuditLog.parse(body);
      return Outcome.granted(body);
    } catch (DecodeException e) {
      return Outcome.refused(VoucherReason.MASA_FAILED, "not an audit log: " + e.getMessage());
    }
  }

  private static AuditLogReceived unavailable(Idevids.Proven pledge, Instant at, String why) {
    return new AuditLogReceived(pledge.device(), at, Optional.empty(), Optional.of(why));
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
  private void recordRefusal(
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

  /** One request on its way through the steps, and who it turned out to be from. Used by one thread. */
  private static final class Exchange {
    final ClientSession session;
    final VoucherArtifact artifact;
    final List<VoucherFormat> accepted;
    final ExchangeLine line;
    Optional<Idevids.Proven> pledge = Optional.empty();
    Verdict admission = new Verdict(Rule.UNKNOWN_MANUFACTURER, Disposition.DENY, "nothing was judged yet");
    boolean recorded;

    Exchange(ClientSession session, VoucherArtifact artifact, List<VoucherFormat> accepted, ExchangeLine line) {
      this.session = session;
      this.artifact = artifact;
      this.accepted = List.copyOf(accepted);
      this.line = line;
    }

    /** The same with a line of its own, since its request may be answered before it is over. */
    Exchange apart() {
      Exchange apart = new Exchange(session, artifact, accepted, new ExchangeLine(new Notes()));
      apart.pledge = pledge;
      apart.admission = admission;
      return apart;
    }

    void provenAs(Idevids.Proven proven) {
      pledge = Optional.of(proven);
      line.device(proven.device());
    }
  }
}

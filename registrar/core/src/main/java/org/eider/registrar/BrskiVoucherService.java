package org.eider.registrar;

import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.eider.est.ClientSession;
import org.eider.est.Outcome;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.UntrustedException;
import org.eider.voucher.Nonce;
import org.eider.voucher.Verified;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherOpener;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.DecodeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The voucher exchange of RFC 8995 sections 5.2 to 5.8, from a pledge's request to a verified and recorded voucher.
 *
 * <p>Before the device's identity is proven (steps 1 and 2) a refusal is logged and changes nothing, so whoever holds no IDevID of a
 * configured manufacturer cannot write to the store. After it, every refusal is recorded that is news ({@link Repeats}).
 */
public final class BrskiVoucherService implements VoucherService {
  private static final Logger LOG = LoggerFactory.getLogger(BrskiVoucherService.class);

  /** How many devices of one manufacturer may wait for an operator, unless told otherwise. */
  public static final int MOST_HELD = 10_000;

  private final Idevids idevids;
  private final DeviceLedger ledger;
  private final InstantSource clock;
  private final Reception reception;
  private final VoucherMaker maker;
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
   * @param mostHeld devices of one manufacturer that may wait for an operator at a time; further ones are told to come later; and as
   *     many again for their MASA, beyond which it is not recorded that one does
   */
  public BrskiVoucherService(ManufacturerStore manufacturers, DeviceLedger ledger, MasaClient masaClient,
      Supplier<Credential> registrar, VoucherSealer sealer, InstantSource clock, MasaDesk desk, int mostHeld) {
    this.idevids = new Idevids(manufacturers);
    this.ledger = ledger;
    this.clock = clock;
    this.reception = new Reception(ledger, new Cases(ledger, manufacturers, clock), mostHeld, clock);
    this.maker = new VoucherMaker(manufacturers, masaClient, registrar, sealer, clock, reception);
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
        reception.recordStop(exchange, stopped);
        return stopped.outcome();
      }
    } catch (StoreException e) {
      LOG.atLevel(e.level()).log("session {}: the store failed; no voucher is handed out: {}", exchange.session.id(), e.getMessage());
      return Outcome.refused(VoucherReason.of(e));
    }
  }

  /** Steps 1 to 4: who asks, and whether it may; then the desk's answer, of an identical request before this one or of steps 5 to 11. */
  private Outcome<VoucherArtifact> answer(Exchange exchange) throws Stopped {
    // 1. The request is signed by the client, in a format that we can ask its MASA in.
    if (!maker.speaks(exchange.artifact.format())) {
      throw Stopped.refused(VoucherReason.FORMAT_NOT_OFFERED, "this registrar's key does not sign " + exchange.artifact.format().mediaType());
    }
    Verified<VoucherRequest> request = open(exchange.session, exchange.artifact);
    // 2. The client is a device of a configured manufacturer.
    Idevids.Proven pledge = exchange.identify(idevids, request, clock.instant());
    exchange.provenAs(pledge);
    // 3. The request is about that device and this session.
    checkSerialNumber(request.value(), pledge);
    checkNonce(request.value());
    // 4. The rules let it in, as far as the registrar alone can tell.
    exchange.admission = reception.admit(exchange, pledge, request);
    MasaTicket.Key key = new MasaTicket.Key(exchange.artifact.bytes().sha256(), Certificates.der(pledge.idevid()).sha256());
    Exchange apart = exchange.apart();
    VoucherErrand errand = new VoucherErrand(idevids, clock, reception, maker, apart, pledge, request);
    MasaDesk.Reply reply = desk.ask(key, pledge.device(), answer -> mayEnrol(pledge.device()), errand);
    apart.line.rule().ifPresent(exchange.line::rule);
    reply.trouble().ifPresent(trouble -> exchange.line.waits(Hold.MASA_PENDING, trouble.reason().name() + ": " + trouble.detail()));
    // 12. The MASA's octets, unchanged. What the desk refuses, it has recorded.
    return reply.outcome().then(answer -> {
      if (!answer.session().equals(exchange.session.id())) {
        exchange.line.note("exchange", answer.session());
      }
      return Outcome.granted(answer.voucher());
    });
  }

  private static Verified<VoucherRequest> open(ClientSession session, VoucherArtifact artifact) throws Stopped {
    X509Certificate client = session.client().orElseThrow(
        () -> Stopped.refused(VoucherReason.NO_CLIENT_CERTIFICATE, "a voucher request needs a client certificate, the IDevID"));
    try {
      return VoucherOpener.requestBy(client, artifact, session.clientChain());
    } catch (DecodeException e) {
      throw Stopped.refused(VoucherReason.MALFORMED_REQUEST, "not a signed voucher request: " + e.getMessage());
    } catch (UntrustedException e) {
      throw e.fault() == UntrustedException.Fault.WRONG_SIGNER
          ? Stopped.refused(VoucherReason.SIGNER_NOT_CLIENT, "the request is signed by another certificate than the client's")
          : Stopped.refused(VoucherReason.BAD_SIGNATURE, "the request's signature is not good: " + e.getMessage());
    }
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

  private boolean mayEnrol(DeviceId device) {
    return ledger.device(device).map(known -> known.state().mayEnrol()).orElse(false);
  }
}

package org.eider.registrar;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.eider.est.ClientSession;
import org.eider.est.Outcome;
import org.eider.pki.Certificates;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.registrar.Fact.Telemetry;
import org.eider.voucher.StatusReport;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes telemetry of devices that hold a voucher of ours, and of nobody else.
 *
 * <p>What one report makes us store is bounded by {@link StatusReport#MAX_SIZE}, and a report that is no news ({@link Repeats}) is taken
 * and not recorded again. An operator's denial does not stop reports: what a device says of itself is wanted most when it is to go.
 */
public final class DomainTelemetryService implements TelemetryService {
  private static final Logger LOG = LoggerFactory.getLogger(DomainTelemetryService.class);

  private final Idevids idevids;
  private final Ldevids ldevids;
  private final DeviceLedger ledger;
  private final Repeats repeats;
  private final InstantSource clock;

  /** A service. */
  public DomainTelemetryService(
      ManufacturerStore manufacturers, DeviceLedger ledger, CertificateLedger certificates, InstantSource clock) {
    this.idevids = new Idevids(manufacturers);
    this.ldevids = new Ldevids(certificates);
    this.ledger = ledger;
    this.repeats = new Repeats(ledger);
    this.clock = clock;
  }

  @Override
  public Outcome<StatusReport> voucherStatus(ClientSession session, StatusReport report, Octets body) {
    return take("voucher_status", session, report, () -> {
      Reporter reporter = byIdevid(session, client(session));
      DeviceState state = report.status() ? DeviceState.VOUCHER_ACCEPTED : DeviceState.VOUCHER_REJECTED;
      record(reporter, session, report, body, Telemetry.Kind.VOUCHER, DeviceEvent.Kind.VOUCHER_STATUS, Optional.of(state));
      return reporter;
    });
  }

  @Override
  public Outcome<StatusReport> enrolStatus(ClientSession session, StatusReport report, Octets body) {
    return take("enrollstatus", session, report, () -> {
      X509Certificate client = client(session);
      Optional<Ldevids.Proven> ldevid = ldevids.identify(client, clock.instant());
      Reporter reporter = ldevid.isPresent() ? byLdevid(ldevid.get()) : byIdevid(session, client);
      record(reporter, session, report, body, Telemetry.Kind.ENROLMENT, DeviceEvent.Kind.ENROLMENT_STATUS, reached(reporter, report));
      return reporter;
    });
  }

  /** Who reports, by which LDevID and whether it is the device's newest, and by which certificate in words for the history. */
  private record Reporter(DeviceId device, Optional<BigInteger> ldevid, boolean isNewest, String by) {}

  /** One report on its way. */
  private interface Steps {
    Reporter run() throws Stopped;
  }

  private Outcome<StatusReport> take(String operation, ClientSession session, StatusReport report, Steps steps) {
    ExchangeLine line = new ExchangeLine(session);
    Outcome<StatusReport> outcome;
    try {
      Reporter reporter = steps.run();
      line.device(reporter.device());
      line.note("reported", report.status() ? "success" : "failure");
      line.note("over", reporter.by());
      report.reason().ifPresent(why -> line.note("device-says", why));
      warnOfVersion(operation, session, report);
      outcome = Outcome.granted(report);
    } catch (Stopped stopped) {
      outcome = stopped.outcome();
    } catch (StoreException e) {
      LOG.atLevel(e.level()).log("session {}: the store failed; telemetry is not recorded: {}", session.id(), e.getMessage());
      outcome = Outcome.refused(TelemetryReason.of(e));
    }
    line.end(outcome);
    return outcome;
  }

  private static X509Certificate client(ClientSession session) throws Stopped {
    return session.client().orElseThrow(
        () -> Stopped.refused(TelemetryReason.NO_CLIENT_CERTIFICATE, "telemetry needs a client certificate"));
  }

  private Reporter byIdevid(ClientSession session, X509Certificate client) throws Stopped {
    DeviceId device = provenDevice(session);
    boolean holdsVoucher = !ledger.vouchers(device, 1).isEmpty()
        && ledger.device(device).flatMap(Device::idevid).equals(Optional.of(Certificates.der(client)));
    if (!holdsVoucher) {
      throw Stopped.refused(TelemetryReason.NO_VOUCHER, "no voucher was issued to this device");
    }
    return new Reporter(device, Optional.empty(), false, "its IDevID");
  }

  private DeviceId provenDevice(ClientSession session) throws Stopped {
    try {
      return idevids.identify(session.clientChain(), clock.instant()).device();
    } catch (Stopped unknown) {
      throw Stopped.refused(TelemetryReason.UNKNOWN_CLIENT, unknown.getMessage());
    }
  }

  /** RFC 8995 section 5.9.4 wants it logged whether the report came over the matching, new certificate. */
  private Reporter byLdevid(Ldevids.Proven proven) {
    Optional<BigInteger> serial = Optional.of(proven.ldevid().serial());
    boolean newest = ledger.device(proven.device()).flatMap(Device::ldevid).equals(serial);
    return new Reporter(proven.device(), serial, newest, newest ? "its new LDevID" : "an older LDevID");
  }

  /** Success counts as being operational only when the device shows that it can use the new certificate. */
  private static Optional<DeviceState> reached(Reporter reporter, StatusReport report) {
    if (!report.status()) {
      return Optional.of(DeviceState.ENROLMENT_FAILED);
    }
    return reporter.isNewest() ? Optional.of(DeviceState.OPERATIONAL) : Optional.empty();
  }

  private void record(Reporter reporter, ClientSession session, StatusReport report, Octets body, Telemetry.Kind kind,
      DeviceEvent.Kind event, Optional<DeviceState> state) {
    Instant now = clock.instant();
    Optional<String> reason = report.reason().map(ExchangeLine::clean);
    String detail = (report.status() ? "reports success over " : "reports failure over ") + reporter.by();
    DeviceEvent reported =
        new DeviceEvent(reporter.device(), now, event, state, session.id(), reason, detail, Optional.empty(), reporter.ldevid());
    if (repeats.news(reported).isPresent()) {
      ledger.append(List.of(new Telemetry(reporter.device(), now, kind, report.status(), reason, body), reported));
    }
  }

  private static void warnOfVersion(String operation, ClientSession session, StatusReport report) {
    if (report.version() > StatusReport.CURRENT_VERSION) {
      LOG.warn("session {}: {} of version {}, of which this registrar understands version {}",
          session.id(), operation, report.version(), StatusReport.CURRENT_VERSION);
    }
  }
}

package org.eider.registrar.server.admin;

import java.io.Closeable;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eider.pki.Certificates;
import org.eider.registrar.AuditEvidence;
import org.eider.registrar.Case;
import org.eider.registrar.Cases;
import org.eider.registrar.CertificateLedger;
import org.eider.registrar.Decisions;
import org.eider.registrar.Device;
import org.eider.registrar.DeviceId;
import org.eider.registrar.DeviceLedger;
import org.eider.registrar.Fact;
import org.eider.registrar.IssuedCertificate;
import org.eider.registrar.Journal;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.ManufacturerStore;
import org.eider.registrar.Rules;
import org.eider.registrar.Verdict;
import org.eider.voucher.Assertion;
import org.eider.wire.DecodeException;
import org.eider.voucher.StatusReport;
import org.eider.wire.Octets;

/** On the ledgers themselves. */
public final class DirectAdministration implements Administration {
  private final DeviceLedger devices;
  private final CertificateLedger certificates;
  private final ManufacturerStore manufacturers;
  private final Journal journal;
  private final Custody custody;
  private final InstantSource clock;
  private final Closeable whenClosed;

  /**
   * On these ledgers.
   *
   * @param custody what concerns all of them
   * @param clock the time of decisions
   * @param whenClosed what {@link #close()} does
   */
  public DirectAdministration(DeviceLedger devices, CertificateLedger certificates, ManufacturerStore manufacturers, Journal journal,
      Custody custody, InstantSource clock, Closeable whenClosed) {
    this.journal = journal;
    this.custody = custody;
    this.clock = clock;
    this.whenClosed = whenClosed;
    this.devices = devices;
    this.certificates = certificates;
    this.manufacturers = manufacturers;
  }

  @Override
  public List<DeviceView> devices(Optional<DeviceId> after, int limit) {
    return devices.devices(after, Math.min(limit, MAX_PAGE)).stream().map(this::view).toList();
  }

  @Override
  public List<DeviceView> devices(String serialNumber) {
    return devices.devices(serialNumber).stream().map(this::view).toList();
  }

  @Override
  public Optional<DeviceReport> device(DeviceId id) {
    return devices.device(id).map(this::report);
  }

  @Override
  public List<DeviceView> held(int limit) {
    return devices.held(Math.min(limit, MAX_PAGE)).stream().map(this::view).toList();
  }

  @Override
  public Optional<DeviceView> decide(DecisionForm decision) {
    DeviceId id = decision.device();
    if (manufacturers.manufacturer(id.manufacturer()).isEmpty() && devices.device(id).isEmpty()) {
      return Optional.empty();
    }
    new Decisions(devices, Decisions.LIFETIME, clock)
        .record(id, decision.approved(), decision.by(), decision.reason(), Optional.of(decision.valid()));
    return devices.device(id).map(this::view);
  }

  @Override
  public Optional<PolicyReport> policy(DeviceId id) throws IOException {
    Case stored = new Cases(devices, manufacturers, clock).of(id, Case.Purpose.VOUCHER);
    if (stored.manufacturer().isEmpty() && stored.known().isEmpty()) {
      return Optional.empty();
    }
    Optional<Fact.AuditLogReceived> log = devices.auditLogs(id, 1).stream().findFirst();
    Case facts = log.isPresent() ? stored.with(AuditEvidence.of(log.get(), custody.ownDomains())) : stored;
    Verdict verdict = Rules.judge(facts);
    return Optional.of(new PolicyReport(id.manufacturer(), id.serialNumber(), facts.known().isPresent(), verdict.disposition().label(),
        verdict.rule().name(), verdict.why(), Rules.explain(facts).stream().map(PolicyReport.Line::of).toList(),
        log.map(DirectAdministration::view)));
  }

  @Override
  public long journalHead() {
    return journal.head().number();
  }

  @Override
  public List<JournalView> journal(long after, int limit) {
    return journal.entries(after, Math.min(limit, MAX_PAGE)).stream().map(JournalView::of).toList();
  }

  @Override
  public List<JournalView> journalOf(DeviceId id, int limit) {
    return journal.ofDevice(id, Math.min(limit, MAX_PAGE)).stream().map(JournalView::of).toList();
  }

  @Override
  public JournalReport verifyJournal() throws IOException {
    return JournalReport.of(custody.verify());
  }

  @Override
  public BackupView backup(Path file) throws IOException {
    return custody.backup(file);
  }

  @Override
  public List<Manufacturer> manufacturers() {
    return manufacturers.manufacturers();
  }

  @Override
  public boolean put(Manufacturer manufacturer, String by) {
    boolean known = manufacturers.manufacturer(manufacturer.name()).isPresent();
    manufacturers.put(manufacturer, by);
    return !known;
  }

  @Override
  public boolean remove(String manufacturer, String by) {
    return manufacturers.remove(manufacturer, by);
  }

  @Override
  public boolean expect(String manufacturer, List<String> serialNumbers, String by) {
    if (manufacturers.manufacturer(manufacturer).isEmpty()) {
      return false;
    }
    manufacturers.expect(manufacturer, serialNumbers, by);
    return true;
  }

  @Override
  public void close() throws IOException {
    whenClosed.close();
  }

  private DeviceView view(Device device) {
    return new DeviceView(device.id().manufacturer(), device.id().serialNumber(), label(device.state()),
        device.firstSeen(), device.lastSeen(),
        device.ldevid().flatMap(certificates::certificate).map(DirectAdministration::view), device.refusal(),
        device.hold().map(hold -> new DeviceView.Held(hold.since(), hold.rule(), hold.why())),
        device.decision().map(DirectAdministration::view));
  }

  private DeviceReport report(Device device) {
    DeviceId id = device.id();
    int limit = DeviceReport.MAX_ENTRIES;
    return new DeviceReport(view(device),
        devices.history(id, limit).stream().map(DirectAdministration::view).toList(),
        devices.decisions(id, limit).stream().map(DirectAdministration::view).toList(),
        devices.vouchers(id, limit).stream().map(DirectAdministration::view).toList(),
        devices.auditLogs(id, limit).stream().map(DirectAdministration::view).toList(),
        devices.telemetry(id, limit).stream().map(DirectAdministration::view).toList(),
        certificates.ofDevice(id, limit).stream().map(DirectAdministration::view).toList());
  }

  private static DeviceReport.Event view(Fact.DeviceEvent event) {
    return new DeviceReport.Event(event.at(), label(event.kind()), event.session(), event.reason(), event.detail());
  }

  private static DeviceView.Decision view(Fact.Decision decision) {
    return new DeviceView.Decision(decision.at(), decision.approved(), decision.until(), decision.by(), decision.reason());
  }

  private static DeviceReport.Voucher view(Fact.VoucherExchange exchange) {
    return new DeviceReport.Voucher(exchange.at(), exchange.session(), exchange.assertion().map(Assertion::label),
        exchange.domainId().base64(), exchange.pledgeRequest().base64(), exchange.registrarRequest().base64(), exchange.voucher().base64());
  }

  private static DeviceReport.AuditLog view(Fact.AuditLogReceived log) {
    return new DeviceReport.AuditLog(log.at(), log.body().map(Octets::utf8), log.unavailable(),
        log.judgement().map(judged -> new DeviceReport.Verdict(judged.disposition().label(), judged.rule(), judged.why())));
  }

  private static DeviceReport.Telemetry view(Fact.Telemetry telemetry) {
    return new DeviceReport.Telemetry(telemetry.at(), label(telemetry.kind()), telemetry.status(), telemetry.reason(),
        StatusReport.readable(telemetry.body()));
  }

  private static CertificateView view(IssuedCertificate issued) {
    try {
      var certificate = Certificates.parse(issued.certificate());
      return new CertificateView(hex(issued.serial()), Certificates.subject(certificate), issued.at(), issued.notAfter(),
          Certificates.pem(List.of(certificate)));
    } catch (DecodeException e) {
      throw new IllegalStateException("certificate " + hex(issued.serial()) + " of the store is unreadable", e);
    }
  }

  private static String hex(BigInteger serial) {
    return serial.toString(16);
  }

  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

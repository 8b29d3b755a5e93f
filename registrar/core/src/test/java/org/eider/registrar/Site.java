package org.eider.registrar;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.eider.est.ChannelBinding;
import org.eider.est.ClientSession;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.SerialNumberProfile;
import org.eider.testkit.TestPki;
import org.eider.voucher.Assertion;
import org.eider.voucher.Nonce;
import org.eider.voucher.StatusReport;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherRequest;
import org.eider.voucher.VoucherSealer;
import org.eider.wire.Octets;

/** A registrar with a ledger in memory, one manufacturer named acme, and its MASA. */
final class Site {
  static final String MASA_HOST = "masa.acme.example";
  static final Nonce NONCE = Nonce.of(Octets.utf8("sixteen octets!!"));

  final TestClock clock = new TestClock();
  final TestPki acme = TestPki.manufacturer("acme", MASA_HOST);
  final TestPki domain = TestPki.root("domain");
  final Credential registrar = domain.registrar("registrar");
  final MemoryLedger ledger = new MemoryLedger();
  final FragileLedger fragile = new FragileLedger(ledger);
  final ScriptedMasa masa = new ScriptedMasa(acme.signer("acme MASA", KeyType.P256));
  final MasaDesk desk = desk(clock);
  BrskiVoucherService vouchers = service();
  final DomainTelemetryService telemetry = new DomainTelemetryService(ledger, fragile, ledger, clock);

  Site() {
    ledger.put(manufacturer("acme", acme, Manufacturer.Admission.AUTO, false));
  }

  /** A desk at which requests wait for their MASA, and whose time goes by that clock; nothing is repeated unless a test says so. */
  static MasaDesk desk(InstantSource clock) {
    return desk(clock, Duration.ofSeconds(10));
  }

  /** The same where requests wait so long. */
  static MasaDesk desk(InstantSource clock, Duration waiting) {
    MasaDeskLimits standard = MasaDeskLimits.standard();
    MasaDeskLimits limits = new MasaDeskLimits(standard.threads(), standard.queue(), standard.pending(), 64, waiting,
        standard.patience(), standard.absence(), standard.identicalRetry());
    return new MasaDesk(limits, clock, () -> TimeUnit.MILLISECONDS.toNanos(clock.millis()), new Random(1), Optional.empty());
  }

  BrskiVoucherService service() {
    return new BrskiVoucherService(ledger, fragile, masa, () -> registrar, VoucherSealer.cms(), clock, desk);
  }

  Manufacturer manufacturer(String name, TestPki pki, Manufacturer.Admission admission, boolean ignoreValidity) {
    return new Manufacturer(name, List.of(pki.certificate()), Optional.empty(), Set.of(MASA_HOST), List.of(), List.of(acme.certificate()),
        admission, SerialNumberProfile.SUBJECT_SERIAL_NUMBER, ignoreValidity);
  }

  ClientSession session(Credential client) {
    return session(client.chain(), Optional.empty());
  }

  ClientSession session(List<X509Certificate> clientChain, Optional<ChannelBinding> binding) {
    return new ClientSession("s1", new InetSocketAddress(InetAddress.getLoopbackAddress(), 50000), clientChain, registrar.certificate(), binding);
  }

  /** The request that a good pledge makes, changed. */
  VoucherArtifact request(Credential idevid, String serialNumber, UnaryOperator<VoucherRequest.Builder> change) {
    VoucherRequest.Builder good = VoucherRequest.of(serialNumber)
        .assertion(Optional.of(Assertion.PROXIMITY))
        .nonce(Optional.of(NONCE))
        .proximityRegistrarCert(Certificates.der(registrar.certificate()));
    return VoucherSealer.cms().seal(change.apply(good).build(), idevid, clock.instant());
  }

  VoucherArtifact request(Credential idevid, String serialNumber) {
    return request(idevid, serialNumber, good -> good);
  }

  /** Gives the device a voucher, which it accepts. */
  DeviceId withVoucher(Credential idevid, String serialNumber) {
    vouchers.request(session(idevid), request(idevid, serialNumber));
    telemetry.voucherStatus(session(idevid), StatusReport.success(), StatusReport.success().encode());
    return device(serialNumber);
  }

  static DeviceId device(String serialNumber) {
    return new DeviceId("acme", serialNumber);
  }

  /** Sets how the manufacturer's devices are admitted. */
  void admission(Manufacturer.Admission admission) {
    ledger.put(ledger.manufacturer("acme").orElseThrow().withAdmission(admission));
  }

  /** Sets what the manufacturer's audit logs may say. */
  void auditPolicy(AuditPolicy policy) {
    ledger.put(ledger.manufacturer("acme").orElseThrow().withAuditPolicy(policy));
  }

  /** An operator decides, for the usual time. */
  void decide(String serialNumber, boolean approved, String reason) {
    new Decisions(ledger, Decisions.LIFETIME, clock).record(device(serialNumber), approved, "operator", reason, Optional.empty());
  }

  DeviceState state(String serialNumber) {
    return ledger.device(device(serialNumber)).orElseThrow().state();
  }

  /** How much there is of everything. */
  String counts() {
    List<Device> devices = ledger.devices(Optional.empty(), 1_000);
    StringBuilder counts = new StringBuilder("certificates " + ledger.count());
    for (Device device : devices) {
      counts.append("; ").append(device.id()).append(' ').append(device.state())
          .append(" events ").append(ledger.history(device.id(), 1_000).size())
          .append(" vouchers ").append(ledger.vouchers(device.id(), 1_000).size())
          .append(" logs ").append(ledger.auditLogs(device.id(), 1_000).size())
          .append(" telemetry ").append(ledger.telemetry(device.id(), 1_000).size());
    }
    return counts.toString();
  }
}

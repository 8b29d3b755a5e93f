package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.eider.pki.Certificates;
import org.eider.pki.PemFiles;
import org.eider.registrar.Device;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Fact;
import org.eider.registrar.IssuedCertificate;
import org.eider.registrar.Journal;
import org.eider.registrar.Lifecycle;
import org.eider.registrar.store.Agreement;
import org.eider.registrar.store.CheckpointFile;
import org.eider.registrar.store.Checkpoints;
import org.eider.registrar.store.JournalKey;
import org.eider.registrar.store.SqlStore;
import org.eider.registrar.store.StoreConfig;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** Everything that clients of one data folder ever received, and what has to be true of the folder whenever its registrar is dead. */
final class CrashWitness {
  private static final int ALL = 10_000;
  private static final List<String> FILES = List.of("registrar\\.lock", "admin\\.token", "admin\\.port", "journal\\.key\\.pem",
      "store/eider\\.(mv\\.db|redo|redo\\.rest)", "ca/(root|issuing|registrar)\\.pem", "ca/(root|issuing|registrar)\\.key\\.pem", "[a-z-]+/?[a-z.-]*checkpoint[a-z.-]*");
  /** What a write that was cut off leaves behind, to be removed by the next start. */
  private static final String HALF_WRITTEN = ".*\\.(tmp|new)";

  private record Received(DeviceId device, Octets octets) {}

  private record Decided(DeviceId device, boolean approved) {}

  /** How much had been received and told at a moment. */
  record Mark(int vouchers, int certificates, int expected, int decided) {}

  private final Path data;
  private final Path copy;
  private final List<Received> vouchers = new ArrayList<>();
  private final List<Received> certificates = new ArrayList<>();
  private final List<String> expected = new ArrayList<>();
  private final List<Decided> decided = new ArrayList<>();
  private final Set<DeviceId> approvalSent = new HashSet<>();
  private final Map<BigInteger, Octets> serials = new HashMap<>();
  private final Map<BigInteger, Octets> handedOut = new HashMap<>();
  private final Map<String, Octets> authorities = new HashMap<>();
  private boolean wasReady;

  /** A witness of {@code data}, which looks at the store in a copy below {@code copy}. */
  CrashWitness(Path data, Path copy) {
    this.data = data;
    this.copy = copy;
  }

  /** The registrar was ready: from now on, its CA is whole. */
  synchronized void ready() {
    wasReady = true;
  }

  /** A device of the usual manufacturer received this voucher. */
  void voucher(String serial, Octets octets) {
    voucher(id(serial), octets);
  }

  /** A client received this voucher. */
  synchronized void voucher(DeviceId device, Octets octets) {
    requireApproved(device);
    vouchers.add(new Received(device, octets));
  }

  /** A device of the usual manufacturer received this certificate. */
  void certificate(String serial, X509Certificate certificate) {
    certificate(id(serial), certificate);
  }

  /** A client received this certificate. */
  synchronized void certificate(DeviceId device, X509Certificate certificate) {
    requireApproved(device);
    certificates.add(new Received(device, Certificates.der(certificate)));
    shown(List.of(certificate));
  }

  /** An operator is about to decide. */
  synchronized void deciding(DeviceId device, boolean approved) {
    if (approved) {
      approvalSent.add(device);
    }
  }

  /** An operator was told that his decision counts. */
  synchronized void decided(DeviceId device, boolean approved) {
    decided.add(new Decided(device, approved));
  }

  /** How much it has seen until now. */
  synchronized Mark mark() {
    return new Mark(vouchers.size(), certificates.size(), expected.size(), decided.size());
  }

  private void requireApproved(DeviceId device) {
    assertThat(!device.manufacturer().equals(CrashChain.HELD) || approvalSent.contains(device)).as("%s was approved", device).isTrue();
  }

  /** A client was shown this chain. */
  synchronized void shown(List<X509Certificate> chain) {
    chain.forEach(certificate -> {
      unique(certificate);
      handedOut.put(certificate.getSerialNumber(), Certificates.der(certificate));
    });
  }

  /** An operator was told that this serial number is expected from now on. */
  synchronized void expected(String serial) {
    expected.add(serial);
  }

  /** How much it has seen, for people. */
  synchronized String summary() {
    return vouchers.size() + " vouchers, " + certificates.size() + " LDevIDs, " + decided.size() + " decisions";
  }

  private void unique(X509Certificate certificate) {
    Octets der = Certificates.der(certificate);
    Octets before = serials.putIfAbsent(certificate.getSerialNumber(), der);
    assertThat(Optional.ofNullable(before).orElse(der)).as("one certificate of each serial number").isEqualTo(der);
  }

  /** Looks at the folder as the dead registrar left it, without touching it. */
  synchronized void inspect() throws Exception {
    checkFiles(true);
    checkAuthorities();
    if (Files.exists(data.resolve("store").resolve("eider.mv.db"))) {
      CrashBackup.empty(copy);
      copy();
      try (SqlStore store = SqlStore.open(StoreConfig.in(copy).forCommand())) {
        checkJournal(store);
        checkStore(store, mark());
        checkCertificates(store);
      }
    }
  }

  /** A backup that was asked for at {@code mark}, restored to {@code folder}. */
  synchronized void checkRestored(Path folder, Mark mark) throws Exception {
    try (SqlStore store = SqlStore.open(StoreConfig.in(folder).forCommand())) {
      checkStore(store, mark);
    }
  }

  private void copy() throws IOException {
    try (Stream<Path> all = Files.walk(data)) {
      for (Path from : all.filter(path -> !path.endsWith("registrar.lock")).toList()) {
        Path to = copy.resolve(data.relativize(from).toString());
        if (!Files.isDirectory(to)) {
          Files.copy(from, to);
        }
      }
    }
  }

  /** Chain, rows and checkpoints; and the CA, which is made at the first start, once it is. */
  private void checkJournal(SqlStore store) throws Exception {
    if (JournalKey.existsIn(copy)) {
      Checkpoints.compare(store, CheckpointFile.in(copy, JournalKey.read(copy)));
    }
    Journal.Report report = wasReady ? Agreement.check(store, copy.resolve("ca"), number -> {}) : store.journal().verify(number -> {});
    assertThat(report.faults()).as("faults of the journal").isEmpty();
    assertThat(report.head()).isEqualTo(store.journal().head());
  }

  /** Nothing but whole files that a registrar has; {@code dead}: and what its next start will remove. */
  synchronized void checkFiles(boolean dead) throws Exception {
    if (!Files.exists(data)) {
      return;
    }
    try (Stream<Path> files = Files.walk(data)) {
      List<String> others = files.filter(Files::isRegularFile).map(file -> data.relativize(file).toString())
          .filter(name -> FILES.stream().noneMatch(name::matches))
          .filter(name -> !dead || !name.matches(HALF_WRITTEN))
          .toList();
      assertThat(others).as("files that do not belong there").isEmpty();
    }
    assertThat(Stream.of("admin.token", "admin.port").map(data::resolve).filter(Files::exists).filter(file -> file.toFile().length() == 0))
        .as("half-written files").isEmpty();
  }

  /** A CA certificate that was there once stays as it is. */
  private void checkAuthorities() throws Exception {
    for (String name : List.of("root.pem", "issuing.pem")) {
      Path file = data.resolve("ca").resolve(name);
      if (Files.exists(file) || authorities.containsKey(name)) {
        unique(PemFiles.readCertificates(file).get(0));
        Octets octets = Octets.of(Files.readAllBytes(file));
        assertThat(octets).as(name).isEqualTo(authorities.getOrDefault(name, octets));
        authorities.put(name, octets);
      }
    }
  }

  private void checkStore(SqlStore store, Mark mark) {
    for (Received voucher : vouchers.subList(0, mark.vouchers())) {
      assertThat(store.devices().vouchers(voucher.device(), ALL)).extracting(Fact.VoucherExchange::voucher)
          .as("voucher of %s", voucher.device()).contains(voucher.octets());
    }
    for (Received received : certificates.subList(0, mark.certificates())) {
      assertThat(store.certificates().certificate(serialOf(received.octets())).flatMap(IssuedCertificate::device))
          .as("device of certificate %s", serialOf(received.octets()).toString(16)).contains(received.device());
    }
    for (Decided decision : decided.subList(0, mark.decided())) {
      assertThat(store.devices().device(decision.device()).flatMap(Device::decision).map(Fact.Decision::approved))
          .as("decision about %s", decision.device()).contains(decision.approved());
    }
    expected.subList(0, mark.expected())
        .forEach(serial -> assertThat(store.manufacturers().isExpected(id(serial))).as("%s is expected", serial).isTrue());
    for (Device device : store.devices().devices(Optional.empty(), ALL)) {
      checkState(store, device);
    }
  }

  /** Every certificate that anybody was shown or given. */
  private void checkCertificates(SqlStore store) {
    Map<Octets, Optional<DeviceId>> holders = new HashMap<>();
    certificates.forEach(received -> holders.put(received.octets(), Optional.of(received.device())));
    handedOut.forEach((serial, octets) -> {
      IssuedCertificate issued = store.certificates().certificate(serial).orElseThrow(
          () -> new AssertionError("the ledger does not know certificate " + serial.toString(16)));
      assertThat(issued.certificate()).as("octets of certificate %s", serial.toString(16)).isEqualTo(octets);
      assertThat(issued.device()).isEqualTo(holders.getOrDefault(octets, Optional.empty()));
    });
  }

  private static BigInteger serialOf(Octets certificate) {
    try {
      return Certificates.parse(certificate).getSerialNumber();
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }

  /** The device is what its events make of it; where there are decisions among them, only the journal knows the order, and verifying it shows. */
  private static void checkState(SqlStore store, Device device) {
    List<Fact.DeviceEvent> events = new ArrayList<>(store.devices().history(device.id(), ALL));
    assertThat(events).hasSizeLessThan(ALL);
    Collections.reverse(events);
    if (device.decision().isEmpty()) {
      Optional<Device> replayed = Optional.empty();
      for (Fact event : events) {
        replayed = Optional.of(Lifecycle.after(replayed, event));
      }
      assertThat(replayed).contains(device);
    }
    device.ldevid().ifPresent(serial -> assertThat(
        store.certificates().certificate(serial).flatMap(IssuedCertificate::device)).as("LDevID of %s", device.id()).contains(device.id()));
    long issued = events.stream().filter(event -> event.kind() == Fact.DeviceEvent.Kind.VOUCHER_ISSUED).count();
    assertThat(store.devices().vouchers(device.id(), ALL)).as("vouchers of %s", device.id()).hasSize((int) issued);
  }

  private static DeviceId id(String serial) {
    return new DeviceId(TestSite.MANUFACTURER, serial);
  }
}

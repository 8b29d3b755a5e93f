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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.pki.Certificates;
import org.eider.pki.PemFiles;
import org.eider.registrar.Device;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Fact;
import org.eider.registrar.IssuedCertificate;
import org.eider.registrar.Lifecycle;
import org.eider.registrar.store.SqlStore;
import org.eider.registrar.store.StoreConfig;
import org.eider.wire.Octets;

/** Everything that clients of one data folder ever received, and what has to be true of the folder whenever its registrar is dead. */
final class CrashWitness {
  private static final int ALL = 10_000;
  private static final List<String> FILES = List.of("registrar\\.lock", "admin\\.token", "admin\\.port", "journal\\.key\\.pem",
      "store/eider\\.(mv\\.db|redo)", "ca/(root|issuing|registrar)\\.pem", "ca/(root|issuing|registrar)\\.key\\.pem", "[a-z-]+/?[a-z.-]*checkpoint[a-z.-]*");
  /** What a write that was cut off leaves behind, to be removed by the next start. */
  private static final String HALF_WRITTEN = ".*\\.(tmp|new)";

  private record Received(String serial, Octets octets) {}

  private final Path data;
  private final Path copy;
  private final List<Received> vouchers = new ArrayList<>();
  private final List<Received> certificates = new ArrayList<>();
  private final List<String> expected = new ArrayList<>();
  private final Map<BigInteger, Octets> serials = new HashMap<>();
  private final Map<BigInteger, Octets> handedOut = new HashMap<>();
  private final Map<String, Octets> authorities = new HashMap<>();

  /** A witness of {@code data}, which looks at the store in a copy below {@code copy}. */
  CrashWitness(Path data, Path copy) {
    this.data = data;
    this.copy = copy;
  }

  /** A client received this voucher. */
  synchronized void voucher(String serial, Octets octets) {
    vouchers.add(new Received(serial, octets));
  }

  /** A client received this certificate. */
  synchronized void certificate(String serial, X509Certificate certificate) {
    certificates.add(new Received(serial, Certificates.der(certificate)));
    shown(List.of(certificate));
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
    return vouchers.size() + " vouchers, " + certificates.size() + " LDevIDs";
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
      copyStore();
      try (SqlStore store = SqlStore.open(StoreConfig.in(copy).forCommand())) {
        checkStore(store);
      }
    }
  }

  private void copyStore() throws IOException {
    Files.createDirectories(copy.resolve("store"));
    for (String name : List.of("eider.mv.db", "eider.redo")) {
      Files.deleteIfExists(copy.resolve("store").resolve(name));
      if (Files.exists(data.resolve("store").resolve(name))) {
        Files.copy(data.resolve("store").resolve(name), copy.resolve("store").resolve(name));
      }
    }
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

  private void checkStore(SqlStore store) {
    for (Received voucher : vouchers) {
      assertThat(store.devices().vouchers(id(voucher.serial()), ALL)).extracting(Fact.VoucherExchange::voucher)
          .as("voucher of %s", voucher.serial()).contains(voucher.octets());
    }
    Map<Octets, Optional<DeviceId>> holders = new HashMap<>();
    certificates.forEach(received -> holders.put(received.octets(), Optional.of(id(received.serial()))));
    handedOut.forEach((serial, octets) -> {
      IssuedCertificate issued = store.certificates().certificate(serial).orElseThrow(
          () -> new AssertionError("the ledger does not know certificate " + serial.toString(16)));
      assertThat(issued.certificate()).as("octets of certificate %s", serial.toString(16)).isEqualTo(octets);
      assertThat(issued.device()).isEqualTo(holders.getOrDefault(octets, Optional.empty()));
    });
    expected.forEach(serial -> assertThat(store.manufacturers().isExpected(id(serial))).as("%s is expected", serial).isTrue());
    for (Device device : store.devices().devices(Optional.empty(), ALL)) {
      checkState(store, device);
    }
  }

  /** The device is what its events make of it. */
  private static void checkState(SqlStore store, Device device) {
    List<Fact> facts = new ArrayList<>(store.devices().history(device.id(), ALL));
    assertThat(facts).hasSizeLessThan(ALL);
    Collections.reverse(facts);
    Optional<Device> replayed = Optional.empty();
    for (Fact fact : facts) {
      replayed = Optional.of(Lifecycle.after(replayed, fact));
    }
    assertThat(replayed).contains(device);
    store.devices().device(device.id()).flatMap(Device::ldevid).ifPresent(serial -> assertThat(
        store.certificates().certificate(serial).flatMap(IssuedCertificate::device)).as("LDevID of %s", device.id()).contains(device.id()));
    long issued = facts.stream().filter(fact -> ((Fact.DeviceEvent) fact).kind() == Fact.DeviceEvent.Kind.VOUCHER_ISSUED).count();
    assertThat(store.devices().vouchers(device.id(), ALL)).as("vouchers of %s", device.id()).hasSize((int) issued);
  }

  private static DeviceId id(String serial) {
    return new DeviceId(TestSite.MANUFACTURER, serial);
  }
}

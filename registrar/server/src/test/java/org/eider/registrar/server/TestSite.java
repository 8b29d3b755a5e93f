package org.eider.registrar.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eider.cli.CommandFailure;
import org.eider.pki.MasaUri;
import org.eider.pki.SerialNumberProfile;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.server.admin.DeviceReport;
import org.eider.registrar.server.admin.DeviceView;
import org.eider.registrar.server.admin.RemoteAdministration;
import org.eider.registrar.server.config.HttpsSettings;
import org.eider.registrar.server.config.MasaSettings;
import org.eider.registrar.server.config.RegistrarConfig;
import org.eider.registrar.server.config.VoucherSettings;
import org.eider.testkit.TestPki;
import org.eider.wire.DecodeException;

/** A registrar as it really runs, a scripted MASA, and a manufacturer that both know; the clock stands at {@link TestPki#NOW}. */
final class TestSite implements AutoCloseable {
  static final String MANUFACTURER = "acme";
  static final InstantSource CLOCK = InstantSource.fixed(TestPki.NOW);

  final ScriptedMasa masa = new ScriptedMasa();
  final TestPki maker = TestPki.manufacturer("Acme", "localhost:" + masa.port());
  final Path data;
  RegistrarProcess registrar;

  TestSite(Path data) throws Exception {
    this(data, config());
  }

  TestSite(Path data, RegistrarConfig config) throws Exception {
    this.data = data;
    start(config);
    administration().put(manufacturer(Manufacturer.Admission.AUTO));
  }

  /** What a MASA has before the pledge is put off; the standard is too little when other tests take both processors. */
  private static final Duration MASA_WAIT = Duration.ofSeconds(10);

  /** Free ports on loopback, and time enough for a MASA on a busy machine. */
  static RegistrarConfig config() {
    return config(Duration.ofSeconds(20));
  }

  static RegistrarConfig config(Duration masaAnswer) {
    VoucherSettings standard = RegistrarConfig.standard().vouchers();
    return config(masaAnswer, new VoucherSettings(standard.identicalRetry(), MASA_WAIT, standard.patience(), standard.absence(), standard.pending()));
  }

  static RegistrarConfig config(Duration masaAnswer, VoucherSettings vouchers) {
    RegistrarConfig standard = RegistrarConfig.standard();
    return new RegistrarConfig(new HttpsSettings("127.0.0.1", 0, List.of("localhost", "registrar.example.net")), standard.coaps(),
        standard.announce(), standard.admin(), standard.limits(), standard.admission(), vouchers, standard.enrolment(),
        new MasaSettings(Duration.ofSeconds(5), masaAnswer, 4, 1 << 20, 8, 128), standard.log(),
        standard.crypto());
  }

  void start(RegistrarConfig config) throws CommandFailure {
    registrar = RegistrarProcess.start(config, data, CLOCK, new SecureRandom());
  }

  void restart() throws CommandFailure {
    restart(config());
  }

  void restart(RegistrarConfig config) throws CommandFailure {
    registrar.close();
    start(config);
  }

  Manufacturer manufacturer(Manufacturer.Admission admission) {
    return manufacturer(maker, masa, admission);
  }

  /** The manufacturer that makes its devices with {@code maker} and signs their vouchers with {@code masa}. */
  static Manufacturer manufacturer(TestPki maker, ScriptedMasa masa, Manufacturer.Admission admission) {
    return new Manufacturer(MANUFACTURER, List.of(maker.certificate()), Optional.of(masaAt("localhost:" + masa.port())), Set.of(),
        List.of(masa.tlsRoot.certificate()), List.of(masa.voucherRoot.certificate()), admission, SerialNumberProfile.SUBJECT_SERIAL_NUMBER, false);
  }

  static MasaUri masaAt(String text) {
    try {
      return MasaUri.parse(text);
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }

  /** The admin port, by the token of the data folder. */
  RemoteAdministration administration() throws IOException {
    return new RemoteAdministration(registrar.adminPort(), Files.readString(data.resolve("admin.token")));
  }

  /** A pledge with an IDevID of the known manufacturer. */
  TestPledge pledge(String serial) {
    return new TestPledge(serial, maker.idevid(serial), registrar.httpsPort());
  }

  Optional<DeviceReport> report(String serial) throws IOException {
    return administration().device(new DeviceId(MANUFACTURER, serial));
  }

  List<DeviceView> devices() throws IOException {
    return administration().devices(Optional.empty(), 500);
  }

  /** The root of the registrar's CA. */
  X509Certificate root() throws IOException {
    return org.eider.pki.PemFiles.readCertificates(data.resolve("ca").resolve("root.pem")).get(0);
  }

  @Override
  public void close() {
    registrar.close();
    masa.close();
  }
}

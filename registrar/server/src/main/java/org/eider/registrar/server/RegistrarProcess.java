package org.eider.registrar.server;

import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.eider.cli.CommandFailure;
import org.eider.discovery.Service;
import org.eider.est.http.EstRoutes;
import org.eider.est.http.HttpsServer;
import org.eider.est.http.Routes;
import org.eider.est.http.ServerConfig;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.Crypto;
import org.eider.pki.CryptoUnavailable;
import org.eider.pki.OthersMayReadException;
import org.eider.registrar.BrskiVoucherService;
import org.eider.registrar.DomainEstService;
import org.eider.registrar.DomainTelemetryService;
import org.eider.registrar.EmbeddedCa;
import org.eider.registrar.KnownManufacturers;
import org.eider.registrar.ManufacturerStore;
import org.eider.registrar.MasaClient;
import org.eider.registrar.MasaDesk;
import org.eider.registrar.ServerKeys;
import org.eider.registrar.StoreException;
import org.eider.registrar.server.admin.AdminRoutes;
import org.eider.registrar.server.admin.DirectAdministration;
import org.eider.registrar.server.config.RegistrarConfig;
import org.eider.registrar.server.http.BrskiRoutes;
import org.eider.registrar.server.masa.HttpsMasaClient;
import org.eider.registrar.server.metrics.MeteredMasaClient;
import org.eider.registrar.server.metrics.Readiness;
import org.eider.registrar.server.metrics.RegistrarMetrics;
import org.eider.registrar.store.SqlStore;
import org.eider.registrar.store.StoreConfig;
import org.eider.registrar.store.StoreProbe;
import org.eider.registrar.store.StoreUnavailable;
import org.eider.voucher.VoucherSealer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A registrar that runs: everything is put together here, top to bottom, and taken apart in reverse. */
public final class RegistrarProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RegistrarProcess.class);
  private static final int TOKEN_SIZE = 32;
  private static final Duration LOOK_AT_OWN_CERTIFICATE = Duration.ofHours(1);
  private static final Duration LOOK_AT_ADDRESSES = Duration.ofSeconds(5);
  /** What is missing when only a port does not listen, which is then not announced while the others are. */
  private static final Set<String> PORTS = Set.of("https", "coaps", "jpy");
  private static final ServerConfig.Limits ADMIN_LIMITS = adminLimits();

  private final Deque<Part> parts = new ArrayDeque<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean draining = new AtomicBoolean();
  private final AtomicReference<Optional<HttpsServer>> listener = new AtomicReference<>(Optional.empty());
  private final Readiness readiness = new Readiness()
      .need("running", () -> !draining.get())
      .need("https", () -> listener.get().map(HttpsServer::isListening).orElse(false));
  private OwnCredential own;
  private final AtomicReference<Optional<String>> failure = new AtomicReference<>(Optional.empty());
  private int httpsPort;
  private OptionalInt coapsPort = OptionalInt.empty();
  private OptionalInt jpyPort = OptionalInt.empty();
  private int adminPort;

  /** Something that is to be closed. */
  private record Part(String name, Closeable closeable) {}

  private RegistrarProcess() {}

  /**
   * Starts a registrar; it accepts when this returns.
   *
   * @param data its data folder; what is missing there is made
   * @throws CommandFailure when it cannot start; nothing is left running
   */
  public static RegistrarProcess start(RegistrarConfig config, Path data, InstantSource clock, SecureRandom random) throws CommandFailure {
    return start(config, data, clock, random, StoreProbe.NONE);
  }

  /** The same, with somebody looking on while the store writes. */
  static RegistrarProcess start(RegistrarConfig config, Path data, InstantSource clock, SecureRandom random, StoreProbe probe)
      throws CommandFailure {
    RegistrarProcess process = new RegistrarProcess();
    boolean started = false;
    try {
      process.wire(config, DataFolder.prepare(data), clock, random, probe);
      started = true;
      return process;
    } catch (StoreUnavailable e) {
      throw new CommandFailure(e.getMessage(), e.hint(), e);
    } catch (CryptoUnavailable e) {
      throw new CommandFailure("the registrar does not start: " + e.getMessage(), e.hint(), e);
    } catch (BindException e) {
      throw new CommandFailure(e.getMessage(), "another program may use that port, ss -ltunp tells which; choose another with --https-port, "
          + "--coaps-port, --jpy-port or --admin-port, or an address of this machine with --host", e);
    } catch (OthersMayReadException e) {
      throw new CommandFailure("the registrar does not start: " + e.getMessage(), e.hint(), e);
    } catch (IOException | StoreException e) {
      throw new CommandFailure("the registrar cannot start: " + e.getMessage(), "nothing was changed but what its log tells", e);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("the configuration cannot be used: " + e.getMessage(), "docs/examples/registrar.yaml explains every key", e);
    } finally {
      if (!started) {
        process.close();
      }
    }
  }

  private void wire(RegistrarConfig config, DataFolder folder, InstantSource clock, SecureRandom random, StoreProbe probe)
      throws CommandFailure, IOException, StoreUnavailable, CryptoUnavailable {
    if (config.contradiction().isPresent()) {
      throw new CommandFailure("the configuration cannot be used: " + config.contradiction().get());
    }
    LOG.info("Eider registrar {} starts on {}", version(), folder.path());
    LOG.info("crypto {}", Crypto.choose(config.crypto()).name());
    DataFolder.Held lock = folder.tryLock().orElseThrow(() -> new CommandFailure(
        "another registrar or command uses " + folder.path(), "stop it first, or give this registrar a data folder of its own"));
    atEnd("lock", lock::close);
    Files.deleteIfExists(folder.adminPort());
    folder.requireSecrets();
    SqlStore store = SqlStore.open(StoreConfig.in(folder.path()), probe, clock);
    atEnd("store", store::close);
    atEnd("journal", WatchedJournal.begin(store, folder, version(), clock, random)::close);

    ManufacturerStore manufacturers = new KnownManufacturers(store.manufacturers());
    RegistrarMetrics metrics = new RegistrarMetrics();
    metrics.census(store.devices()::census);
    readiness.need("disk space", store::hasRoom);
    readiness.need("store", () -> store.devices().devices(Optional.empty(), 1).size() <= 1);

    EmbeddedCa ca = EmbeddedCa.open(folder.ca(), store.certificates(), clock, random);
    own = OwnCredential.of(ca, config.https().names(), LOOK_AT_OWN_CERTIFICATE);
    atEnd("renewal", own::close);
    logCertificates(own.current());
    metrics.certificateUntil(() -> own.current().certificate().getNotAfter().toInstant());
    readiness.need("ca", () -> !ca.chain().isEmpty());

    MasaDesk desk = MasaDesk.open(config.masaDesk(), clock);
    atEnd("MASA desk", desk::close);
    metrics.watch(desk);
    HttpsMasaClient masaClient = new HttpsMasaClient(own::current, config.masa(), clock);
    atEnd("MASA client", masaClient::close);
    atEnd("exchanges with MASAs", desk::stop);
    MasaClient masa = new MeteredMasaClient(masaClient, metrics);
    BrskiVoucherService vouchers = new BrskiVoucherService(manufacturers, store.devices(), masa, own::current, VoucherSealer.cms(), clock,
        desk, config.admission().mostHeld());
    DomainTelemetryService telemetry = new DomainTelemetryService(manufacturers, store.devices(), store.certificates(), clock);
    DomainEstService est = new DomainEstService(manufacturers, store.devices(), store.certificates(), ca,
        config.enrolment().profile(), config.enrolment().requireChannelBinding(),
        new ServerKeys(config.enrolment().serverKeys(), own::current, random, clock), clock);

    String token = newToken(random);
    folder.writeSecret(folder.adminToken(), token);
    DirectAdministration administration = new DirectAdministration(store.devices(), store.certificates(), manufacturers,
        store.journal(), new StoreCustody(store, folder, clock), clock, () -> {});
    HttpsServer admin = HttpsServer.start(
        new ServerConfig("admin", "127.0.0.1", config.admin().port(), Optional.empty(), false, ADMIN_LIMITS),
        AdminRoutes.of(administration, token, new Monitor(metrics, readiness, config.admin().openMetrics())));
    atEnd("admin port", admin::close);
    adminPort = admin.address().getPort();

    Routes.Builder routes = Routes.builder();
    BrskiRoutes.addTo(routes, vouchers, telemetry);
    EstRoutes.addTo(routes, est);
    HttpsServer https = HttpsServer.start(
        new ServerConfig("registrar", config.https().host(), config.https().port(), Optional.of(own.current()), true, config.limits().kit()),
        routes.build(), metrics);
    atEnd("HTTPS", https::close);
    own.onRenewal(https::show);
    metrics.watch(https);
    listener.set(Optional.of(https));
    httpsPort = https.address().getPort();
    CoapFront coap = CoapFront.start(config, new CoapFront.Services(vouchers, telemetry, est), own, metrics);
    atEnd("CoAPS", coap);
    coap.needs(readiness);
    coapsPort = coap.coapsPort();
    jpyPort = coap.jpyPort();
    announce(config, https, coap);

    folder.writeSecret(folder.adminPort(), Integer.toString(adminPort));
    atEnd("admin.port", () -> Files.deleteIfExists(folder.adminPort()));
    store.onEnd(this::fail);
    warnWithoutManufacturers(manufacturers);
    LOG.info("listening https={}:{} coaps={} jpy={} admin=127.0.0.1:{}", config.https().host(), httpsPort,
        place(config.coaps().host(), coapsPort), place(config.coaps().jpy().host(), jpyPort), adminPort);
  }

  private void announce(RegistrarConfig config, HttpsServer https, CoapFront coap) throws IOException {
    List<Announcer.Announcement> announcements = Heralds.start(config.announce(), own);
    if (!announcements.isEmpty()) {
      List<Endpoint> endpoints = new ArrayList<>(coap.endpoints());
      endpoints.add(new Endpoint(Service.REGISTRAR_TLS, config.https().host(), httpsPort, https::isListening));
      endpoints.add(new Endpoint(Service.PROXY_TLS, config.https().host(), httpsPort, https::isListening));
      atEnd("announcements", Announcer.start(announcements, endpoints, config.announce().asProxy(),
          () -> PORTS.containsAll(readiness.missing()), LOOK_AT_ADDRESSES));
    }
  }

  /** What the registrar shows and signs with. */
  OwnCredential own() {
    return own;
  }

  /** The port of BRSKI and EST. */
  public int httpsPort() {
    return httpsPort;
  }

  /** The port of BRSKI and EST over CoAPS, if there is one. */
  public OptionalInt coapsPort() {
    return coapsPort;
  }

  /** The port of stateless join proxies, if there is one. */
  public OptionalInt jpyPort() {
    return jpyPort;
  }

  /** The admin port. */
  public int adminPort() {
    return adminPort;
  }

  /** Why it has stopped, or is about to stop, without being told to; empty when that is not so. */
  public Optional<String> failure() {
    return failure.get();
  }

  /** Waits until the registrar is closed. */
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /** Stops accepting, finishes what is in flight, and closes everything, the last first. Only the first call does something. */
  @Override
  public synchronized void close() {
    draining.set(true);
    boolean ran = !parts.isEmpty();
    while (!parts.isEmpty()) {
      Part part = parts.pop();
      try {
        part.closeable().close();
      } catch (IOException | StoreException e) {
        LOG.warn("closing {} failed: {}", part.name(), e.getMessage());
      } catch (RuntimeException e) {
        LOG.warn("closing {} failed", part.name(), e);
      }
    }
    if (ran) {
      LOG.info("the registrar has stopped");
    }
    ended.countDown();
  }

  /** The store is gone. Nothing that is asked can be recorded, so nothing can be answered; a start opens the store anew, or says more. */
  private void fail(String reason) {
    if (!draining.getAndSet(true) && failure.compareAndSet(Optional.empty(), Optional.of(reason))) {
      LOG.error("the registrar stops, because its store cannot be used any more: {}; check the disk of the data folder (df, dmesg), and "
          + "start the registrar again", reason);
      new Thread(this::close, "stop").start();
    }
  }

  private void atEnd(String name, Closeable part) {
    parts.push(new Part(name, part));
  }

  private static String place(String host, OptionalInt port) {
    return port.isPresent() ? host + ":" + port.getAsInt() : "off";
  }

  private static void logCertificates(Credential registrar) {
    X509Certificate own = registrar.certificate();
    X509Certificate issuing = registrar.chain().get(1);
    X509Certificate root = registrar.chain().get(registrar.chain().size() - 1);
    LOG.info("root CA {} sha256={}", Certificates.subject(root), fingerprint(root));
    LOG.info("issuing CA {} sha256={}", Certificates.subject(issuing), fingerprint(issuing));
    LOG.info("registrar {} sha256={} until {}", Certificates.subject(own), fingerprint(own), own.getNotAfter().toInstant());
  }

  private static String fingerprint(X509Certificate certificate) {
    return Certificates.der(certificate).sha256().hex();
  }

  private static void warnWithoutManufacturers(ManufacturerStore manufacturers) {
    int count = manufacturers.manufacturers().size();
    if (count == 0) {
      LOG.warn("no manufacturer is configured, so every device is refused; see eider registrar manufacturer add");
    } else {
      LOG.info("{} manufacturer(s) configured", count);
    }
  }

  private static String newToken(SecureRandom random) {
    byte[] token = new byte[TOKEN_SIZE];
    random.nextBytes(token);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  private static ServerConfig.Limits adminLimits() {
    ServerConfig.Limits kit = ServerConfig.Limits.standard();
    // Bodies have 256 KiB at most, so the port never holds more than 8 MiB of them.
    return kit.withWorkers(4, 32).withConnections(32).withTimes(kit.handshake(), kit.request(), kit.idle(), Duration.ofSeconds(5));
  }

  static String version() {
    return Optional.ofNullable(RegistrarProcess.class.getPackage().getImplementationVersion()).orElse("development");
  }
}

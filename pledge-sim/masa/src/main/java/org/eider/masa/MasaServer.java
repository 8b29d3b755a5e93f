package org.eider.masa;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.eider.est.http.HttpsServer;
import org.eider.est.http.ServerConfig;
import org.eider.est.http.ServerConfig.Limits;
import org.eider.pki.Credential;
import org.eider.voucher.VoucherSealer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running MASA: everything is wired here. */
public final class MasaServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MasaServer.class);
  private static final Limits LIMITS =
      new Limits(16, 256, 1024, 16 * 1024, Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofSeconds(10));

  /**
   * How to serve.
   *
   * @param host address or name to bind; the TLS certificate names it too
   * @param port TCP port; 0 for the one that IDevIDs name already, if it is free, and else any free one
   * @param policy what the manufacturer allows
   * @param sealer how vouchers are encoded
   * @param mischief what to do wrong on purpose
   */
  public record Settings(String host, int port, MasaPolicy policy, VoucherSealer sealer, Mischief mischief) {
    /** On loopback, by that policy, doing nothing wrong. */
    public static Settings of(MasaPolicy policy) {
      return new Settings("127.0.0.1", 0, policy, VoucherSealer.cms(), Mischief.NONE);
    }
  }

  private final Manufacturer manufacturer;
  private final FileLock serving;
  private final HttpsServer server;

  private MasaServer(Manufacturer manufacturer, FileLock serving, HttpsServer server) {
    this.manufacturer = manufacturer;
    this.serving = serving;
    this.server = server;
  }

  /**
   * Starts to serve a data folder, which is made when it is not there; its {@code manufacturer.json} says from then on where.
   *
   * @throws IOException when another process serves the folder, the address cannot be bound, or files cannot be used
   */
  public static MasaServer start(Path data, Settings settings, SecureRandom random, InstantSource clock) throws IOException {
    Manufacturer manufacturer = Manufacturer.openOrCreate(data, random, clock);
    try {
      FolderLock lock = manufacturer.folder().servingLock();
      try {
        FileLock serving = lock.tryAcquire().orElseThrow(() -> new IOException("another MASA serves " + data));
        return start(manufacturer, serving, settings, clock);
      } catch (IOException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      manufacturer.close();
      throw e;
    }
  }

  private static MasaServer start(Manufacturer manufacturer, FileLock serving, Settings settings, InstantSource clock) throws IOException {
    KeyStore keys = manufacturer.keys();
    MasaService service = new MasaService(
        manufacturer.inventory(), settings.policy(), keys.masaKeys(), settings.sealer(), settings.mischief(), clock);
    Credential credential = keys.server(settings.host(), clock.instant());
    HttpsServer server = manufacturer.folder().settingUp(() -> bindAndRemember(manufacturer.folder(), settings, credential, service));
    return new MasaServer(manufacturer, serving, server);
  }

  private static HttpsServer bindAndRemember(DataFolder folder, Settings settings, Credential credential, MasaService service)
      throws IOException {
    Optional<Integer> remembered = folder.rememberedPort();
    HttpsServer server = bind(settings, credential, service, remembered);
    int port = server.address().getPort();
    if (remembered.isPresent() && remembered.get() != port) {
      LOG.atWarn().addKeyValue("was", remembered.get()).addKeyValue("now", port).log("IDevIDs issued before name another port");
    }
    folder.remember(port);
    return server;
  }

  /** The port that was asked for; else the one that IDevIDs name, if nobody has taken it; else any. */
  private static HttpsServer bind(Settings settings, Credential credential, MasaService service, Optional<Integer> remembered) throws IOException {
    if (settings.port() == 0 && remembered.isPresent()) {
      try {
        return bind(settings, remembered.get(), credential, service);
      } catch (IOException e) {
        if (!(e.getCause() instanceof BindException)) {
          throw e;
        }
        LOG.atWarn().addKeyValue("port", remembered.get()).log("the port that IDevIDs name is taken");
      }
    }
    return bind(settings, settings.port(), credential, service);
  }

  private static HttpsServer bind(Settings settings, int port, Credential credential, MasaService service) throws IOException {
    ServerConfig config = new ServerConfig("masa", settings.host(), port, Optional.of(credential), true, LIMITS);
    return HttpsServer.start(config, MasaRoutes.of(service, settings.mischief()));
  }

  /** The TCP port. */
  public int port() {
    return server.address().getPort();
  }

  /** What it serves; devices can be made while it does. */
  public Manufacturer manufacturer() {
    return manufacturer;
  }

  /** Stops accepting, finishes what is in flight, and closes the journal. */
  @Override
  public void close() {
    server.close();
    try {
      serving.acquiredBy().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      manufacturer.close();
    }
  }
}

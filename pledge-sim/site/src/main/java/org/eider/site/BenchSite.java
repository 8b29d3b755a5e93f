package org.eider.site;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eider.cli.CommandFailure;
import org.eider.masa.Manufacturer;
import org.eider.pki.Credential;
import org.eider.pki.Crypto;
import org.eider.pki.KeyType;
import org.eider.pki.SerialNumberProfile;
import org.eider.pledge.DeviceIdentity;
import org.eider.pledge.RegistrarAddress.Scheme;
import org.eider.registrar.store.SqlStore;
import org.eider.registrar.store.StoreConfig;
import org.eider.registrar.store.StoreUnavailable;
import org.eider.wire.DecodeException;

/** MASA and registrar of a benchmark as processes of their own, and the devices, which stay in this one. */
final class BenchSite implements AutoCloseable {
  /**
   * The registrar as an operator of a small machine would run it. A small young generation, since what an onboarding makes is garbage
   * soon; and no more heap than is needed, where Java would begin with a part of the machine's memory.
   */
  static final List<String> REGISTRAR_JAVA =
      List.of("-Xmx256m", "-Xms64m", "-Xmn32m", "-XX:+UseSerialGC", "-XX:MinHeapFreeRatio=10", "-XX:MaxHeapFreeRatio=20");
  /** The manufacturer's name at the registrar. */
  static final String MANUFACTURER = "bench";

  private static final List<String> MASA_JAVA = List.of("-Xmx256m", "-XX:+UseSerialGC");

  private final Path folder;
  private final Crypto.Kind crypto;
  private final Scheme transport;
  private final String host;
  private final List<ServerProcess> running = new ArrayList<>();
  private volatile boolean closed;
  private Duration firstStart = Duration.ZERO;
  private Duration start = Duration.ZERO;

  BenchSite(Path folder, Crypto.Kind crypto, Scheme transport) {
    this(folder, crypto, transport, "localhost");
  }

  /** The same with a registrar that listens there. */
  BenchSite(Path folder, Crypto.Kind crypto, Scheme transport, String host) {
    this.folder = folder;
    this.crypto = crypto;
    this.transport = transport;
    this.host = host;
  }

  /** Starts both servers, with {@code stored} devices in the registrar's store. */
  void start(int stored) throws IOException, CommandFailure, InterruptedException {
    startProcess("masa", MASA_JAVA, List.of("masa", "serve", "--data", path("masa"), "--port", "0"), 1);
    firstStart = startRegistrar();
    Site.run("registrar", "manufacturer", "add", "--data", path("registrar"), "--name", MANUFACTURER, "--from-masa", path("masa"),
        "--admission", "auto");
    registrar().close();
    running.remove(1);
    fill(stored);
    start = startRegistrar();
  }

  /** Lets devices leave the factory. */
  List<DeviceIdentity> make(int devices) throws IOException, CommandFailure {
    List<DeviceIdentity> made = new ArrayList<>();
    try (Manufacturer manufacturer = Manufacturer.openOrCreate(folder.resolve("masa"), new SecureRandom(), Clock.systemUTC())) {
      for (int i = 1; i <= devices; i++) {
        Credential idevid = manufacturer.make(String.format(Locale.ROOT, "BENCH-%06d", i), KeyType.P256, Optional.empty());
        requireOpen();
        made.add(DeviceIdentity.of(idevid, manufacturer.voucherAnchors(), SerialNumberProfile.SUBJECT_SERIAL_NUMBER));
      }
      return made;
    } catch (DecodeException e) {
      throw new CommandFailure("the manufacturer's own devices cannot be read", "run it with --debug", e);
    }
  }

  ServerProcess registrar() {
    return running.get(1);
  }

  /** From the start of the process to its ready line, the first time, when CA and store are made. */
  Duration firstStart() {
    return firstStart;
  }

  /** The same for the next start. */
  Duration restart() {
    return start;
  }

  @Override
  public synchronized void close() {
    closed = true;
    for (int i = running.size() - 1; i >= 0; i--) {
      running.get(i).close();
    }
  }

  private Duration startRegistrar() throws IOException, CommandFailure, InterruptedException {
    Path config = folder.resolve("registrar.yaml");
    Files.writeString(config, "https:\n  host: \"" + host + "\"\n  port: 0\nlimits:\n  trusted-sources: [127.0.0.0/8, \"::1\"]\n"
        + "coaps:\n  handshake-rate: 0\n  handshake-burst: 0\n", StandardCharsets.UTF_8);
    List<String> words = new ArrayList<>(List.of("registrar", "serve", "--data", path("registrar"), "--config", config.toString(),
        "--admin-port", "0", "--crypto", crypto.label()));
    words.addAll(transport == Scheme.COAPS ? List.of("--coaps-port", "0", "--host", host) : List.of());
    return startProcess("registrar", REGISTRAR_JAVA, words, transport == Scheme.COAPS ? 2 : 1);
  }

  private Duration startProcess(String name, List<String> java, List<String> words, int lines)
      throws IOException, CommandFailure, InterruptedException {
    long began = System.nanoTime();
    ServerProcess process = ServerProcess.start(name, folder, Launch.of(words).with(java), lines);
    synchronized (this) {
      running.add(process);
      if (closed) {
        process.close();
      }
    }
    requireOpen();
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private void fill(int stored) throws CommandFailure, InterruptedException {
    if (stored == 0) {
      return;
    }
    try (SqlStore store = SqlStore.open(StoreConfig.in(folder.resolve("registrar")))) {
      new StoreFill(store, Clock.systemUTC().instant()).fill(MANUFACTURER, stored);
    } catch (StoreUnavailable e) {
      throw new CommandFailure(e.getMessage(), e.hint(), e);
    }
  }

  /** Whoever still works after the end, which another thread has brought about, stops here. */
  private void requireOpen() throws CommandFailure {
    if (closed) {
      throw new CommandFailure("the benchmark was interrupted");
    }
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }
}

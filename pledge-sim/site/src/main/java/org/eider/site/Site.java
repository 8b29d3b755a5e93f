package org.eider.site;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.pledge.RegistrarAddress;
import org.eider.pledge.RegistrarAddress.Scheme;
import org.eider.site.NetworkCell.Host;
import org.eider.wire.DecodeException;

/** A MASA and a registrar as processes, their data, and devices that have left the factory. */
final class Site implements AutoCloseable {
  /** Name of the registrar's data folder. */
  static final String REGISTRAR = "registrar";
  /** Name of the join proxy's data folder. */
  static final String PROXY = "join-proxy";
  /** Name of the MASA's data folder. */
  static final String MASA = "masa";

  private static final String MANUFACTURER = "demo";
  private static final String PROXY_SERIAL = "DEMO-PROXY";

  private final Path folder;
  private final Console console;
  private final List<Scheme> transports;
  private final Surroundings surroundings;
  private final List<ServerProcess> running = new ArrayList<>();
  private final List<String> serials = new ArrayList<>();
  private boolean kept;

  /** A site whose registrar speaks {@code transports}; its devices take turns with them. */
  Site(Path folder, Console console, List<Scheme> transports) {
    this(folder, console, transports, Surroundings.direct());
  }

  /** The same at other places, which it leaves to whoever made them. */
  Site(Path folder, Console console, List<Scheme> transports, Surroundings surroundings) {
    this.folder = folder;
    this.console = console;
    this.transports = List.copyOf(transports);
    this.surroundings = surroundings;
  }

  /** Starts the MASA, lets {@code devices} leave the factory, and starts a registrar that knows their manufacturer. */
  void start(int devices) throws IOException, CommandFailure, InterruptedException {
    long began = System.nanoTime();
    begin(MASA, Launch.of(List.of("masa", "serve", "--data", path(MASA), "--port", "0")).behind(surroundings.prefix(Host.REGISTRAR)), 1);
    tell("MASA", masa().address() + " is the manufacturer's service", began);

    began = System.nanoTime();
    Files.createDirectories(folder.resolve("idevid"));
    for (int i = 1; i <= devices; i++) {
      String serial = String.format(Locale.ROOT, "DEMO-%04d", i);
      makeDevice(serial);
      serials.add(serial);
    }
    tell("factory", devices + " device" + (devices == 1 ? " leaves" : "s leave") + " with an IDevID and nothing else", began);

    began = System.nanoTime();
    List<String> serve = new ArrayList<>(List.of("registrar", "serve", "--data", path(REGISTRAR), "--https-port", "0", "--admin-port", "0"));
    serve.addAll(surroundings.registrar());
    boolean coaps = transports.contains(Scheme.COAPS);
    serve.addAll(coaps ? List.of("--coaps-port", "0") : List.of());
    int lines = 1 + (coaps ? 1 : 0) + (serve.contains("--jpy-port") ? 1 : 0);
    begin(REGISTRAR, Launch.of(serve).behind(surroundings.prefix(Host.REGISTRAR)), lines);
    String also = coaps ? " and " + registrar().address(Scheme.COAPS) : "";
    tell("registrar", registrar().address() + also + " has made its own CA and accepts", began);

    began = System.nanoTime();
    operator("registrar", "manufacturer", "add", "--data", path(REGISTRAR), "--name", MANUFACTURER, "--from-masa", path(MASA),
        "--admission", "auto");
    tell("operator", "the owner adds manufacturer \"" + MANUFACTURER + "\", admission auto", began);
    beginProxy();
    console.line("");
  }

  /** The join proxy is a device like the others, and onboarded before them where it has a network to be onboarded by. */
  private void beginProxy() throws IOException, CommandFailure, InterruptedException {
    Optional<List<String>> told = surroundings.proxy(registrar());
    if (told.isEmpty()) {
      return;
    }
    long began = System.nanoTime();
    List<String> serve = new ArrayList<>(List.of("join-proxy", "serve", "--data", path(PROXY)));
    serve.addAll(told.get());
    if (surroundings.proxyEnrols()) {
      makeDevice(PROXY_SERIAL);
      serve.addAll(List.of("--bootstrap", "--idevid", idevid(PROXY_SERIAL).toString()));
    }
    begin(PROXY, Launch.lean(serve).able(folder).behind(surroundings.prefix(Host.PROXY)), surroundings.proxyLines());
    tell("join proxy", surroundings.proxyEnrols() ? "was onboarded itself, has found the registrar, and listens:" : "listens:", began);
    proxy().ready().forEach(port -> console.line("             %s", port));
  }

  private void makeDevice(String serial) throws CommandFailure {
    run("masa", "idevid", "--data", path(MASA), "--serial", serial, "--out", idevid(serial).toString());
  }

  /** Runs a command of the operator, where the registrar is. */
  private void operator(String... words) throws IOException, CommandFailure, InterruptedException {
    List<String> prefix = surroundings.prefix(Host.REGISTRAR);
    if (prefix.isEmpty()) {
      run(words);
    } else {
      NetworkCell.run(Launch.of(List.of(words)).behind(prefix).commandLine().toArray(String[]::new));
    }
  }

  Path folder() {
    return folder;
  }

  ServerProcess masa() {
    return running.get(0);
  }

  ServerProcess registrar() {
    return running.get(1);
  }

  /** The join proxy, if there is one. */
  ServerProcess proxy() {
    return running.get(2);
  }

  /** Where everybody is. */
  Surroundings surroundings() {
    return surroundings;
  }

  /** The devices, in order. */
  List<String> serials() {
    return List.copyOf(serials);
  }

  /** How a device talks to the registrar. */
  Scheme transport(String serial) {
    return transports.get(serials.indexOf(serial) % transports.size());
  }

  /** Where a device on this host knocks: at the join proxy if there is one, otherwise at the registrar. */
  RegistrarAddress entrance(Scheme transport) throws IOException, DecodeException {
    if (surroundings.proxy(registrar()).isEmpty()) {
      return RegistrarAddress.parse(registrar().address(transport).toString());
    }
    String kind = transport == Scheme.HTTPS ? "tcp:" : "udp:";
    for (String ready : proxy().ready()) {
      if (ready.startsWith(kind)) {
        // Loopback needs no zone.
        return RegistrarAddress.parse(transport.label() + ready.substring(kind.length() - 1).split(" ")[0].replaceFirst("%lo]", "]"));
      }
    }
    throw new IOException("the join proxy has nothing for " + transport.label() + ", but " + proxy().ready());
  }

  /** Where a device's IDevID is. */
  Path idevid(String serial) {
    return folder.resolve("idevid").resolve(serial);
  }

  /** Where a device keeps what it got. */
  Path owned(String serial) {
    return folder.resolve("owned").resolve(serial);
  }

  /** The root of the registrar's CA, as a relying party at the site would be given it. */
  Path domainRoot() {
    return folder.resolve(REGISTRAR).resolve("ca").resolve("root.pem");
  }

  /** Lets the processes run on when this ends. */
  void leaveRunning() {
    kept = true;
    running.forEach(ServerProcess::leave);
  }

  @Override
  public void close() {
    if (!kept) {
      for (int i = running.size() - 1; i >= 0; i--) {
        running.get(i).close();
      }
    }
  }

  private void begin(String name, Launch launch, int lines) throws IOException, CommandFailure, InterruptedException {
    running.add(ServerProcess.start(name, folder, launch, lines));
  }

  /** Runs one of our commands in this process. */
  static void run(String... words) throws CommandFailure {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream both = new PrintStream(said, true, StandardCharsets.UTF_8);
    if (Main.run(words, both, both) != Cli.OK) {
      throw new CommandFailure("'" + String.join(" ", words) + "' failed: " + said.toString(StandardCharsets.UTF_8).strip());
    }
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private void tell(String who, String what, long began) {
    console.line("  %-10s %-78s %6d ms", who, what, (System.nanoTime() - began) / 1_000_000);
  }
}

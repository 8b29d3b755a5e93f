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
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.pledge.RegistrarAddress.Scheme;

/** A MASA and a registrar as processes, their data, and devices that have left the factory. */
final class Site implements AutoCloseable {
  /** Name of the registrar's data folder. */
  static final String REGISTRAR = "registrar";
  /** Name of the MASA's data folder. */
  static final String MASA = "masa";

  private static final String MANUFACTURER = "demo";

  private final Path folder;
  private final Console console;
  private final List<Scheme> transports;
  private final List<ServerProcess> running = new ArrayList<>();
  private final List<String> serials = new ArrayList<>();
  private boolean kept;

  /** A site whose registrar speaks {@code transports}; its devices take turns with them. */
  Site(Path folder, Console console, List<Scheme> transports) {
    this.folder = folder;
    this.console = console;
    this.transports = List.copyOf(transports);
  }

  /** Starts the MASA, lets {@code devices} leave the factory, and starts a registrar that knows their manufacturer. */
  void start(int devices) throws IOException, CommandFailure, InterruptedException {
    long began = System.nanoTime();
    begin(MASA, List.of("masa", "serve", "--data", path(MASA), "--port", "0"), 1);
    tell("MASA", masa().address() + " is the manufacturer's service", began);

    began = System.nanoTime();
    Files.createDirectories(folder.resolve("idevid"));
    for (int i = 1; i <= devices; i++) {
      String serial = String.format(Locale.ROOT, "DEMO-%04d", i);
      run("masa", "idevid", "--data", path(MASA), "--serial", serial, "--out", idevid(serial).toString());
      serials.add(serial);
    }
    tell("factory", devices + " device" + (devices == 1 ? " leaves" : "s leave") + " with an IDevID and nothing else", began);

    began = System.nanoTime();
    List<String> serve = new ArrayList<>(
        List.of("registrar", "serve", "--data", path(REGISTRAR), "--host", "localhost", "--https-port", "0", "--admin-port", "0"));
    boolean coaps = transports.contains(Scheme.COAPS);
    serve.addAll(coaps ? List.of("--coaps-port", "0") : List.of());
    begin(REGISTRAR, serve, coaps ? 2 : 1);
    String also = coaps ? " and " + registrar().address(Scheme.COAPS) : "";
    tell("registrar", registrar().address() + also + " has made its own CA and accepts", began);

    began = System.nanoTime();
    run("registrar", "manufacturer", "add", "--data", path(REGISTRAR), "--name", MANUFACTURER, "--from-masa", path(MASA),
        "--admission", "auto");
    tell("operator", "the owner adds manufacturer \"" + MANUFACTURER + "\", admission auto", began);
    console.line("");
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

  /** The devices, in order. */
  List<String> serials() {
    return List.copyOf(serials);
  }

  /** How a device talks to the registrar. */
  Scheme transport(String serial) {
    return transports.get(serials.indexOf(serial) % transports.size());
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

  private void begin(String name, List<String> words, int lines) throws IOException, CommandFailure, InterruptedException {
    running.add(ServerProcess.start(name, folder, Launch.of(words), lines));
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

package org.eider.masa;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.FileTrouble;
import org.eider.cli.Logging;
import org.eider.masa.MasaPolicy.Pin;
import org.eider.pki.OthersMayReadException;
import org.eider.pki.PemFiles;
import org.eider.voucher.VoucherSealer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code eider masa serve}. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs the MASA until it is told to stop (SIGTERM or Ctrl-C); what is in flight is finished first.",
      "Prints one line 'ready masa https://localhost:PORT' on standard output once it accepts; logs go to standard error.",
      "Without options it gives nonced vouchers to registrars that the pledge has seen, and to those of a device's known owner."})
final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @ParentCommand private MasaCommand parent;
  @Spec private CommandSpec spec;

  @Option(names = "--data", required = true, paramLabel = "DIR",
      description = "Folder of keys, devices and journal; made at the first start, for this user only.")
  private Path data;

  @Option(names = "--port", paramLabel = "P", defaultValue = "0",
      description = "TCP port, 0 for the one that IDevIDs issued before name, or else any free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(names = "--host", paramLabel = "H", defaultValue = "127.0.0.1",
      description = "Address or name to listen on; the TLS certificate names it beside localhost, 127.0.0.1 and ::1 (default: ${DEFAULT-VALUE}).")
  private String host;

  @Option(names = "--allow-logged",
      description = "Also give a voucher that says 'logged' to a registrar that neither the pledge has seen nor we know as the owner's (default: refuse).")
  private boolean allowLogged;

  @Option(names = "--allow-nonceless",
      description = "Also give vouchers without nonce, to the owner's registrar and to those of --known-registrars (default: refuse).")
  private boolean allowNonceless;

  @Option(names = "--known-registrars", paramLabel = "FILE",
      description = "PEM certificates of registrars or their CAs that may have nonceless vouchers (default: none but the owner's).")
  private Optional<Path> knownRegistrars;

  @Option(names = "--one-owner",
      description = "Refuse a second domain while a device has an owner; 'masa release' frees it (default: the new domain becomes the owner).")
  private boolean oneOwner;

  @Option(names = "--pin", paramLabel = "CERT", defaultValue = "lowest-ca",
      description = "What a nonced voucher pins of the registrar's chain: lowest-ca, highest-ca or end-entity (default: ${DEFAULT-VALUE}).")
  private String pin;

  @Option(names = "--nonceless-lifetime", paramLabel = "DURATION", defaultValue = "PT20M",
      description = "How long a nonceless voucher is valid, as ISO 8601 duration (default: ${DEFAULT-VALUE}).")
  private Duration noncelessLifetime;

  @Option(names = "--max-age", paramLabel = "DURATION", defaultValue = "P4D",
      description = "Oldest creation date of a request that is answered, as ISO 8601 duration (default: ${DEFAULT-VALUE}).")
  private Duration maxAge;

  @Option(names = "--cms-as-data",
      description = "Label vouchers id-data, as the examples of RFC 8995 do (default: id-ct-animaJSONVoucher, as RFC 8366 demands).")
  private boolean cmsAsData;

  @Option(names = "--mischief", paramLabel = "NAME",
      description = "danger: answer wrongly on purpose, to try out registrars: slow, html, error-500, wrong-serial, wrong-nonce, "
          + "foreign-signed, unsigned or other-domain (default: none).")
  private Optional<String> mischief;

  @Override
  public Integer call() throws CommandFailure {
    MasaServer.Settings settings = settings();
    Logging.forServer();
    mischief.ifPresent(name -> LOG.atWarn().addKeyValue("mischief", name).log("danger: this MASA answers wrongly on purpose"));
    MasaServer server = start(settings);
    // A Java process that gets SIGTERM ends with 143, whatever its hooks do, unless a hook ends it first.
    Thread onSignal = new Thread(() -> {
      server.close();
      Runtime.getRuntime().halt(Cli.OK);
    }, "shutdown");
    Runtime.getRuntime().addShutdownHook(onSignal);
    parent.console().line("ready masa https://localhost:" + server.port());
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException stop) {
      Runtime.getRuntime().removeShutdownHook(onSignal);
      server.close();
    }
    return Cli.OK;
  }

  private MasaServer start(MasaServer.Settings settings) throws CommandFailure {
    try {
      return MasaServer.start(data, settings, new SecureRandom(), Clock.systemUTC());
    } catch (OthersMayReadException e) {
      throw new CommandFailure("the MASA does not start: " + e.getMessage(), e.hint(), e);
    } catch (IOException e) {
      throw new CommandFailure("the MASA cannot start: " + e.getMessage(), "is the port free, and the folder yours?", e);
    }
  }

  private MasaServer.Settings settings() throws CommandFailure {
    if (port < 0 || port > 65535) {
      throw wrong("--port has to be 0 to 65535");
    }
    if (noncelessLifetime.toSeconds() < 1 || maxAge.toSeconds() < 1) {
      throw wrong("--nonceless-lifetime and --max-age are at least one second");
    }
    MasaPolicy policy =
        new MasaPolicy(allowLogged, allowNonceless, known(), oneOwner, chosenPin(), noncelessLifetime, maxAge);
    Mischief chosen = mischief.isEmpty() ? Mischief.NONE : Mischief.named(mischief.get())
        .orElseThrow(() -> wrong("--mischief has to be one of " + String.join(", ", Mischief.names())));
    return new MasaServer.Settings(host, port, policy, cmsAsData ? VoucherSealer.cmsAsData() : VoucherSealer.cms(), chosen);
  }

  private Pin chosenPin() {
    for (Pin choice : Pin.values()) {
      if (choice.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(pin)) {
        return choice;
      }
    }
    throw wrong("--pin has to be lowest-ca, highest-ca or end-entity");
  }

  private List<X509Certificate> known() throws CommandFailure {
    try {
      return knownRegistrars.isPresent() ? PemFiles.readCertificates(knownRegistrars.get()) : List.of();
    } catch (IOException e) {
      throw new CommandFailure("--known-registrars: cannot read " + knownRegistrars.get() + ": " + FileTrouble.of(e), "it has to be a file of PEM certificates", e);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}

package org.eider.registrar.server;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Logging;
import org.eider.discovery.Method;
import org.eider.pki.Crypto;
import org.eider.config.BadSetting;
import org.eider.registrar.server.config.AdminSettings;
import org.eider.registrar.server.config.AnnounceSettings;
import org.eider.registrar.server.config.CoapsSettings;
import org.eider.registrar.server.config.HttpsSettings;
import org.eider.registrar.server.config.LogSettings;
import org.eider.registrar.server.config.RegistrarConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code eider registrar serve}. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs the registrar until it is told to stop (SIGTERM or Ctrl-C); what is in flight is finished first.",
      "It stops with exit code 74 when its store cannot be read or written any more.",
      "Prints 'ready registrar https://localhost:PORT' on standard output once it accepts, then 'ready registrar coaps://localhost:PORT' "
          + "when it serves constrained devices as well, and 'ready registrar jpy://localhost:PORT' when it serves those behind stateless "
          + "join proxies; logs go to standard error."})
final class ServeCommand implements Callable<Integer> {
  /** EX_IOERR of sysexits.h: a supervisor may start it again. */
  static final int LOST_ITS_STORE = 74;

  @ParentCommand private RegistrarCommand parent;
  @Spec private CommandSpec spec;

  @Option(names = "--data", required = true, paramLabel = "DIR",
      description = "Folder of store, CA keys and admin token; made at the first start, for this user only.")
  private Path data;

  @Option(names = "--config", paramLabel = "FILE",
      description = "Configuration in YAML (default: none, every setting has a default; see config check).")
  private Optional<Path> config;

  @Option(names = "--https-port", paramLabel = "P",
      description = "TCP port of BRSKI and EST, 0 for any free one (default: https.port of the configuration, 8443).")
  private Optional<Integer> httpsPort;

  @Option(names = "--coaps-port", paramLabel = "P",
      description = "UDP port of BRSKI and EST for constrained devices, 0 for any free one (default: coaps.port of the configuration, 5684, if "
          + "that has coaps.enabled; else none).")
  private Optional<Integer> coapsPort;

  @Option(names = "--jpy-port", paramLabel = "P",
      description = "UDP port for stateless join proxies, 0 for any free one (default: coaps.jpy.port of the configuration, any free one, if "
          + "that has coaps.jpy.enabled; else none).")
  private Optional<Integer> jpyPort;

  @Option(names = "--admin-port", paramLabel = "P",
      description = "TCP port of the commands, on loopback, 0 for any free one (default: admin.port of the configuration, 0).")
  private Optional<Integer> adminPort;

  @Option(names = "--host", paramLabel = "H",
      description = "Address or name to listen on (default: https.host, coaps.host and coaps.jpy.host of the configuration, "
          + "0.0.0.0).")
  private Optional<String> host;

  @Option(names = "--announce", paramLabel = "METHOD", split = ",",
      description = "How devices and join proxies are told of the registrar: grasp, mdns, coap, or several of them with commas (default: announce "
          + "of the configuration, else not at all).")
  private List<String> announce = List.of();

  @Option(names = "--interface", paramLabel = "IF",
      description = "On which network interface, for every method of --announce; can be repeated (default: those that the configuration has for "
          + "the method).")
  private List<String> interfaces = List.of();

  @Option(names = "--announce-as-proxy",
      description = "Tells pledges on those links too, as a join proxy would (default: announce.as-proxy of the configuration).")
  private boolean announceAsProxy;

  @Option(names = "--log-format", paramLabel = "text|json",
      description = "What a line of log looks like; json is one object a line (default: log.format of the configuration, text).")
  private Optional<LogSettings.Format> logFormat;

  @Option(names = "--crypto", paramLabel = "bc|accp",
      description = "Who computes: Bouncy Castle, or where it is faster Amazon Corretto Crypto Provider (default: crypto of the configuration, bc).")
  private Optional<Crypto.Kind> crypto;

  @Override
  public Integer call() throws CommandFailure {
    Logging.forCommand(); // what reading the configuration has to say goes to standard error too
    RegistrarConfig settings = settings();
    Logging.forServer(org.slf4j.event.Level.valueOf(settings.log().level().name()), switch (settings.log().format()) {
      case TEXT -> Logging.Format.TEXT;
      case JSON -> Logging.Format.JSON;
    });
    RegistrarProcess process = RegistrarProcess.start(settings, data, Clock.systemUTC(), new SecureRandom());
    return untilTheEnd(process, () -> {
      parent.console().line("ready registrar https://localhost:" + process.httpsPort());
      process.coapsPort().ifPresent(port -> parent.console().line("ready registrar coaps://localhost:" + port));
      process.jpyPort().ifPresent(port -> parent.console().line("ready registrar jpy://localhost:" + port));
    });
  }

  /** Does what is to be done when it runs, and waits for SIGTERM, or for the registrar to stop by itself; the exit code. */
  static int untilTheEnd(RegistrarProcess process, Runnable ready) {
    // A Java process that gets SIGTERM ends with 143, whatever its hooks do, unless a hook ends it first.
    Thread onSignal = new Thread(() -> {
      process.close();
      Runtime.getRuntime().halt(exitCode(process));
    }, "shutdown");
    Runtime.getRuntime().addShutdownHook(onSignal);
    ready.run();
    try {
      process.awaitEnd();
    } catch (InterruptedException stop) {
      Runtime.getRuntime().removeShutdownHook(onSignal);
      process.close();
    }
    return exitCode(process);
  }

  private static int exitCode(RegistrarProcess process) {
    return process.failure().isPresent() ? LOST_ITS_STORE : Cli.OK;
  }

  private RegistrarConfig settings() throws CommandFailure {
    RegistrarConfig read = config.isPresent() ? ConfigCommand.read(config.get()) : RegistrarConfig.standard();
    HttpsSettings https = read.https();
    try {
      return read
          .withHttps(new HttpsSettings(host.orElse(https.host()), httpsPort.orElse(https.port()), https.names()))
          .withCoaps(coaps(read.coaps()))
          .withAnnounce(announced(read.announce()))
          .withAdmin(new AdminSettings(adminPort.orElse(read.admin().port()), read.admin().openMetrics()))
          .withLog(new LogSettings(read.log().level(), logFormat.orElse(read.log().format())))
          .withCrypto(crypto.orElse(read.crypto()));
    } catch (BadSetting bad) {
      throw new ParameterException(spec.commandLine(), bad.key() + " " + bad.getMessage());
    }
  }

  private AnnounceSettings announced(AnnounceSettings read) {
    AnnounceSettings said = announceAsProxy ? read.toPledges() : read;
    if (announce.isEmpty() && !interfaces.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--interface goes with --announce");
    }
    if (announce.isEmpty()) {
      return said;
    }
    Set<Method> methods = EnumSet.noneOf(Method.class);
    for (String label : announce) {
      methods.add(Method.of(label).orElseThrow(() ->
          new ParameterException(spec.commandLine(), "--announce takes grasp, mdns and coap, not \"" + label + "\"")));
    }
    AnnounceSettings there = said.on(methods, method -> interfaces.isEmpty() ? said.of(method) : interfaces);
    methods.stream().filter(method -> there.of(method).isEmpty()).findFirst().ifPresent(method -> {
      throw new ParameterException(spec.commandLine(), "--announce " + method.label() + " needs an --interface");
    });
    return there;
  }

  private CoapsSettings coaps(CoapsSettings read) {
    CoapsSettings there = host.map(read::at).orElse(read);
    CoapsSettings named = coapsPort.map(there::on).orElse(there);
    return jpyPort.map(port -> named.with(named.jpy().on(port))).orElse(named);
  }
}

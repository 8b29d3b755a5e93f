package org.eider.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.cli.Logging;
import org.eider.pledge.RegistrarAddress.Scheme;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code eider demo}: a manufacturer, a site and devices on this machine, as separate parties over real sockets. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Shows a whole onboarding, one protocol step after the other.",
      "Starts a MASA and a registrar as processes of their own, makes devices, and takes them into possession. Exits 0 only if every new"
          + " certificate verifies."
    })
final class DemoCommand implements Callable<Integer> {
  private static final int MOST_PLEDGES = 10_000;
  private static final int MOST_AT_ONCE = 64;

  private final Console console;

  @Spec private CommandSpec spec;

  @Option(names = "--pledges", paramLabel = "N", defaultValue = "3", description = "How many devices (default: ${DEFAULT-VALUE}).")
  private int pledges;

  @Option(names = "--transport", paramLabel = "https|coaps|both", defaultValue = "both", converter = Transports.class,
      description = "How devices talk to the registrar; with both they take turns (default: ${DEFAULT-VALUE}).")
  private List<Scheme> transports = List.of();

  @Option(names = "--at-once", paramLabel = "N", defaultValue = "4",
      description = "How many devices are switched on at a time (default: ${DEFAULT-VALUE}).")
  private int atOnce;

  @Option(names = "--via-proxy", description = "Put a join proxy between devices and registrar: as root on Linux on hosts of their own (network"
      + " namespaces), where devices have link-local addresses only and have to find it; otherwise on loopback (default: no proxy).")
  private boolean viaProxy;

  @Option(names = "--keep", description = "Leave MASA and registrar running at the end, and say how to go on (default: stop them).")
  private boolean keep;

  @Option(names = "--data", paramLabel = "DIR",
      description = "Where everything is kept; may not hold a demo yet (default: a temporary folder, removed at the end unless --keep).")
  private Optional<Path> data = Optional.empty();

  DemoCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, CommandFailure, InterruptedException {
    Logging.forCommand();
    if (pledges < 1 || pledges > MOST_PLEDGES) {
      throw new ParameterException(spec.commandLine(), "--pledges is a number from 1 to " + MOST_PLEDGES);
    }
    if (viaProxy && keep) {
      throw new ParameterException(spec.commandLine(), "--keep does not go together with --via-proxy: its hosts end with the demo");
    }
    if (atOnce < 1 || atOnce > MOST_AT_ONCE) {
      throw new ParameterException(spec.commandLine(), "--at-once is a number from 1 to " + MOST_AT_ONCE);
    }
    Path folder = folder();
    boolean left = false;
    try (Surroundings surroundings = viaProxy ? Surroundings.viaProxy() : Surroundings.direct();
        Site site = new Site(folder, console, transports, surroundings)) {
      console.line("Eider demo: %d device%s, a MASA and a registrar, everything in %s", pledges, pledges == 1 ? "" : "s", folder);
      if (viaProxy) {
        console.line("The network: " + surroundings.description() + ".");
      }
      console.line("");
      site.start(pledges);
      List<OnboardedPledge> onboarded = new DemoPledges(site, console, atOnce).onboard();
      DemoTable.print(console, onboarded);
      verdict(onboarded);
      if (keep) {
        site.leaveRunning();
        left = true;
        explain(site);
      }
      return Cli.OK;
    } finally {
      if (data.isEmpty() && !left) {
        Folders.delete(folder);
      }
    }
  }

  private void verdict(List<OnboardedPledge> onboarded) throws CommandFailure {
    long bad = onboarded.stream().filter(pledge -> pledge.problem().isPresent()).count();
    if (bad > 0) {
      throw new CommandFailure(bad + " of " + onboarded.size() + " devices have no certificate that verifies",
          "run it with --data DIR and read DIR/registrar.log and DIR/masa.log");
    }
    console.line("");
    console.line("All %d certificates verify against the site's root.", onboarded.size());
  }

  private Path folder() throws IOException, CommandFailure {
    if (data.isEmpty()) {
      return Files.createTempDirectory("eider-demo-");
    }
    Path folder = data.get().toAbsolutePath().normalize();
    if (Files.exists(folder.resolve(Site.REGISTRAR)) || Files.exists(folder.resolve(Site.MASA))) {
      throw new CommandFailure(folder + " holds a demo already", "choose another --data, or remove that folder");
    }
    return Files.createDirectories(folder);
  }

  private void explain(Site site) {
    Path folder = site.folder();
    console.line("");
    console.line("The site is left running:");
    console.line("  MASA       %s   process %d", site.masa().address(), site.masa().pid());
    for (Scheme transport : transports) {
      console.line("  registrar  %s   process %d", site.registrar().address(transport), site.registrar().pid());
    }
    console.line("One more device:");
    console.line("  ./eider masa idevid --data %s --serial NEW-1 --out %s", folder.resolve(Site.MASA), folder.resolve("idevid/NEW-1"));
    console.line("  ./eider pledge onboard --registrar %s --idevid %s --out %s", site.registrar().address(transports.get(0)), folder.resolve("idevid/NEW-1"),
        folder.resolve("owned/NEW-1"));
    console.line("What the registrar knows:");
    console.line("  ./eider registrar devices --data %s", folder.resolve(Site.REGISTRAR));
    console.line("To end it:");
    console.line("  kill %d %d", site.registrar().pid(), site.masa().pid());
  }

  /** {@code https}, {@code coaps} or {@code both}. */
  private static final class Transports implements ITypeConverter<List<Scheme>> {
    @Override
    public List<Scheme> convert(String word) {
      return switch (word) {
        case "https" -> List.of(Scheme.HTTPS);
        case "coaps" -> List.of(Scheme.COAPS);
        case "both" -> List.of(Scheme.HTTPS, Scheme.COAPS);
        default -> throw new TypeConversionException("'" + word + "' is none of https, coaps, both");
      };
    }
  }
}

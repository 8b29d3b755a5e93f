package org.eider.pledge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.cli.Logging;
import org.eider.est.Refusal;
import org.eider.pki.OthersMayReadException;
import org.eider.wire.DecodeException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eider pledge}: one simulated device. */
@Command(
    name = "pledge",
    mixinStandardHelpOptions = true,
    description = "A simulated device: joins a domain, renews its certificate.")
public final class PledgeCommand implements Callable<Integer> {
  private final Console console;
  private final PledgeTime time;
  private final SecureRandom random = new SecureRandom();

  @Spec private CommandSpec spec;

  /** A command that prints there. */
  public PledgeCommand(Console console) {
    this(console, PledgeTime.of(Clock.systemUTC()));
  }

  /** The same in another time. */
  PledgeCommand(Console console, PledgeTime time) {
    this.console = console;
    this.time = time;
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command: onboard or reenroll?");
  }

  @Command(name = "onboard", mixinStandardHelpOptions = true, description = "Gets a voucher and an LDevID from a registrar (RFC 8995).")
  int onboard(@Mixin OnboardOptions options) throws CommandFailure {
    Logging.forCommand();
    Optional<String> fault = options.fault();
    if (fault.isPresent()) {
      throw new ParameterException(spec.commandLine(), fault.get());
    }
    refuseTaken(options.out, options.force, options.json);
    DeviceIdentity device = device(options);
    PledgeConfig config = options.config(device, options.noClock ? time.untrusted() : time, random);
    if (!options.minimal) {
      return finish(onboard(config, options), options.out, options.json);
    }
    PeakHeap heap = PeakHeap.begin();
    Onboarding onboarding = onboard(config, options);
    return finish(onboarding.with(onboarding.report().withPeakHeap(heap.octets())), options.out, options.json);
  }

  private Onboarding onboard(PledgeConfig config, OnboardOptions options) throws CommandFailure {
    Progress progress = progress(options.json);
    Optional<Search.Plan> plan = options.plan();
    if (plan.isEmpty()) {
      return Pledge.onboard(config, progress);
    }
    try (Search search = Search.start(plan.get(), config.time(), progress)) {
      return Pledge.onboard(config, search, progress);
    } catch (IOException e) {
      throw notBegun(options.json, "cannot look for join proxies: " + said(e), "--interface is a name that 'ip link' shows", e);
    }
  }

  @Command(name = "reenroll", mixinStandardHelpOptions = true,
      description = "Renews the LDevID of a device that has been onboarded (RFC 7030 section 4.2.2).")
  int reenroll(@Mixin ReenrolOptions options) throws CommandFailure {
    Logging.forCommand();
    if (!isSameFolder(options.ldevid, options.out())) {
      refuseTaken(options.out(), options.force, options.json);
    }
    Onboarding.Belongings current;
    try {
      current = PledgeFolder.belongings(options.ldevid);
    } catch (IOException e) {
      throw notBegun(options.json, "cannot read the LDevID: " + said(e), "--ldevid is a folder that 'pledge onboard --out' wrote", e);
    }
    ReenrolConfig config = options.config(current, time, random);
    return finish(Pledge.reenrol(config, progress(options.json)), options.out(), options.json);
  }

  private DeviceIdentity device(OnboardOptions options) throws CommandFailure {
    try {
      return PledgeFolder.device(options.idevid, options.serialFrom);
    } catch (IOException e) {
      throw notBegun(options.json, "cannot read the IDevID: " + said(e), "--idevid is a folder that 'masa idevid --out' wrote", e);
    } catch (DecodeException e) {
      throw notBegun(options.json, "the IDevID is of no use: " + e.getMessage(), "see --serial-from", e);
    }
  }

  private int finish(Onboarding onboarding, Path out, boolean json) throws CommandFailure {
    OnboardReport report = onboarding.report();
    if (onboarding.belongings().isPresent()) {
      try {
        PledgeFolder.write(out, onboarding.belongings().get());
      } catch (IOException e) {
        throw failed(new OnboardReport(false, report.serial(), report.assertion(), report.ldevidSubject(),
            Optional.of(new Refusal(PledgeReason.GAVE_UP, "cannot keep the LDevID")), report.steps()), json, "cannot write " + out + ": " + said(e),
            "the registrar has issued a certificate; onboard again once the folder can be written", e);
      }
    } else {
      Refusal refusal = report.refused().orElseThrow();
      throw failed(report, json, refusal.reason().name() + ": " + refusal.detail(), hint(refusal), Optional.empty());
    }
    if (json) {
      console.json(report.json());
    } else {
      console.line("%s is %s%s, kept in %s", report.serial().orElse("the device"), report.ldevidSubject().orElse("enrolled"),
          report.assertion().map(assertion -> ", voucher assertion " + assertion.label()).orElse(""), out);
      report.peakHeap().ifPresent(octets -> console.line("peak heap %.1f MB", octets / 1e6));
    }
    return Cli.OK;
  }

  private void refuseTaken(Path out, boolean force, boolean json) throws CommandFailure {
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw notBegun(json, out + " is not a folder", "choose another --out", Optional.empty());
    }
    if (!force && PledgeFolder.isTaken(out)) {
      throw notBegun(json, out + " holds a device already", "choose another --out, or replace what is there with --force", Optional.empty());
    }
  }

  private Progress progress(boolean json) {
    return json ? Progress.SILENT : new LineProgress(console);
  }

  private CommandFailure notBegun(boolean json, String message, String hint, Exception cause) {
    return notBegun(json, message, hint, Optional.of(cause));
  }

  private CommandFailure notBegun(boolean json, String message, String hint, Optional<Exception> cause) {
    String mend = cause.filter(OthersMayReadException.class::isInstance).map(open -> ((OthersMayReadException) open).hint()).orElse(hint);
    return failed(OnboardReport.notBegun(new Refusal(PledgeReason.GAVE_UP, message)), json, message, mend, cause);
  }

  private CommandFailure failed(OnboardReport report, boolean json, String message, String hint, Exception cause) {
    return failed(report, json, message, hint, Optional.of(cause));
  }

  private CommandFailure failed(OnboardReport report, boolean json, String message, String hint, Optional<Exception> cause) {
    if (json) {
      console.json(report.json());
    }
    return cause.map(thrown -> new CommandFailure(message, hint, thrown)).orElseGet(() -> new CommandFailure(message, hint));
  }

  private static String hint(Refusal refusal) {
    return refusal.reason() instanceof PledgeReason reason ? Hints.of(reason) : "ask whoever runs the registrar";
  }

  private static boolean isSameFolder(Path one, Path other) {
    return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }

  private static String said(IOException e) {
    return e instanceof java.nio.file.NoSuchFileException missing ? "no file " + missing.getFile() : String.valueOf(e.getMessage());
  }
}

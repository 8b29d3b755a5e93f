package org.eider.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.pki.PemFiles;
import org.eider.pki.SerialNumberProfile;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.eider.pledge.DeviceIdentity;
import org.eider.pledge.OnboardReport;
import org.eider.pledge.Onboarding;
import org.eider.pledge.Pledge;
import org.eider.pledge.PledgeConfig;
import org.eider.pledge.PledgeFolder;
import org.eider.pledge.PledgeTime;
import org.eider.pledge.Progress;
import org.eider.pledge.RegistrarAddress.Scheme;
import org.eider.site.NetworkCell.Host;
import org.eider.wire.DecodeException;

/** Switches the devices of a site on, a few at a time, and judges what they end up with. */
final class DemoPledges {
  private final Site site;
  private final Console console;
  private final int atOnce;
  private final SecureRandom random = new SecureRandom();
  private final Clock clock = Clock.systemUTC();

  DemoPledges(Site site, Console console, int atOnce) {
    this.site = site;
    this.console = console;
    this.atOnce = atOnce;
  }

  /** Onboards every device of the site; the results stand in the order of their serial numbers. */
  List<OnboardedPledge> onboard() throws IOException, CommandFailure, InterruptedException {
    List<X509Certificate> root = PemFiles.readCertificates(site.domainRoot());
    ExecutorService devices = Executors.newFixedThreadPool(atOnce);
    try (DemoProgress progress = DemoProgress.on(console, site.serials().size())) {
      List<Future<OnboardedPledge>> running = new ArrayList<>();
      for (String serial : site.serials()) {
        running.add(devices.submit(() -> onboard(serial, root, progress)));
      }
      List<OnboardedPledge> done = new ArrayList<>();
      for (Future<OnboardedPledge> pledge : running) {
        done.add(pledge.get());
      }
      return done;
    } catch (ExecutionException e) {
      throw new CommandFailure("a device could not be switched on: " + e.getCause().getMessage(), "run it with --debug", e);
    } finally {
      devices.shutdownNow();
    }
  }

  private OnboardedPledge onboard(String serial, List<X509Certificate> root, DemoProgress progress)
      throws IOException, DecodeException, CommandFailure, InterruptedException {
    Scheme transport = site.transport(serial);
    Optional<List<String>> search = site.surroundings().search(transport);
    long began = System.nanoTime();
    OnboardReport report = search.isPresent() ? elsewhere(serial, search.get(), progress.of(serial)) : here(serial, transport, progress.of(serial));
    long ms = (System.nanoTime() - began) / 1_000_000;
    progress.finished(serial, report);
    return new OnboardedPledge(serial, transport, report, ms, problem(serial, report, root));
  }

  /** A device in this process. */
  private OnboardReport here(String serial, Scheme transport, Progress progress) throws IOException, DecodeException {
    DeviceIdentity device = PledgeFolder.device(site.idevid(serial), SerialNumberProfile.SUBJECT_SERIAL_NUMBER);
    Onboarding onboarding =
        Pledge.onboard(PledgeConfig.of(device, site.entrance(transport), PledgeTime.of(clock), random), progress);
    if (onboarding.belongings().isPresent()) {
      PledgeFolder.write(site.owned(serial), onboarding.belongings().get());
    }
    return onboarding.report();
  }

  /** A device on its own host; its steps are shown when it is through. */
  private OnboardReport elsewhere(String serial, List<String> search, Progress progress) throws IOException, CommandFailure, InterruptedException {
    Path said = Files.createDirectories(site.folder().resolve("said"));
    OnboardReport report = new PledgeProcess(said, site.surroundings().prefix(Host.PLEDGE))
        .onboard(serial, site.idevid(serial), site.owned(serial), search);
    report.steps().forEach(progress::step);
    return report;
  }

  /** Reads the certificate back from the device's files and checks it as a relying party at the site would. */
  private Optional<String> problem(String serial, OnboardReport report, List<X509Certificate> root) throws IOException {
    if (!report.ok()) {
      return Optional.of(report.refused().map(refusal -> refusal.reason().name()).orElse("not onboarded"));
    }
    Path owned = site.owned(serial);
    List<X509Certificate> chain = new ArrayList<>(PemFiles.readCertificates(owned.resolve("ldevid.pem")));
    chain.addAll(PemFiles.readCertificates(owned.resolve("chain.pem")));
    Instant now = clock.instant();
    try {
      TrustAnchors.of(root).validate(chain, now);
      return Optional.empty();
    } catch (UntrustedException e) {
      return Optional.of(e.getMessage());
    }
  }
}

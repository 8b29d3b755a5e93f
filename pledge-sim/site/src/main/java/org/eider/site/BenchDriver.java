package org.eider.site;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.pledge.DeviceIdentity;
import org.eider.pledge.Mischief;
import org.eider.pledge.OnboardReport;
import org.eider.pledge.Pledge;
import org.eider.pledge.PledgeConfig;
import org.eider.pledge.PledgeConfig.Attempts;
import org.eider.pledge.PledgeTime;
import org.eider.pledge.Progress;
import org.eider.pledge.RegistrarAddress;
import org.eider.pledge.Step;

/** Onboards devices, several at a time, each once; one that fails is counted and not tried again. */
final class BenchDriver {
  private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(10);
  private static final int REPORT_SECONDS = 5;

  private final RegistrarAddress registrar;
  private final Mischief mischief;
  private final int concurrency;
  private final Console console;
  private final SecureRandom random = new SecureRandom();
  private final Clock clock = Clock.systemUTC();

  BenchDriver(RegistrarAddress registrar, Mischief mischief, int concurrency, Console console) {
    this.registrar = registrar;
    this.mischief = mischief;
    this.concurrency = concurrency;
    this.console = console;
  }

  /**
   * How a run went.
   *
   * @param micros latencies of the onboardings that went well in every step
   * @param errors how many did not
   * @param firstError what was wrong with one of them
   * @param elapsed from the first one's begin to the last one's end
   */
  record Run(Histogram micros, int errors, Optional<String> firstError, Duration elapsed) {
    /** How many went well. */
    long onboarded() {
      return micros.getTotalCount();
    }
  }

  /** Onboards these devices. */
  Run onboard(String phase, List<DeviceIdentity> devices) throws InterruptedException, CommandFailure {
    Histogram micros = new SynchronizedHistogram(LONGEST_MICROS, 3);
    List<String> problems = new ArrayList<>();
    Iterator<DeviceIdentity> next = devices.iterator();
    AtomicInteger done = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(concurrency);
    long began = System.nanoTime();
    try {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < concurrency; i++) {
        workers.add(threads.submit(() -> {
          for (Optional<DeviceIdentity> device = take(next); device.isPresent(); device = take(next)) {
            onboard(device.get(), micros).ifPresent(problem -> add(problems, problem));
            done.incrementAndGet();
          }
        }));
      }
      for (Future<?> worker : workers) {
        await(worker, phase, done, devices.size(), began);
      }
    } finally {
      threads.shutdownNow();
    }
    return new Run(micros, problems.size(), problems.stream().findFirst(), Duration.ofNanos(System.nanoTime() - began));
  }

  /** What went wrong, if anything did; telemetry that the registrar did not take is wrong too. */
  private Optional<String> onboard(DeviceIdentity device, Histogram micros) {
    PledgeConfig config = PledgeConfig.of(device, registrar, PledgeTime.of(clock), random)
        .trying(new Attempts(1, 1, Duration.ofSeconds(1)), Duration.ofMinutes(5))
        .doing(mischief);
    long began = System.nanoTime();
    OnboardReport report = Pledge.onboard(config, Progress.SILENT).report();
    long took = (System.nanoTime() - began) / 1_000;
    if (!report.ok()) {
      return Optional.of(report.refused().map(refusal -> refusal.reason().name() + ": " + refusal.detail()).orElse("not onboarded"));
    }
    Optional<Step> bad = report.steps().stream().filter(step -> step.status() != Step.Status.OK).findFirst();
    if (bad.isEmpty()) {
      micros.recordValue(Math.min(took, LONGEST_MICROS));
    }
    return bad.map(step -> step.name() + " was not taken");
  }

  private void await(Future<?> worker, String phase, AtomicInteger done, int all, long began) throws InterruptedException, CommandFailure {
    while (true) {
      try {
        worker.get(REPORT_SECONDS, TimeUnit.SECONDS);
        return;
      } catch (TimeoutException goesOn) {
        double seconds = (System.nanoTime() - began) / 1e9;
        console.note(String.format(java.util.Locale.ROOT, "%s: %d of %d, %.0f per second", phase, done.get(), all, done.get() / seconds));
      } catch (ExecutionException e) {
        throw new CommandFailure("the driver failed: " + e.getCause(), "run it with --debug", e);
      }
    }
  }

  private static Optional<DeviceIdentity> take(Iterator<DeviceIdentity> devices) {
    synchronized (devices) {
      return devices.hasNext() ? Optional.of(devices.next()) : Optional.empty();
    }
  }

  private static void add(List<String> problems, String problem) {
    synchronized (problems) {
      problems.add(problem);
    }
  }
}

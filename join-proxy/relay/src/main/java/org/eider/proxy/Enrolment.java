package org.eider.proxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eider.wire.CleanText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The join proxy's own certificate: got as any device gets one, by the pledge program, which runs as a process of its own, so that nothing
 * of it is on this program's class path; renewed before half of its lifetime is over; tried again for ever, with longer and longer pauses.
 */
final class Enrolment implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Enrolment.class);
  /** When it is renewed, in percent of the lifetime; half of it would be the limit. */
  private static final int RENEWAL = 45;
  private static final Duration LOOK = Duration.ofHours(1);
  private static final Duration LONGEST_RUN = Duration.ofMinutes(15);
  private static final Duration REGISTRAR_POLL = Duration.ofMillis(250);
  private static final String PATIENCE = "10m";
  private static final int LONGEST_LINE = 500;

  private final List<String> program;
  private final Path idevid;
  private final Path ldevid;
  private final ProxyConfig.Bootstrap pauses;
  private final Supplier<List<RegistrarUri>> registrars;
  private final InstantSource clock;
  private final Runnable enrolled;
  private final Thread thread = new Thread(this::run, "proxy-enrolment");
  private volatile boolean isClosed;
  private volatile Optional<Instant> validUntil = Optional.empty();

  /**
   * An enrolment that has not begun.
   *
   * @param program what starts Eider, as the first words of a command line
   * @param ldevid folder for key and certificates
   * @param registrars where to enrol, asked anew each time
   * @param enrolled run, on the enrolment's thread, when there is a certificate, and again when there is a new one
   */
  Enrolment(List<String> program, Path idevid, Path ldevid, ProxyConfig.Bootstrap pauses, Supplier<List<RegistrarUri>> registrars,
      InstantSource clock, Runnable enrolled) {
    this.program = List.copyOf(program);
    this.idevid = idevid;
    this.ldevid = ldevid;
    this.pauses = pauses;
    this.registrars = registrars;
    this.clock = clock;
    this.enrolled = enrolled;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Until when the certificate is good; empty when there is none yet. */
  Optional<Instant> validUntil() {
    return validUntil;
  }

  private void run() {
    try {
      Optional<X509Certificate> current = certificate();
      if (current.isEmpty()) {
        awaitRegistrar();
        untilItWorks("enrol", () -> run(onboard(false)));
        current = certificate();
      }
      told(current.orElseThrow());
      while (!isClosed) {
        Duration left = Duration.between(clock.instant(), renewal(current.orElseThrow()));
        if (left.isNegative() || left.isZero()) {
          X509Certificate old = current.orElseThrow();
          untilItWorks("renew", () -> renew() || isOver(old) && run(onboard(true)));
          current = certificate();
          told(current.orElseThrow());
          Thread.sleep(pauses.retry().toMillis()); // one that is half over when it comes is renewed at once, but not without a pause
        } else {
          Thread.sleep(Math.min(left.toMillis() + 1, LOOK.toMillis()));
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("the join proxy's enrolment has failed", e);
    }
  }

  private void told(X509Certificate certificate) {
    validUntil = Optional.of(certificate.getNotAfter().toInstant());
    LOG.info("own certificate {} until {}", CleanText.of(certificate.getSubjectX500Principal().toString()), certificate.getNotAfter().toInstant());
    enrolled.run();
  }

  /** Then nobody renews it, and it is onboarded anew, with its IDevID (RFC 8994 section 6.2.5.5). */
  private boolean isOver(X509Certificate certificate) {
    return clock.instant().isAfter(certificate.getNotAfter().toInstant());
  }

  /** When it is to be renewed. */
  static Instant renewal(X509Certificate certificate) {
    Instant from = certificate.getNotBefore().toInstant();
    return from.plus(Duration.between(from, certificate.getNotAfter().toInstant()).multipliedBy(RENEWAL).dividedBy(100));
  }

  /** Where registrars have to be found first, nothing has failed yet: no pauses that grow, and one line about it. */
  private void awaitRegistrar() throws InterruptedException {
    if (registrars.get().isEmpty()) {
      LOG.info("no registrar to enrol with is known yet");
    }
    while (!isClosed && registrars.get().isEmpty()) {
      Thread.sleep(REGISTRAR_POLL.toMillis());
    }
  }

  private interface Attempt {
    boolean worked() throws InterruptedException;
  }

  private void untilItWorks(String what, Attempt attempt) throws InterruptedException {
    Duration pause = pauses.retry();
    while (!attempt.worked()) {
      if (isClosed) {
        throw new InterruptedException("closed");
      }
      LOG.warn("could not {} yet, trying again in {} s", what, Math.max(1, pause.toSeconds()));
      Thread.sleep(pause.toMillis());
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(pauses.longestRetry()) > 0 ? pauses.longestRetry() : doubled;
    }
  }

  /** Empty when no registrar is known yet. */
  private Optional<List<String>> onboard(boolean anew) {
    List<RegistrarUri> known = registrars.get();
    if (known.isEmpty()) {
      return Optional.empty();
    }
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of("pledge", "onboard", "--idevid", idevid.toString(), "--out", ldevid.toString(), "--patience", PATIENCE));
    command.addAll(anew ? List.of("--force") : List.of());
    known.forEach(registrar -> command.addAll(List.of("--registrar", registrar.toString())));
    return Optional.of(command);
  }

  /** Any registrar of the domain will do. */
  private boolean renew() throws InterruptedException {
    for (RegistrarUri registrar : registrars.get()) {
      List<String> command = new ArrayList<>(program);
      command.addAll(List.of("pledge", "reenroll", "--ldevid", ldevid.toString(), "--registrar", registrar.toString()));
      if (run(Optional.of(command))) {
        return true;
      }
    }
    return false;
  }

  private boolean run(Optional<List<String>> command) throws InterruptedException {
    if (command.isEmpty()) {
      LOG.info("no registrar to enrol with is known yet");
      return false;
    }
    try {
      Process process = new ProcessBuilder(command.get()).redirectErrorStream(true).redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
          .start();
      return ended(process) && certificate().isPresent();
    } catch (IOException e) {
      LOG.warn("the pledge program does not start: {}", e.getMessage());
      return false;
    }
  }

  private static boolean ended(Process process) throws InterruptedException, IOException {
    Thread reader = new Thread(() -> tell(process.inputReader(StandardCharsets.UTF_8)), "proxy-enrolment-log");
    reader.setDaemon(true);
    reader.start();
    try {
      return process.waitFor(LONGEST_RUN.toMillis(), TimeUnit.MILLISECONDS) && process.exitValue() == 0;
    } finally {
      process.destroy();
    }
  }

  /** Its lines that say what went wrong, or what it waits for, go to the log; the steps of what goes well do not. */
  private static void tell(BufferedReader lines) {
    try (lines) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("error:") || line.startsWith("hint:")) {
          LOG.warn("pledge: {}", clean(line));
        } else if (line.strip().startsWith("waits ")) {
          LOG.info("pledge: {}", clean(line));
        }
      }
    } catch (IOException e) {
      LOG.debug("pledge: {}", e.getMessage());
    }
  }

  private static String clean(String line) {
    return CleanText.of(line.substring(0, Math.min(line.length(), LONGEST_LINE)).strip());
  }

  private Optional<X509Certificate> certificate() {
    Path file = ldevid.resolve("ldevid.pem");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in));
    } catch (IOException | CertificateException e) {
      LOG.warn("cannot read {}: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    isClosed = true;
    thread.interrupt();
  }
}

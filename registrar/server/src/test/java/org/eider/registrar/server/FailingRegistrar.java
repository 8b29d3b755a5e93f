package org.eider.registrar.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.eider.cli.CommandFailure;
import org.eider.cli.Logging;
import org.slf4j.event.Level;

/**
 * A registrar that ends as {@code registrar serve} does, and whose disk can be filled in the middle of a transaction.
 *
 * <p>Arguments: data folder, milliseconds that its clock is ahead of the system's. On standard output: {@code ready HTTPS-PORT ADMIN-PORT}.
 * On standard input: {@code fill POINT FILE}, answered by {@code filling}: FILE is made to take all space when that point is passed next.
 */
final class FailingRegistrar {
  private record Fill(String point, Path file) {}

  private FailingRegistrar() {}

  public static void main(String[] args) {
    PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.US_ASCII);
    AtomicReference<Optional<Fill>> fill = new AtomicReference<>(Optional.empty());
    Logging.forServer(Level.INFO);
    try {
      RegistrarProcess process = RegistrarProcess.start(TestSite.config(), Path.of(args[0]),
          Clock.offset(Clock.systemUTC(), Duration.ofMillis(Long.parseLong(args[1]))), new SecureRandom(), point -> passed(point, fill));
      Thread commands = new Thread(() -> obey(fill, out), "commands");
      commands.setDaemon(true);
      commands.start();
      System.exit(ServeCommand.untilTheEnd(process, () -> out.println("ready " + process.httpsPort() + " " + process.adminPort())));
    } catch (CommandFailure e) {
      System.err.println("error: " + e.getMessage() + "\nhint: " + e.hint().orElse(""));
      System.exit(1);
    }
  }

  private static void passed(String point, AtomicReference<Optional<Fill>> fill) {
    Optional<Fill> due = fill.get().filter(wanted -> wanted.point().equals(point));
    if (due.isPresent() && fill.compareAndSet(due, Optional.empty())) {
      fill(due.get().file());
    }
  }

  /** Takes all space that is left on the disk of {@code file}. */
  static void fill(Path file) {
    for (int size = 1 << 20; size >= 1; size /= 16) {
      try (OutputStream out = Files.newOutputStream(file, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND)) {
        while (true) {
          out.write(new byte[size]);
        }
      } catch (IOException full) {
        // As intended; now in smaller pieces.
      }
    }
  }

  private static void obey(AtomicReference<Optional<Fill>> fill, PrintStream out) {
    try (BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        String[] words = line.split(" ");
        fill.set(Optional.of(new Fill(words[1], Path.of(words[2]))));
        out.println("filling");
      }
    } catch (IOException gone) {
      Runtime.getRuntime().halt(2);
    }
  }
}

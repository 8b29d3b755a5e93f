package org.eider.registrar.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import org.eider.cli.CommandFailure;
import org.eider.cli.Logging;
import org.slf4j.event.Level;

/**
 * A registrar that ends its own process, without any ado, when it passes a {@link Fuse} that its starter has armed.
 *
 * <p>Arguments: data folder, milliseconds that its clock is ahead of the system's, and optionally the point and the number of the
 * fuse that is armed from the first instruction. On standard output: {@code ready HTTPS-PORT ADMIN-PORT}, {@code dies POINT}. On
 * standard input: {@code arm POINT N}, {@code points} (answered by a line of all points passed so far), and its end, which is SIGKILL.
 */
final class CrashRegistrar {
  private CrashRegistrar() {}

  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.US_ASCII);
    Fuse fuse = new Fuse(point -> out.println("dies " + point));
    if (args.length > 2) {
      fuse.arm(args[2], Integer.parseInt(args[3]));
    }
    Logging.forServer(Level.INFO);
    Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofMillis(Long.parseLong(args[1])));
    InstantSource clock = () -> {
      fuse.at("clock");
      return ahead.instant();
    };
    try {
      RegistrarProcess process = RegistrarProcess.start(TestSite.config(), Path.of(args[0]), clock, new FusedRandom(fuse), fuse::at);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> {
        process.close();
        fuse.at("closed");
        out.println("points " + fuse.passed());
        Runtime.getRuntime().halt(0);
      }));
      out.println("ready " + process.httpsPort() + " " + process.adminPort());
    } catch (CommandFailure e) {
      System.err.println("error: " + e.getMessage());
      Runtime.getRuntime().halt(1);
    }
    obey(fuse, out);
  }

  private static void obey(Fuse fuse, PrintStream out) throws IOException {
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] words = line.split(" ");
      if (words[0].equals("arm")) {
        fuse.arm(words[1], Integer.parseInt(words[2]));
        out.println("armed");
      } else {
        out.println("points " + fuse.passed());
      }
    }
    Runtime.getRuntime().halt(2);
  }

  /** Randomness whose use is a point: between the files of a new CA there is always some. */
  private static final class FusedRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final transient Fuse fuse;

    FusedRandom(Fuse fuse) {
      this.fuse = fuse;
    }

    @Override
    public void nextBytes(byte[] octets) {
      if (fuse != null) { // the constructor of SecureRandom may call
        fuse.at("random");
      }
      super.nextBytes(octets);
    }
  }
}

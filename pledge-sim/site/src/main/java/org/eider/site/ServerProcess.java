package org.eider.site;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eider.cli.CommandFailure;
import org.eider.pledge.RegistrarAddress.Scheme;

/**
 * One of our servers as a process of its own: its output in files, ready when it has
 * printed its ready line, or lines. It ends when this process is told to, unless it has been {@link #leave() left} running.
 */
final class ServerProcess implements AutoCloseable {
  /** As the launcher has it: the C library keeps less memory for threads that have none of their own to ask for. */
  private static final String MALLOC_ARENAS = "2";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration DRAIN = Duration.ofSeconds(25);
  private static final long POLL_MILLIS = 20;

  private final String name;
  private final Process process;
  private final List<String> ready;
  private final Path log;
  private final Thread onSignal;

  private ServerProcess(String name, Process process, List<String> ready, Path log, Thread onSignal) {
    this.name = name;
    this.process = process;
    this.ready = List.copyOf(ready);
    this.log = log;
    this.onSignal = onSignal;
  }

  /**
   * Starts a server and waits until it accepts.
   *
   * @param name {@code masa}, {@code registrar} or {@code join-proxy}, also the names of its output files
   * @param folder where {@code NAME.out} and {@code NAME.log} go
   * @param launch how to start it
   * @param lines how many ready lines it prints, one for each transport
   * @throws CommandFailure when it ends or stays silent instead; the message quotes the end of its log
   */
  static ServerProcess start(String name, Path folder, Launch launch, int lines)
      throws IOException, CommandFailure, InterruptedException {
    Path out = folder.resolve(name + ".out");
    Path log = folder.resolve(name + ".log");
    Files.deleteIfExists(out);
    ProcessBuilder builder = new ProcessBuilder(launch.commandLine())
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectOutput(out.toFile())
        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putIfAbsent("MALLOC_ARENA_MAX", MALLOC_ARENAS);
    Process process = builder.start();
    Thread onSignal = new Thread(process::destroy, "end-" + name);
    Runtime.getRuntime().addShutdownHook(onSignal);
    List<String> ready = awaitReady(name, process, out, lines);
    if (ready.isEmpty()) {
      process.destroyForcibly().waitFor();
      forget(onSignal);
      throw new CommandFailure("the " + name + " did not start: " + lastLine(log), "its log is " + log);
    }
    return new ServerProcess(name, process, ready, log, onSignal);
  }

  /** Where it accepts, {@code https://localhost:PORT}. */
  URI address() {
    return URI.create(ready.get(0));
  }

  /** What its ready lines say, without the words that all of them begin with. */
  List<String> ready() {
    return ready;
  }

  /** Where it accepts over that transport. */
  URI address(Scheme transport) {
    return ready.stream().map(URI::create).filter(address -> address.getScheme().equals(transport.label())).findFirst()
        .orElseThrow(() -> new IllegalStateException(name + " does not speak " + transport.label()));
  }

  /** Its process id. */
  long pid() {
    return process.pid();
  }

  /** The file of its log lines. */
  Path log() {
    return log;
  }

  /** Lets it run on when this process ends. */
  void leave() {
    forget(onSignal);
  }

  /** Asks it to end, as an operator would, and waits for it. */
  @Override
  public void close() {
    forget(onSignal);
    process.destroy();
    try {
      if (!process.waitFor(DRAIN.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** The exit code, once {@link #close()} has returned. */
  int exitCode() {
    return process.exitValue();
  }

  @Override
  public String toString() {
    return name + " at " + ready.get(0);
  }

  private static void forget(Thread onSignal) {
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException endingAlready) {
      // Then it does its work, which does no harm twice.
      return;
    }
  }

  /** Where it accepts, as its ready lines say; none when it does not get that far. */
  private static List<String> awaitReady(String name, Process process, Path out, int lines) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    String prefix = "ready " + name + " ";
    while (System.nanoTime() < end) {
      String said = Files.exists(out) ? Files.readString(out) : "";
      List<String> ready = said.substring(0, said.lastIndexOf('\n') + 1).lines().filter(line -> line.startsWith(prefix))
          .map(line -> line.substring(prefix.length()).strip()).toList();
      if (ready.size() >= lines) {
        return ready;
      }
      if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        return List.of();
      }
    }
    return List.of();
  }

  private static String lastLine(Path log) throws IOException {
    List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
    return lines.stream().filter(line -> line.startsWith("error: ")).reduce((first, second) -> second)
        .map(line -> line.substring("error: ".length()))
        .orElse(lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1));
  }
}

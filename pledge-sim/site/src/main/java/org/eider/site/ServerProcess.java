package org.eider.site;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eider.cli.CommandFailure;
import org.eider.pledge.RegistrarAddress.Scheme;

/**
 * One of our servers as a process of its own: started with this Java and this class path, its output in files, ready when it has
 * printed its ready line, or lines. It ends when this process is told to, unless it has been {@link #leave() left} running.
 */
final class ServerProcess implements AutoCloseable {
  /** As the launcher has it: the C library keeps less memory for threads that have none of their own to ask for. */
  private static final String MALLOC_ARENAS = "2";
  /** Where the launcher says that its archive of classes is. */
  private static final String CLASSES = "eider.classes";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration DRAIN = Duration.ofSeconds(25);
  private static final long POLL_MILLIS = 20;

  private final String name;
  private final Process process;
  private final List<URI> addresses;
  private final Path log;
  private final Thread onSignal;

  private ServerProcess(String name, Process process, List<URI> addresses, Path log, Thread onSignal) {
    this.name = name;
    this.process = process;
    this.addresses = List.copyOf(addresses);
    this.log = log;
    this.onSignal = onSignal;
  }

  /**
   * Starts a server and waits until it accepts.
   *
   * @param name {@code masa} or {@code registrar}, also the names of its output files
   * @param folder where {@code NAME.out} and {@code NAME.log} go
   * @param words the command, for instance {@code masa serve --data DIR --port 0}
   * @throws CommandFailure when it ends or stays silent instead; the message quotes the end of its log
   */
  static ServerProcess start(String name, Path folder, List<String> words) throws IOException, CommandFailure, InterruptedException {
    return start(name, folder, List.of(), words, 1);
  }

  /** The same with options for Java, such as {@code -Xmx256m}, and so many ready lines, one for each transport. */
  static ServerProcess start(String name, Path folder, List<String> java, List<String> words, int lines)
      throws IOException, CommandFailure, InterruptedException {
    Path out = folder.resolve(name + ".out");
    Path log = folder.resolve(name + ".log");
    Files.deleteIfExists(out);
    ProcessBuilder builder = new ProcessBuilder(commandLine(java, words))
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectOutput(out.toFile())
        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putIfAbsent("MALLOC_ARENA_MAX", MALLOC_ARENAS);
    Process process = builder.start();
    Thread onSignal = new Thread(process::destroy, "end-" + name);
    Runtime.getRuntime().addShutdownHook(onSignal);
    List<URI> addresses = awaitReady(name, process, out, lines);
    if (addresses.isEmpty()) {
      process.destroyForcibly().waitFor();
      forget(onSignal);
      throw new CommandFailure("the " + name + " did not start: " + lastLine(log), "its log is " + log);
    }
    return new ServerProcess(name, process, addresses, log, onSignal);
  }

  /** Where it accepts, {@code https://localhost:PORT}. */
  URI address() {
    return addresses.get(0);
  }

  /** Where it accepts over that transport. */
  URI address(Scheme transport) {
    return addresses.stream().filter(address -> address.getScheme().equals(transport.label())).findFirst()
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
    return name + " at " + address();
  }

  private static void forget(Thread onSignal) {
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException endingAlready) {
      // Then it does its work, which does no harm twice.
      return;
    }
  }

  /** This Java and this class path, for one of our commands. */
  static List<String> commandLine(List<String> java, List<String> words) {
    List<String> line = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      // A session of its own: it outlives the terminal when the site is kept.
      line.add("/usr/bin/setsid");
    }
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(classArchive());
    line.addAll(java);
    line.add("-cp");
    line.add(System.getProperty("java.class.path"));
    line.add(Main.class.getName());
    line.addAll(words);
    return line;
  }

  /** The launcher's archive of classes, if it has told of one; Java goes on without it when it does not fit. */
  private static List<String> classArchive() {
    String file = System.getProperty(CLASSES, "");
    return file.isEmpty() ? List.of() : List.of("-Xshare:auto", "-Xlog:cds*=off", "-XX:SharedArchiveFile=" + file);
  }

  /** Where it accepts, as its ready lines say; none when it does not get that far. */
  private static List<URI> awaitReady(String name, Process process, Path out, int lines) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    String prefix = "ready " + name + " ";
    while (System.nanoTime() < end) {
      String said = Files.exists(out) ? Files.readString(out) : "";
      List<URI> ready = said.substring(0, said.lastIndexOf('\n') + 1).lines().filter(line -> line.startsWith(prefix))
          .map(line -> URI.create(line.substring(prefix.length()).strip())).toList();
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

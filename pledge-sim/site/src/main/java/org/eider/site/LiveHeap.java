package org.eider.site;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.eider.cli.CommandFailure;

/** What a Java process holds on to: objects that are left after a collection of garbage. */
final class LiveHeap {
  private static final long PATIENCE_SECONDS = 60;

  private LiveHeap() {}

  /** Megabytes (10^6 octets), by {@code jcmd} of this Java; the process collects its garbage for it. */
  static double megabytes(long pid) throws IOException, CommandFailure, InterruptedException {
    Process jcmd = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid), "GC.class_histogram").redirectErrorStream(true).start();
    String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!jcmd.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      jcmd.destroyForcibly();
    }
    return said.lines().filter(line -> line.startsWith("Total")).findFirst()
        .map(line -> Long.parseLong(line.trim().split("\\s+")[2]) / 1e6)
        .orElseThrow(() -> new CommandFailure("the heap of process " + pid + " is not to be had: " + said.strip(), "this needs a JDK, with jcmd"));
  }
}

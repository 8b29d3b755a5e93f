package org.eider.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.eider.cli.CommandFailure;

/** What a process has used so far, by {@code /proc}. */
final class ProcessUse {
  private ProcessUse() {}

  /** CPU time of all its threads, in user and system mode, to the hundredth of a second. */
  static Duration cpu(long pid) throws CommandFailure {
    return ProcessHandle.of(pid).flatMap(process -> process.info().totalCpuDuration())
        .orElseThrow(() -> new CommandFailure("the CPU time of process " + pid + " is not to be had", "did it end? see its log"));
  }

  /** Resident memory in megabytes (10^6 octets). */
  static double rssMegabytes(long pid) throws CommandFailure {
    try {
      for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024 / 1e6;
        }
      }
    } catch (IOException e) {
      throw new CommandFailure("the memory of process " + pid + " is not to be had: " + e.getMessage(), "this needs Linux", e);
    }
    throw new CommandFailure("process " + pid + " has no memory any more", "did it end? see its log");
  }
}

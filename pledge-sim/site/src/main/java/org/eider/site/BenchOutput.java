package org.eider.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.eider.cli.Console;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What benchmarks leave behind: figures, and a folder; picocli fills it in. */
final class BenchOutput {
  private static final int DELETIONS = 50;
  private static final Duration DELETION_PAUSE = Duration.ofMillis(100);

  @Spec(Spec.Target.MIXEE) private CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON object (default: text).")
  private boolean json;

  @Option(names = "--keep", description = "Leave the folder of data and logs, and say where (default: a temporary folder, removed at the end).")
  private boolean keep;

  boolean json() {
    return json;
  }

  /** Refuses a number that is out of bounds. */
  void check(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ParameterException(spec.commandLine(), option + " is a number from " + least + " to " + most);
    }
  }

  /** Removes the folder, or says where it is. */
  void leave(Path folder, Console console) {
    if (keep) {
      console.note("data and logs are in " + folder);
      return;
    }
    for (int tries = 1; !deleted(folder); tries++) {
      if (tries == DELETIONS) {
        console.note("could not remove " + folder);
        return;
      }
    }
  }

  /** Whoever is interrupted may still be making a file where this deletes. */
  private static boolean deleted(Path folder) {
    try {
      Folders.delete(folder);
      return true;
    } catch (IOException again) {
      LockSupport.parkNanos(DELETION_PAUSE.toNanos());
      return !Files.exists(folder);
    }
  }
}

package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.eider.registrar.server.admin.RefusedException;
import org.eider.registrar.store.Backup;
import org.eider.registrar.store.Manifest;

/** Backups that are made of a registrar under load, and what they have to hold: all that had been received when they were asked for. */
final class CrashBackup {
  private final Path folder;
  private final CrashWitness witness;
  private final Path file;
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile CrashWitness.Mark mark;

  /** One that is made and restored below {@code folder}, which is emptied first. */
  CrashBackup(Path folder, CrashWitness witness) throws IOException {
    empty(folder);
    this.folder = Files.createDirectories(folder);
    this.witness = witness;
    this.file = folder.resolve("backup");
    this.mark = witness.mark();
  }

  /**
   * Has it made.
   *
   * @return whether it was; a registrar that {@code stops} may refuse it
   * @throws IOException when the registrar died over it
   */
  boolean make(CrashVictim victim, boolean stops) throws IOException {
    Files.deleteIfExists(file);
    answered.set(false);
    mark = witness.mark();
    try {
      victim.administration().backup(file);
      answered.set(true);
    } catch (RefusedException e) {
      assertThat(stops).as("a backup is made: %s", e.getMessage()).isTrue();
    }
    return answered.get();
  }

  /** Now that the registrar is dead: what was made is whole, and nothing that is not lies there under its name. */
  void inspect(InstantSource clock) throws Exception {
    if (answered.get()) {
      assertThat(file).as("a backup that the registrar told of").isRegularFile();
    }
    if (Files.exists(file)) {
      Path restored = folder.resolve("restored");
      long[] checked = {0};
      Manifest manifest = Backup.restore(file, restored, clock, number -> checked[0] = number);
      assertThat(checked[0]).as("entries that were checked").isEqualTo(manifest.head().number());
      witness.checkRestored(restored, mark);
    }
  }

  /** Removes a folder and what is in it, if it is there. */
  static void empty(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}

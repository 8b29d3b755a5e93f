package org.eider.registrar.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.eider.registrar.Journal.Head;
import org.eider.registrar.Journal.Report;
import org.eider.registrar.Journal.Step;
import org.eider.registrar.StoreException;
import org.eider.wire.DecodeException;

/**
 * Everything of a registrar but its configuration in one file, and back. The file holds the keys of the CA: it is worth as much as they
 * are. Its hashes and signatures show that it is whole; they do not show who made it.
 *
 * <p>The commands: {@code registrar backup FILE} has the running registrar call {@link #make} (or opens the store itself when none runs)
 * with {@link FileAlreadyExistsException} and the like already turned into {@link BackupException} with a hint; {@code registrar restore
 * FILE} calls {@link #restore} without having taken the data folder's lock, since the folder has to be new or empty.
 */
public final class Backup {
  private static final List<String> FILES = List.of(JournalKey.FILE, CheckpointFile.NAME);

  private Backup() {}

  /**
   * Writes a backup of a store that is in use, for the owner's eyes only; it appears under its name when it is complete and forced.
   *
   * @param dataFolder of the store
   * @param file must not exist; the size of the store is needed beside it for a while
   * @param version of this program
   * @throws BackupException when it could not be made; then there is no file, and nothing else is left behind
   */
  public static Manifest make(SqlStore store, Path dataFolder, Path file, String version, InstantSource clock) throws BackupException {
    Path target = file.toAbsolutePath().normalize();
    if (Files.exists(target)) {
      throw exists(target);
    }
    if (target.getParent() == null || !Files.isDirectory(target.getParent())) {
      throw new BackupException("there is no folder for " + target, "make the folder first");
    }
    if (!JournalKey.existsIn(dataFolder)) {
      throw new BackupException("the registrar of " + dataFolder + " was never started: it has no CA yet, and no key of the journal",
          "start it once, and back it up then");
    }
    try {
      Path work = Files.createTempDirectory(target.getParent(), ".backup");
      try {
        Manifest manifest = pack(store, dataFolder, work, version, clock);
        publish(work.resolve("backup.zip"), target);
        boolean noted = false;
        try {
          store.journal().note(Step.BACKUP_MADE, target.getFileName() + " up to entry " + manifest.head().number());
          noted = true;
        } finally {
          if (!noted) {
            Files.delete(target);
          }
        }
        return manifest;
      } finally {
        delete(work);
      }
    } catch (FileAlreadyExistsException e) {
      throw exists(target);
    } catch (IOException | StoreException | StoreUnavailable e) {
      throw new BackupException("the backup could not be made: " + reason(e), "check the folder " + target.getParent()
          + ", its owner and the space on its disk; nothing was left behind", e);
    }
  }

  /**
   * Makes a data folder from a backup. Everything is checked before it is put in place, in one step.
   *
   * @param dataFolder must not exist, or be empty
   * @param progress is told the number of journal entries that were checked, now and then
   * @throws BackupException when the backup is not whole, or there is something in the data folder; then nothing was changed
   */
  public static Manifest restore(Path file, Path dataFolder, InstantSource clock, LongConsumer progress) throws BackupException {
    Path target = dataFolder.toAbsolutePath().normalize();
    try {
      if (!isNewOrEmpty(target)) {
        throw new BackupException("there is something in " + target, "a backup is restored into a new or empty data folder only");
      }
      if (!Files.isRegularFile(file)) {
        throw new BackupException("there is no backup " + file, "give the file that registrar backup has made");
      }
      Files.createDirectories(target.getParent());
      Path work = Files.createTempDirectory(target.getParent(), ".restore");
      try {
        Manifest manifest = BackupFile.read(file, work);
        check(work, manifest, clock, progress);
        Files.move(work, target, StandardCopyOption.ATOMIC_MOVE);
        CheckpointFile.force(target.getParent());
        return manifest;
      } finally {
        delete(work);
      }
    } catch (DecodeException e) {
      throw new BackupException(file + " is no backup, or damaged: " + e.getMessage(), "use another backup", e);
    } catch (StoreUnavailable e) {
      throw new BackupException("the store in " + file + " cannot be used: " + e.getMessage(), "use another backup, or the program that made it", e);
    } catch (IOException | StoreException e) {
      throw new BackupException("the backup could not be restored: " + reason(e), "check " + file + ", and the disk of " + target, e);
    }
  }

  private static Manifest pack(SqlStore store, Path dataFolder, Path work, String version, InstantSource clock)
      throws IOException, StoreUnavailable {
    // Checkpoints first: none of them may be ahead of the journal that is copied after them.
    Map<String, Path> parts = new TreeMap<>();
    for (String name : FILES) {
      parts.put(name, Files.copy(dataFolder.resolve(name), work.resolve(name)));
    }
    // So with the CA's files: a certificate is recorded before it is written, so the store that is copied later knows it.
    Path ca = Files.createDirectory(work.resolve("ca"));
    try (Stream<Path> files = Files.list(dataFolder.resolve("ca"))) {
      for (Path found : files.filter(file -> file.getFileName().toString().endsWith(".pem")).toList()) {
        parts.put(BackupFile.CA + found.getFileName(), Files.copy(found, ca.resolve(found.getFileName())));
      }
    }
    parts.put(BackupFile.STORE, copyStore(store, work));
    Head head = headOf(work);
    Path zip = Files.createFile(work.resolve("backup.zip"), CheckpointFile.ownerOnly(work.resolve("backup.zip")));
    try (FileChannel channel = FileChannel.open(zip, StandardOpenOption.WRITE)) {
      return BackupFile.write(channel, parts, version, clock.instant(), head);
    }
  }

  private static Path copyStore(SqlStore store, Path work) throws IOException {
    Path copy = work.resolve(BackupFile.STORE);
    Files.createDirectories(copy.getParent());
    store.copyTo(copy);
    return copy;
  }

  /**
   * Opens the copy: a backup that cannot be opened is none. By a thread that nobody interrupts, as a registrar that stops does with its
   * workers: H2 takes that for the end of its waiting, and writes on while the file is packed.
   */
  private static Head headOf(Path work) throws StoreUnavailable {
    try {
      return CompletableFuture.supplyAsync(() -> openedHead(work), Backup::start).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StoreUnavailable unavailable) {
        throw unavailable;
      }
      throw e.getCause() instanceof StoreException failed ? failed : e;
    }
  }

  private static Head openedHead(Path work) {
    try (SqlStore copy = SqlStore.open(StoreConfig.in(work).forCommand())) {
      return copy.journal().head();
    } catch (StoreUnavailable e) {
      throw new CompletionException(e);
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "backup");
    thread.setDaemon(true);
    thread.start();
  }

  /** A link fails when there is a file of that name, which a rename does not. */
  private static void publish(Path complete, Path target) throws IOException {
    try {
      Files.createLink(target, complete);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException noLinks) {
      Files.move(complete, target);
    }
    CheckpointFile.force(target.getParent());
  }

  private static void check(Path work, Manifest manifest, InstantSource clock, LongConsumer progress)
      throws IOException, StoreUnavailable, BackupException {
    CheckpointFile file = CheckpointFile.in(work, JournalKey.read(work));
    try (SqlStore store = SqlStore.open(StoreConfig.in(work).forCommand(), StoreProbe.NONE, clock)) {
      Checkpoints.compare(store, file);
      Report report = Agreement.check(store, work.resolve("ca"), progress);
      if (!report.isGood()) {
        throw new BackupException("the backup does not agree with itself: " + report.faults().get(0).what()
            + (report.faultCount() > 1 ? ", and " + (report.faultCount() - 1) + " more" : ""), "use another backup");
      }
      if (!report.head().equals(manifest.head())) {
        throw new BackupException("the backup's journal does not end where its manifest says", "use another backup");
      }
      store.journal().note(Step.RESTORED, "from a backup of " + manifest.at() + " up to entry " + manifest.head().number());
      Checkpoints.open(store, file, clock, Checkpoints.Rhythm.standard()).close();
    }
    CheckpointFile.force(work.resolve("store"));
    CheckpointFile.force(work.resolve("ca"));
    CheckpointFile.force(work);
  }

  private static boolean isNewOrEmpty(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return true;
    }
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static BackupException exists(Path file) {
    return new BackupException(file + " exists already", "a backup never replaces a file; give another name");
  }

  private static String reason(Exception e) {
    if (e instanceof FileSystemException file && file.getReason() != null) {
      return file.getFile() + ": " + file.getReason();
    }
    if (e instanceof ClosedByInterruptException) {
      return "it was interrupted";
    }
    return e instanceof FileSystemException ? "cannot use " + e.getMessage() : e.getMessage();
  }
}

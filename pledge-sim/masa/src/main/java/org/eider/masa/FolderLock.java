package org.eider.masa;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A file that at most one holder has locked: across processes, and across several users within this one. On POSIX systems a process
 * loses its lock on a file towards other processes when any of its channels to that file is closed; within a process it holds on.
 */
final class FolderLock implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long PAUSE_NANOS = 500_000;

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  static FolderLock open(Path file) throws IOException {
    return new FolderLock(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
  }

  /** Waits for the lock; closing what is returned gives it up. */
  FileLock acquire() throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Optional<FileLock> held = tryAcquire();
    while (held.isEmpty()) {
      if (System.nanoTime() - end > 0) {
        throw new IOException("the data folder stayed locked for " + PATIENCE.toSeconds() + " s");
      }
      LockSupport.parkNanos(PAUSE_NANOS);
      held = tryAcquire();
    }
    return held.get();
  }

  /** The lock, when nobody has it. */
  Optional<FileLock> tryAcquire() throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException heldInThisProcess) {
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

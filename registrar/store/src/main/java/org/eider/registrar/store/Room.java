package org.eider.registrar.store;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.eider.registrar.StoreBusyException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The space that is left on the disk of the data folder. Nothing is begun when there is less than a reserve: what H2 cannot write
 * closes the database, what is not begun can be refused, and goes on when there is space again. Says so once when that changes.
 */
final class Room implements BooleanSupplier {
  private static final Logger LOG = LoggerFactory.getLogger(SqlStore.class);
  private static final int MIB = 1 << 20;
  private static final long RESERVE = 16L * MIB;

  private final Path folder;
  private final FileStore disk;
  private final AtomicBoolean full = new AtomicBoolean();

  private Room(Path folder, FileStore disk) {
    this.folder = folder;
    this.disk = disk;
  }

  /** The space for a folder that is there. */
  static Room of(Path folder) throws StoreUnavailable {
    try {
      return new Room(folder, Files.getFileStore(folder));
    } catch (IOException e) {
      throw new StoreUnavailable("the disk of " + folder + " cannot be looked at: " + e.getMessage(), "check the disk that it is on", e);
    }
  }

  /** Whether the reserve is there. */
  @Override
  public boolean getAsBoolean() {
    long left = left();
    boolean enough = left >= RESERVE;
    if (full.compareAndSet(enough, !enough)) {
      if (enough) {
        LOG.info("there is space again on the disk of {}: the store records again", folder);
      } else {
        LOG.error("the disk of {} is full: {} left; nothing is recorded, and therefore nobody onboarded, until there is space again",
            folder, size(left));
      }
    }
    return enough;
  }

  /** Refuses {@code what} with a {@link StoreBusyException} when it is not there. */
  void require(String what) {
    if (!getAsBoolean()) {
      throw new StoreBusyException("the store could not " + what + ": the disk is full", new IOException(said()));
    }
  }

  /** Refuses to open the store when it is not there. */
  void requireToOpen() throws StoreUnavailable {
    if (left() < RESERVE) {
      throw new StoreUnavailable("the disk of " + folder + " is full: " + said(), "make space there, df -h tells how much there is");
    }
  }

  private String said() {
    return size(left()) + " left, " + size(RESERVE) + " are needed";
  }

  /** A disk that cannot be asked is found out by whoever writes. */
  private long left() {
    try {
      return disk.getUsableSpace();
    } catch (IOException unknown) {
      return Long.MAX_VALUE;
    }
  }

  private static String size(long octets) {
    return octets >= MIB ? octets / MIB + " MiB" : octets / 1024 + " KiB";
  }
}

package org.eider.registrar.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.SFChunk;
import org.h2.mvstore.SingleFileStore;

/**
 * H2's file as it was when it had just been saved, while H2 goes on. What is saved later comes behind it; only the two blocks at its
 * beginning, which say where to look, are written again, so they are read at once.
 */
final class StillFile implements AutoCloseable {
  /** Two of H2's blocks. */
  private static final int HEAD = 2 * 4096;
  private static final int BUFFER = 64 << 10;

  private final SingleFileStore file;
  private final BooleanSupplier isUnwanted;
  private final boolean reusedSpace;
  private final ByteBuffer head;
  private final long size;

  private StillFile(SingleFileStore file, BooleanSupplier isUnwanted, boolean reusedSpace, ByteBuffer head, long size) {
    this.file = file;
    this.isUnwanted = isUnwanted;
    this.reusedSpace = reusedSpace;
    this.head = head;
    this.size = size;
  }

  /**
   * Of a file that nobody is writing to, nor will before this returns.
   *
   * @param isUnwanted tells when to give up copying
   */
  static StillFile of(SingleFileStore file, BooleanSupplier isUnwanted) {
    boolean reusedSpace = file.isSpaceReused();
    file.setReuseSpace(false);
    return new StillFile(file, isUnwanted, reusedSpace, file.readFully((SFChunk) null, 0, HEAD), file.size());
  }

  /**
   * Copies it; by H2's own channel, since closing another one would release the lock on the file.
   *
   * @throws IOException when it cannot be read or written, or the store is to be closed meanwhile
   */
  void copyTo(OutputStream out) throws IOException {
    try {
      out.write(head.array(), 0, HEAD);
      for (long at = HEAD; at < size; at += BUFFER) {
        if (isUnwanted.getAsBoolean()) {
          throw new IOException("the store is being closed");
        }
        ByteBuffer read = file.readFully((SFChunk) null, at, (int) Math.min(BUFFER, size - at));
        out.write(read.array(), 0, read.limit());
      }
    } catch (MVStoreException e) {
      throw new IOException(e);
    }
  }

  /** Freed space may be used again. */
  @Override
  public void close() {
    file.setReuseSpace(reusedSpace);
  }
}

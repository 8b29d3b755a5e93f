package org.eider.registrar.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.eider.registrar.StoreException;
import org.eider.wire.DecodeException;

/**
 * The file {@code store/eider.redo}: what was committed since the database's own file was last brought up to date. It is there while a
 * store is open, and after a crash, for the next opening; for its owner only.
 *
 * <pre>
 * file   = record*
 * record = length, 4 octets; CRC-32C of the rest, 4 octets; {@link Redo}, length octets       all big-endian
 * </pre>
 *
 * <p>What a crash left of the last records, which nobody was told of, is no record and ends the file. Writing is for one thread at a
 * time; {@link #force} is for any. It uses no channel, since those close when a thread that uses them is interrupted.
 */
final class RedoLog implements AutoCloseable {
  /** Its name, beside the database. */
  static final String NAME = "eider.redo";

  /** A log that ended with something else than a record. */
  static final String REST = "eider.redo.rest";

  /** No transaction of ours is that large: some octet strings of one mebibyte each. */
  private static final int LONGEST = 64 << 20;
  private static final int HEAD = 2 * Integer.BYTES;

  private final Path path;
  private final RandomAccessFile file;
  /** Behind the last whole record. */
  private long end;

  private RedoLog(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  /** Opens the log in a store's folder; makes it when there is none. */
  static RedoLog open(Path folder) throws IOException {
    Path path = folder.resolve(NAME);
    if (!Files.exists(path)) {
      Files.createFile(path, CheckpointFile.ownerOnly(path));
      CheckpointFile.force(folder);
    }
    return new RedoLog(path, new RandomAccessFile(path.toFile(), "rw"));
  }

  /**
   * The next of the records that it holds, from its beginning on; empty behind the last whole one, where new records come.
   *
   * @throws DecodeException when a record that is whole is none of ours
   */
  Optional<Redo> next() throws IOException, DecodeException {
    if (file.length() - end < HEAD) {
      return Optional.empty();
    }
    file.seek(end);
    int length = file.readInt();
    int crc = file.readInt();
    if (length < 1 || length > Math.min(LONGEST, file.length() - end - HEAD)) {
      return Optional.empty();
    }
    byte[] record = new byte[length];
    file.readFully(record);
    if (crc != crc(record)) {
      return Optional.empty();
    }
    Redo redo = Redo.decode(record);
    end += HEAD + length;
    return Optional.of(redo);
  }

  /** Keeps a copy of the file, if octets are left behind the last record, and says where. */
  Optional<Path> keepRest() throws IOException {
    if (file.length() == end) {
      return Optional.empty();
    }
    Path rest = path.resolveSibling(REST);
    Files.deleteIfExists(rest);
    Files.createFile(rest, CheckpointFile.ownerOnly(rest));
    Files.write(rest, Files.readAllBytes(path));
    return Optional.of(rest);
  }

  /** Appends a record, not forced; the length before, to {@link #cut} at. */
  long append(Redo redo) throws IOException {
    byte[] record = redo.encode();
    if (record.length > LONGEST) {
      throw new StoreException("a transaction of " + record.length + " octets is too large", new IOException("no longer than " + LONGEST));
    }
    long before = end;
    file.seek(end);
    file.write(ByteBuffer.allocate(HEAD + record.length).putInt(record.length).putInt(crc(record)).put(record).array());
    end += HEAD + record.length;
    return before;
  }

  /** Takes back what was appended since. */
  void cut(long length) throws IOException {
    file.setLength(length);
    end = length;
  }

  /** How long it is. */
  long length() {
    return end;
  }

  /** Returns when what was appended before is on the medium. */
  void force() throws IOException {
    file.getFD().sync();
  }

  /** Leaves the file for the next opening. */
  @Override
  public void close() throws IOException {
    file.close();
  }

  /** Nobody needs it any more. */
  void remove() throws IOException {
    file.close();
    Files.deleteIfExists(path);
  }

  private static int crc(byte[] record) {
    CRC32C crc = new CRC32C();
    crc.update(record);
    return (int) crc.getValue();
  }
}

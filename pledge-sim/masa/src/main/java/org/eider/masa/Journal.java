package org.eider.masa;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * An append-only file of lines that several processes read and write. A line counts once its line end is on the disk; whoever
 * appends holds the lock, first reads what others have appended, and cuts off a torn last line, which nobody was ever answered
 * with. For one thread at a time.
 */
final class Journal implements AutoCloseable {
  private static final int CHUNK = 64 * 1024;
  private static final String LOCK = "journal.lock";
  private static final String LINES = "journal.jsonl";

  private final FileChannel file;
  private final FolderLock lock;
  private long read;
  private long lines;

  private Journal(FileChannel file, FolderLock lock) {
    this.file = file;
    this.lock = lock;
  }

  static Journal open(Path folder) throws IOException {
    FolderLock lock = FolderLock.open(folder.resolve(LOCK));
    try {
      FileChannel file = FileChannel.open(
          folder.resolve(LINES), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      return new Journal(file, lock);
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  /** Keeps other writers out until the lock is closed. */
  FileLock exclusive() throws IOException {
    return lock.acquire();
  }

  /** The entries that were appended by anybody since the last call. */
  List<JournalEntry> news() throws IOException {
    if (file.size() == read) {
      return List.of();
    }
    if (file.size() < read) {
      throw new IOException("the journal has become shorter");
    }
    List<JournalEntry> entries = new ArrayList<>();
    ByteBuffer pending = ByteBuffer.allocate(CHUNK);
    while (file.read(pending, read + pending.position()) > 0) {
      pending.flip();
      int taken = takeLines(pending, entries);
      read += taken;
      pending.position(taken);
      pending.compact();
      if (!pending.hasRemaining()) {
        pending = larger(pending);
      }
    }
    return entries;
  }

  /** Appends an entry and waits for the disk. Call it with the lock held and all news read. */
  void append(JournalEntry entry) throws IOException {
    byte[] line = JournalLine.encode(entry).toArray();
    ByteBuffer bytes = ByteBuffer.allocate(line.length + 1).put(line).put((byte) '\n').flip();
    file.truncate(read);
    long end = read;
    while (bytes.hasRemaining()) {
      end += file.write(bytes, end);
    }
    file.force(true);
    read = end;
    lines++;
  }

  @Override
  public void close() throws IOException {
    try {
      file.close();
    } finally {
      lock.close();
    }
  }

  private int takeLines(ByteBuffer pending, List<JournalEntry> entries) throws IOException {
    int start = 0;
    for (int i = 0; i < pending.limit(); i++) {
      if (pending.get(i) == '\n') {
        byte[] line = new byte[i - start];
        pending.get(start, line);
        entries.add(decode(Octets.of(line)));
        start = i + 1;
      }
    }
    return start;
  }

  private JournalEntry decode(Octets line) throws IOException {
    lines++;
    try {
      return JournalLine.decode(line);
    } catch (DecodeException e) {
      throw new IOException("line " + lines + " of the journal is damaged: " + e.getMessage(), e);
    }
  }

  private static ByteBuffer larger(ByteBuffer full) throws IOException {
    if (full.capacity() > JournalLine.MAX_SIZE) {
      throw new IOException("a line of the journal is longer than " + JournalLine.MAX_SIZE + " octets");
    }
    return ByteBuffer.allocate(full.capacity() * 2).put(full.flip());
  }
}

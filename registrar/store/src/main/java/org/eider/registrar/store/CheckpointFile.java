package org.eider.registrar.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eider.registrar.Journal.Fault;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * {@code journal.checkpoints} in a data folder: one checkpoint a line, appended and forced, for its owner only. What stands behind the
 * last end of a line was cut off by a crash and counts for nothing. When the file is long, every second of its older lines goes.
 */
public final class CheckpointFile {
  /** Its name. */
  public static final String NAME = "journal.checkpoints";

  private static final int LONG = 1 << 20;
  /** No file of ours is that long. */
  private static final int LONGEST = 8 << 20;

  private final Path file;
  private final CheckpointSigner signer;

  private CheckpointFile(Path file, CheckpointSigner signer) {
    this.file = file;
    this.signer = signer;
  }

  /** The file of a data folder, which need not be there yet. */
  public static CheckpointFile in(Path dataFolder, CheckpointSigner signer) {
    return new CheckpointFile(dataFolder.resolve(NAME), signer);
  }

  Path path() {
    return file;
  }

  boolean exists() {
    return Files.exists(file);
  }

  /** What the file holds: whole lines, and whether there is a rest that is none. */
  record Content(List<Octets> lines, boolean torn) {}

  Content content() throws IOException {
    if (!exists()) {
      return new Content(List.of(), false);
    }
    if (Files.size(file) > LONGEST) {
      throw new IOException(file + " is longer than this program ever makes it");
    }
    byte[] octets = Files.readAllBytes(file);
    List<Octets> lines = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < octets.length; i++) {
      if (octets[i] == '\n') {
        lines.add(Octets.of(Arrays.copyOfRange(octets, begin, i)));
        begin = i + 1;
      }
    }
    return new Content(lines, begin < octets.length);
  }

  /** All checkpoints with good signatures; the others become faults. */
  List<Checkpoint> read(Faults faults) {
    List<Checkpoint> good = new ArrayList<>();
    try {
      List<Octets> lines = content().lines();
      for (int i = 0; i < lines.size(); i++) {
        String place = "line " + (i + 1) + " of " + NAME;
        Optional<Checkpoint> checkpoint = parse(lines.get(i));
        checkpoint.filter(this::isGood).ifPresentOrElse(good::add, () -> faults.add(Fault.Kind.CHECKPOINT_BAD,
            place + (checkpoint.isPresent() ? " is not signed by this registrar's journal key" : " is no checkpoint")));
      }
    } catch (IOException e) {
      faults.add(Fault.Kind.CHECKPOINT_BAD, "the checkpoints cannot be read: " + e.getMessage());
    }
    return good;
  }

  boolean isGood(Checkpoint checkpoint) {
    return checkpoint.isSignedBy(signer);
  }

  static Optional<Checkpoint> parse(Octets line) {
    try {
      return Optional.of(Checkpoint.parse(line));
    } catch (DecodeException e) {
      return Optional.empty(); // the caller tells what it means that the line is none
    }
  }

  CheckpointSigner signer() {
    return signer;
  }

  /** Appends a line, on the medium when this returns. */
  void append(Checkpoint checkpoint) throws IOException {
    Content content = content();
    Octets line = Octets.utf8(checkpoint.line() + "\n");
    if (content.torn() || !exists() || Files.size(file) + line.size() > LONG) {
      rewrite(content.lines(), line);
      return;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      write(channel, line);
    }
  }

  /** The file anew, without a torn end, and thinned when it is long. */
  private void rewrite(List<Octets> old, Octets last) throws IOException {
    boolean isLong = old.stream().mapToInt(Octets::size).sum() + old.size() + last.size() > LONG;
    Path next = file.resolveSibling(NAME + ".new");
    Files.deleteIfExists(next);
    Files.createFile(next, ownerOnly(next));
    try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
      StringBuilder kept = new StringBuilder();
      for (int i = 0; i < old.size(); i++) {
        if (!isLong || i >= old.size() / 2 || i % 2 == 0) {
          kept.append(old.get(i).utf8()).append('\n');
        }
      }
      write(channel, Octets.utf8(kept.append(last.utf8()).toString()));
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    force(file.toAbsolutePath().getParent());
  }

  static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static FileAttribute<?>[] ownerOnly(Path file) throws IOException {
    boolean posix = Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView(PosixFileAttributeView.class);
    return posix
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
        : new FileAttribute<?>[0];
  }

  private static void write(FileChannel channel, Octets octets) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(octets.toArray());
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    channel.force(true);
  }
}

package org.eider.proxy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.eider.cli.CommandFailure;
import org.eider.cli.FileTrouble;

/**
 * What a join proxy keeps: {@code ldevid/} when it has enrolled, {@code status.sock} while it runs, {@code proxy.lock}.
 *
 * @param path the folder
 */
record ProxyFolder(Path path) {
  private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FOREIGN = EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  /** The folder at {@code path}; a new or empty one is closed to others than its owner, one that others may change is refused. */
  static ProxyFolder prepare(Path path) throws CommandFailure {
    try {
      boolean isFresh = !Files.exists(path);
      Files.createDirectories(path);
      if (Files.getFileStore(path).supportsFileAttributeView(PosixFileAttributeView.class)) {
        close(path, isFresh || isEmpty(path));
      }
      return new ProxyFolder(path.toRealPath());
    } catch (IOException e) {
      throw new CommandFailure("cannot use the data folder " + path + ": " + FileTrouble.of(e), "give a folder that you may write to", e);
    }
  }

  private static void close(Path path, boolean ours) throws IOException, CommandFailure {
    if (ours) {
      Files.setPosixFilePermissions(path, OWNER_ONLY);
    } else if (Files.getPosixFilePermissions(path).stream().anyMatch(FOREIGN::contains)) {
      throw new CommandFailure("others may write to the data folder " + path, "chmod 700 " + path);
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }

  /** Where status is asked. */
  Path statusSocket() {
    return path.resolve("status.sock");
  }

  /** Where the pledge program keeps key and certificates. */
  Path ldevid() {
    return path.resolve("ldevid");
  }

  /** The lock, until it is closed; empty when another process holds it. */
  Optional<FileChannel> tryLock() throws IOException {
    FileChannel channel = FileChannel.open(path.resolve("proxy.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return Optional.of(channel);
      }
    } catch (OverlappingFileLockException heldByThisProcess) {
      channel.close();
      return Optional.empty();
    }
    channel.close();
    return Optional.empty();
  }
}

package org.eider.registrar.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.eider.cli.CommandFailure;
import org.eider.pki.Certificates;
import org.eider.pki.PemFiles;
import org.eider.wire.Octets;

/**
 * The folder that holds everything of one registrar: {@code store/}, {@code ca/}, {@code admin.token} and {@code admin.port} while it
 * runs, and {@code registrar.lock}, which whoever uses the folder holds.
 *
 * @param path the folder
 */
record DataFolder(Path path) {
  private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> SECRET = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> FOREIGN_WRITE = EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  /** The folder at {@code path}; a new or empty one is closed to others than its owner, one that others may change is refused. */
  static DataFolder prepare(Path path) throws CommandFailure {
    try {
      boolean fresh = !Files.exists(path);
      Files.createDirectories(path);
      if (isPosix(path)) {
        close(path, fresh || isEmpty(path));
      }
      return new DataFolder(path.toRealPath());
    } catch (IOException e) {
      throw new CommandFailure("cannot use the data folder " + path + ": " + e.getMessage(), "give a folder that you may write to", e);
    }
  }

  /** The folder at {@code path}, which has to be there. */
  static DataFolder existing(Path path) throws CommandFailure {
    if (!Files.isDirectory(path)) {
      throw new CommandFailure("there is no data folder " + path, "give --data of a registrar that was started or configured once");
    }
    return new DataFolder(path);
  }

  private static void close(Path path, boolean ours) throws IOException, CommandFailure {
    if (ours) {
      Files.setPosixFilePermissions(path, OWNER_ONLY);
    } else if (Files.getPosixFilePermissions(path).stream().anyMatch(FOREIGN_WRITE::contains)) {
      throw new CommandFailure("others may write to the data folder " + path, "chmod 700 " + path);
    }
  }

  Path ca() {
    return path.resolve("ca");
  }

  /** domainIDs of the registrar's certificate and the CAs above it, as far as there are any yet. */
  Set<Octets> ownDomains() throws IOException {
    Set<Octets> domains = new HashSet<>();
    for (String name : List.of("registrar.pem", "issuing.pem", "root.pem")) {
      Path file = ca().resolve(name);
      if (Files.exists(file)) {
        PemFiles.readCertificates(file).forEach(certificate -> domains.add(Certificates.domainId(certificate)));
      }
    }
    return domains;
  }

  Path adminPort() {
    return path.resolve("admin.port");
  }

  Path adminToken() {
    return path.resolve("admin.token");
  }

  /** The lock, unless somebody else holds it. */
  Optional<Held> tryLock() throws IOException {
    FileChannel channel = FileChannel.open(path.resolve("registrar.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return Optional.of(new Held(channel));
      }
    } catch (OverlappingFileLockException heldByThisProcess) {
      channel.close();
      return Optional.empty();
    }
    channel.close();
    return Optional.empty();
  }

  /** The lock while it is held; the file stays. */
  record Held(FileChannel channel) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** Writes a file that only its owner may read, replacing it atomically. */
  void writeSecret(Path file, String content) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(next);
    if (isPosix(path)) {
      Files.createFile(next, PosixFilePermissions.asFileAttribute(SECRET));
    }
    Files.writeString(next, content, StandardCharsets.US_ASCII, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Refuses keys and tokens that others than their owner may read, also those that nobody needs to start. */
  void requireSecrets() throws IOException, CommandFailure {
    readSecret(adminToken());
    requireKeys(path);
    if (Files.isDirectory(ca())) {
      requireKeys(ca());
    }
  }

  private static void requireKeys(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path key : files.filter(file -> file.toString().endsWith(".key.pem")).sorted().toList()) {
        PemFiles.requireOwnerOnly(key);
      }
    }
  }

  /** The content of a file that only its owner may read; empty when it is not there. */
  Optional<String> readSecret(Path file) throws IOException, CommandFailure {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    if (isPosix(file) && !SECRET.containsAll(Files.getPosixFilePermissions(file))) {
      throw new CommandFailure("others than its owner may use " + file, "chmod 600 " + file);
    }
    return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1).strip()); // every octet is some character: who uses it judges it
  }

  private static boolean isPosix(Path path) throws IOException {
    return Files.getFileStore(path).supportsFileAttributeView(PosixFileAttributeView.class);
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }
}

package org.eider.masa;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.eider.pki.MasaUri;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.eider.wire.StrictJson;

/**
 * The folder of one manufacturer: its keys, its journal, and {@code manufacturer.json}, which tells a registrar what to trust and
 * remembers the port that IDevIDs name. Only its owner may enter it.
 */
final class DataFolder {
  /** What a registrar reads to get to know this manufacturer. */
  static final String MANUFACTURER = "manufacturer.json";

  private static final String NAME = "Eider Example Manufacturer";
  private static final String LOCK = "setup.lock";
  private static final String SERVING = "serve.lock";
  private static final int MAX_SIZE = 16 * 1024;

  private final Path path;

  private DataFolder(Path path) {
    this.path = path;
  }

  /** Opens a folder, creating it when it is not there. */
  static DataFolder openOrCreate(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      Path parent = path.toAbsolutePath().getParent();
      Files.createDirectories(parent);
      try {
        if (Files.getFileStore(parent).supportsFileAttributeView(PosixFileAttributeView.class)) {
          Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
          Files.createDirectory(path);
        }
      } catch (FileAlreadyExistsException createdMeanwhile) {
        return new DataFolder(path);
      }
    }
    return new DataFolder(path);
  }

  /** Opens a folder that a MASA has used before; empty for any other. */
  static Optional<DataFolder> openExisting(Path path) {
    return Files.isRegularFile(path.resolve(MANUFACTURER)) ? Optional.of(new DataFolder(path)) : Optional.empty();
  }

  /** A file in it. */
  Path file(String name) {
    return path.resolve(name);
  }

  Path path() {
    return path;
  }

  /** The manufacturer's name, as it stands in certificates. */
  String manufacturer() {
    return NAME;
  }

  /** Something that is done to the folder as a whole. */
  @FunctionalInterface
  interface SettingUp<T> {
    T run() throws IOException;
  }

  /** Does something while nobody else, in any process, sets the folder up. */
  <T> T settingUp(SettingUp<T> work) throws IOException {
    FolderLock setup = FolderLock.open(file(LOCK));
    try {
      FileLock held = setup.acquire();
      try {
        return work.run();
      } finally {
        held.release();
      }
    } finally {
      setup.close();
    }
  }

  /** Marks the folder as served; at most one holder at a time. */
  FolderLock servingLock() throws IOException {
    return FolderLock.open(file(SERVING));
  }

  /** The port that IDevIDs name, once one was chosen. */
  Optional<Integer> rememberedPort() throws IOException {
    if (!Files.exists(file(MANUFACTURER))) {
      return Optional.empty();
    }
    try {
      ObjectNode known = StrictJson.object(Octets.of(Files.readAllBytes(file(MANUFACTURER))), MAX_SIZE);
      return Optional.of(MasaUri.parse(known.path("masa_uri").asText()).port());
    } catch (DecodeException e) {
      throw new IOException(file(MANUFACTURER) + ": " + e.getMessage(), e);
    }
  }

  /** The port that IDevIDs name; a free one is chosen and remembered when there was none. */
  int portForIdevids() throws IOException {
    return settingUp(() -> {
      Optional<Integer> remembered = rememberedPort();
      int port = remembered.isPresent() ? remembered.get() : freePort();
      if (remembered.isEmpty()) {
        remember(port);
      }
      return port;
    });
  }

  /** Writes {@code manufacturer.json} for that port, replacing it atomically. */
  void remember(int port) throws IOException {
    ObjectNode known = StrictJson.newObject()
        .put("name", NAME)
        .put("idevid_ca", KeyStore.IDEVID_CA)
        .put("masa_uri", authority(port))
        .put("masa_tls_ca", KeyStore.TLS_CA)
        .put("voucher_ca", KeyStore.VOUCHER_CA);
    Path fresh = Files.createTempFile(path, "." + MANUFACTURER, ".tmp");
    try {
      Files.write(fresh, StrictJson.encode(known).toArray(), StandardOpenOption.TRUNCATE_EXISTING);
      Files.move(fresh, file(MANUFACTURER), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** What IDevIDs say in their MASA URI extension. */
  static String authority(int port) {
    return "localhost:" + port;
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }
}

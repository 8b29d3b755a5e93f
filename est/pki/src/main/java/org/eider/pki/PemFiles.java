package org.eider.pki;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.eider.wire.DecodeException;

/** Keys and certificates in PEM files. */
public final class PemFiles {
  private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> EVERYBODY = PosixFilePermissions.fromString("rw-r--r--");
  private static final int MAX_KEY_FILE = 64 * 1024;
  private static final int MAX_CERTIFICATE_FILE = 4 * 1024 * 1024;

  private PemFiles() {}

  /**
   * Writes {@code key} as unencrypted PKCS#8 PEM of version 1, readable and writable by the owner only from the first instant,
   * replacing the file atomically. Bouncy Castle itself writes Edwards keys in version 2 (RFC 5958), which OpenSSL 3.0 cannot read.
   */
  public static void writeKey(Path file, PrivateKey key) throws IOException {
    Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
    byte[] first = KeyPackage.plain(key).toArray();
    replace(file, "-----BEGIN PRIVATE KEY-----\n" + lines.encodeToString(first) + "\n-----END PRIVATE KEY-----\n", OWNER);
  }

  /**
   * Reads a PKCS#8, SEC1 or PKCS#1 PEM private key.
   *
   * @throws OthersMayReadException when others than the owner may read the file
   */
  public static PrivateKey readKey(Path file) throws IOException {
    requireOwnerOnly(file);
    String text = text(file, MAX_KEY_FILE);
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      for (Object found = parser.readObject(); found != null; found = parser.readObject()) {
        if (found instanceof PrivateKeyInfo || found instanceof PEMKeyPair) {
          return Bc.privateKey(found instanceof PEMKeyPair pair ? pair.getPrivateKeyInfo() : (PrivateKeyInfo) found)
              .orElseThrow(() -> new IOException("its algorithm is unknown"));
        }
      }
      throw new IOException("no unencrypted private key");
    } catch (IOException | RuntimeException e) {
      // Bouncy Castle's PEM reader reports malformed input by unchecked exceptions too.
      throw new IOException(file + ": not a private key in PEM: " + e.getMessage(), e);
    }
  }

  /** Writes certificates in PEM, replacing the file atomically. */
  public static void writeCertificates(Path file, List<X509Certificate> certificates) throws IOException {
    replace(file, Certificates.pem(certificates), EVERYBODY);
  }

  /** Reads all PEM certificates of a file; at least one. */
  public static List<X509Certificate> readCertificates(Path file) throws IOException {
    try {
      return Certificates.parsePem(text(file, MAX_CERTIFICATE_FILE));
    } catch (DecodeException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static String text(Path file, int limit) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": a folder where a file in PEM is needed");
    }
    if (Files.size(file) > limit) {
      throw new IOException(file + ": longer than " + limit + " octets");
    }
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  /**
   * Refuses a file that others than its owner may read, write or run; where the file system knows no such permissions, none.
   *
   * @throws OthersMayReadException when it is one
   */
  public static void requireOwnerOnly(Path file) throws IOException {
    if (!isPosix(file.toAbsolutePath().getParent())) {
      return;
    }
    if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
      throw new OthersMayReadException(file);
    }
  }

  private static void replace(Path file, String text, Set<PosixFilePermission> permissions) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    FileAttribute<?>[] attributes = isPosix(folder)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
    Path fresh = Files.createTempFile(folder, "." + file.getFileName(), ".tmp", attributes);
    try {
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer octets = StandardCharsets.US_ASCII.encode(text);
        while (octets.hasRemaining()) {
          channel.write(octets);
        }
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static boolean isPosix(Path folder) throws IOException {
    return Files.getFileStore(folder).supportsFileAttributeView(PosixFileAttributeView.class);
  }
}

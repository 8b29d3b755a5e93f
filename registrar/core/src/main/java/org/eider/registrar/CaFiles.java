package org.eider.registrar;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.jce.interfaces.ECPrivateKey;
import org.bouncycastle.jce.spec.ECParameterSpec;
import org.bouncycastle.jce.spec.ECPublicKeySpec;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.eider.pki.Bc;
import org.eider.pki.KeyType;
import org.eider.pki.PemFiles;
import org.eider.wire.Octets;

/**
 * The folder of the embedded CA, which only its owner may enter: {@code NAME.key.pem} beside {@code NAME.pem}. A key is written
 * before its certificate, so that after a crash there may be a key without certificate, and never the other way round.
 */
final class CaFiles {
  private final Path folder;
  private final SecureRandom random;

  private CaFiles(Path folder, SecureRandom random) {
    this.folder = folder;
    this.random = random;
  }

  /** The folder, made if it is not there, closed to others than its owner. */
  static CaFiles in(Path folder, SecureRandom random) throws IOException {
    Files.createDirectories(folder);
    if (Files.getFileStore(folder).supportsFileAttributeView(PosixFileAttributeView.class)) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
    return new CaFiles(folder, random);
  }

  Path certificateFile(String name) {
    return folder.resolve(name + ".pem");
  }

  Path keyFile(String name) {
    return folder.resolve(name + ".key.pem");
  }

  boolean hasKey(String name) {
    return Files.exists(keyFile(name));
  }

  /** The certificates of that name, end entity first; empty when there is no such file. */
  Optional<List<X509Certificate>> certificates(String name) throws IOException {
    Path file = certificateFile(name);
    return Files.exists(file) ? Optional.of(PemFiles.readCertificates(file)) : Optional.empty();
  }

  void write(String name, List<X509Certificate> certificates) throws IOException {
    PemFiles.writeCertificates(certificateFile(name), certificates);
  }

  /** The key of that name, made if it is not there. */
  KeyPair keyOrNew(String name, KeyType type) throws IOException {
    if (hasKey(name)) {
      return key(name);
    }
    KeyPair fresh = type.generate(random);
    PemFiles.writeKey(keyFile(name), fresh.getPrivate());
    return fresh;
  }

  /** The key of that name, which has to be that of {@code certificate}. */
  PrivateKey keyOf(String name, X509Certificate certificate) throws IOException {
    KeyPair key = key(name);
    if (!Octets.of(key.getPublic().getEncoded()).matches(Octets.of(certificate.getPublicKey().getEncoded()))) {
      throw new IOException(keyFile(name) + " is not the key of " + certificateFile(name) + "; restore both from one backup");
    }
    return key.getPrivate();
  }

  private KeyPair key(String name) throws IOException {
    PrivateKey key = PemFiles.readKey(keyFile(name));
    if (!(key instanceof ECPrivateKey elliptic)) {
      throw new IOException(keyFile(name) + ": not an elliptic-curve key, which the embedded CA works with");
    }
    return new KeyPair(publicKey(elliptic), key);
  }

  private static PublicKey publicKey(ECPrivateKey key) throws IOException {
    ECParameterSpec curve = key.getParameters();
    var point = new FixedPointCombMultiplier().multiply(curve.getG(), key.getD());
    try {
      return KeyFactory.getInstance("EC", Bc.PROVIDER).generatePublic(new ECPublicKeySpec(point, curve));
    } catch (GeneralSecurityException e) {
      throw new IOException("no public key for a private key", e);
    }
  }
}

package org.eider.registrar.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import org.bouncycastle.jce.interfaces.ECPrivateKey;
import org.bouncycastle.jce.spec.ECPublicKeySpec;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.eider.pki.Bc;
import org.eider.pki.Certificates;
import org.eider.pki.KeyType;
import org.eider.pki.PemFiles;
import org.eider.wire.Octets;

/** The P-256 key of the checkpoints, {@code journal.key.pem} in a data folder. It signs nothing else. */
public final class JournalKey implements CheckpointSigner {
  /** Its file's name. */
  public static final String FILE = "journal.key.pem";

  private static final String ALGORITHM = "SHA256withECDSA";

  private final PrivateKey key;
  private final PublicKey publicKey;

  private JournalKey(PrivateKey key, PublicKey publicKey) {
    this.key = key;
    this.publicKey = publicKey;
  }

  /** Whether the data folder has its key. */
  public static boolean existsIn(Path dataFolder) {
    return Files.exists(dataFolder.resolve(FILE));
  }

  /**
   * The key of a data folder.
   *
   * @throws IOException when it is not there, no P-256 key, or others may read it
   */
  public static JournalKey read(Path dataFolder) throws IOException {
    Path file = dataFolder.resolve(FILE);
    PrivateKey key = PemFiles.readKey(file);
    if (!(key instanceof ECPrivateKey elliptic) || elliptic.getParameters().getN().bitLength() != 256) {
      throw new IOException(file + ": not a P-256 key");
    }
    return new JournalKey(key, publicKey(elliptic));
  }

  /** Makes a key and its file; whoever does so notes {@link org.eider.registrar.Journal.Step#CHECKPOINT_KEY_MADE}. */
  public static JournalKey make(Path dataFolder, SecureRandom random) throws IOException {
    KeyPair pair = KeyType.P256.generate(random);
    PemFiles.writeKey(dataFolder.resolve(FILE), pair.getPrivate());
    return new JournalKey(pair.getPrivate(), pair.getPublic());
  }

  @Override
  public String keyId() {
    return Certificates.spkiSha256(publicKey).hex();
  }

  @Override
  public Octets sign(Octets message) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM, Bc.PROVIDER);
      signature.initSign(key);
      signature.update(message.toArray());
      return Octets.of(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a P-256 key that cannot sign", e);
    }
  }

  @Override
  public boolean verifies(Octets message, Octets signed) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM, Bc.PROVIDER);
      signature.initVerify(publicKey);
      signature.update(message.toArray());
      return signature.verify(signed.toArray());
    } catch (GeneralSecurityException e) {
      return false; // what is no signature verifies nothing
    }
  }

  private static PublicKey publicKey(ECPrivateKey key) throws IOException {
    var curve = key.getParameters();
    try {
      return KeyFactory.getInstance("EC", Bc.PROVIDER)
          .generatePublic(new ECPublicKeySpec(new FixedPointCombMultiplier().multiply(curve.getG(), key.getD()), curve));
    } catch (GeneralSecurityException e) {
      throw new IOException("no public key for a private key", e);
    }
  }
}

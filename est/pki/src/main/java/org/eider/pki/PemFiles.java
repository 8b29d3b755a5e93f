package org.eider.pki;

import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** Keys and certificates in PEM files. */
public final class PemFiles {
  private PemFiles() {}

  /**
   * Writes {@code key} as unencrypted PKCS#8 PEM, readable and writable by the owner only from the first instant, replacing the
   * file atomically.
   */
  public static void writeKey(Path file, PrivateKey key) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Reads a PKCS#8, SEC1 or PKCS#1 PEM private key.
   *
   * @throws IOException also when others than the owner may read the file
   */
  public static PrivateKey readKey(Path file) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Writes certificates in PEM, replacing the file atomically. */
  public static void writeCertificates(Path file, List<X509Certificate> certificates) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Reads all PEM certificates of a file; at least one. */
  public static List<X509Certificate> readCertificates(Path file) throws IOException {
    throw new UnsupportedOperationException();
  }
}

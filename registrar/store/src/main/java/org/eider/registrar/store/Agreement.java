package org.eider.registrar.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.eider.pki.Bc;
import org.eider.pki.Certificates;
import org.eider.pki.KeyType;
import org.eider.pki.PemFiles;
import org.eider.registrar.IssuedCertificate;
import org.eider.registrar.IssuedCertificate.Purpose;
import org.eider.registrar.Journal.Fault;
import org.eider.registrar.Journal.Report;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * Whether store, journal and CA agree: the journal verifies, with the checkpoints that the store was compared with; every certificate
 * of the CA's folder is known to the store and has its key; every recorded certificate is what its row says and was signed by a CA of
 * ours; and every certificate that a device's history names is recorded.
 *
 * <p>For {@code registrar journal verify} and for whoever restores a backup.
 */
public final class Agreement {
  private static final int PAGE = 500;
  private static final String KEY = ".key.pem";
  private static final String CERTIFICATES = "SELECT * FROM certificates WHERE id > ? ORDER BY id LIMIT " + PAGE;
  private static final String UNRECORDED = """
      SELECT e.id, e.certificate FROM device_events e
      WHERE e.certificate IS NOT NULL AND NOT EXISTS (SELECT 1 FROM certificates c WHERE c.serial = e.certificate)
      """;

  private final SqlStore store;
  private final Path folder;
  private final Faults faults = new Faults();
  /** Of all our CAs, by name. */
  private final Map<String, List<X509Certificate>> authorities = new HashMap<>();

  private Agreement(SqlStore store, Path folder) {
    this.store = store;
    this.folder = folder;
  }

  /**
   * Checks everything.
   *
   * @param caFolder the folder of the CA
   * @param progress is told the number of journal entries that were checked, now and then
   */
  public static Report check(SqlStore store, Path caFolder, LongConsumer progress) {
    Report journal = store.journal().verify(progress);
    Report ca = new Agreement(store, caFolder).run(journal);
    List<Fault> all = Stream.concat(journal.faults().stream(), ca.faults().stream()).toList();
    return new Report(journal.head(), all, journal.faultCount() + ca.faultCount());
  }

  private Report run(Report journal) {
    try {
      checkFolder();
    } catch (IOException e) {
      fault("the CA's folder cannot be read: " + e.getMessage());
    }
    return store.snapshot("compare certificates", connection -> {
      checkRows(connection);
      Rows.each(connection, UNRECORDED, row -> fault("row " + row.getLong("id") + " of device_events names certificate "
          + Shown.text(row.getString("certificate")) + ", which is not recorded"));
      return faults.report(journal.head());
    });
  }

  private void checkFolder() throws IOException {
    if (!Files.isDirectory(folder)) {
      if (store.certificates().count() > 0) {
        fault("the CA's folder is missing");
      }
      return;
    }
    List<String> names;
    try (Stream<Path> files = Files.list(folder)) {
      names = files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".pem")).sorted().toList();
    }
    for (String name : names) {
      if (!name.endsWith(KEY)) {
        checkFile(name, PemFiles.readCertificates(folder.resolve(name)));
      }
    }
    for (String needed : List.of("root.pem", "issuing.pem", "issuing" + KEY)) {
      if (!names.contains(needed)) {
        fault("ca/" + needed + " is missing");
      }
    }
  }

  private void checkFile(String name, List<X509Certificate> chain) throws IOException {
    for (X509Certificate certificate : chain) {
      Optional<IssuedCertificate> recorded = store.certificates().certificate(certificate.getSerialNumber());
      if (recorded.filter(known -> known.certificate().equals(Certificates.der(certificate))).isEmpty()) {
        fault("certificate " + certificate.getSerialNumber().toString(16) + " of ca/" + name + " is not known to the journal");
      }
    }
    Path key = folder.resolve(name.substring(0, name.length() - ".pem".length()) + KEY);
    if (Files.exists(key) && !fits(PemFiles.readKey(key), chain.get(0))) {
      fault("ca/" + key.getFileName() + " is not the key of ca/" + name);
    }
  }

  private static boolean fits(PrivateKey key, X509Certificate certificate) throws IOException {
    String algorithm = KeyType.of(certificate.getPublicKey()).map(KeyType::signatureAlgorithm)
        .orElseThrow(() -> new IOException("a certificate has a key of a kind that no CA of ours has"));
    try {
      byte[] challenge = Octets.utf8("eider key check").toArray();
      Signature signature = Signature.getInstance(algorithm, Bc.PROVIDER);
      signature.initSign(key);
      signature.update(challenge);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(challenge);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // a key of another kind than the certificate's
    }
  }

  private void checkRows(Connection connection) throws SQLException {
    Rows.each(connection, "SELECT * FROM certificates WHERE purpose = 'CA'", row -> parse(row).ifPresent(
        certificate -> authorities.computeIfAbsent(Certificates.subject(certificate), name -> new ArrayList<>()).add(certificate)));
    long[] last = {Long.MIN_VALUE};
    int rows;
    do {
      rows = Rows.each(connection, CERTIFICATES, row -> {
        last[0] = row.getLong("id");
        checkRow(row);
      }, last[0]);
    } while (rows == PAGE);
  }

  private void checkRow(ResultSet row) throws SQLException {
    String name = "row " + row.getLong("id") + " of certificates";
    Optional<X509Certificate> parsed = parse(row);
    if (parsed.isEmpty()) {
      fault(name + " holds no certificate");
      return;
    }
    X509Certificate certificate = parsed.get();
    boolean sameSerial = certificate.getSerialNumber().toString(16).equals(row.getString("serial"));
    if (!sameSerial || certificate.getNotAfter().getTime() != row.getLong("not_after")) {
      fault(name + " says something else than its certificate");
    }
    String issuer = certificate.getIssuerX500Principal().getName();
    boolean ours = authorities.values().stream().flatMap(List::stream)
        .anyMatch(authority -> authority.getSubjectX500Principal().getName().equals(issuer) && isSigned(certificate, authority));
    if (!ours) {
      fault(name + " (" + (Purpose.CA.name().equals(row.getString("purpose")) ? "a CA" : "certificate " + Shown.text(row.getString("serial")))
          + ") was not signed by a CA of ours");
    }
  }

  private static Optional<X509Certificate> parse(ResultSet row) throws SQLException {
    try {
      return Optional.of(Certificates.parse(Octets.of(row.getBytes("certificate"))));
    } catch (DecodeException e) {
      return Optional.empty(); // the caller tells
    }
  }

  private static boolean isSigned(X509Certificate certificate, X509Certificate authority) {
    try {
      certificate.verify(authority.getPublicKey(), Bc.PROVIDER);
      return true;
    } catch (GeneralSecurityException e) {
      return false; // what does not verify is not signed by it
    }
  }

  private void fault(String what) {
    faults.add(Fault.Kind.CA_DIFFERS, what);
  }
}

package org.eider.masa;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.LdevidTemplate;
import org.eider.pki.PemFiles;
import org.eider.pki.ServiceName;
import org.eider.pki.UntrustedException;

/**
 * The keys of a manufacturer, in PEM files of its folder: one root for IDevIDs, one for vouchers, one for the TLS server, so that
 * none of them can stand in for another.
 */
final class KeyStore {
  /** The root that IDevIDs chain to. */
  static final String IDEVID_CA = "idevid-ca.pem";
  /** The root that vouchers chain to. */
  static final String VOUCHER_CA = "voucher-ca.pem";
  /** The root that the TLS server's certificate chains to. */
  static final String TLS_CA = "tls-ca.pem";

  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final Duration BACKDATED = Duration.ofDays(1);
  private static final Duration CA_LIFETIME = Duration.ofDays(20 * 365);
  private static final Duration SIGNER_LIFETIME = Duration.ofDays(10 * 365);
  private static final Duration SERVER_LIFETIME = Duration.ofDays(397);
  private static final Duration RENEWED_BEFORE = Duration.ofDays(30);

  private final DataFolder folder;
  private final SecureRandom random;
  private final Credential idevidCa;
  private final Credential voucherCa;
  private final Credential voucherSigner;
  private final Credential tlsCa;

  private KeyStore(DataFolder folder, SecureRandom random, Instant now) throws IOException {
    this.folder = folder;
    this.random = random;
    this.idevidCa = authority(IDEVID_CA, "IDevID CA", now, CertificateMaker.NO_END);
    this.voucherCa = authority(VOUCHER_CA, "Voucher CA", now, now.plus(CA_LIFETIME));
    this.tlsCa = authority(TLS_CA, "TLS CA", now, now.plus(CA_LIFETIME));
    this.voucherSigner = voucherSigner(now);
  }

  /** Reads the keys of a folder; those that are missing are made. */
  static KeyStore openOrCreate(DataFolder folder, SecureRandom random, Instant now) throws IOException {
    return folder.settingUp(() -> new KeyStore(folder, random, now));
  }

  /** What decides on and signs vouchers. */
  MasaKeys masaKeys() {
    return new MasaKeys(idevidCa.certificate(), voucherCa.certificate(), voucherSigner);
  }

  /** What issues IDevIDs. */
  Credential idevidCa() {
    return idevidCa;
  }

  /** What the firmware of devices trusts for vouchers. */
  List<X509Certificate> voucherAnchors() {
    return voucherCa.chain();
  }

  /** The TLS server's credential, for localhost, the loopback addresses and {@code host}; made anew when it does not fit or ends soon. */
  Credential server(String host, Instant now) throws IOException {
    Path file = folder.file("tls.pem");
    if (Files.exists(file)) {
      Credential present = new Credential(PemFiles.readKey(keyOf(file)), PemFiles.readCertificates(file));
      if (names(present.certificate(), host) && present.certificate().getNotAfter().toInstant().isAfter(now.plus(RENEWED_BEFORE))) {
        return present;
      }
    }
    List<String> dnsNames = new ArrayList<>(List.of("localhost"));
    List<String> addresses = new ArrayList<>(List.of("127.0.0.1", "::1"));
    List<String> kind = isAddress(host) ? addresses : dnsNames;
    if (!kind.contains(host)) {
      kind.add(host);
    }
    KeyPair key = KeyType.P256.generate(random);
    LdevidTemplate template = new LdevidTemplate(name("MASA"), key.getPublic(), now.minus(BACKDATED), now.plus(SERVER_LIFETIME), List.of(
        CertificateMaker.keyUsage(KeyUsage.digitalSignature),
        CertificateMaker.extendedKeyUsage(List.of(SERVER_AUTH)),
        CertificateMaker.subjectAltName(dnsNames, addresses)));
    return store(file, key, List.of(CertificateMaker.endEntity(tlsCa, template, CertificateMaker.newSerial(random))));
  }

  private Credential authority(String certificates, String role, Instant now, Instant notAfter) throws IOException {
    Path file = folder.file(certificates);
    if (Files.exists(file)) {
      return new Credential(PemFiles.readKey(keyOf(file)), PemFiles.readCertificates(file));
    }
    KeyPair key = KeyType.P256.generate(random);
    return store(file, key, List.of(CertificateMaker.selfSignedCa(
        name(role), key, CertificateMaker.newSerial(random), now.minus(BACKDATED), notAfter, 0)));
  }

  private Credential voucherSigner(Instant now) throws IOException {
    Path file = folder.file("voucher.pem");
    if (Files.exists(file)) {
      return new Credential(PemFiles.readKey(keyOf(file)), PemFiles.readCertificates(file));
    }
    KeyPair key = KeyType.P256.generate(random);
    LdevidTemplate template = new LdevidTemplate(name("Voucher Signer"), key.getPublic(), now.minus(BACKDATED), now.plus(SIGNER_LIFETIME),
        List.of(CertificateMaker.keyUsage(KeyUsage.digitalSignature)));
    X509Certificate certificate = CertificateMaker.endEntity(voucherCa, template, CertificateMaker.newSerial(random));
    return store(file, key, List.of(certificate, voucherCa.certificate()));
  }

  /** The key first: a certificate file is there only when its key is. */
  private static Credential store(Path file, KeyPair key, List<X509Certificate> chain) throws IOException {
    PemFiles.writeKey(keyOf(file), key.getPrivate());
    PemFiles.writeCertificates(file, chain);
    return new Credential(key.getPrivate(), chain);
  }

  private X500Name name(String role) {
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, folder.manufacturer())
        .addRDN(BCStyle.CN, folder.manufacturer() + " " + role)
        .build();
  }

  private static Path keyOf(Path certificates) {
    return certificates.resolveSibling(certificates.getFileName().toString().replace(".pem", "-key.pem"));
  }

  private static boolean names(X509Certificate certificate, String host) {
    try {
      ServiceName.check(certificate, host);
      return true;
    } catch (UntrustedException otherNames) {
      return false;
    }
  }

  private static boolean isAddress(String host) {
    return host.contains(":") || host.matches("[0-9.]+");
  }
}

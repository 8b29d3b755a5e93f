package org.eider.registrar;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.eider.pki.Bc;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.LdevidTemplate;
import org.eider.registrar.CertificateLedger.Recorded;
import org.eider.registrar.IssuedCertificate.Purpose;
import org.eider.wire.Octets;

/**
 * The CA of a site that has no other: a root and an issuing CA below it, both in one folder.
 *
 * <p>The folder holds {@code root.pem}, {@code root.key.pem}, {@code issuing.pem}, {@code issuing.key.pem}, {@code registrar.pem} and
 * {@code registrar.key.pem}. The root's key is needed only to make an issuing CA, that is at the first start: move it away
 * afterwards. Whatever a crash leaves behind at the first start is completed at the next; anything else that does not fit together
 * is refused, and nothing is overwritten. Safe for use by many threads of one process; a folder belongs to one process.
 */
public final class EmbeddedCa implements LdevidIssuer {
  private static final String ROOT = "root";
  private static final String ISSUING = "issuing";
  private static final String REGISTRAR = "registrar";
  private static final int ROOT_YEARS = 20;
  private static final int ISSUING_YEARS = 10;
  private static final Duration REGISTRAR_LIFETIME = Duration.ofDays(365);
  /** How far validity begins in the past, for peers whose clocks are behind. */
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);
  private static final int MOST_TRIES = 8;
  private static final List<String> REGISTRAR_USAGES = List.of(Certificates.CMC_RA, "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");

  private final CaFiles files;
  private final CertificateLedger ledger;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Credential issuing;

  private EmbeddedCa(CaFiles files, CertificateLedger ledger, InstantSource clock, SecureRandom random, Credential issuing) {
    this.files = files;
    this.ledger = ledger;
    this.clock = clock;
    this.random = random;
    this.issuing = issuing;
  }

  /**
   * Opens the CA of that folder, or makes it: root P-384 for 20 years, issuing CA P-256 for 10 years.
   *
   * @throws IOException when files are missing or do not fit together, with what to do about it; or are not to be had
   */
  public static EmbeddedCa open(Path folder, CertificateLedger ledger, InstantSource clock, SecureRandom random) throws IOException {
    Authorities authorities = new Authorities(CaFiles.in(folder, random), clock, random);
    X509Certificate root = authorities.root();
    Credential issuing = authorities.issuing(root);
    EmbeddedCa ca = new EmbeddedCa(authorities.files, ledger, clock, random, issuing);
    for (X509Certificate authority : issuing.chain()) {
      ca.recordAuthority(authority);
    }
    return ca;
  }

  @Override
  public List<X509Certificate> chain() {
    return issuing.chain();
  }

  /** As declared; an end beyond the issuing CA's is cut to it. */
  @Override
  public Optional<X509Certificate> issue(LdevidTemplate template, DeviceId device, Predicate<Optional<Device>> still,
      Function<X509Certificate, List<? extends Fact>> facts) throws IOException {
    return signed(template, Purpose.LDEVID, Optional.of(device), still, facts);
  }

  /**
   * The registrar's own key and certificate with the whole chain, kept in the folder. The certificate is made anew, for the same
   * key, when less than a third of its life remains, when it is not good yet, when the names are others, or when another issuing CA
   * stands behind it.
   *
   * @param names DNS names and IP addresses under which clients reach the registrar, beside localhost and the loopback addresses
   */
  public synchronized Credential registrarCredential(Collection<String> names) throws IOException {
    Extension subjectAltName = subjectAltName(names);
    Optional<X509Certificate> current = files.certificates(REGISTRAR).map(chain -> chain.get(0));
    if (current.isPresent() && isFresh(current.get()) && isCertifiedHere(current.get()) && isFor(current.get(), subjectAltName)) {
      return new Credential(files.keyOf(REGISTRAR, current.get()), withChain(current.get()));
    }
    KeyPair key = files.keyOrNew(REGISTRAR, KeyType.P256);
    X509Certificate certificate = signed(registrarTemplate(key.getPublic(), subjectAltName), Purpose.REGISTRAR, Optional.empty(),
        nobody -> true, made -> List.of()).orElseThrow();
    files.write(REGISTRAR, withChain(certificate));
    return new Credential(key.getPrivate(), withChain(certificate));
  }

  private Optional<X509Certificate> signed(LdevidTemplate wanted, Purpose purpose, Optional<DeviceId> device,
      Predicate<Optional<Device>> still, Function<X509Certificate, List<? extends Fact>> facts) throws IOException {
    LdevidTemplate template = withinLifetime(wanted);
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      X509Certificate certificate = CertificateMaker.endEntity(issuing, template, CertificateMaker.newSerial(random));
      Recorded recorded = record(certificate, purpose, device, facts.apply(certificate), still);
      if (recorded != Recorded.SERIAL_USED) {
        return recorded == Recorded.YES ? Optional.of(certificate) : Optional.empty();
      }
    }
    throw new IOException("no unused serial number after " + MOST_TRIES + " random ones: the random generator is broken");
  }

  private LdevidTemplate withinLifetime(LdevidTemplate template) throws IOException {
    Instant end = issuing.certificate().getNotAfter().toInstant();
    if (!end.isAfter(clock.instant())) {
      throw new IOException("the issuing CA has expired at " + end);
    }
    Instant begin = issuing.certificate().getNotBefore().toInstant();
    if (clock.instant().isBefore(begin)) {
      throw new IOException("the issuing CA is good from " + begin + " on, and it is " + clock.instant() + ": is the clock right?");
    }
    return template.notAfter().isAfter(end)
        ? new LdevidTemplate(template.subject(), template.publicKey(), template.notBefore(), end, template.extensions())
        : template;
  }

  private Recorded record(X509Certificate certificate, Purpose purpose, Optional<DeviceId> device, List<? extends Fact> facts,
      Predicate<Optional<Device>> still) throws IOException {
    try {
      return ledger.record(new IssuedCertificate(certificate.getSerialNumber(), Certificates.der(certificate), purpose, clock.instant(),
          certificate.getNotAfter().toInstant(), device), facts, still);
    } catch (StoreException e) {
      throw new IOException("the certificate could not be recorded and is not handed out", e);
    }
  }

  private void recordAuthority(X509Certificate authority) throws IOException {
    if (record(authority, Purpose.CA, Optional.empty(), List.of(), nobody -> true) != Recorded.YES) {
      BigInteger serial = authority.getSerialNumber();
      Octets recorded = ledger.certificate(serial).map(IssuedCertificate::certificate).orElse(Octets.empty());
      if (!recorded.equals(Certificates.der(authority))) {
        throw new IOException("the store holds another certificate with the CA's serial number " + serial.toString(16));
      }
    }
  }

  /** Not one of the future either, which a clock that was ahead has made. */
  private boolean isFresh(X509Certificate certificate) {
    Instant now = clock.instant();
    Instant end = certificate.getNotAfter().toInstant();
    Duration life = Duration.between(certificate.getNotBefore().toInstant(), end);
    return !now.isBefore(certificate.getNotBefore().toInstant()) && Duration.between(now, end).multipliedBy(3).compareTo(life) >= 0;
  }

  private boolean isCertifiedHere(X509Certificate certificate) {
    return Authorities.isSignedBy(certificate, issuing.certificate());
  }

  private static boolean isFor(X509Certificate certificate, Extension subjectAltName) throws IOException {
    byte[] value = certificate.getExtensionValue(Extension.subjectAlternativeName.getId());
    return value != null && Octets.of(value).equals(Octets.of(subjectAltName.getExtnValue().getEncoded()));
  }

  private LdevidTemplate registrarTemplate(PublicKey key, Extension subjectAltName) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    X500Name subject = Authorities.name("Eider Registrar", issuing.certificate().getPublicKey());
    return new LdevidTemplate(subject, key, now.minus(CLOCK_SKEW), now.plus(REGISTRAR_LIFETIME), List.of(
        CertificateMaker.keyUsage(KeyUsage.digitalSignature), CertificateMaker.extendedKeyUsage(REGISTRAR_USAGES), subjectAltName));
  }

  /** Sorted, so that the same names always make the same extension. */
  private static Extension subjectAltName(Collection<String> names) {
    TreeSet<String> dnsNames = new TreeSet<>(List.of("localhost"));
    TreeSet<String> addresses = new TreeSet<>(List.of("127.0.0.1", "::1"));
    for (String name : names) {
      boolean isAddress = name.contains(":") || name.matches("[0-9.]+");
      (isAddress ? addresses : dnsNames).add(name);
    }
    return CertificateMaker.subjectAltName(List.copyOf(dnsNames), List.copyOf(addresses));
  }

  private List<X509Certificate> withChain(X509Certificate certificate) {
    return Stream.concat(Stream.of(certificate), issuing.chain().stream()).toList();
  }

  /** Finds or makes root and issuing CA. */
  private record Authorities(CaFiles files, InstantSource clock, SecureRandom random) {
    X509Certificate root() throws IOException {
      Optional<X509Certificate> existing = one(ROOT);
      if (existing.isPresent()) {
        if (files.hasKey(ROOT)) {
          files.keyOf(ROOT, existing.get());
        }
        return existing.get();
      }
      if (files.certificates(ISSUING).isPresent()) {
        throw new IOException(files.certificateFile(ROOT) + " is missing beside an issuing CA; restore it from a backup");
      }
      KeyPair key = files.keyOrNew(ROOT, KeyType.P384);
      X509Certificate root = CertificateMaker.selfSignedCa(name("Eider Root CA", key.getPublic()), key,
          CertificateMaker.newSerial(random), clock.instant().minus(CLOCK_SKEW), inYears(ROOT_YEARS), 1);
      files.write(ROOT, List.of(root));
      return root;
    }

    Credential issuing(X509Certificate root) throws IOException {
      Optional<X509Certificate> existing = one(ISSUING);
      X509Certificate issuing = existing.isPresent() ? existing.get() : newIssuing(root);
      if (!files.hasKey(ISSUING)) {
        throw new IOException(files.keyFile(ISSUING) + " is missing; restore it from a backup, or move issuing.pem away and put "
            + "root.key.pem back to have a new issuing CA made");
      }
      if (!isSignedBy(issuing, root)) {
        throw new IOException(files.certificateFile(ISSUING) + " is not certified by " + files.certificateFile(ROOT));
      }
      return new Credential(files.keyOf(ISSUING, issuing), List.of(issuing, root));
    }

    private X509Certificate newIssuing(X509Certificate root) throws IOException {
      if (!files.hasKey(ROOT)) {
        throw new IOException("there is no issuing CA, and without " + files.keyFile(ROOT) + " none can be made; put that key back");
      }
      Credential rootCredential = new Credential(files.keyOf(ROOT, root), List.of(root));
      KeyPair key = files.keyOrNew(ISSUING, KeyType.P256);
      X509Certificate issuing = CertificateMaker.subordinateCa(rootCredential, name("Eider Issuing CA", key.getPublic()),
          key.getPublic(), CertificateMaker.newSerial(random), clock.instant().minus(CLOCK_SKEW), inYears(ISSUING_YEARS), 0);
      files.write(ISSUING, List.of(issuing));
      return issuing;
    }

    private Optional<X509Certificate> one(String name) throws IOException {
      Optional<List<X509Certificate>> certificates = files.certificates(name);
      if (certificates.isPresent() && certificates.get().size() != 1) {
        throw new IOException(files.certificateFile(name) + " holds more than one certificate");
      }
      return certificates.map(all -> all.get(0));
    }

    private Instant inYears(int years) {
      return clock.instant().atOffset(ZoneOffset.UTC).plusYears(years).toInstant();
    }

    /** Names are told apart by the key, so that the CAs of two sites never carry the same one. */
    static X500Name name(String role, PublicKey key) {
      return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, role + " " + Certificates.spkiSha256(key).hex().substring(0, 8)).build();
    }

    static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
      try {
        certificate.verify(issuer.getPublicKey(), Bc.PROVIDER);
        return certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
      } catch (GeneralSecurityException e) {
        return false; // what does not verify is not signed by it
      }
    }
  }
}

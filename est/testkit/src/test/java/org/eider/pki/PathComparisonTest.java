package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eider.testkit.TestPki.NOT_AFTER;
import static org.eider.testkit.TestPki.NOT_BEFORE;
import static org.eider.testkit.TestPki.NOW;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.eider.testkit.TestPki;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * On random small hierarchies, every path that we trust is one that the platform's PKIX validator accepts, and where the platform's
 * builder finds a path, we find one. (Its builder gives up on some hierarchies whose names repeat, so it alone is no oracle.)
 */
class PathComparisonTest {
  private static final int CASES = 40;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void bothValidatorsAgree(long seed) throws Exception {
    Random random = new Random(seed);
    int trusted = 0;
    for (int i = 0; i < CASES; i++) {
      List<Credential> nodes = hierarchy(random);
      X509Certificate anchor = nodes.get(0).certificate();
      List<X509Certificate> chain = new ArrayList<>();
      chain.add(leaf(nodes.get(random.nextInt(nodes.size())), random));
      nodes.stream().skip(1).filter(node -> random.nextInt(8) > 0).forEach(node -> chain.add(node.certificate()));
      Instant at = NOW.plusSeconds(random.nextInt(20) - 10);
      List<X509Certificate> ours = path(anchor, chain, at);
      if (ours.isEmpty()) {
        assertThat(platformTrusts(anchor, chain, at)).as("seed %d case %d", seed, i).isFalse();
      } else {
        platformValidates(ours, at);
        trusted++;
      }
    }
    assertThat(trusted).isBetween(1, CASES - 1);
  }

  private static List<Credential> hierarchy(Random random) {
    KeyPair rootKey = TestPki.key(KeyType.P256);
    X509Certificate root =
        CertificateMaker.selfSignedCa(new X500Name("CN=Root"), rootKey, BigInteger.ONE, NOT_BEFORE, NOT_AFTER, -1);
    List<Credential> nodes = new ArrayList<>(List.of(new Credential(rootKey.getPrivate(), List.of(root))));
    for (int i = 0; i < 4; i++) {
      Credential issuer = nodes.get(random.nextInt(nodes.size()));
      KeyPair key = TestPki.key(KeyType.P256);
      // Few names, so that several issuers have the same one.
      X500Name name = new X500Name("CN=CA " + random.nextInt(3));
      X509Certificate certificate = random.nextInt(6) == 0
          ? CertificateMaker.endEntity(issuer, template(name, key, random), BigInteger.valueOf(i + 2))
          : CertificateMaker.subordinateCa(
              issuer, name, key.getPublic(), BigInteger.valueOf(i + 2), from(random), to(random), random.nextInt(4) - 1);
      nodes.add(new Credential(key.getPrivate(), List.of(certificate)));
    }
    return nodes;
  }

  private static X509Certificate leaf(Credential issuer, Random random) {
    KeyPair key = TestPki.key(KeyType.P256);
    return CertificateMaker.endEntity(issuer, template(new X500Name("CN=leaf"), key, random), BigInteger.valueOf(99));
  }

  private static LdevidTemplate template(X500Name name, KeyPair key, Random random) {
    return new LdevidTemplate(name, key.getPublic(), from(random), to(random), List.of(CertificateMaker.keyUsage(KeyUsage.digitalSignature)));
  }

  private static Instant from(Random random) {
    return random.nextInt(8) == 0 ? NOW.minusSeconds(random.nextInt(10)) : NOT_BEFORE;
  }

  private static Instant to(Random random) {
    return random.nextInt(8) == 0 ? NOW.plusSeconds(random.nextInt(10)) : NOT_AFTER;
  }

  private static List<X509Certificate> path(X509Certificate anchor, List<X509Certificate> chain, Instant at) {
    try {
      return TrustAnchors.of(List.of(anchor)).validate(chain, at);
    } catch (UntrustedException e) {
      return List.of();
    }
  }

  /** Throws when the platform does not accept the path. */
  private static void platformValidates(List<X509Certificate> path, Instant at) throws GeneralSecurityException {
    List<X509Certificate> platform = new ArrayList<>();
    for (X509Certificate certificate : path) {
      platform.add(platform(certificate));
    }
    int anchor = platform.size() - 1;
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(platform.get(anchor), null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    CertPathValidator.getInstance("PKIX")
        .validate(CertificateFactory.getInstance("X.509").generateCertPath(platform.subList(0, anchor)), parameters);
  }

  private static boolean platformTrusts(X509Certificate anchor, List<X509Certificate> chain, Instant at) throws GeneralSecurityException {
    List<X509Certificate> all = new ArrayList<>();
    for (X509Certificate certificate : chain) {
      all.add(platform(certificate));
    }
    X509CertSelector target = new X509CertSelector();
    target.setCertificate(all.get(0));
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(Set.of(new TrustAnchor(platform(anchor), null)), target);
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    parameters.setMaxPathLength(16);
    parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(all)));
    try {
      return CertPathBuilder.getInstance("PKIX").build(parameters) != null;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static X509Certificate platform(X509Certificate certificate) throws GeneralSecurityException {
    return (X509Certificate) CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(Certificates.der(certificate).toArray()));
  }
}

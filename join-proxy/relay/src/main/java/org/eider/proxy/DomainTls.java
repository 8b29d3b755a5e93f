package org.eider.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS of the Java platform with the join proxy's own certificate, for the domain side; it trusts the CAs of its own chain;
 * {@link GraspPeers} says what their certificates have to be for.
 */
final class DomainTls {
  private static final char[] NO_PASSWORD = {};

  private DomainTls() {}

  /**
   * From the folder that the pledge program has written: {@code key.pem}, {@code ldevid.pem} and {@code chain.pem}.
   *
   * @throws IOException when one of them cannot be used
   */
  static SSLContext of(Path folder) throws IOException {
    try {
      List<X509Certificate> chain = new ArrayList<>(certificates(folder.resolve("ldevid.pem")));
      List<X509Certificate> authorities = certificates(folder.resolve("chain.pem"));
      chain.addAll(path(chain.get(0), authorities));
      KeyStore own = empty();
      own.setKeyEntry("ldevid", key(folder.resolve("key.pem")), NO_PASSWORD, chain.toArray(X509Certificate[]::new));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(own, NO_PASSWORD);
      KeyStore anchors = empty();
      for (X509Certificate authority : authorities) {
        if (authority.getSubjectX500Principal().equals(authority.getIssuerX500Principal())) {
          anchors.setCertificateEntry("anchor-" + anchors.size(), authority);
        }
      }
      if (anchors.size() == 0) {
        throw new IOException(folder.resolve("chain.pem") + " has no CA that has issued itself, so there is nothing to trust");
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(anchors);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificate in " + folder + " is of no use: " + e.getMessage(), e);
    }
  }

  /** The issuers of a certificate, the nearest first, without the root. */
  private static List<X509Certificate> path(X509Certificate from, List<X509Certificate> authorities) {
    List<X509Certificate> path = new ArrayList<>();
    X509Certificate at = from;
    while (path.size() < authorities.size()) {
      X509Certificate below = at;
      var issuer = authorities.stream().filter(one -> one.getSubjectX500Principal().equals(below.getIssuerX500Principal())
          && !one.getSubjectX500Principal().equals(one.getIssuerX500Principal())).findFirst();
      if (issuer.isEmpty()) {
        break;
      }
      at = issuer.get();
      path.add(at);
    }
    return path;
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static List<X509Certificate> certificates(Path file) throws GeneralSecurityException, IOException {
    try (InputStream in = Files.newInputStream(file)) {
      List<X509Certificate> certificates = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map(X509Certificate.class::cast).toList();
      if (certificates.isEmpty()) {
        throw new IOException(file + " has no certificate");
      }
      return certificates;
    }
  }

  private static PrivateKey key(Path file) throws GeneralSecurityException, IOException {
    String body = Files.readString(file, StandardCharsets.US_ASCII).replaceAll("-----[A-Z ]+-----", "");
    byte[] encoded;
    try {
      encoded = Base64.getMimeDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is no key in PEM", e);
    }
    for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException another) {
        continue;
      }
    }
    throw new IOException(file + " is no key of a known kind");
  }
}

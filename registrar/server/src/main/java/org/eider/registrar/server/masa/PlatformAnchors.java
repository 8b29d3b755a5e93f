package org.eider.registrar.server.masa;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The public anchors that come with the Java platform. */
final class PlatformAnchors {
  private PlatformAnchors() {}

  static List<X509Certificate> read() {
    try {
      TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      List<X509Certificate> anchors = new ArrayList<>();
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          anchors.addAll(List.of(x509.getAcceptedIssuers()));
        }
      }
      return anchors;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform reads its own anchors", e);
    }
  }
}

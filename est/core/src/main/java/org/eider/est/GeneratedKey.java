package org.eider.est;

import static java.util.Objects.requireNonNull;

import java.security.cert.X509Certificate;
import org.eider.pki.Certificates;
import org.eider.wire.Octets;

/**
 * A key pair that was made for a client, and its certificate (RFC 7030 section 4.4.2, RFC 9148 section 4.8). It is handed out once and
 * kept by nobody: whoever translates it for a transport writes it into the answer and forgets it. No text of it shows the key.
 *
 * @param form what {@code key} is, and so its media type and CoAP content-format
 * @param key DER of the private key in that form
 * @param certificate the certificate of its public half; no chain, which is what {@code /cacerts} is for
 */
public record GeneratedKey(Form form, Octets key, X509Certificate certificate) {
  /** What a private key is handed out in. */
  public enum Form {
    /** PrivateKeyInfo, protected by the transport alone: {@code application/pkcs8}, content-format 284. */
    PKCS8,
    /**
     * ContentInfo of EnvelopedData over SignedData over AsymmetricKeyPackage, for the client's own key:
     * {@code application/pkcs7-mime; smime-type=server-generated-key}, content-format 280.
     */
    ENVELOPED
  }

  /** Rejects null. */
  public GeneratedKey {
    requireNonNull(form);
    requireNonNull(key);
    requireNonNull(certificate);
  }

  @Override
  public String toString() {
    return "GeneratedKey[" + form + ", " + Certificates.subject(certificate) + "]";
  }
}

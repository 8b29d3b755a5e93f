package org.eider.testkit;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;

/** A certification authority made on the spot, with whatever end entities a test needs. Validity is around {@link #NOW}. */
public final class TestPki {
  /** The clock of tests. */
  public static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private TestPki() {}

  /** A self-signed root, P-256, named {@code CN=name}. */
  public static TestPki root(String name) {
    throw new UnsupportedOperationException();
  }

  /** The root of a manufacturer: IDevIDs name {@code masaUri} in their extension; empty text for no extension. */
  public static TestPki manufacturer(String name, String masaUri) {
    throw new UnsupportedOperationException();
  }

  /** The root certificate. */
  public X509Certificate certificate() {
    throw new UnsupportedOperationException();
  }

  /** The root as a credential. */
  public Credential credential() {
    throw new UnsupportedOperationException();
  }

  /** An IDevID (subject serialNumber, HardwareModuleName, MASA URI, valid until 99991231) of a P-256 key. */
  public Credential idevid(String serialNumber) {
    throw new UnsupportedOperationException();
  }

  /** An IDevID of another key type. */
  public Credential idevid(String serialNumber, KeyType type) {
    throw new UnsupportedOperationException();
  }

  /** A registrar certificate: cmcRA, serverAuth and clientAuth, SANs localhost and loopback addresses; chain includes the root. */
  public Credential registrar(String name) {
    throw new UnsupportedOperationException();
  }

  /** A TLS server certificate for DNS names and IP addresses; chain without the root. */
  public Credential server(List<String> dnsNames, List<String> ipAddresses) {
    throw new UnsupportedOperationException();
  }

  /** An end entity without any particular usage, for instance a voucher signer. */
  public Credential signer(String name, KeyType type) {
    throw new UnsupportedOperationException();
  }

  /** An end entity with exactly this validity. */
  public Credential signer(String name, Instant notBefore, Instant notAfter) {
    throw new UnsupportedOperationException();
  }

  /** A fresh key pair. */
  public static KeyPair key(KeyType type) {
    throw new UnsupportedOperationException();
  }
}

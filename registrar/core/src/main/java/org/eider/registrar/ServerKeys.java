package org.eider.registrar;

import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.eider.est.ClientSession;
import org.eider.est.GeneratedKey;
import org.eider.est.GeneratedKey.Form;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.Csr;
import org.eider.pki.KeyPackage;
import org.eider.pki.KeyPackage.Cipher;
import org.eider.pki.KeyProtection;
import org.eider.pki.KeyType;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * Makes keys for devices that cannot make good ones (RFC 7030 section 4.4). A key lives in the memory of one request, from its making to
 * the answer; nothing of it is logged or stored, here or below.
 */
public final class ServerKeys {
  /** Keys that are made at a time. */
  static final int AT_A_TIME = 2;

  private final List<KeyType> types;
  private final Supplier<Credential> signer;
  private final SecureRandom random;
  private final InstantSource clock;
  private final Semaphore making = new Semaphore(AT_A_TIME);

  /**
   * A maker of keys.
   *
   * @param types what may be made, the usual one first; none for no keys at all
   * @param signer who signs packages of enciphered keys, asked for each
   */
  public ServerKeys(List<KeyType> types, Supplier<Credential> signer, SecureRandom random, InstantSource clock) {
    this.types = List.copyOf(types);
    this.signer = signer;
    this.random = random;
    this.clock = clock;
  }

  /** One that makes none. */
  public static ServerKeys none() {
    return new ServerKeys(List.of(), () -> {
      throw new IllegalStateException("no key was made, so none is signed");
    }, new SecureRandom(), InstantSource.system());
  }

  /** An RSA key takes seconds; whoever asks for many does not keep all workers with them. */
  private KeyPair make(KeyType type) throws Stopped {
    if (!making.tryAcquire()) {
      throw Stopped.refused(EnrolReason.OVERLOADED, "too many keys are being made; come again");
    }
    try {
      return type.generate(random);
    } finally {
      making.release();
    }
  }

  /** For one request of {@code session}. */
  Errand errand(ClientSession session) throws Stopped {
    if (types.isEmpty()) {
      throw Stopped.refused(EnrolReason.SERVER_KEYGEN_OFF, "no keys are made for devices here; make one and use simple enrolment");
    }
    return new Errand(session);
  }

  /** One request: which key it got, and how that is to be handed out. Of one thread. */
  final class Errand implements CertifiedKey {
    /** What is enciphered for whom. */
    private record Envelope(X509Certificate recipient, Cipher cipher) {}

    private final ClientSession session;
    private Optional<KeyPair> made = Optional.empty();
    /** A request that is judged once more keeps its key. */
    private Optional<KeyType> madeType = Optional.empty();
    private Optional<Envelope> envelope = Optional.empty();

    private Errand(ClientSession session) {
      this.session = session;
    }

    /** Everything that could keep the key from being handed out is refused here, before anything is certified. */
    @Override
    public PublicKey of(Csr csr, X509Certificate idevid) throws Stopped {
      KeyType type = type(csr);
      envelope = envelope(csr, type);
      if (madeType.filter(type::equals).isEmpty()) {
        made = Optional.of(make(type));
        madeType = Optional.of(type);
      }
      return made.orElseThrow().getPublic();
    }

    @Override
    public String remark() {
      return ", with a key made by the registrar";
    }

    /** The key that {@code certificate} was issued for. */
    GeneratedKey handOut(X509Certificate certificate) {
      KeyPair pair = made.filter(key -> Octets.of(key.getPublic().getEncoded()).equals(Octets.of(certificate.getPublicKey().getEncoded())))
          .orElseThrow(() -> new IllegalStateException("a certificate of another key than the one that was made last"));
      return envelope
          .map(sealed -> new GeneratedKey(Form.ENVELOPED,
              KeyPackage.seal(pair.getPrivate(), signer.get(), clock.instant(), sealed.recipient(), sealed.cipher(), random), certificate))
          .orElseGet(() -> new GeneratedKey(Form.PKCS8, KeyPackage.plain(pair.getPrivate()), certificate));
    }

    /** RFC 7030 section 4.4.1 has us ignore the request's key; its kind tells what the client can work with. */
    private KeyType type(Csr csr) {
      try {
        return KeyType.of(csr.publicKey()).filter(types::contains).orElse(types.get(0));
      } catch (DecodeException unreadable) {
        return types.get(0); // a key that counts for nothing need not be readable
      }
    }

    private Optional<Envelope> envelope(Csr csr, KeyType type) throws Stopped {
      KeyProtection asked = protection(csr);
      if (asked.ownKey().isEmpty()) {
        if (asked.sharedKey().isPresent()) {
          throw unavailable("the registrar shares no symmetric key with devices; name a key of your own by AsymmetricDecryptKeyIdentifier");
        }
        return Optional.empty();
      }
      X509Certificate recipient = session.client().filter(client -> names(asked.ownKey().get(), client)).orElseThrow(
          () -> unavailable("AsymmetricDecryptKeyIdentifier names no key of the certificate that this session authenticated with"));
      if (!KeyPackage.canReceive(recipient.getPublicKey())) {
        throw unavailable("nothing can be enciphered for a key that only signs");
      }
      Cipher cipher = asked.ciphers().map(Cipher::strongest).orElse(Optional.of(Cipher.AES256)).orElseThrow(
          () -> unavailable("SMIMECapabilities has no cipher that is offered: AES with 128, 192 or 256 bits, CBC"));
      if (!KeyPackage.isStrongEnough(type, recipient.getPublicKey(), cipher)) {
        throw unavailable("a " + type.label() + " key is not enciphered by something weaker");
      }
      return Optional.of(new Envelope(recipient, cipher));
    }

    private static KeyProtection protection(Csr csr) throws Stopped {
      try {
        return KeyProtection.askedBy(csr);
      } catch (DecodeException e) {
        throw Stopped.refused(EnrolReason.MALFORMED_REQUEST, "not a certification request: " + e.getMessage());
      }
    }

    /** A key is named by its certificate's subjectKeyIdentifier, or by SHA-256 over its SubjectPublicKeyInfo. */
    private static boolean names(Octets identifier, X509Certificate certificate) {
      return identifier.equals(Certificates.domainId(certificate)) || identifier.equals(Certificates.spkiSha256(certificate.getPublicKey()));
    }

    private static Stopped unavailable(String detail) {
      return Stopped.refused(EnrolReason.KEY_PROTECTION_UNAVAILABLE, detail);
    }
  }
}

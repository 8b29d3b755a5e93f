package org.eider.registrar;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cms.CMSEnvelopedData;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.KeyAgreeRecipientInformation;
import org.bouncycastle.cms.KeyTransRecipientInformation;
import org.bouncycastle.cms.Recipient;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.eider.est.ClientSession;
import org.eider.est.GeneratedKey;
import org.eider.est.Notes;
import org.eider.est.Outcome;
import org.eider.est.Refusal;
import org.eider.est.RefusalKind;
import org.eider.pki.Bc;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.KeyProtection;
import org.eider.pki.KeyType;
import org.eider.registrar.Fact.DeviceEvent;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Server-side key generation (RFC 7030 section 4.4). */
class ServerKeysTest {
  private static final String AES128_CBC = "2.16.840.1.101.3.4.1.2";
  private static final String AES256_CBC = "2.16.840.1.101.3.4.1.42";
  private static final String DES3_CBC = "1.2.840.113549.3.7";

  @TempDir Path folder;

  private final Site site = new Site();
  private final Credential idevid = site.acme.idevid("SN-1");
  private EmbeddedCa ca;
  private DomainEstService est;

  @BeforeEach
  void openTheCa() throws IOException {
    ca = EmbeddedCa.open(folder.resolve("ca"), site.fragile, site.clock, new SecureRandom());
    est = making(List.of(KeyType.P256, KeyType.RSA2048));
    site.withVoucher(idevid, "SN-1");
  }

  @Test
  void theKeyBelongsToTheCertificateOfTheProfile() throws Exception {
    GeneratedKey generated = granted(request().csr());

    assertThat(generated.form()).isEqualTo(GeneratedKey.Form.PKCS8);
    assertMatch(PrivateKeyInfo.getInstance(generated.key().toArray()), generated.certificate());
    assertThat(new X500Name(generated.certificate().getSubjectX500Principal().getName())).isEqualTo(new X500Name("serialNumber=SN-1"));
    assertThat(PrivateKeyInfo.getInstance(generated.key().toArray()).getVersion().intValueExact()).as("PKCS#8 of version 1").isZero();
  }

  @Test
  void theRequestsOwnKeyAndSignatureCountForNothing() throws Exception {
    KeyPair other = TestPki.key(KeyType.P256);
    Request request = request();

    GeneratedKey generated = granted(request.signedBy(other).csr());

    assertThat(generated.certificate().getPublicKey().getEncoded()).isNotEqualTo(request.key.getPublic().getEncoded());
    assertThat(granted(request().of(KeyType.P521).csr()).certificate().getPublicKey().getAlgorithm()).isEqualTo("EC");
    assertThat(granted(new Request(idevid.key(), idevid.certificate().getPublicKey()).csr()).certificate()).isNotNull();
  }

  @Test
  void theKindOfTheRequestsKeyChoosesAmongThoseThatAreMade() throws Exception {
    assertThat(KeyType.of(granted(request().of(KeyType.RSA2048).csr()).certificate().getPublicKey())).contains(KeyType.RSA2048);
    assertThat(KeyType.of(granted(request().of(KeyType.ED25519).csr()).certificate().getPublicKey())).contains(KeyType.P256);
  }

  @Test
  void everyRequestGetsAKeyOfItsOwn() throws Exception {
    Octets csr = request().csr();
    assertThat(granted(csr).key()).isNotEqualTo(granted(csr).key());
  }

  @Test
  void theKeyIsNowhereInWhatIsSaidOrRecorded() throws Exception {
    try (LogLines lines = LogLines.of(DomainEstService.class)) {
      ClientSession session = site.session(idevid);
      GeneratedKey generated = granted(est.serverKeygen(session, request().csr()));

      String key = generated.key().hex();
      assertThat(generated.toString()).isEqualTo("GeneratedKey[PKCS8, serialNumber=SN-1]");
      assertThat(session.notes().all().toString()).doesNotContain(generated.key().base64()).doesNotContain(key).contains("granted");
      assertThat(lines.at(Level.INFO)).isEmpty();
      List<Octets> recorded = site.ledger.ofDevice(Site.device("SN-1"), 10).stream().map(IssuedCertificate::certificate).toList();
      assertThat(recorded).containsExactly(Certificates.der(generated.certificate()));
      assertThat(site.ledger.history(Site.device("SN-1"), 10).toString()).doesNotContain(key).doesNotContain(generated.key().base64());
    }
  }

  @Test
  void itIsRecordedLikeAnyIssue() throws Exception {
    GeneratedKey generated = granted(request().csr());

    Device device = site.ledger.device(Site.device("SN-1")).orElseThrow();
    assertThat(device.state()).isEqualTo(DeviceState.ENROLLED);
    assertThat(device.ldevid()).contains(generated.certificate().getSerialNumber());
    DeviceEvent event = site.ledger.history(Site.device("SN-1"), 1).get(0);
    assertThat(event.kind()).isEqualTo(DeviceEvent.Kind.ENROLLED);
    assertThat(event.detail()).endsWith(", with a key made by the registrar");
  }

  @Test
  void anLdevidIsRenewedWithItsNames() throws Exception {
    X509Certificate current = granted(request().csr()).certificate();
    site.clock.advance(Duration.ofDays(10));
    ClientSession session = site.session(List.of(current), Optional.empty());

    GeneratedKey renewed = granted(est.serverKeygen(session, request().named("serialNumber=SN-1").csr()));

    assertThat(renewed.certificate().getSubjectX500Principal()).isEqualTo(current.getSubjectX500Principal());
    assertThat(refusal(est.serverKeygen(session, request().named("CN=other").csr())).reason()).isEqualTo(EnrolReason.SUBJECT_CHANGED);
  }

  @ParameterizedTest
  @EnumSource(value = KeyType.class, names = {"P256", "P384", "P521", "RSA3072"})
  void itIsEncipheredForTheClientsKeyWhereTheRequestNamesIt(KeyType client) throws Exception {
    Credential device = site.acme.idevid("SN-2", client);
    site.withVoucher(device, "SN-2");
    Octets csr = request().asking(KeyProtection.ASYMM_DECRYPT_KEY_ID, keyId(device)).capable(AES128_CBC, AES256_CBC).csr();

    GeneratedKey generated = granted(est.serverKeygen(site.session(device), csr));

    assertThat(generated.form()).isEqualTo(GeneratedKey.Form.ENVELOPED);
    CMSEnvelopedData enveloped = new CMSEnvelopedData(generated.key().toArray());
    assertThat(enveloped.getContentEncryptionAlgorithm().getAlgorithm().getId()).isEqualTo(AES256_CBC);
    RecipientInformation recipient = enveloped.getRecipientInfos().getRecipients().iterator().next();
    assertThat(recipient).isInstanceOf(client == KeyType.RSA3072 ? KeyTransRecipientInformation.class : KeyAgreeRecipientInformation.class);
    CMSSignedData signed = new CMSSignedData(new ContentInfo(CMSObjectIdentifiers.signedData,
        ASN1Primitive.fromByteArray(recipient.getContent(recipient(device.key(), client)))));
    assertThat(signed.getSignerInfos().iterator().next()
        .verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider(Bc.PROVIDER).build(site.registrar.certificate()))).isTrue();
    assertThat(signed.getSignedContentTypeOID()).isEqualTo("2.16.840.1.101.2.1.2.78.5");
    ASN1Sequence keys = ASN1Sequence.getInstance((byte[]) signed.getSignedContent().getContent());
    assertThat(keys).hasSize(1);
    assertMatch(PrivateKeyInfo.getInstance(keys.getObjectAt(0)), generated.certificate());
  }

  @Test
  void theClientsKeyMayBeNamedByItsDigestToo() throws Exception {
    Octets digest = Certificates.spkiSha256(idevid.certificate().getPublicKey());
    assertThat(granted(request().asking(KeyProtection.ASYMM_DECRYPT_KEY_ID, digest).csr()).form()).isEqualTo(GeneratedKey.Form.ENVELOPED);
  }

  @Test
  void theClientChoosesAmongTheCiphers() throws Exception {
    Octets csr = request().asking(KeyProtection.ASYMM_DECRYPT_KEY_ID, keyId(idevid)).capable(DES3_CBC, AES128_CBC).csr();

    CMSEnvelopedData enveloped = new CMSEnvelopedData(granted(csr).key().toArray());

    assertThat(enveloped.getContentEncryptionAlgorithm().getAlgorithm().getId()).isEqualTo(AES128_CBC);
  }

  @Test
  void aProtectionThatIsNotToBeHadIsRefusedBeforeAnythingIsIssued() throws Exception {
    String own = KeyProtection.ASYMM_DECRYPT_KEY_ID;
    unavailable(request().asking(KeyProtection.DECRYPT_KEY_ID, Octets.utf8("shared")), "shares no symmetric key");
    unavailable(request().asking(own, Octets.utf8("somebody else's")), "names no key of the certificate");
    unavailable(request().asking(own, keyId(idevid)).capable(DES3_CBC), "SMIMECapabilities has no cipher");
    unavailable(request().asking(own, keyId(idevid)).capable(), "SMIMECapabilities has no cipher");
    assertThat(site.ledger.ofDevice(Site.device("SN-1"), 10)).isEmpty();
    assertThat(site.ledger.history(Site.device("SN-1"), 1).get(0).reason()).contains("KEY_PROTECTION_UNAVAILABLE");
  }

  @Test
  void noKeyIsMadeInVain() throws Exception {
    X509Certificate current = granted(request().csr()).certificate();
    SecureRandom unused = new SecureRandom() {
      private static final long serialVersionUID = 1L;

      @Override
      public void nextBytes(byte[] bytes) {
        throw new AssertionError("a key is made");
      }
    };
    est = making(List.of(KeyType.RSA4096), unused);
    Request bound = request();
    bound.builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_challengePassword, new DERUTF8String("of another session"));
    ClientSession renewal = site.session(List.of(current), Optional.empty());

    assertThat(refusal(est.serverKeygen(site.session(idevid), bound.csr())).reason()).isEqualTo(EnrolReason.BAD_CHANNEL_BINDING);
    assertThat(refusal(est.serverKeygen(renewal, request().named("CN=other").csr())).reason()).isEqualTo(EnrolReason.SUBJECT_CHANGED);
    unavailable(request().asking(KeyProtection.ASYMM_DECRYPT_KEY_ID, Octets.utf8("somebody else's")), "names no key of the certificate");
    site.decide("SN-1", false, "stolen");
    assertThat(refusal(est.serverKeygen(site.session(idevid), request().csr())).reason()).isEqualTo(EnrolReason.DENIED);
  }

  @Test
  void onlySoManyKeysAreMadeAtATime() throws Exception {
    CountDownLatch making = new CountDownLatch(ServerKeys.AT_A_TIME);
    CountDownLatch goOn = new CountDownLatch(1);
    SecureRandom slow = new SecureRandom() {
      private static final long serialVersionUID = 1L;

      @Override
      public void nextBytes(byte[] bytes) {
        making.countDown();
        try {
          goOn.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        super.nextBytes(bytes);
      }
    };
    est = making(List.of(KeyType.P256), slow);
    Octets csr = request().csr();
    ExecutorService workers = Executors.newFixedThreadPool(ServerKeys.AT_A_TIME);
    try {
      List<Future<GeneratedKey>> first = new ArrayList<>();
      for (int i = 0; i < ServerKeys.AT_A_TIME; i++) {
        first.add(workers.submit(() -> granted(est.serverKeygen(site.session(idevid), csr))));
      }
      making.await();
      assertThat(refusal(est.serverKeygen(site.session(idevid), csr)).reason()).isEqualTo(EnrolReason.OVERLOADED);
      goOn.countDown();
      for (Future<GeneratedKey> one : first) {
        assertThat(one.get()).isNotNull();
      }
    } finally {
      goOn.countDown();
      workers.shutdown();
    }
    assertThat(granted(csr)).isNotNull();
  }

  @Test
  void aKeyIsNotEncipheredBySomethingWeaker() throws Exception {
    est = making(List.of(KeyType.P384));
    unavailable(request().asking(KeyProtection.ASYMM_DECRYPT_KEY_ID, keyId(idevid)), "a p384 key is not enciphered by something weaker");
  }

  @Test
  void nothingIsEncipheredForAKeyThatOnlySigns() throws Exception {
    Credential device = site.acme.idevid("SN-3", KeyType.ED25519);
    site.withVoucher(device, "SN-3");
    Octets csr = request().asking(KeyProtection.ASYMM_DECRYPT_KEY_ID, keyId(device)).csr();

    assertThat(refusal(est.serverKeygen(site.session(device), csr)).detail()).isEqualTo("nothing can be enciphered for a key that only signs");
  }

  @ParameterizedTest
  @CsvSource({KeyProtection.ASYMM_DECRYPT_KEY_ID, KeyProtection.DECRYPT_KEY_ID, KeyProtection.SMIME_CAPABILITIES})
  void attributesOfAnotherFormAreMalformed(String oid) throws Exception {
    for (ASN1Encodable odd : List.of(new DERUTF8String("odd"), new DEROctetString(new byte[0]), new DEROctetString(new byte[65]))) {
      Request request = request();
      request.builder.addAttribute(new ASN1ObjectIdentifier(oid), odd);
      Refusal refusal = refusal(est.serverKeygen(site.session(idevid), request.csr()));
      assertThat(refusal.reason()).isEqualTo(oid.equals(KeyProtection.SMIME_CAPABILITIES) && refusal.kind() != RefusalKind.MALFORMED
          ? EnrolReason.KEY_PROTECTION_UNAVAILABLE : EnrolReason.MALFORMED_REQUEST);
    }
  }

  @Test
  void anAttributeWithTwoValuesIsMalformed() throws Exception {
    Request request = request();
    request.builder.addAttribute(new ASN1ObjectIdentifier(KeyProtection.ASYMM_DECRYPT_KEY_ID),
        new ASN1Encodable[] {new DEROctetString(new byte[] {1}), new DEROctetString(new byte[] {2})});
    assertThat(refusal(est.serverKeygen(site.session(idevid), request.csr())).reason()).isEqualTo(EnrolReason.MALFORMED_REQUEST);
  }

  @Test
  void itIsOffUnlessSwitchedOn() throws Exception {
    est = making(List.of());
    ClientSession session = site.session(idevid);

    Refusal refusal = refusal(est.serverKeygen(session, request().csr()));

    assertThat(refusal.reason()).isEqualTo(EnrolReason.SERVER_KEYGEN_OFF);
    assertThat(refusal.kind()).isEqualTo(RefusalKind.UNKNOWN);
    assertThat(session.notes().value(Notes.REASON)).contains("SERVER_KEYGEN_OFF");
    assertThat(new DomainEstService(site.ledger, site.fragile, site.ledger, ca, EnrolmentProfile.standard(), false, site.clock)
        .serverKeygen(session, request().csr())).isInstanceOf(Outcome.Refused.class);
  }

  @Test
  void whoMayNotEnrolGetsNoKeyEither() throws Exception {
    Credential without = site.acme.idevid("SN-9");
    assertThat(refusal(est.serverKeygen(site.session(without), request().csr())).reason()).isEqualTo(EnrolReason.NO_VOUCHER);
    Credential stranger = TestPki.manufacturer("other", "localhost").idevid("SN-1");
    assertThat(refusal(est.serverKeygen(site.session(stranger), request().csr())).reason()).isEqualTo(EnrolReason.UNKNOWN_CLIENT);
    ClientSession nobody = site.session(List.of(), Optional.empty());
    assertThat(refusal(est.serverKeygen(nobody, request().csr())).reason()).isEqualTo(EnrolReason.NO_CLIENT_CERTIFICATE);
    site.decide("SN-1", false, "stolen");
    assertThat(refusal(est.serverKeygen(site.session(idevid), request().csr())).reason()).isEqualTo(EnrolReason.DENIED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3000", "30030201ff"})
  void whatIsNoRequestIsMalformed(String hex) throws Exception {
    assertThat(refusal(est.serverKeygen(site.session(idevid), Octets.hex(hex))).reason()).isEqualTo(EnrolReason.MALFORMED_REQUEST);
  }

  private void unavailable(Request request, String why) throws Exception {
    Refusal refusal = refusal(est.serverKeygen(site.session(idevid), request.csr()));
    assertThat(refusal.reason()).isEqualTo(EnrolReason.KEY_PROTECTION_UNAVAILABLE);
    assertThat(refusal.kind()).isEqualTo(RefusalKind.NOT_ACCEPTABLE);
    assertThat(refusal.detail()).contains(why);
  }

  private static Octets keyId(Credential credential) {
    return Certificates.subjectKeyId(credential.certificate()).orElseThrow();
  }

  private static Recipient recipient(PrivateKey key, KeyType type) {
    return type == KeyType.RSA3072
        ? new JceKeyTransEnvelopedRecipient(key).setProvider(Bc.PROVIDER)
        : new JceKeyAgreeEnvelopedRecipient(key).setProvider(Bc.PROVIDER);
  }

  /** The public half of {@code key} is the certified one: what the one signs the other verifies. */
  private static void assertMatch(PrivateKeyInfo key, X509Certificate certificate) throws Exception {
    KeyType type = KeyType.of(certificate.getPublicKey()).orElseThrow();
    PrivateKey read = KeyFactory.getInstance(type == KeyType.RSA2048 ? "RSA" : "EC", Bc.PROVIDER)
        .generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
    Signature signature = Signature.getInstance(type.signatureAlgorithm(), Bc.PROVIDER);
    signature.initSign(read);
    signature.update(new byte[] {1});
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    signature.update(new byte[] {1});
    assertThat(signature.verify(signed)).isTrue();
  }

  private DomainEstService making(List<KeyType> types) {
    return making(types, new SecureRandom());
  }

  private DomainEstService making(List<KeyType> types, SecureRandom random) {
    return new DomainEstService(site.ledger, site.fragile, site.ledger, ca, EnrolmentProfile.standard(), false,
        new ServerKeys(types, () -> site.registrar, random, site.clock), site.clock);
  }

  private GeneratedKey granted(Octets csr) {
    return granted(est.serverKeygen(site.session(idevid), csr));
  }

  private static GeneratedKey granted(Outcome<GeneratedKey> outcome) {
    return outcome.fold(value -> value, retryAfter -> {
      throw new AssertionError("deferred");
    }, refusal -> {
      throw new AssertionError(refusal.toString());
    });
  }

  private static Refusal refusal(Outcome<?> outcome) {
    return ((Outcome.Refused<?>) outcome).refusal();
  }

  private static Request request() {
    KeyPair key = TestPki.key(KeyType.P256);
    return new Request(key.getPrivate(), key.getPublic(), key);
  }

  /** A certification request in the making. */
  private static final class Request {
    private KeyPair key;
    private PrivateKey signer;
    private X500Name subject = new X500Name("CN=whatever");
    private PKCS10CertificationRequestBuilder builder;

    Request(PrivateKey signer, PublicKey certified) {
      this(signer, certified, new KeyPair(certified, signer));
    }

    Request(PrivateKey signer, PublicKey certified, KeyPair key) {
      this.signer = signer;
      this.key = key;
      this.builder = new PKCS10CertificationRequestBuilder(subject, SubjectPublicKeyInfo.getInstance(certified.getEncoded()));
    }

    Request of(KeyType type) {
      key = TestPki.key(type);
      signer = key.getPrivate();
      builder = new PKCS10CertificationRequestBuilder(subject, SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
      return this;
    }

    Request named(String name) {
      subject = new X500Name(name);
      builder = new PKCS10CertificationRequestBuilder(subject, SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
      return this;
    }

    Request signedBy(KeyPair other) {
      signer = other.getPrivate();
      return this;
    }

    Request asking(String oid, Octets identifier) {
      builder.addAttribute(new ASN1ObjectIdentifier(oid), new DEROctetString(identifier.toArray()));
      return this;
    }

    Request capable(String... oids) {
      ASN1Encodable[] capabilities = new ASN1Encodable[oids.length];
      for (int i = 0; i < oids.length; i++) {
        capabilities[i] = new DERSequence(new ASN1ObjectIdentifier(oids[i]));
      }
      builder.addAttribute(new ASN1ObjectIdentifier(KeyProtection.SMIME_CAPABILITIES), new DERSequence(capabilities));
      return this;
    }

    Octets csr() throws Exception {
      String algorithm = KeyType.of(key.getPublic()).orElseThrow().signatureAlgorithm();
      ContentSigner by = new JcaContentSignerBuilder(algorithm).setProvider(Bc.PROVIDER).build(signer);
      return Octets.of(builder.build(by).getEncoded());
    }
  }
}

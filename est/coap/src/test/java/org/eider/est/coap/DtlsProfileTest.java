package org.eider.est.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.dtls.MaxFragmentLengthExtension.Length;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.LdevidTemplate;
import org.eider.testkit.TestPki;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The DTLS profile (draft-ietf-anima-constrained-voucher sections 6.1 to 6.3, RFC 9148 section 3, RFC 9146). */
class DtlsProfileTest {
  private static final String GET_HELLO = "40010001b568656c6c6f";

  private final Site site = new Site();
  private CoapsServer server;

  @BeforeEach
  void start() throws IOException {
    server = site.server();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** A credential whose chain has so many certificates, all of them large, the root not among them: Scandium leaves it out. */
  private static Credential withChainOf(int certificates, int lengthOfNames) {
    Credential ca = TestPki.root("root").credential();
    for (int i = 1; i < certificates; i++) {
      KeyPair key = TestPki.key(KeyType.P256);
      X500Name name = new X500NameBuilder().addRDN(BCStyle.CN, "ca " + i).addRDN(BCStyle.DESCRIPTION, "x".repeat(lengthOfNames)).build();
      X509Certificate certificate = CertificateMaker.subordinateCa(
          ca, name, key.getPublic(), BigInteger.valueOf(i), TestPki.NOT_BEFORE, TestPki.NOT_AFTER, -1);
      ca = new Credential(key.getPrivate(), with(certificate, ca.chain()));
    }
    KeyPair key = TestPki.key(KeyType.P256);
    X509Certificate leaf = CertificateMaker.endEntity(ca, new LdevidTemplate(
        new X500Name("CN=leaf"), key.getPublic(), TestPki.NOT_BEFORE, TestPki.NOT_AFTER, List.of()), BigInteger.TEN);
    return new Credential(key.getPrivate(), with(leaf, ca.chain().subList(0, ca.chain().size() - 1)));
  }

  private static List<X509Certificate> with(X509Certificate first, List<X509Certificate> rest) {
    return Stream.concat(Stream.of(first), rest.stream()).toList();
  }

  private static int octets(List<X509Certificate> chain) {
    return chain.stream().map(org.eider.pki.Certificates::der).mapToInt(Octets::size).sum();
  }

  @Test
  void aChainOfMoreThan12KibPasses() throws Exception {
    Credential large = withChainOf(8, 1000);
    assertThat(octets(large.chain())).isGreaterThan(12 * 1024);
    try (CoapsConnection connection = Site.connect(server, Site.client(large))) {
      assertThat(connection.exchange(CoapCall.get("/hello")).payload().utf8()).isEqualTo("hello");
      assertThat(site.lastSession().clientChain()).isEqualTo(large.chain());
    }
  }

  @Test
  void aServerShowsAChainOfMoreThan12Kib() throws Exception {
    Credential large = withChainOf(8, 1000);
    server.show(large);
    CoapsClientConfig trusting = CoapsClientConfig.standard(Site.PLEDGE, (chain, host) -> { });
    try (CoapsConnection connection = Site.connect(server, trusting)) {
      assertThat(connection.serverChain()).isEqualTo(large.chain());
    }
  }

  @Test
  void anAbsurdChainIsRefused() {
    Credential absurd = withChainOf(13, 1500);
    assertThat(octets(absurd.chain())).isGreaterThan(Dtls.MOST_HANDSHAKE_MESSAGE);
    assertThatThrownBy(() -> Site.connect(server, Site.client(absurd))).hasMessageContaining("fatal alert");
    assertThat(server.sessions()).isZero();
  }

  @Test
  void aChainOfTooManyCertificatesIsRefused() {
    Credential deep = withChainOf(PeerCertificates.MAX_CHAIN + 1, 1);
    assertThat(deep.chain()).hasSize(PeerCertificates.MAX_CHAIN + 1);
    assertThatThrownBy(() -> Site.connect(server, Site.client(deep))).hasMessageContaining("fatal alert/BAD_CERTIFICATE");
    assertThat(server.sessions()).isZero();
  }

  @Test
  void anIssuerThatNobodyKnowsPassesTheHandshake() throws Exception {
    Credential stranger = TestPki.root("Nobody").idevid("S-9");
    try (CoapsConnection connection = Site.connect(server, Site.client(stranger))) {
      connection.exchange(CoapCall.get("/hello"));
      assertThat(site.lastSession().client()).contains(stranger.certificate());
    }
  }

  @Test
  void aClientWithAKeyOnP384Passes() throws Exception {
    Credential other = Site.MAKER.idevid("S-384", KeyType.P384);
    try (CoapsConnection connection = Site.connect(server, Site.client(other))) {
      connection.exchange(CoapCall.get("/hello"));
      assertThat(site.lastSession().client()).contains(other.certificate());
    }
  }

  @Test
  void aServerWithAKeyOnP384Passes() throws Exception {
    server.show(Site.PKI.signer("p384", KeyType.P384));
    try (CoapsConnection connection = Site.connect(server, CoapsClientConfig.standard(Site.PLEDGE, (chain, host) -> { }))) {
      assertThat(connection.exchange(CoapCall.get("/hello")).code()).isEqualTo(CoapCode.CONTENT);
    }
  }

  @ParameterizedTest
  @EnumSource(value = KeyType.class, names = {"RSA2048", "ED25519"})
  void otherKeysThanThoseOnNistCurvesAreRefused(KeyType type) {
    Credential other = Site.MAKER.idevid("S-other", type);
    assertThatThrownBy(() -> Site.connect(server, Site.client(other))).isInstanceOf(IOException.class);
    assertThat(server.sessions()).isZero();
  }

  @Test
  void aCertificateWhoseKeyTheClientDoesNotHaveIsRefused() {
    Credential stolen = new Credential(TestPki.key(KeyType.P256).getPrivate(), Site.PLEDGE.chain());
    assertThatThrownBy(() -> Site.connect(server, Site.client(stolen))).hasMessageContaining("fatal alert");
    assertThat(server.sessions()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8", "TLS_ECDHE_ECDSA_WITH_AES_128_CCM", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8", "TLS_ECDHE_ECDSA_WITH_AES_256_CCM"
  })
  void everySuiteOfTheProfileIsSpoken(String suite) throws Exception {
    try (RawDtls raw = new RawDtls(server.address(), Site.PLEDGE,
        settings -> settings.set(DtlsConfig.DTLS_CIPHER_SUITES, List.of(CipherSuite.valueOf(suite))))) {
      assertThat(raw.ask(GET_HELLO)).isEqualTo("2.05");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"})
  void suitesWithoutAeadAreRefused(String suite) throws Exception {
    try (RawDtls raw = new RawDtls(server.address(), Site.PLEDGE, settings -> settings
        .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
        .set(DtlsConfig.DTLS_CIPHER_SUITES, List.of(CipherSuite.valueOf(suite))))) {
      raw.send(GET_HELLO);
      assertThat(raw.receive(1500)).isEmpty();
      assertThat(server.sessions()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(value = Length.class, names = {"BYTES_512", "BYTES_1024"})
  void theFragmentLengthThatAClientAsksForIsHonouredInTheHandshakeToo(Length length) throws Exception {
    server.show(withChainOf(4, 1000));
    try (Relay relay = new Relay(server.address());
        RawDtls raw = new RawDtls(relay.address(), Site.PLEDGE, settings -> settings.set(DtlsConfig.DTLS_MAX_FRAGMENT_LENGTH, length))) {
      assertThat(raw.ask(GET_HELLO)).isEqualTo("2.05");
      // header, explicit nonce, tag and connection id come on top
      assertThat(relay.largest.get()).isBetween(300, length.length() + 60);
    }
  }

  @Test
  void noDatagramIsLargerThanTheAssumedPathMtu() throws Exception {
    server.show(withChainOf(4, 1000));
    try (Relay relay = new Relay(server.address());
        CoapsConnection connection = CoapsConnection.open(CoapsClientConfig.standard(Site.PLEDGE, (chain, host) -> { }).withBlockSize(1024),
            "127.0.0.1", relay.address().getPort())) {
      CoapCall call = CoapCall.post("/echo", ContentFormat.CBOR, Octets.of(new byte[4000]));
      assertThat(connection.exchange(call).payload().size()).isEqualTo(4000);
      assertThat(relay.largest.get()).isBetween(600, Dtls.MTU);
    }
  }

  @Test
  void aSessionGoesOnWhenItsPeerHasAnotherAddress() throws Exception {
    try (Relay relay = new Relay(server.address());
        CoapsConnection connection = CoapsConnection.open(Site.client(), "127.0.0.1", relay.address().getPort())) {
      connection.exchange(CoapCall.get("/hello"));
      relay.move();
      assertThat(connection.exchange(CoapCall.get("/hello")).payload().utf8()).isEqualTo("hello");
      assertThat(site.sessions).hasSize(2);
      assertThat(site.sessions.get(0).id()).isEqualTo(site.sessions.get(1).id());
      assertThat(site.sessions.get(0).peer()).isNotEqualTo(site.sessions.get(1).peer());
      assertThat(server.sessions()).isEqualTo(1);
    }
  }

  @Test
  void withoutConnectionIdAnotherAddressIsNobodyAndOthersAreServed() throws Exception {
    try (Relay relay = new Relay(server.address());
        RawDtls raw = new RawDtls(relay.address(), Site.PLEDGE, settings -> settings.set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, null));
        CoapsConnection honest = Site.connect(server)) {
      assertThat(raw.ask(GET_HELLO)).isEqualTo("2.05");
      relay.move();
      raw.send("40010002b568656c6c6f");
      assertThat(raw.receive(700)).isEmpty();
      assertThat(site.sessions).hasSize(1);
      assertThat(honest.exchange(CoapCall.get("/hello")).code()).isEqualTo(CoapCode.CONTENT);
    }
  }
}

package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eider.est.ChannelBinding;
import org.eider.est.ClientSession;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server as our own client sees it, over both versions of TLS. */
class HttpsServerTest {
  private static final TestPki MANUFACTURER = TestPki.manufacturer("Unknown to the server", "masa.example.com");

  private final Site site = new Site();
  private HttpsServer server;

  @BeforeEach
  void start() throws IOException {
    server = site.secure();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpsConnection connect(Optional<Credential> credential, String protocol) throws IOException {
    return HttpsConnection.open(Site.client(credential, protocol), "localhost", server.address().getPort());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aRequestIsAnsweredOverTheVersionThatTheClientOffers(String protocol) throws IOException {
    try (HttpsConnection connection = connect(Optional.empty(), protocol)) {
      HttpResponse response = connection.exchange("POST", "/echo", Headers.NONE, Octets.utf8("over " + protocol));
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.body().utf8()).isEqualTo("over " + protocol);
      assertThat(connection.protocol()).isEqualTo(protocol);
      assertThat(connection.serverChain()).isEqualTo(Site.SERVER.chain());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void anotherCredentialIsShownToNewConnectionsAndOldOnesKeepTheirs(String protocol) throws IOException {
    Credential next = Site.PKI.server(List.of("localhost"), List.of("127.0.0.1"));
    try (HttpsConnection before = connect(Optional.empty(), protocol)) {
      before.exchange("GET", "/hello", Headers.NONE, Octets.empty());
      server.show(next);
      try (HttpsConnection after = connect(Optional.empty(), protocol)) {
        after.exchange("GET", "/hello", Headers.NONE, Octets.empty());
        assertThat(after.serverChain()).isEqualTo(next.chain());
      }
      assertThat(before.exchange("GET", "/hello", Headers.NONE, Octets.empty()).status()).isEqualTo(200);
    }
    assertThat(site.sessions).extracting(ClientSession::shown)
        .containsExactly(Site.SERVER.certificate(), next.certificate(), Site.SERVER.certificate());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aClientWithoutCertificateIsLetInAndSeenAsSuch(String protocol) throws IOException {
    try (HttpsConnection connection = connect(Optional.empty(), protocol)) {
      connection.exchange("GET", "/hello", Headers.NONE, Octets.empty());
    }
    assertThat(site.sessions).singleElement().satisfies(session -> {
      assertThat(session.client()).isEmpty();
      assertThat(session.shown()).isEqualTo(Site.SERVER.certificate());
    });
  }

  @ParameterizedTest
  @CsvSource({
      "P256, TLSv1.2", "P384, TLSv1.2", "P521, TLSv1.2", "RSA2048, TLSv1.2", "ED25519, TLSv1.2",
      "P256, TLSv1.3", "P384, TLSv1.3", "P521, TLSv1.3", "RSA2048, TLSv1.3", "ED25519, TLSv1.3"
  })
  void anIdevidOfAnUnknownIssuerAuthenticatesWithAnyKeyType(KeyType type, String protocol) throws IOException {
    Credential idevid = MANUFACTURER.idevid("S-" + type, type);
    try (HttpsConnection connection = connect(Optional.of(idevid), protocol)) {
      assertThat(connection.exchange("GET", "/hello", Headers.NONE, Octets.empty()).status()).isEqualTo(200);
    }
    assertThat(site.sessions.get(0).clientChain()).isEqualTo(idevid.chain());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void anExpiredClientCertificateIsLetThroughTheHandshake(String protocol) throws IOException {
    Credential expired = MANUFACTURER.signer("expired", Instant.parse("2001-01-01T00:00:00Z"), Instant.parse("2002-01-01T00:00:00Z"));
    try (HttpsConnection connection = connect(Optional.of(expired), protocol)) {
      connection.exchange("GET", "/hello", Headers.NONE, Octets.empty());
    }
    assertThat(site.lastClient()).isEqualTo(expired.certificate());
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2, TLS_UNIQUE", "TLSv1.3, TLS_EXPORTER"})
  void bothSidesOfASessionHaveTheSameChannelBinding(String protocol, ChannelBinding.Kind kind) throws IOException {
    Optional<ChannelBinding> atTheClient;
    try (HttpsConnection connection = connect(Optional.of(MANUFACTURER.idevid("S-1")), protocol)) {
      connection.exchange("GET", "/hello", Headers.NONE, Octets.empty());
      atTheClient = connection.binding();
    }
    assertThat(atTheClient).isPresent().isEqualTo(site.sessions.get(0).binding());
    assertThat(atTheClient.orElseThrow().kind()).isEqualTo(kind);
  }
}

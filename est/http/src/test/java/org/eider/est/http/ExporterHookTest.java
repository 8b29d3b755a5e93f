package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eider.est.ChannelBinding;
import org.eider.pki.Credential;
import org.eider.testkit.TestPki;
import org.eider.testkit.Tools;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards what we read inside Bouncy Castle: OpenSSL must compute the same octets for the same session, on either side. */
class ExporterHookTest {
  private static final Credential IDEVID = TestPki.manufacturer("Maker", "masa.example.com").idevid("S-77");
  private static final Pattern EXPORTED = Pattern.compile("Keying material: ([0-9A-F]{64})");
  private static final List<String> EXPORT = List.of("-keymatexport", "EXPORTER-Channel-Binding", "-keymatexportlen", "32");

  @TempDir
  private Path folder;

  private final Site site = new Site();

  @ParameterizedTest
  @ValueSource(strings = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"})
  void ourServerHasTheExporterOfAnOpensslClient(String suite) throws Exception {
    Tools.require("openssl");
    try (HttpsServer server = site.secure()) {
      List<String> command = Tools.join(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + server.address().getPort(), "-tls1_3",
          "-ciphersuites", suite,
          "-cert", Tools.certificates(folder, IDEVID), "-key", Tools.key(folder, IDEVID), "-ign_eof"), EXPORT);
      String output = Tools.run("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", command);
      assertThat(site.sessions).singleElement().satisfies(session -> {
        assertThat(session.client()).contains(IDEVID.certificate());
        assertThat(session.binding()).contains(new ChannelBinding(ChannelBinding.Kind.TLS_EXPORTER, exported(output)));
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"})
  void ourClientHasTheExporterOfAnOpensslServer(String suite) throws Exception {
    Tools.require("openssl");
    try (Tools.Running server = Tools.start(Tools.join(List.of("openssl", "s_server", "-accept", "127.0.0.1:0", "-tls1_3",
        "-ciphersuites", suite, "-verify", "5",
        "-cert", Tools.certificates(folder, Site.SERVER), "-key", Tools.key(folder, Site.SERVER)), EXPORT))) {
      int port = Integer.parseInt(server.awaitLine(Pattern.compile("ACCEPT 127\\.0\\.0\\.1:(\\d+)")));
      try (HttpsConnection connection = HttpsConnection.open(Site.client(Optional.of(IDEVID), "TLSv1.3"), "localhost", port)) {
        String exported = server.awaitLine(EXPORTED);
        assertThat(connection.binding()).contains(new ChannelBinding(ChannelBinding.Kind.TLS_EXPORTER, Octets.hex(exported)));
      }
    }
  }

  @Test
  void withoutClientCertificateThereIsNoExporterOnEitherSide() throws IOException {
    try (HttpsServer server = site.secure();
        HttpsConnection connection = HttpsConnection.open(Site.client(), "localhost", server.address().getPort())) {
      connection.exchange("GET", "/hello", Headers.NONE, Octets.empty());
      assertThat(connection.binding()).isEmpty();
      assertThat(site.sessions.get(0).binding()).isEmpty();
    }
  }

  @Test
  void twoSessionsHaveDifferentBindings() throws IOException {
    try (HttpsServer server = site.secure()) {
      for (String protocol : List.of("TLSv1.2", "TLSv1.2", "TLSv1.3", "TLSv1.3")) {
        try (HttpsConnection connection = HttpsConnection.open(Site.client(Optional.of(IDEVID), protocol), "localhost",
            server.address().getPort())) {
          connection.exchange("GET", "/hello", Headers.NONE, Octets.empty());
        }
      }
      assertThat(site.sessions.stream().map(session -> session.binding().orElseThrow().value()).distinct()).hasSize(4);
    }
  }

  private static Octets exported(String output) {
    Matcher matcher = EXPORTED.matcher(output);
    assertThat(matcher.find()).as(output).isTrue();
    return Octets.of(java.util.HexFormat.of().parseHex(matcher.group(1)));
  }
}

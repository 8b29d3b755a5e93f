package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.PemFiles;
import org.eider.testkit.TestPki;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class DomainTlsTest {
  @TempDir
  private Path folder;

  private Path device(String name, TestPki root, KeyType type) throws IOException {
    TestPki issuing = root.subordinate("issuing");
    Credential credential = issuing.signer(name, type);
    Path device = Files.createDirectory(folder.resolve(name));
    PemFiles.writeKey(device.resolve("key.pem"), credential.key());
    PemFiles.writeCertificates(device.resolve("ldevid.pem"), List.of(credential.certificate()));
    PemFiles.writeCertificates(device.resolve("chain.pem"), List.of(issuing.certificate(), root.certificate()));
    return device;
  }

  private static String subjectSeen(Path server, Path client) throws IOException {
    try (SSLServerSocket listening = (SSLServerSocket) DomainTls.of(server).getServerSocketFactory()
        .createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      listening.setNeedClientAuth(true);
      CompletableFuture<String> seen = CompletableFuture.supplyAsync(() -> {
        try (SSLSocket accepted = (SSLSocket) listening.accept()) {
          accepted.getOutputStream().write(accepted.getInputStream().read());
          return accepted.getSession().getPeerPrincipal().getName();
        } catch (IOException e) {
          return "failed: " + e.getMessage();
        }
      });
      try (SSLSocket socket = (SSLSocket) DomainTls.of(client).getSocketFactory().createSocket(listening.getInetAddress(), listening.getLocalPort())) {
        socket.getOutputStream().write(1);
        if (socket.getInputStream().read() != 1) {
          throw new SSLException(seen.join());
        }
      }
      return seen.join();
    }
  }

  @ParameterizedTest
  @EnumSource(value = KeyType.class, names = {"P256", "P384", "RSA2048"})
  void membersOfADomainMeet(KeyType type) throws IOException {
    TestPki root = TestPki.root("domain");
    assertThat(subjectSeen(device("server", root, KeyType.P256), device("client", root, type))).isEqualTo("CN=client");
  }

  @Test
  void whoIsOfAnotherDomainIsRefused() throws IOException {
    Path server = device("server", TestPki.root("domain"), KeyType.P256);
    Path client = device("client", TestPki.root("other"), KeyType.P256);
    assertThatThrownBy(() -> subjectSeen(server, client)).isInstanceOf(IOException.class);
  }

  @Test
  void aChainWithoutARootIsNoneToTrust() throws IOException {
    TestPki root = TestPki.root("domain");
    Path device = device("device", root, KeyType.P256);
    PemFiles.writeCertificates(device.resolve("chain.pem"), List.of(root.subordinate("issuing").certificate()));
    assertThatThrownBy(() -> DomainTls.of(device)).isInstanceOf(IOException.class).hasMessageContaining("chain.pem")
        .hasMessageContaining("nothing to trust");
  }

  @Test
  void whatIsOfNoUseIsNamed() throws IOException {
    Path device = device("device", TestPki.root("domain"), KeyType.P256);
    Files.writeString(device.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    assertThatThrownBy(() -> DomainTls.of(device)).isInstanceOf(IOException.class).hasMessageContaining("key.pem");
    Files.delete(device.resolve("ldevid.pem"));
    assertThatThrownBy(() -> DomainTls.of(device)).isInstanceOf(IOException.class).hasMessageContaining("ldevid.pem");
  }
}

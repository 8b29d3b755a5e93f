package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.eider.cli.CommandFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, tokens and ports that lie in a data folder. */
class SecretFilesTest {
  @TempDir Path data;

  @ParameterizedTest
  @ValueSource(strings = {"ca/root.key.pem", "ca/issuing.key.pem", "ca/registrar.key.pem", "journal.key.pem", "admin.token"})
  void theRegistrarDoesNotStartWithASecretThatOthersMayRead(String name) throws Exception {
    try (TestSite site = new TestSite(data)) {
      site.registrar.close();
      Path secret = data.resolve(name);
      for (String permissions : new String[] {"rw-r-----", "rw----r--", "rw--w----"}) {
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString(permissions));
        assertThatThrownBy(() -> site.start(TestSite.config())).isInstanceOfSatisfying(CommandFailure.class, failure -> {
          assertThat(failure).hasMessageContaining("others than its owner may use").hasMessageContaining(name);
          assertThat(failure.hint()).hasValueSatisfying(hint -> assertThat(hint).startsWith("chmod 600 ").endsWith(name));
        });
      }
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
      site.start(TestSite.config());
    }
  }

  @Test
  void whatAKilledRegistrarLeftBehindLeadsNoCommandToAForeignPort() throws Exception {
    try (TestSite site = new TestSite(data); ServerSocket foreign = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String token = Files.readString(data.resolve("admin.token"));
      site.registrar.close();
      DataFolder.existing(data).writeSecret(data.resolve("admin.port"), Integer.toString(foreign.getLocalPort()));
      DataFolder.existing(data).writeSecret(data.resolve("admin.token"), token);

      assertThat(Ran.on(data, "manufacturer", "list").ok().out()).contains("acme");
      foreign.setSoTimeout(1);
      assertThatThrownBy(foreign::accept).as("nobody has called").isInstanceOf(java.net.SocketTimeoutException.class);
      assertThat(data.resolve("admin.port")).doesNotExist();
    }
  }
}

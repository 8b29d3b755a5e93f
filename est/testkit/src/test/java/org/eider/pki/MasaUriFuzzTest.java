package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a certificate names as its MASA is an https address with a host and a port, or refused. */
class MasaUriFuzzTest {
  static Stream<Arguments> seeds() {
    return Seeds.of("masa.example.net", "masa.example.net:8443", "https://masa.example.net/a/b/", "https://[::1]:9443/x", "HTTPS://A.B", "[::1%25eth0]",
        "https://user@host/", "https://host/", "https://host:0/", "https://host:99999/", "host:", "https://host/%2e%2e/", "//host", "https:///x", "a//b", "10.0.0.1:1").arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void readsAnAddressOrRefuses(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    Hostile.read(() -> MasaUri.parse(text)).ifPresent(masa -> {
      assertThat(masa.base().getScheme()).isEqualTo("https");
      assertThat(masa.host()).isNotEmpty().doesNotContain("@", "%", "/", "?", "#");
      assertThat(masa.port()).isBetween(1, 65535);
      assertThat(masa.operation("requestvoucher").getHost()).isEqualTo(masa.base().getHost());
      assertThat(masa.operation("requestvoucher").getPath()).endsWith("/requestvoucher");
      assertThat(Hostile.read(() -> MasaUri.parse(masa.base().toString()))).contains(masa);
    });
  }
}

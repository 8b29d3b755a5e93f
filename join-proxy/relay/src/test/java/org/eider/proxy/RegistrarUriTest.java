package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.eider.discovery.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrarUriTest {
  @ParameterizedTest
  @CsvSource({
      "https://registrar.example:8443, REGISTRAR_TLS, registrar.example, 8443, https://registrar.example:8443",
      "https://192.0.2.1, REGISTRAR_TLS, 192.0.2.1, 443, https://192.0.2.1:443",
      "HTTPS://[2001:db8::1]:1/, REGISTRAR_TLS, 2001:db8::1, 1, https://[2001:db8::1]:1",
      "coaps://[fe80::1%eth0]:5685, REGISTRAR_COAPS, fe80::1%eth0, 5685, coaps://[fe80::1%eth0]:5685",
      "coaps://r, REGISTRAR_COAPS, r, 5684, coaps://r:5684",
      "jpy://r:7634, REGISTRAR_JPY, r, 7634, jpy://r:7634",
      "jpy://r:7634/whatever?it=is, REGISTRAR_JPY, r, 7634, jpy://r:7634",
      "coaps+jpy://r:7634, REGISTRAR_JPY, r, 7634, jpy://r:7634",
  })
  void readsWhatOperatorsWrite(String text, Service service, String host, int port, String again) {
    RegistrarUri uri = RegistrarUri.parse(text);
    assertThat(uri).isEqualTo(new RegistrarUri(service, host, port));
    assertThat(uri).hasToString(again);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "r", "r:443", "http://r:80", "coap://r:5683", "https:r", "https://", "https://r:0", "https://r:65536", "https://r:-1",
    "https://u@r:1", "https://r:1/path", "coaps://r/?q", "https://r:1#f", "https://r r", "jpy://r:70000"})
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> RegistrarUri.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesJpyWithoutAPort() {
    assertThatThrownBy(() -> RegistrarUri.parse("jpy://[2001:db8::1]")).hasMessageContaining("no port");
    assertThatThrownBy(() -> RegistrarUri.parse("x".repeat(1000))).hasMessageContaining("300");
  }
}

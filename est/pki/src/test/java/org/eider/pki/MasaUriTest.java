package org.eider.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HexFormat;
import org.eider.wire.DecodeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 8995 section 2.3.2. */
class MasaUriTest {
  @ParameterizedTest
  @CsvSource({
    "highway-test.example.com:9443, https://highway-test.example.com:9443/.well-known/brski, highway-test.example.com, 9443",
    "masa.example.com, https://masa.example.com/.well-known/brski, masa.example.com, 443",
    "MASA.Example.com, https://masa.example.com/.well-known/brski, masa.example.com, 443",
    "[2001:db8::1]:9443, https://[2001:db8::1]:9443/.well-known/brski, 2001:db8::1, 9443",
    "[2001:DB8::1], https://[2001:db8::1]/.well-known/brski, 2001:db8::1, 443",
    "192.0.2.1:1, https://192.0.2.1:1/.well-known/brski, 192.0.2.1, 1",
    "https://localhost:9443, https://localhost:9443/.well-known/brski, localhost, 9443",
    "https://masa.example.com/.well-known/brski, https://masa.example.com/.well-known/brski, masa.example.com, 443",
    "https://masa.example.com:65535/Other/, https://masa.example.com:65535/Other, masa.example.com, 65535",
    "HTTPS://masa.example.com/, https://masa.example.com/, masa.example.com, 443",
    "https://masa.example.com//, https://masa.example.com/, masa.example.com, 443"
  })
  void anAuthorityGetsTheWellKnownPathAndAFullUriKeepsItsOwn(String text, String base, String host, int port) throws DecodeException {
    MasaUri uri = MasaUri.parse(text);
    assertThat(uri.base()).hasToString(base);
    assertThat(uri.host()).isEqualTo(host);
    assertThat(uri.port()).isEqualTo(port);
    assertThat(uri.operation("requestvoucher")).hasToString(base.replaceFirst("/$", "") + "/requestvoucher");
    assertThat(MasaUri.parse(base)).isEqualTo(uri);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "http://masa.example.com/", "http://masa.example.com/.well-known/brski", "ftp://masa.example.com/x", "//masa.example.com/x",
      "/.well-known/brski", "masa.example.com/path", "user@masa.example.com", "https://user:secret@masa.example.com/", "masa.example.com?x=1",
      "masa.example.com#x", "https://masa.example.com/?x=1", "https://masa.example.com/#x", "masa.example.com:0", "masa.example.com:65536", "masa.example.com:",
      "masa.example.com:99999999999", "masa.example.com:-1", "masa.example.com:x", "2001:db8::1", "[2001:db8::1", "[fe80::1%25eth0]:443", "[::1]x", "https:///x",
      "https://", "masa example.com", "masa.example.com\r\nHost: x", "münchen.example", "https:masa.example.com/x", "masa_x..", "-", "masa.example.com\\@evil.example/"})
  void whatIsNotAnHttpsAddressIsRefused(String text) {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> MasaUri.parse(text));
  }

  @Test
  void anEndlessAddressIsRefused() {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> MasaUri.parse("https://masa.example.com/" + "x".repeat(5000)));
  }

  @Test
  void theExtensionIsAnIa5String() throws Exception {
    var extension = MasaUri.extension("highway-test.example.com:9443");
    assertThat(extension.getExtnId().getId()).isEqualTo("1.3.6.1.5.5.7.1.32");
    assertThat(extension.isCritical()).isFalse();
    assertThat(HexFormat.of().formatHex(extension.getExtnValue().getOctets()))
        .isEqualTo("161d" + HexFormat.of().formatHex("highway-test.example.com:9443".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
  }
}

package org.eider.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 sections 8.3.1 and 12.5.1. */
class MediaTypeTest {
  @ParameterizedTest
  @ValueSource(strings = {"application/voucher-cms+json", "Application/Voucher-CMS+JSON", " application/voucher-cms+json ; charset=utf-8", "application/voucher-cms+json;"})
  void caseAndParametersDoNotMatter(String text) throws DecodeException {
    assertThat(MediaType.parse(text).is(MediaType.VOUCHER_CMS_JSON)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/voucher-jws+json", "application/json", "text/voucher-cms+json", "*/*"})
  void anotherTypeIsAnother(String text) throws DecodeException {
    assertThat(MediaType.parse(text).is(MediaType.VOUCHER_CMS_JSON)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "application", "application/", "/json", "a/b/c", ";charset=utf-8"})
  void whatIsNotTypeAndSubtypeIsRefused(String text) {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> MediaType.parse(text));
  }

  @Test
  void anEndlessValueIsRefused() {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> MediaType.parse("a/b;" + "x".repeat(2000)))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(DecodeException.Flaw.TOO_LONG));
  }

  @Test
  void parametersLoseTheirQuotesAndKeepTheirCase() throws DecodeException {
    MediaType type = MediaType.parse("multipart/mixed ; Boundary=\"estServerExampleBoundary\"; other=1");
    assertThat(type.parameter("boundary")).contains("estServerExampleBoundary");
    assertThat(type.parameters()).isEqualTo(Map.of("boundary", "estServerExampleBoundary", "other", "1"));
    assertThat(type.parameter("absent")).isEmpty();
  }

  @Test
  void certsOnlyIsStillPkcs7() throws DecodeException {
    assertThat(MediaType.CERTS_ONLY.is(MediaType.PKCS7)).isTrue();
    assertThat(MediaType.CERTS_ONLY).hasToString("application/pkcs7-mime; smime-type=certs-only");
    assertThat(MediaType.parse(MediaType.CERTS_ONLY.toString())).isEqualTo(MediaType.CERTS_ONLY);
  }

  @ParameterizedTest
  @CsvSource({"*/*, true", "application/*, true", "application/json, true", "application/json;q=0.5, true", "application/json;q=0, false",
      "application/json;q=nonsense, false", "text/*, false", "application/cbor, false"})
  void anAcceptElementTakesWhatItCovers(String accept, boolean taken) throws DecodeException {
    assertThat(MediaType.parse(accept).accepts(MediaType.JSON)).isEqualTo(taken);
  }
}

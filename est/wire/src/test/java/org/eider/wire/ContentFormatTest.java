package org.eider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 7252 section 12.3 and RFC 9148 section 9.1. */
class ContentFormatTest {
  @ParameterizedTest
  @EnumSource
  void everyFormatIsFoundByItsNumberAndByItsMediaType(ContentFormat format) {
    assertThat(ContentFormat.of(format.number())).contains(format);
    assertThat(ContentFormat.of(format.mediaType())).contains(format);
  }

  @ParameterizedTest
  @CsvSource({"836,application/voucher+cose", "60,application/cbor", "50,application/json", "62,application/multipart-core",
      "280,application/pkcs7-mime;smime-type=server-generated-key", "281,application/pkcs7-mime;smime-type=certs-only",
      "284,application/pkcs8", "285,application/csrattrs", "286,application/pkcs10", "287,application/pkix-cert", "40,application/link-format"})
  void numbersStandForTheMediaTypesOfTheRegistry(int number, String mediaType) throws DecodeException {
    assertThat(ContentFormat.of(MediaType.parse(mediaType)).map(ContentFormat::number)).contains(number);
  }

  @Test
  void pkcs7OfAnotherKindIsAnotherFormatOrNone() throws DecodeException {
    assertThat(ContentFormat.of(MediaType.parse("application/pkcs7-mime"))).isEmpty();
    assertThat(ContentFormat.of(MediaType.parse("application/pkcs7-mime; smime-type=signed-data"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1, 41, 61, 282, 283, 835, 65_536})
  void otherNumbersAreUnknown(int number) {
    assertThat(ContentFormat.of(number)).isEmpty();
  }
}

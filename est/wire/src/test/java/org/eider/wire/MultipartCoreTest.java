package org.eider.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Optional;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.MultipartCore.Part;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 8710. */
class MultipartCoreTest {
  private static final Octets KEY = Octets.of(new byte[] {1, 2});
  private static final Octets CERTIFICATE = Octets.of(new byte[] {3});

  @Test
  void partsComeBackAsTheyWereWritten() throws DecodeException {
    MultipartCore body = new MultipartCore(List.of(Part.of(ContentFormat.PKCS8, KEY), Part.of(ContentFormat.CERTS_ONLY, CERTIFICATE),
        new Part(65_000, Optional.empty())));
    assertThat(body.encode().hex()).isEqualTo("8619011c4201021901194103" + "19fde8f6");
    assertThat(MultipartCore.decode(body.encode())).isEqualTo(body);
  }

  @Test
  void partsAreFoundInAnyOrder() throws DecodeException {
    MultipartCore body = MultipartCore.decode(Octets.hex("8419011941031901" + "1c420102"));
    assertThat(body.first(ContentFormat.PKCS8)).contains(KEY);
    assertThat(body.first(ContentFormat.CERTS_ONLY)).contains(CERTIFICATE);
    assertThat(body.first(ContentFormat.PKCS10)).isEmpty();
  }

  @Test
  void nothingIsAPartThatIsNotThere() throws DecodeException {
    assertThat(MultipartCore.decode(Octets.hex("8219011cf6")).first(ContentFormat.PKCS8)).isEmpty();
    assertThat(MultipartCore.decode(Octets.hex("80")).parts()).isEmpty();
  }

  @Test
  void indefiniteLengthsAreRead() throws DecodeException {
    assertThat(MultipartCore.decode(Octets.hex("9f19011c5f41014102ffff")).first(ContentFormat.PKCS8)).contains(KEY);
  }

  @ParameterizedTest
  @CsvSource({"8119011c,TRUNCATED", "8319011c41000c,TRUNCATED", "a0,WRONG_TYPE", "8220f6,WRONG_TYPE", "826132f6,WRONG_TYPE", "821a00010000f6,OUT_OF_RANGE",
      "8219011c6100,WRONG_TYPE", "8219011cc14100,WRONG_TYPE", "8219011c410000,TRAILING_BYTES", "d28219011cf6,WRONG_TYPE", "8219011cf7,WRONG_TYPE"})
  void whatIsNoMultipartIsRefused(String hex, Flaw flaw) {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> MultipartCore.decode(Octets.hex(hex)))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(flaw));
  }

  @Test
  void moreThanAFewPartsAreRefused() {
    assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> MultipartCore.decode(Octets.hex("9842" + "00f6".repeat(33))))
        .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LONG));
  }
}

package org.eider.est.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.eider.est.coap.CoapRoutes.Link;
import org.eider.wire.ContentFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 6690 sections 2 and 4.1, with the links of draft-ietf-anima-constrained-voucher section 10. */
class LinkFormatTest {
  private static final List<Link> LINKS = List.of(
      new Link("/b", "brski", List.of()), new Link("/b/rv", "brski.rv", List.of(ContentFormat.VOUCHER_COSE)),
      new Link("/b/vs", "brski.vs", List.of(ContentFormat.JSON, ContentFormat.CBOR)));

  private static List<String> paths(String... filters) {
    return LinkFormat.select(LINKS, List.of(filters)).orElseThrow().stream().map(Link::path).toList();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "rt=brski | /b", "rt=brski* | /b,/b/rv,/b/vs", "rt=brski.* | /b/rv,/b/vs", "rt=brski.rv | /b/rv", "rt=* | /b,/b/rv,/b/vs",
    "href=/b/vs | /b/vs", "href=/b/* | /b/rv,/b/vs", "ct=50 | /b/vs", "ct=60 | /b/vs", "rt=rv | ''", "rt= | ''", "rt | ''", "if=core | ''",
    "rt=*rv | ''", "brski-jp=* | ''"
  })
  void aFilterSelectsByValueOrByItsBeginning(String filter, String expected) {
    assertThat(String.join(",", paths(filter))).isEqualTo(expected);
  }

  @Test
  void withoutFilterThereIsEverythingAndAllFiltersCount() {
    assertThat(paths()).hasSize(3);
    assertThat(paths("rt=brski*", "ct=836")).containsExactly("/b/rv");
  }

  @Test
  void aQueryThatIsTooLongIsNone() {
    assertThat(LinkFormat.select(LINKS, List.of("rt=" + "x".repeat(200)))).isEmpty();
    assertThat(LinkFormat.select(LINKS, List.of("a=1", "a=1", "a=1", "a=1", "a=1"))).isEmpty();
  }

  @Test
  void severalFormatsAreQuoted() {
    assertThat(LINKS.stream().map(link -> LinkFormat.text(link, ""))).containsExactly(
        "</b>;rt=brski", "</b/rv>;rt=brski.rv;ct=836", "</b/vs>;rt=brski.vs;ct=\"50 60\"");
    assertThat(LinkFormat.text(LINKS.get(0), "coaps://[::1]:5684")).isEqualTo("<coaps://[::1]:5684/b>;rt=brski");
  }
}

package org.eider.est.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eider.wire.DecodeException;
import org.junit.jupiter.api.Test;

/** Which route a target finds. */
class RoutesTest {
  private static final HttpHandler ANY = request -> HttpResponse.empty(200);

  private static Optional<Integer> limitAt(Routes routes, String target) throws DecodeException {
    return routes.at(Target.parse(target)).map(Map::values).map(found -> found.iterator().next().maxBody());
  }

  @Test
  void wholePathsGoBeforePatternsAndPatternsBeforePrefixes() throws DecodeException {
    Routes routes = Routes.builder()
        .under("GET", "/a/", 1, ANY)
        .under("GET", "/a/b/", 2, ANY)
        .matching("GET", Pattern.compile("/a/b/[0-9]+"), 3, ANY)
        .on("GET", "/a/b/7", 4, ANY)
        .build();
    assertThat(limitAt(routes, "/a/b/7")).contains(4);
    assertThat(limitAt(routes, "/a/b/8")).contains(3);
    assertThat(limitAt(routes, "/a/b/x")).contains(2);
    assertThat(limitAt(routes, "/a/x")).contains(1);
    assertThat(limitAt(routes, "/a")).isEmpty();
  }

  @Test
  void onlyAPrefixRouteSeesAnEncodedSlashAndOnlyBehindItsPrefix() throws DecodeException {
    Routes routes = Routes.builder()
        .under("GET", "/devices/", 1, ANY)
        .under("GET", "/devices/a/", 2, ANY)
        .on("GET", "/devices/a/b", 3, ANY)
        .matching("GET", Pattern.compile("/devices/.*"), 4, ANY)
        .build();
    assertThat(limitAt(routes, "/devices/a/b")).contains(3);
    assertThat(limitAt(routes, "/devices/a%2Fb")).contains(1);
    assertThat(limitAt(routes, "/devices%2fa")).isEmpty();
  }

  @Test
  void aMethodOfAPathHasOneHandler() {
    Routes.Builder routes = Routes.builder().on("GET", "/a", 0, ANY).on("POST", "/a", 0, ANY);
    assertThatThrownBy(() -> routes.on("GET", "/a", 0, ANY)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aBuilderThatGoesOnLeavesBuiltRoutesAlone() throws DecodeException {
    Routes.Builder builder = Routes.builder().on("GET", "/a", 0, ANY);
    Routes built = builder.build();
    builder.on("POST", "/a", 0, ANY).on("GET", "/b", 0, ANY);
    assertThat(built.at(Target.parse("/a")).orElseThrow()).containsOnlyKeys("GET");
    assertThat(built.at(Target.parse("/b"))).isEmpty();
  }
}

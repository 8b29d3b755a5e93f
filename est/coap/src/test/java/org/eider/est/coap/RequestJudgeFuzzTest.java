package org.eider.est.coap;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.MessageFormatException;
import org.eclipse.californium.core.coap.Request;
import org.eider.est.ClientSession;
import org.eider.testkit.Hostile;
import org.eider.testkit.Seeds;
import org.eider.wire.ContentFormat;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a client sends as CoAP is a request that a route answers, or is refused with a code that tells it so, or is no message. */
class RequestJudgeFuzzTest {
  private static final Abbreviation ABBREVIATION = new Abbreviation(CoapsConfig.ABBREVIATION);
  private static final CoapRoutes ROUTES = CoapRoutes.builder()
      .on("POST", "/a", 100, request -> CoapAnswer.changed())
      .on("GET", "/a", 0, request -> CoapAnswer.changed())
      .matching("POST", Pattern.compile("/b/[a-z]{1,8}/c"), "/b", 1000, request -> CoapAnswer.changed())
      .link("/a", "test.a", ContentFormat.CBOR).abbreviated(402, "/a").build();
  private static final ClientSession SESSION = new ClientSession(
      "fuzz", new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), List.of(), Site.SERVER.certificate(), Optional.empty());

  static Stream<Arguments> seeds() throws DecodeException {
    return Seeds.of(
        Octets.hex("40010001b161"), Octets.hex("40020001b161113cff616263"), Octets.hex("40020001d2000192"), Octets.hex("40020001b161220192"),
        Octets.hex("40010001bb2e77656c6c2d6b6e6f776e04636f72654872743d746573742a"), Octets.hex("40020001b162016301630a"),
        Octets.hex("40020001b161d1020ad2144e20ff00"), Octets.hex("48010001112233445566778890b161e0fcd1"), Octets.hex("40010001b3612f62"))
        .arguments();
  }

  @MethodSource("seeds")
  @FuzzTest
  void judgesEveryRequest(byte[] input) {
    Hostile.read(() -> {
      Message message;
      try {
        message = new StrictParser(ABBREVIATION.registry()).parseMessage(input);
      } catch (MessageFormatException none) {
        return true;
      }
      if (message instanceof Request request) {
        judge(request);
      }
      return true;
    });
  }

  private static void judge(Request request) {
    Optional<CoapAnswer> refused = new RequestJudge(ROUTES, ABBREVIATION).judge(request);
    if (refused.isPresent()) {
      assertThat(refused.get().code().number()).isIn(400, 402, 404, 405, 413);
      Messages.response(refused.get());
      return;
    }
    CoapRequest judged = Messages.request(request, Messages.path(request.getOptions()).orElseThrow(), SESSION);
    assertThat(judged.path()).matches("/a|/b/[a-z]{1,8}/c|/\\.well-known/core");
    assertThat(judged.payload().size()).isLessThanOrEqualTo(1000);
    Messages.response(LinkFormat.answer(judged.accept(), judged.query(), ROUTES.links(), link -> ""));
  }
}

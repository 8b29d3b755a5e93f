package org.eider.est.http;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eider.wire.DecodeException;

/**
 * The head of a request that a route answers.
 *
 * @param route what answers it
 * @param expectsContinue whether the client waits for 100 before it sends the body (RFC 9110 section 10.1.1)
 */
record RequestHead(String method, Target target, Headers headers, Routes.Route route, boolean expectsContinue) {
  private static final String CONTINUE = "100-continue";

  /** A head that is answered at once, without its body. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient HttpResponse answer;

    Refused(HttpResponse answer) {
      super("answered with " + answer.status(), null, false, false);
      this.answer = answer;
    }

    HttpResponse answer() {
      return answer;
    }
  }

  /** Judges a head; what is malformed closes the connection, since nobody knows where the next request begins. */
  static RequestHead judge(io.netty.handler.codec.http.HttpRequest head, Routes routes) throws Refused {
    requireWellFormed(head);
    String method = head.method().name();
    Target target = target(head.uri());
    Map<String, Routes.Route> methods = routes.at(target).orElseThrow(() -> new Refused(KitRefusal.NO_SUCH_RESOURCE.answer("no such resource")));
    Optional<Routes.Route> route = Optional.ofNullable(methods.get(method));
    if (route.isEmpty()) {
      throw new Refused(KitRefusal.WRONG_METHOD.answer("not with this method").with("allow", String.join(", ", methods.keySet())));
    }
    if (HttpUtil.getContentLength(head, 0L) > route.get().maxBody()) {
      throw new Refused(tooLarge(route.get()));
    }
    String expect = head.headers().get(HttpHeaderNames.EXPECT, "");
    if (!expect.isEmpty() && !expect.equalsIgnoreCase(CONTINUE)) {
      throw new Refused(KitRefusal.UNMET_EXPECTATION.answer("this expectation is not met"));
    }
    return new RequestHead(method, target, headers(head), route.get(),
        !expect.isEmpty() && head.protocolVersion().equals(HttpVersion.HTTP_1_1));
  }

  static HttpResponse tooLarge(Routes.Route route) {
    return KitRefusal.BODY_TOO_LARGE.answer("the body is larger than " + route.maxBody() + " octets").closing();
  }

  private static void requireWellFormed(io.netty.handler.codec.http.HttpRequest head) throws Refused {
    if (head.decoderResult().isFailure()) {
      throw new Refused(malformed(head.decoderResult()));
    }
    if (!head.protocolVersion().equals(HttpVersion.HTTP_1_1) && !head.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
      throw new Refused(KitRefusal.WRONG_VERSION.answer("only HTTP/1.1").closing());
    }
    List<String> codings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (codings.size() > 1 || codings.size() == 1 && !codings.get(0).equalsIgnoreCase("chunked")) {
      throw new Refused(KitRefusal.UNKNOWN_CODING.answer("no transfer coding but chunked").closing());
    }
    List<String> lengths = head.headers().getAll(HttpHeaderNames.CONTENT_LENGTH);
    if (lengths.size() > 1 || lengths.size() == 1 && (!codings.isEmpty() || !lengths.get(0).chars().allMatch(c -> c >= '0' && c <= '9'))) {
      throw new Refused(KitRefusal.AMBIGUOUS_LENGTH.answer("ambiguous length").closing());
    }
    int hosts = head.headers().getAll(HttpHeaderNames.HOST).size();
    if (hosts > 1 || hosts == 0 && head.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      throw new Refused(KitRefusal.AMBIGUOUS_HOST.answer("exactly one Host header").closing());
    }
  }

  /** The answer to what the HTTP decoder could not read. */
  static HttpResponse malformed(DecoderResult result) {
    Throwable cause = result.cause();
    if (cause instanceof TooLongHttpHeaderException) {
      return KitRefusal.HEADERS_TOO_LARGE.answer("the headers are too large").closing();
    }
    if (cause instanceof TooLongHttpLineException) {
      return KitRefusal.LINE_TOO_LONG.answer("the request line is too long").closing();
    }
    return KitRefusal.MALFORMED_HTTP.answer("malformed HTTP").closing();
  }

  private static Target target(String uri) throws Refused {
    try {
      return Target.parse(uri);
    } catch (DecodeException e) {
      throw new Refused(KitRefusal.MALFORMED_TARGET.answer(e.getMessage()).closing());
    }
  }

  private static Headers headers(io.netty.handler.codec.http.HttpRequest head) {
    Map<String, List<String>> all = new HashMap<>();
    head.headers().forEach(header ->
        all.computeIfAbsent(header.getKey().toLowerCase(Locale.ROOT), name -> new ArrayList<>()).add(header.getValue()));
    return new Headers(all);
  }
}

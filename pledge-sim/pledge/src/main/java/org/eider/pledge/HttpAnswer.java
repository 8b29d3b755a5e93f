package org.eider.pledge;

import org.eider.est.Refusal;
import org.eider.est.http.HttpResponse;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;

/** Reads HTTP responses that may come from anybody. */
final class HttpAnswer {
  /** Reads a body. */
  @FunctionalInterface
  interface Reading<T> {
    T read(HttpResponse response) throws DecodeException;
  }

  private HttpAnswer() {}

  static boolean isRedirect(HttpResponse response) {
    int status = response.status();
    return status == 301 || status == 302 || status == 307 || status == 308;
  }

  /** Where a redirect leads, seen from {@code path} at {@code registrar}. */
  static RegistrarAddress location(HttpResponse response, RegistrarAddress registrar, String path) throws DecodeException {
    String location = response.headers().first("location")
        .orElseThrow(() -> new DecodeException(Flaw.MISSING, "location", "a redirect without Location"));
    return registrar.redirected(location, path);
  }

  static MediaType type(HttpResponse response) throws DecodeException {
    return MediaType.parse(response.headers().first("content-type")
        .orElseThrow(() -> new DecodeException(Flaw.MISSING, "content-type", "there is none")));
  }

  /** The body of a response that has to be of that type, whatever the parameters. */
  static Octets body(HttpResponse response, MediaType expected) throws DecodeException {
    if (!type(response).is(expected)) {
      throw new DecodeException(Flaw.WRONG_TYPE, "content-type", "not " + expected);
    }
    return response.body();
  }

  /** Everything that is neither success nor something to wait for. */
  static Refusal refusal(String operation, HttpResponse response) {
    int status = response.status();
    PledgeReason reason = status / 100 == 4
        ? PledgeReason.REGISTRAR_REFUSED
        : status / 100 == 5 ? PledgeReason.REGISTRAR_FAILED : PledgeReason.BAD_ANSWER;
    return new Refusal(reason, operation + " answered " + status + explanation(response));
  }

  static Refusal malformed(String operation, DecodeException e) {
    return new Refusal(PledgeReason.BAD_ANSWER, operation + " answered what cannot be read: " + e.getMessage());
  }

  /** What a plain text says. */
  private static String explanation(HttpResponse response) {
    if (!response.headers().first("content-type").orElse("").toLowerCase(java.util.Locale.ROOT).startsWith("text/plain")) {
      return "";
    }
    return Answers.explanation(response.body());
  }
}

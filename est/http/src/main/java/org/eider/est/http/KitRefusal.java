package org.eider.est.http;

import java.util.stream.Stream;

/** Why the kit itself answers a request, before any service sees it; the names stand in log lines and metrics. */
enum KitRefusal {
  /** Octets that are no HTTP request. */
  MALFORMED_HTTP(400),
  /** A request target that no path can be read from. */
  MALFORMED_TARGET(400),
  /** Lengths that contradict each other. */
  AMBIGUOUS_LENGTH(400),
  /** No Host header, or several. */
  AMBIGUOUS_HOST(400),
  /** Not HTTP/1.1 or 1.0. It is the client's fault, so not the 505 that RFC 9110 allows: 5xx tell that this server is in trouble. */
  WRONG_VERSION(400),
  /** A transfer coding other than chunked; for the same reason not the 501 that RFC 9112 section 6.1 would have. */
  UNKNOWN_CODING(400),
  /** A body that is not encoded as its operation demands. */
  MALFORMED_BODY(400),
  /** No route has this path. */
  NO_SUCH_RESOURCE(404),
  /** The path has routes, for other methods. */
  WRONG_METHOD(405),
  /** The Accept header excludes what we send. */
  NO_ACCEPTABLE_FORMAT(406),
  /** The request did not come in time. */
  TOO_SLOW(408),
  /** The body is larger than the route takes. */
  BODY_TOO_LARGE(413),
  /** The request line is too long. */
  LINE_TOO_LONG(414),
  /** Not the media type of the operation. */
  WRONG_MEDIA_TYPE(415),
  /** An Expect header that asks for something else than 100. */
  UNMET_EXPECTATION(417),
  /** The headers are too large. */
  HEADERS_TOO_LARGE(431),
  /** A handler failed: our own fault. */
  INTERNAL(500),
  /** All workers are busy and the queue is full. */
  QUEUE_FULL(503),
  /** The source makes too many requests. */
  SOURCE_REQUESTS(503),
  /** The source has too many requests in flight. */
  SOURCE_SHARE(503);

  private final int status;

  KitRefusal(int status) {
    this.status = status;
  }

  /** Whether the answer is one that anybody can cause many times at next to no cost: no service saw the request. */
  static boolean isCheap(HttpResponse response) {
    return response.note().flatMap(HttpResponse.Note::reason)
        .filter(reason -> Stream.of(values()).anyMatch(refusal -> refusal != INTERNAL && refusal.name().equals(reason)))
        .isPresent();
  }

  /** The answer. */
  HttpResponse answer(String detail) {
    return HttpResponse.text(status, detail).noted(name(), detail);
  }
}

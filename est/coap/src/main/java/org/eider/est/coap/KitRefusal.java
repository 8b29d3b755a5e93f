package org.eider.est.coap;

import java.util.stream.Stream;

/** Why the kit itself answers a request, before any service sees it; the names stand in log lines and metrics. */
enum KitRefusal {
  /** A path that has no canonical text: a segment with a slash or a control character in it, or none at all. */
  MALFORMED_PATH(CoapCode.BAD_REQUEST),
  /** A number for a path that no path has, or one beside a path. */
  UNKNOWN_ABBREVIATION(CoapCode.BAD_OPTION),
  /** An option that would have to be honoured and is not. */
  UNKNOWN_OPTION(CoapCode.BAD_OPTION),
  /** No route has this path. */
  NO_SUCH_RESOURCE(CoapCode.NOT_FOUND),
  /** The path has routes, for other methods. */
  WRONG_METHOD(CoapCode.METHOD_NOT_ALLOWED),
  /** The Accept option excludes what we send. */
  NO_ACCEPTABLE_FORMAT(CoapCode.NOT_ACCEPTABLE),
  /** A block of an answer that is not kept any more. */
  BLOCK_GONE(CoapCode.REQUEST_ENTITY_INCOMPLETE),
  /** The body is larger than the route takes. */
  BODY_TOO_LARGE(CoapCode.REQUEST_ENTITY_TOO_LARGE),
  /** Not the format of the operation. */
  WRONG_CONTENT_FORMAT(CoapCode.UNSUPPORTED_CONTENT_FORMAT),
  /** A handler failed: our own fault. */
  INTERNAL(CoapCode.INTERNAL_SERVER_ERROR),
  /** Nothing is taken any more. */
  STOPPING(CoapCode.SERVICE_UNAVAILABLE),
  /** All workers are busy and the queue is full. */
  QUEUE_FULL(CoapCode.SERVICE_UNAVAILABLE),
  /** The session or the server has too many unfinished bodies. */
  TRANSFERS(CoapCode.SERVICE_UNAVAILABLE),
  /** The source makes too many requests. */
  SOURCE_REQUESTS(CoapCode.SERVICE_UNAVAILABLE),
  /** The source has too many requests in flight. */
  SOURCE_SHARE(CoapCode.SERVICE_UNAVAILABLE);

  private final CoapCode code;

  KitRefusal(CoapCode code) {
    this.code = code;
  }

  /** Whether the answer is one that anybody can cause many times at next to no cost: no service saw the request. */
  static boolean isCheap(CoapAnswer answer) {
    return answer.note().flatMap(CoapAnswer.Note::reason)
        .filter(reason -> Stream.of(values()).anyMatch(refusal -> refusal != INTERNAL && refusal.name().equals(reason)))
        .isPresent();
  }

  /** The answer. */
  CoapAnswer answer(String detail) {
    return CoapAnswer.diagnostic(code, detail).noted(name(), detail);
  }
}

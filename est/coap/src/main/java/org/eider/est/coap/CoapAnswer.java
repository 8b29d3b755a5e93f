package org.eider.est.coap;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;

/**
 * An answer, as a handler makes it and as a client gets it. The kit cuts it into blocks and puts it together again.
 *
 * @param code the response code
 * @param contentFormat number of the payload's format; empty for a diagnostic text (RFC 7252 section 5.5.2) and where there is no payload
 * @param payload the whole body
 * @param etag what names this version of the resource
 * @param maxAge how long it holds; with 5.03, how long to wait
 * @param note what the server's log line of this exchange says beside the code; never sent
 */
public record CoapAnswer(CoapCode code, OptionalInt contentFormat, Octets payload, Optional<Octets> etag, Optional<Duration> maxAge,
    Optional<Note> note) {
  /** What a client waits when 5.03 comes without Max-Age (RFC 7252 section 5.10.5). */
  public static final Duration DEFAULT_MAX_AGE = Duration.ofSeconds(60);

  /**
   * Why this is the answer.
   *
   * @param reason the name of a constant, never a peer's text; empty when nothing was refused
   * @param detail one sentence
   */
  public record Note(Optional<String> reason, String detail) {}

  /** A code and nothing else. */
  public static CoapAnswer empty(CoapCode code) {
    return new CoapAnswer(code, OptionalInt.empty(), Octets.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** 2.05 with a payload of a format: answers GET. */
  public static CoapAnswer content(ContentFormat format, Octets payload) {
    return new CoapAnswer(CoapCode.CONTENT, OptionalInt.of(format.number()), payload, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** 2.04 with a payload of a format: answers POST. */
  public static CoapAnswer changed(ContentFormat format, Octets payload) {
    return new CoapAnswer(CoapCode.CHANGED, OptionalInt.of(format.number()), payload, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** 2.04 without payload. */
  public static CoapAnswer changed() {
    return empty(CoapCode.CHANGED);
  }

  /** A refusal with an explanation for people. */
  public static CoapAnswer diagnostic(CoapCode code, String explanation) {
    return new CoapAnswer(code, OptionalInt.empty(), Octets.utf8(explanation), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The same with an ETag, 1 to 8 octets. */
  public CoapAnswer withEtag(Octets tag) {
    return new CoapAnswer(code, contentFormat, payload, Optional.of(tag), maxAge, note);
  }

  /** The same with Max-Age, in whole seconds. */
  public CoapAnswer withMaxAge(Duration age) {
    return new CoapAnswer(code, contentFormat, payload, etag, Optional.of(age), note);
  }

  /** The same, and the log line of this exchange says {@code detail}. */
  public CoapAnswer noted(String detail) {
    return new CoapAnswer(code, contentFormat, payload, etag, maxAge, Optional.of(new Note(Optional.empty(), detail)));
  }

  /** The same, and the log line of this exchange tells why it was refused: the name of a constant, and one sentence. */
  public CoapAnswer noted(String reason, String detail) {
    return new CoapAnswer(code, contentFormat, payload, etag, maxAge, Optional.of(new Note(Optional.of(reason), detail)));
  }

  /** Whether the payload is said to be of this format. */
  public boolean is(ContentFormat format) {
    return contentFormat.isPresent() && contentFormat.getAsInt() == format.number();
  }

  /** With 5.03, how long to wait before the same request is sent once more: Max-Age, or 60 s without it; empty with any other code. */
  public Optional<Duration> retryAfter() {
    return code.equals(CoapCode.SERVICE_UNAVAILABLE) ? Optional.of(maxAge.orElse(DEFAULT_MAX_AGE)) : Optional.empty();
  }
}

package org.eider.est.http;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;

/**
 * A response, as a handler makes it and as a client gets it.
 *
 * @param status the status code
 * @param headers the headers; content-length and connection are the kit's business
 * @param body the whole body
 * @param close whether the server closes the connection after it (RFC 8995 section 5.3 demands so after a 401)
 * @param note what the server's log line of this exchange says beside the status; never sent
 */
public record HttpResponse(int status, Headers headers, Octets body, boolean close, Optional<Note> note) {
  /**
   * Why this is the answer.
   *
   * @param reason the name of a constant, never a peer's text; empty when nothing was refused
   * @param detail one sentence
   */
  public record Note(Optional<String> reason, String detail) {}

  /** A response without a note. */
  public HttpResponse(int status, Headers headers, Octets body, boolean close) {
    this(status, headers, body, close, Optional.empty());
  }

  /** 200 with a body. */
  public static HttpResponse ok(MediaType type, Octets body) {
    return new HttpResponse(200, Headers.of(Map.of("content-type", type.toString())), body, false);
  }

  /** A status without body. */
  public static HttpResponse empty(int status) {
    return new HttpResponse(status, Headers.NONE, Octets.empty(), false);
  }

  /** A status with an explanation in plain text. */
  public static HttpResponse text(int status, String explanation) {
    return new HttpResponse(status, Headers.of(Map.of("content-type", MediaType.TEXT.toString())), Octets.utf8(explanation + "\n"), false);
  }

  /** 202 with Retry-After in whole seconds, at least one. */
  public static HttpResponse retryAfter(Duration delay) {
    return empty(202).with("retry-after", Long.toString(Math.max(1, delay.toSeconds())));
  }

  /** The same with one more header. */
  public HttpResponse with(String name, String value) {
    return new HttpResponse(status, headers.with(name, value), body, close, note);
  }

  /** The same, and the connection is closed after it. */
  public HttpResponse closing() {
    return new HttpResponse(status, headers, body, true, note);
  }

  /** The same, and the log line of this exchange says {@code detail}. */
  public HttpResponse noted(String detail) {
    return new HttpResponse(status, headers, body, close, Optional.of(new Note(Optional.empty(), detail)));
  }

  /** The same, and the log line of this exchange tells why it was refused: the name of a constant, and one sentence. */
  public HttpResponse noted(String reason, String detail) {
    return new HttpResponse(status, headers, body, close, Optional.of(new Note(Optional.of(reason), detail)));
  }
}

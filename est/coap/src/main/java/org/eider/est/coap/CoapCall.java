package org.eider.est.coap;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;

/**
 * A request as a client makes it.
 *
 * @param method {@code GET} or {@code POST}
 * @param path with a slash before every segment; empty when {@code abbreviation} stands for it
 * @param abbreviation value of Uri-Path-Abbrev instead of the path
 * @param query Uri-Query options, in order
 * @param contentFormat number of the payload's format
 * @param accept number of the only format that is taken
 * @param etag what the client has already
 * @param payload the whole body; the kit cuts it into blocks
 */
public record CoapCall(String method, String path, OptionalInt abbreviation, List<String> query, OptionalInt contentFormat,
    OptionalInt accept, Optional<Octets> etag, Octets payload) {
  /** Keeps an unmodifiable copy. */
  public CoapCall {
    query = List.copyOf(query);
    if (path.isEmpty() == abbreviation.isEmpty()) {
      throw new IllegalArgumentException("either a path or an abbreviation of one");
    }
    if (!method.equals("GET") && !method.equals("POST")) {
      throw new IllegalArgumentException("GET or POST, not " + method);
    }
  }

  /** GET of a path. */
  public static CoapCall get(String path) {
    return new CoapCall("GET", path, OptionalInt.empty(), List.of(), OptionalInt.empty(), OptionalInt.empty(), Optional.empty(),
        Octets.empty());
  }

  /** POST of a payload to a path. */
  public static CoapCall post(String path, ContentFormat contentFormat, Octets payload) {
    return new CoapCall("POST", path, OptionalInt.empty(), List.of(), OptionalInt.of(contentFormat.number()), OptionalInt.empty(),
        Optional.empty(), payload);
  }

  /** The same, taking only one format. */
  public CoapCall accepting(ContentFormat format) {
    return new CoapCall(method, path, abbreviation, query, contentFormat, OptionalInt.of(format.number()), etag, payload);
  }

  /** The same, asking whether {@code known} is still right. */
  public CoapCall unless(Octets known) {
    return new CoapCall(method, path, abbreviation, query, contentFormat, accept, Optional.of(known), payload);
  }

  /** The same with one more Uri-Query. */
  public CoapCall with(String parameter) {
    List<String> more = new java.util.ArrayList<>(query);
    more.add(parameter);
    return new CoapCall(method, path, abbreviation, more, contentFormat, accept, etag, payload);
  }

  /** The same with a number in place of the path. */
  public CoapCall abbreviated(int number) {
    return new CoapCall(method, "", OptionalInt.of(number), query, contentFormat, accept, etag, payload);
  }
}

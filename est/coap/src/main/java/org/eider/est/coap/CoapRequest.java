package org.eider.est.coap;

import java.util.List;
import java.util.OptionalInt;
import org.eider.est.ClientSession;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;

/**
 * A request as a handler sees it: reassembled from its blocks, within its limits, of a client that DTLS has authenticated.
 *
 * @param method {@code GET}, {@code POST}, {@code PUT} or {@code DELETE}
 * @param path with a slash before every segment; an abbreviated path is spelled out
 * @param query the Uri-Query options, in order
 * @param contentFormat number of the payload's format, if the request names one
 * @param accept number of the only format that the client takes, if it names one
 * @param etags what the client has already, in order of the options
 * @param payload the whole body; empty when there is none
 * @param session who is asking
 */
public record CoapRequest(String method, String path, List<String> query, OptionalInt contentFormat, OptionalInt accept,
    List<Octets> etags, Octets payload, ClientSession session) {
  /** Keeps unmodifiable copies. */
  public CoapRequest {
    query = List.copyOf(query);
    etags = List.copyOf(etags);
  }

  /** Whether the payload is said to be of this format. */
  public boolean is(ContentFormat format) {
    return contentFormat.isPresent() && contentFormat.getAsInt() == format.number();
  }

  /** Whether an answer of this format is taken: it is, unless the client asked for another one (RFC 7252 section 5.10.4). */
  public boolean accepts(ContentFormat format) {
    return accept.isEmpty() || accept.getAsInt() == format.number();
  }
}

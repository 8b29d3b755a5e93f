package org.eider.est.http;

import java.util.Optional;
import org.eider.est.ClientSession;
import org.eider.wire.DecodeException;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;

/**
 * A request as a handler sees it: complete, within its limits, of an authenticated session where TLS is on.
 *
 * @param method upper case
 * @param path percent-decoded, without query
 * @param query what stands behind the question mark, undecoded
 * @param headers all headers
 * @param body the whole body; empty when there is none
 * @param session who is asking
 */
public record HttpRequest(String method, String path, Optional<String> query, Headers headers, Octets body, ClientSession session) {
  /** The Content-Type. */
  public Optional<MediaType> contentType() throws DecodeException {
    Optional<String> header = headers.first("content-type");
    return header.isPresent() ? Optional.of(MediaType.parse(header.get())) : Optional.empty();
  }

  /** Whether the Accept header, if there is one, takes {@code offered}; a malformed element takes nothing. */
  public boolean accepts(MediaType offered) {
    return headers.first("accept").map(accept -> anyAccepts(accept, offered)).orElse(true);
  }

  private static boolean anyAccepts(String accept, MediaType offered) {
    for (String element : accept.split(",")) {
      try {
        if (MediaType.parse(element).accepts(offered)) {
          return true;
        }
      } catch (DecodeException malformed) {
        continue;
      }
    }
    return false;
  }
}

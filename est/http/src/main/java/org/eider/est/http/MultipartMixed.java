package org.eider.est.http;

import java.util.List;
import java.util.Map;
import org.eider.wire.MediaType;
import org.eider.wire.Octets;

/** The answer of {@code /serverkeygen}: {@code multipart/mixed} of base64 bodies (RFC 7030 section 4.4.2, RFC 2046 section 5.1.3). */
final class MultipartMixed {
  /** The type without its boundary, as an Accept header names it. */
  static final MediaType TYPE = new MediaType("multipart", "mixed", Map.of());
  /** No line of base64 begins with two hyphens, so the boundary need not be made up anew for every answer. */
  private static final String BOUNDARY = "eider-next-part";

  private MultipartMixed() {}

  /** A body before its encoding. */
  record Part(MediaType type, Octets content) {}

  /** 200 with these parts, in this order. */
  static HttpResponse ok(List<Part> parts) {
    StringBuilder body = new StringBuilder();
    for (Part part : parts) {
      body.append("--").append(BOUNDARY).append("\r\n")
          .append("Content-Type: ").append(part.type()).append("\r\n")
          .append("Content-Transfer-Encoding: base64\r\n\r\n")
          .append(part.content().base64()).append("\r\n");
    }
    body.append("--").append(BOUNDARY).append("--\r\n");
    return HttpResponse.ok(new MediaType(TYPE.type(), TYPE.subtype(), Map.of("boundary", BOUNDARY)), Octets.utf8(body.toString()));
  }
}

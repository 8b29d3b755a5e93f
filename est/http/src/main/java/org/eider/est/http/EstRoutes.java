package org.eider.est.http;

import org.eider.est.EstService;

/**
 * EST over HTTPS (RFC 7030 as clarified by RFC 8951): {@code cacerts}, {@code csrattrs}, {@code simpleenroll} and
 * {@code simplereenroll} below {@code /.well-known/est}, each also behind one optional label.
 */
public final class EstRoutes {
  private EstRoutes() {}

  /** Adds the four operations. */
  public static Routes.Builder addTo(Routes.Builder routes, EstService service) {
    throw new UnsupportedOperationException();
  }
}

package org.eider.registrar.server.admin;

import java.util.Locale;
import java.util.Set;
import org.eider.est.http.HttpHandler;
import org.eider.est.http.HttpRequest;
import org.eider.est.http.HttpResponse;
import org.eider.wire.Octets;

/** Lets only those in who know the token and speak to the loopback host by its own name. */
final class AdminGuard {
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
  private static final String SCHEME = "Bearer ";
  private static final HttpResponse FOREIGN_HOST = HttpResponse.text(403, "the admin port answers to loopback names only")
      .noted("FOREIGN_HOST", "Host names no loopback address").closing();
  private static final HttpResponse NO_TOKEN = HttpResponse.text(401, "the admin token is missing or wrong")
      .with("www-authenticate", "Bearer").noted("NO_TOKEN", "admin token missing or wrong").closing();

  private final Octets token;

  AdminGuard(String token) {
    this.token = Octets.utf8(token);
  }

  HttpHandler onLoopback(HttpHandler next) {
    return request -> namesLoopback(request) ? next.handle(request) : FOREIGN_HOST;
  }

  HttpHandler withToken(HttpHandler next) {
    return onLoopback(request -> hasToken(request) ? next.handle(request) : NO_TOKEN);
  }

  private static boolean namesLoopback(HttpRequest request) {
    String host = request.headers().first("host").orElse("");
    return LOOPBACK.contains(host.toLowerCase(Locale.ROOT).replaceFirst(":[0-9]{1,5}$", ""));
  }

  private boolean hasToken(HttpRequest request) {
    String given = request.headers().first("authorization").orElse("");
    return given.regionMatches(true, 0, SCHEME, 0, SCHEME.length()) && token.matches(Octets.utf8(given.substring(SCHEME.length()).strip()));
  }
}

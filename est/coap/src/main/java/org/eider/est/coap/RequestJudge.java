package org.eider.est.coap;

import java.util.Map;
import java.util.Optional;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;

/**
 * Judges a request by its header and options, whole or the first of several blocks. Spells abbreviated paths out, so that everything
 * above sees paths only, and says how large the body may be.
 */
final class RequestJudge {
  private final CoapRoutes routes;
  private final Abbreviation abbreviation;

  RequestJudge(CoapRoutes routes, Abbreviation abbreviation) {
    this.routes = routes;
    this.abbreviation = abbreviation;
  }

  /** Why the request is not served; empty when a route takes it. */
  Optional<CoapAnswer> judge(Request request) {
    OptionSet options = request.getOptions();
    // Californium knows these options and takes it for granted that whoever is above honours them.
    if (options.hasOscore() || options.getIfMatchCount() > 0 || options.hasIfNoneMatch() || options.hasProxyUri()
        || options.hasProxyScheme()) {
      return Optional.of(KitRefusal.UNKNOWN_OPTION.answer("a critical option that is not understood here"));
    }
    Optional<CoapAnswer> unknown = abbreviation.spellOut(options, routes::expand);
    if (unknown.isPresent()) {
      return unknown;
    }
    Optional<String> path = Messages.path(options);
    if (path.isEmpty()) {
      return Optional.of(KitRefusal.MALFORMED_PATH.answer("a path with odd segments"));
    }
    Optional<Map<String, CoapRoutes.Route>> methods = routes.at(path.get());
    if (methods.isEmpty()) {
      return Optional.of(KitRefusal.NO_SUCH_RESOURCE.answer("no such resource"));
    }
    CoapRoutes.Route route = methods.get().get(request.getCode().name());
    return route == null ? Optional.of(KitRefusal.WRONG_METHOD.answer("not with this method")) : body(request, route);
  }

  private static Optional<CoapAnswer> body(Request request, CoapRoutes.Route route) {
    OptionSet options = request.getOptions();
    long announced = options.hasSize1() ? options.getSize1() : 0;
    if (request.getPayloadSize() > route.maxBody() || announced > route.maxBody()) {
      return Optional.of(KitRefusal.BODY_TOO_LARGE.answer("at most " + route.maxBody() + " octets"));
    }
    // Who puts blocks together keeps room for the whole at once: no more than was announced, if anything was.
    request.setMaxResourceBodySize(Math.max(1, announced > 0 ? (int) announced : route.maxBody()));
    return Optional.empty();
  }
}

package org.eider.est.coap;

import java.util.Map;
import java.util.Optional;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.stack.AbstractLayer;
import org.eider.est.coap.CoapEvents.Shed;

/**
 * Looks at every request below the layer that puts blocks together: what no route takes is answered at its first block, and nothing is
 * kept for it. Spells abbreviated paths out, so that everything above sees paths only.
 */
final class Gatekeeper extends AbstractLayer {
  private final CoapRoutes routes;
  private final Abbreviation abbreviation;
  private final Dispatcher dispatcher;

  Gatekeeper(CoapRoutes routes, Abbreviation abbreviation, Dispatcher dispatcher) {
    this.routes = routes;
    this.abbreviation = abbreviation;
    this.dispatcher = dispatcher;
  }

  @Override
  public void receiveRequest(Exchange exchange, Request request) {
    dispatcher.heardOf(request);
    Optional<CoapAnswer> refused = request.isDuplicate() ? Optional.empty() : judge(request);
    if (refused.isPresent()) {
      dispatcher.refused(request, refused.get());
      Response response = Messages.response(refused.get());
      response.setDestinationContext(request.getSourceContext());
      exchange.setCurrentResponse(response);
      super.sendResponse(exchange, response);
    } else {
      super.receiveRequest(exchange, request);
    }
  }

  private Optional<CoapAnswer> judge(Request request) {
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

  private Optional<CoapAnswer> body(Request request, CoapRoutes.Route route) {
    OptionSet options = request.getOptions();
    long announced = options.hasSize1() ? options.getSize1() : 0;
    if (request.getPayloadSize() > route.maxBody() || announced > route.maxBody()) {
      return Optional.of(KitRefusal.BODY_TOO_LARGE.answer("at most " + route.maxBody() + " octets"));
    }
    BlockOption block = options.getBlock1();
    if (block == null) {
      return Optional.empty();
    }
    // The layer above keeps room for the whole at once: no more than was announced, if anything was.
    request.setMaxResourceBodySize(Math.max(1, announced > 0 ? (int) announced : route.maxBody()));
    return dispatcher.takesBlock(request, block) ? Optional.empty() : Optional.of(dispatcher.shed(Shed.TRANSFERS, KitRefusal.TRANSFERS,
        "too many unfinished bodies"));
  }
}

package org.eider.est.coap;

import java.util.Optional;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.stack.AbstractLayer;
import org.eider.est.coap.CoapEvents.Shed;

/**
 * Looks at every request below the layer that puts blocks together: what no route takes is answered at its first block, and nothing is
 * kept for it.
 */
final class Gatekeeper extends AbstractLayer {
  private final RequestJudge judge;
  private final Dispatcher dispatcher;

  Gatekeeper(RequestJudge judge, Dispatcher dispatcher) {
    this.judge = judge;
    this.dispatcher = dispatcher;
  }

  @Override
  public void receiveRequest(Exchange exchange, Request request) {
    dispatcher.heardOf(request);
    Optional<CoapAnswer> refused = request.isDuplicate() ? Optional.empty() : judge.judge(request).or(() -> transfer(request));
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

  private Optional<CoapAnswer> transfer(Request request) {
    BlockOption block = request.getOptions().getBlock1();
    return block == null || dispatcher.takesBlock(request, block) ? Optional.empty()
        : Optional.of(dispatcher.shed(Shed.TRANSFERS, KitRefusal.TRANSFERS, "too many unfinished bodies"));
  }
}

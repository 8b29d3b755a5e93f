package org.eider.est.coap;

import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.EndpointContextMatcher;

/**
 * Who a peer is to the server's CoAP layers: its DTLS session, not its address. Blocks, retransmissions and answers belong together if
 * they are of one session, although the peer has moved; and never with those of another session, although that has the address now.
 */
final class SessionMatcher implements EndpointContextMatcher {
  @Override
  public String getName() {
    return "dtls session";
  }

  @Override
  public Object getEndpointIdentity(EndpointContext context) {
    return Association.of(context).<Object>map(association -> association).orElseGet(context::getPeerAddress);
  }

  @Override
  public boolean isResponseRelatedToRequest(EndpointContext request, EndpointContext response) {
    return isSame(request, response);
  }

  @Override
  public boolean isToBeSent(EndpointContext message, EndpointContext connection) {
    return connection != null && isSame(message, connection);
  }

  @Override
  public String toRelevantState(EndpointContext context) {
    return context == null ? "none" : getEndpointIdentity(context).toString();
  }

  private static boolean isSame(EndpointContext one, EndpointContext other) {
    return Association.of(one).isPresent() && Association.of(one).equals(Association.of(other));
  }
}

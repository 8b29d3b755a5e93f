package org.eider.pledge;

import java.net.InetAddress;
import org.eider.discovery.Method;
import org.eider.pledge.RegistrarAddress.Scheme;

/**
 * What one neighbour told of one join proxy.
 *
 * @param proxy where to try
 * @param method how it was told
 * @param by who told, as the network has it
 * @param rank the lower, the sooner, among what that neighbour told
 */
record Lead(RegistrarAddress proxy, Method method, InetAddress by, int rank) {
  /** What takes turns with others of its kind, so that nobody fills the way to all others: proxies of one transport, found by one method. */
  record Lane(Scheme scheme, Method method) {}

  /** A neighbour in its lane. */
  record Teller(Lane lane, InetAddress by) {}

  Teller teller() {
    return new Teller(new Lane(proxy.scheme(), method), by);
  }
}

package org.eider.registrar.server;

import java.io.IOException;
import java.net.InetAddress;
import java.util.function.BooleanSupplier;
import org.eider.discovery.Service;

/**
 * A port that can be announced.
 *
 * @param service as what
 * @param host address or name that it is bound to; a wildcard of either IP version stands for both
 * @param port number
 * @param isListening whether it takes connections or datagrams now
 */
record Endpoint(Service service, String host, int port, BooleanSupplier isListening) {
  /** Whether it can be reached at that address of ours. */
  boolean isAt(InetAddress address) {
    try {
      InetAddress bound = InetAddress.getByName(host);
      return bound.isAnyLocalAddress() || bound.equals(address);
    } catch (IOException unknown) {
      return false;
    }
  }
}

package org.eider.discovery;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eider.mdns.LinkPort;
import org.eider.mdns.MdnsBrowser;
import org.eider.mdns.MdnsFound;

/**
 * Browses for services by DNS-SD over Multicast DNS (RFC 8995 appendix B), over IPv6 and IPv4. Join proxies count only where they are
 * neighbours; registrars may be anywhere.
 */
public final class MdnsLookout implements Lookout {
  private static final int MDNS = 5353;

  private final MdnsBrowser browser;

  private MdnsLookout(MdnsBrowser browser) {
    this.browser = browser;
  }

  /**
   * Begins.
   *
   * @throws IOException when an interface is not there, or port 5353 is taken by a program that does not share it
   */
  public static MdnsLookout start(List<String> interfaces, Set<Service> wanted, Watcher watcher) throws IOException {
    return start(interfaces, wanted, watcher, MDNS);
  }

  static MdnsLookout start(List<String> interfaces, Set<Service> wanted, Watcher watcher, int port) throws IOException {
    Map<String, Service> types = new HashMap<>();
    wanted.forEach(service -> MdnsNames.types(service).forEach(type -> types.put(type, service)));
    return new MdnsLookout(
        MdnsBrowser.start(interfaces, types.keySet(), new Listener(types, watcher), port, System::nanoTime, new SecureRandom()));
  }

  @Override
  public void close() {
    browser.close();
  }

  private static final class Listener implements MdnsBrowser.Listener {
    private final Map<String, Service> types;
    private final Watcher watcher;

    Listener(Map<String, Service> types, Watcher watcher) {
      this.types = types;
      this.watcher = watcher;
    }

    @Override
    public void found(MdnsFound found) {
      sighting(found).ifPresent(watcher::seen);
    }

    @Override
    public void lost(MdnsFound found) {
      sighting(found).ifPresent(watcher::gone);
    }

    private Optional<Sighting> sighting(MdnsFound found) {
      Service service = types.get(found.type());
      InetAddress address = found.address();
      boolean isSomewhere = !address.isAnyLocalAddress() && !address.isMulticastAddress() && isPossible(service, address, found.interfaceName());
      return isSomewhere && MdnsNames.isSpoken(service, found.keys())
          ? Optional.of(new Sighting(service, Method.MDNS, new InetSocketAddress(address, found.port()), found.interfaceName(), found.priority(),
              found.weight(), Optional.of(found.lifetime()), found.by()))
          : Optional.empty();
    }

    private static boolean isPossible(Service service, InetAddress address, String interfaceName) {
      try {
        NetworkInterface link = NetworkInterface.getByName(interfaceName);
        boolean isNeighbour = link != null && LinkPort.isNeighbour(link, address);
        return service.isRegistrar() && !address.isLoopbackAddress() || isNeighbour;
      } catch (IOException gone) {
        return false;
      }
    }
  }
}

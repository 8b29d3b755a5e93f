package org.eider.proxy;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The links on which pledges are listened to. {@link #look} opens a join port of each mode on every address that is there, and closes
 * those whose address has gone; it is to be called every few seconds, by one thread. Asking what is open never waits for that, since
 * event loops ask, and opening waits for event loops.
 */
final class Links implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Links.class);

  private final List<String> interfaces;
  private final boolean withIpv4;
  private final Map<Mode, Opener> openers;
  private final Consumer<JoinPort> opened;
  private final Runnable changed;
  private final Map<Spot, Open> open = new ConcurrentHashMap<>();
  private final Set<Spot> troubled = new HashSet<>();
  private boolean isClosed;

  /** Begins to listen. */
  interface Opener {
    /** A listener at {@code address}; throws when it cannot be had now. */
    Listener open(String interfaceName, InetAddress address) throws IOException;
  }

  /** Something that listens. */
  interface Listener extends AutoCloseable {
    /** Where. */
    InetSocketAddress address();

    /** Stops, at once. */
    @Override
    void close();
  }

  /** An address of an interface as it is now; one that goes and comes back with another index is another. */
  private record Spot(Mode mode, String interfaceName, int index, InetAddress address) {}

  private record Open(JoinPort port, Listener listener) {}

  /**
   * Links on which nothing is open yet.
   *
   * @param withIpv4 whether to listen on IPv4 addresses too
   * @param openers one for each mode
   * @param opened told of each port that is opened
   * @param changed run when ports were opened or closed
   */
  Links(List<String> interfaces, boolean withIpv4, Map<Mode, Opener> openers, Consumer<JoinPort> opened, Runnable changed) {
    this.interfaces = List.copyOf(interfaces);
    this.withIpv4 = withIpv4;
    this.openers = Map.copyOf(openers);
    this.opened = opened;
    this.changed = changed;
  }

  /** The open ones. */
  List<JoinPort> ports() {
    return open.values().stream().map(Open::port)
        .sorted(java.util.Comparator.comparing(JoinPort::mode).thenComparing(JoinPort::toString)).toList();
  }

  /** Whether one of the ports is at that address. */
  boolean isOurs(InetSocketAddress address) {
    return open.values().stream().anyMatch(one -> one.port().address().equals(address));
  }

  /** Opens what can be opened, and closes what has lost its address. */
  synchronized void look() {
    if (isClosed || !canAsk()) {
      return;
    }
    Set<Spot> wanted = new HashSet<>();
    for (String name : interfaces) {
      for (Spot spot : spots(name)) {
        wanted.add(spot);
      }
    }
    boolean hasChanged = closeAllBut(wanted);
    troubled.retainAll(wanted);
    for (Spot spot : wanted) {
      hasChanged |= !open.containsKey(spot) && open(spot);
    }
    if (hasChanged) {
      changed.run();
    }
  }

  /** With too many open files Java finds no interface, or no IPv6 address of it, and says nothing: so nothing has gone then. */
  private static boolean canAsk() {
    try (DatagramChannel toAskWith = DatagramChannel.open(); DatagramChannel toListWith = DatagramChannel.open();
        DatagramChannel toReadWith = DatagramChannel.open()) {
      return toAskWith.isOpen() && toListWith.isOpen() && toReadWith.isOpen();
    } catch (IOException e) {
      LOG.debug("interfaces cannot be looked at now: {}", e.getMessage());
      return false;
    }
  }

  private boolean closeAllBut(Set<Spot> wanted) {
    List<Spot> lost = open.keySet().stream().filter(spot -> !wanted.contains(spot)).toList();
    for (Spot spot : lost) {
      Open gone = open.remove(spot);
      gone.listener().close();
      LOG.info("stopped listening on {}: the address has gone", gone.port());
    }
    return !lost.isEmpty();
  }

  /** Tells of trouble once; the address may still be probed for duplicates, or the port be taken for a while. */
  private boolean open(Spot spot) {
    try {
      Listener listener = openers.get(spot.mode()).open(spot.interfaceName(), spot.address());
      JoinPort port = new JoinPort(spot.mode(), spot.interfaceName(), listener.address());
      open.put(spot, new Open(port, listener));
      troubled.remove(spot);
      LOG.info("listening on {}", port);
      opened.accept(port);
      return true;
    } catch (IOException e) {
      if (troubled.add(spot)) {
        LOG.warn("cannot listen for {} on {} yet: {}", spot.mode().label(), Place.text(spot.address()), e.getMessage());
      }
      return false;
    }
  }

  private List<Spot> spots(String name) {
    List<Spot> spots = new ArrayList<>();
    try {
      Optional<NetworkInterface> link = Optional.ofNullable(NetworkInterface.getByName(name));
      if (link.isPresent() && link.get().isUp()) {
        for (InetAddress address : addresses(link.get(), withIpv4)) {
          openers.keySet().forEach(mode -> spots.add(new Spot(mode, name, link.get().getIndex(), address)));
        }
      }
    } catch (SocketException gone) {
      LOG.debug("interface {}: {}", name, gone.getMessage());
    }
    return spots;
  }

  /** Link-local addresses of IPv6, and where it is wanted those of IPv4; of a loopback interface that of loopback, whichever there is. */
  static List<InetAddress> addresses(NetworkInterface link, boolean withIpv4) throws SocketException {
    List<InetAddress> all = Collections.list(link.getInetAddresses());
    List<InetAddress> chosen = new ArrayList<>(all.stream().filter(Inet6Address.class::isInstance)
        .filter(address -> address.isLinkLocalAddress() || address.isLoopbackAddress()).toList());
    if (withIpv4 || chosen.isEmpty() && link.isLoopback()) {
      all.stream().filter(Inet4Address.class::isInstance).forEach(chosen::add);
    }
    return chosen;
  }

  /** Stops listening everywhere. */
  @Override
  public synchronized void close() {
    isClosed = true;
    open.values().forEach(one -> one.listener().close());
    open.clear();
  }
}

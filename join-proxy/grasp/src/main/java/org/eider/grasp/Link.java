package org.eider.grasp;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eider.grasp.Nuisances.Kind;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The multicast side of one interface: ALL_GRASP_NEIGHBORS, joined there and nowhere else. The socket is bound to the group and the
 * interface, so that it gets nothing of other interfaces and nothing unicast, and shares its port with other processes. An interface that
 * goes away and comes back is joined again, by a thread that looks every two seconds; the same thread receives.
 */
final class Link implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Link.class);
  private static final long LOOK_AGAIN = TimeUnit.SECONDS.toNanos(2);
  private static final int RECEIVE_BUFFER = 256 * 1024;
  private static final byte[] GROUP_V6 = {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x13};
  private static final byte[] GROUP_V4 = {(byte) 224, 0, 0, 119};

  /** What is told of a link, from its thread. */
  interface Listener {
    /** It is there now, for the first time or again. */
    void opened(LinkAddress here);

    /** A datagram arrived. */
    void heard(Octets datagram, InetSocketAddress source, LinkAddress here);
  }

  private final String name;
  private final int port;
  private final int limit;
  private final Listener listener;
  private final LongSupplier nanos;
  private final Nuisances nuisances;
  private final Pace pace;
  private final Selector selector;
  private final Thread thread;
  private volatile boolean isClosed;
  private volatile Optional<Sockets> sockets = Optional.empty();

  private record Sockets(LinkAddress here, InetSocketAddress group, DatagramChannel in, DatagramChannel out) {
    void close() throws IOException {
      in.close();
      out.close();
    }
  }

  private Link(String name, NodeLimits limits, int port, Listener listener, LongSupplier nanos, Nuisances nuisances) throws IOException {
    this.name = name;
    this.port = port;
    this.limit = limits.messageSize();
    this.listener = listener;
    this.nanos = nanos;
    this.nuisances = nuisances;
    this.pace = new Pace(limits.receivedPerSecond(), nanos);
    this.selector = Selector.open();
    this.thread = new Thread(this::run, "grasp-" + name);
    thread.setDaemon(true);
  }

  /**
   * Joins, or waits for the interface to have an address.
   *
   * @throws IOException when there is no such interface, or the port is not to be shared
   */
  static Link open(String name, NodeLimits limits, int port, Listener listener, LongSupplier nanos, Nuisances nuisances) throws IOException {
    if (NetworkInterface.getByName(name) == null) {
      throw new IOException("there is no network interface " + name);
    }
    Link link = new Link(name, limits, port, listener, nanos, nuisances);
    try {
      link.look();
    } catch (IOException e) {
      link.selector.close();
      throw new IOException("cannot listen to GRASP on UDP port " + port + " of " + name + ": " + e.getMessage(), e);
    }
    link.thread.start();
    return link;
  }

  /** Our address there; empty while there is none. */
  Optional<LinkAddress> here() {
    return sockets.map(Sockets::here);
  }

  /** Sends to everybody on the link, from our address there; tells whether it could. */
  boolean send(Octets message) {
    Optional<Sockets> open = sockets;
    if (open.isEmpty()) {
      return false;
    }
    return send(message, open.get().out());
  }

  /** The same from a socket of one's own. */
  boolean send(Octets message, DatagramChannel from) {
    Optional<Sockets> open = sockets;
    if (message.size() > GraspCodec.MULTICAST_LIMIT) {
      nuisances.note(Kind.CANNOT_SEND, name, "too long to be multicast");
      return false;
    }
    try {
      return open.isPresent() && from.send(ByteBuffer.wrap(message.toArray()), open.get().group()) > 0;
    } catch (IOException e) {
      nuisances.note(Kind.CANNOT_SEND, name, e.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    isClosed = true;
    selector.wakeup();
    try {
      if (Thread.currentThread() != thread) {
        thread.join(TimeUnit.SECONDS.toMillis(2));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    ByteBuffer buffer = ByteBuffer.allocate(limit + 1);
    sockets.ifPresent(open -> listener.opened(open.here()));
    long looked = nanos.getAsLong();
    while (!isClosed) {
      try {
        selector.select(TimeUnit.NANOSECONDS.toMillis(LOOK_AGAIN));
        receive(buffer);
        if (nanos.getAsLong() - looked >= LOOK_AGAIN) {
          looked = nanos.getAsLong();
          if (look()) {
            sockets.ifPresent(open -> listener.opened(open.here()));
          }
        }
      } catch (IOException e) {
        nuisances.note(Kind.CANNOT_SEND, name, "the interface is of no use now: " + e.getMessage());
        drop();
      } catch (RuntimeException e) {
        LOG.error("grasp {}: a message was left out because of an error of ours", name, e);
      }
    }
    drop();
    try {
      selector.close();
    } catch (IOException e) {
      LOG.debug("grasp {}: closing: {}", name, e.getMessage());
    }
  }

  private void receive(ByteBuffer buffer) throws IOException {
    selector.selectedKeys().clear();
    Optional<Sockets> open = sockets;
    while (open.isPresent() && !isClosed) {
      buffer.clear();
      if (!(open.get().in().receive(buffer) instanceof InetSocketAddress source)) {
        return;
      }
      if (source.equals(open.get().out().getLocalAddress())) {
        continue;
      }
      if (!pace.allows()) {
        nuisances.note(Kind.TOO_MANY, name, source.getAddress().getHostAddress());
        continue;
      }
      byte[] datagram = new byte[buffer.flip().remaining()];
      buffer.get(datagram);
      listener.heard(Octets.of(datagram), source, open.get().here());
    }
  }

  /** Compares the interface with what is joined, and joins anew where it differs; tells whether it did. */
  private boolean look() throws IOException {
    Optional<LinkAddress> now = LinkAddress.of(name);
    if (now.equals(here())) {
      return false;
    }
    drop();
    if (now.isEmpty()) {
      return false;
    }
    sockets = Optional.of(join(now.get()));
    return true;
  }

  private void drop() {
    Optional<Sockets> old = sockets;
    sockets = Optional.empty();
    try {
      if (old.isPresent()) {
        old.get().close();
      }
    } catch (IOException e) {
      LOG.debug("grasp {}: leaving: {}", name, e.getMessage());
    }
  }

  private Sockets join(LinkAddress here) throws IOException {
    NetworkInterface card = NetworkInterface.getByIndex(here.index());
    if (card == null) {
      throw new SocketException("the interface has just gone");
    }
    InetSocketAddress group = new InetSocketAddress(group(here), port);
    DatagramChannel in = channel(here);
    DatagramChannel out = channel(here);
    try {
      in.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      if (in.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
        in.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      in.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
      in.bind(group);
      in.join(group.getAddress(), card);
      in.register(selector, SelectionKey.OP_READ);
      out.bind(new InetSocketAddress(here.address(), 0));
      out.setOption(StandardSocketOptions.IP_MULTICAST_IF, card);
      return new Sockets(here, group, in, out);
    } catch (IOException e) {
      in.close();
      out.close();
      throw e;
    }
  }

  private static DatagramChannel channel(LinkAddress here) throws IOException {
    DatagramChannel channel = DatagramChannel.open(here.isLoopback() ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
    channel.configureBlocking(false);
    return channel;
  }

  private static InetAddress group(LinkAddress here) throws UnknownHostException {
    return here.isLoopback() ? InetAddress.getByAddress(GROUP_V4) : Inet6Address.getByAddress("", GROUP_V6, here.index());
  }
}

package org.eider.grasp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.eider.testkit.FreePorts;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** A scripted neighbour on the loopback interface, on a port of its own: sends what a test wants, and hears all that is said. */
final class Loopback implements AutoCloseable {
  static final String NAME = name();
  static final Address ADDRESS = new Address(Octets.of(new byte[] {127, 0, 0, 1}));

  private final int port = FreePorts.any();
  private final List<Message> heard = Collections.synchronizedList(new ArrayList<>());
  private final List<InetSocketAddress> sources = Collections.synchronizedList(new ArrayList<>());
  private final Link link;

  Loopback() {
    try {
      link = Link.open(NAME, new NodeLimits(2048, 1_000_000, 1, 1, 1, 1, 1), port, new Ears(), System::nanoTime, new Nuisances(System::nanoTime));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  /** What others have said, what is no message left out. */
  List<Message> heard() {
    synchronized (heard) {
      return List.copyOf(heard);
    }
  }

  /** Who said it, in the same order. */
  List<InetSocketAddress> sources() {
    synchronized (heard) {
      return List.copyOf(sources);
    }
  }

  void send(Message message) {
    send(GraspEncoder.encode(message));
  }

  void send(Octets datagram) {
    link.send(datagram);
  }

  @Override
  public void close() {
    link.close();
  }

  private static String name() {
    try {
      return NetworkInterface.getByInetAddress(InetAddress.getByName("127.0.0.1")).getName();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Ears implements Link.Listener {
    @Override
    public void opened(LinkAddress here) {
      // nothing to do
    }

    @Override
    public void heard(Octets datagram, InetSocketAddress source, LinkAddress here) {
      try {
        Message message = GraspCodec.standard().decode(datagram);
        synchronized (heard) {
          sources.add(source);
          heard.add(message);
        }
      } catch (DecodeException e) {
        throw new IllegalStateException("a node sent what is no message", e);
      }
    }
  }
}

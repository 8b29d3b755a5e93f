package org.eider.est.coap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.eider.testkit.Datagrams;

/** Stands between a client and a server, as a NAT does, and can take another address towards the server. */
final class Relay implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final DatagramSocket front;
  private final InetSocketAddress server;
  private final AtomicReference<DatagramSocket> back = new AtomicReference<>();
  private final AtomicReference<InetSocketAddress> client = new AtomicReference<>();
  /** The largest datagram that went to the client. */
  final AtomicInteger largest = new AtomicInteger();
  /** How often the next datagram of the client is sent with a wrong last octet before it is sent. */
  final AtomicInteger forgeries = new AtomicInteger();

  Relay(InetSocketAddress server) throws IOException {
    this.server = server;
    this.front = new DatagramSocket(0, LOOPBACK);
    move();
    Datagrams.forever("relay", () -> {
      DatagramPacket packet = Datagrams.next(front);
      client.set((InetSocketAddress) packet.getSocketAddress());
      byte[] forged = packet.getData().clone();
      forged[packet.getLength() - 1] ^= 1;
      for (int left = forgeries.getAndSet(0); left > 0; left--) {
        back.get().send(new DatagramPacket(forged, packet.getLength(), this.server));
      }
      back.get().send(new DatagramPacket(packet.getData(), packet.getLength(), this.server));
    });
  }

  InetSocketAddress address() {
    return (InetSocketAddress) front.getLocalSocketAddress();
  }

  /** From now on the server sees another port. */
  void move() throws IOException {
    DatagramSocket next = new DatagramSocket(0, LOOPBACK);
    DatagramSocket old = back.getAndSet(next);
    if (old != null) {
      old.close();
    }
    Datagrams.forever("relay", () -> {
      DatagramPacket packet = Datagrams.next(next);
      largest.accumulateAndGet(packet.getLength(), Math::max);
      front.send(new DatagramPacket(packet.getData(), packet.getLength(), client.get()));
    });
  }

  @Override
  public void close() {
    front.close();
    back.get().close();
  }
}

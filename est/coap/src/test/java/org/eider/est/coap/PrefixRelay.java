package org.eider.est.coap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.eider.est.coap.DatagramFraming.Frame;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** A relay without state but the headers that it has given out: one socket towards the server, a door for each client. */
final class PrefixRelay implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final DatagramFraming framing = new Prefix();
  private final InetSocketAddress server;
  private final DatagramSocket back;
  private final Map<Octets, Door> doors = new ConcurrentHashMap<>();
  /** The largest datagram of the server. */
  final AtomicInteger largest = new AtomicInteger();
  /** The header of the server's last datagram. */
  final AtomicReference<Octets> latest = new AtomicReference<>(Octets.empty());

  PrefixRelay(InetSocketAddress server) throws IOException {
    this(server, LOOPBACK);
  }

  PrefixRelay(InetSocketAddress server, InetAddress from) throws IOException {
    this.server = server;
    this.back = new DatagramSocket(0, from);
    run(this::down);
  }

  /** Where one client comes in. */
  final class Door {
    private final DatagramSocket front;
    private final AtomicReference<InetSocketAddress> client = new AtomicReference<>();
    private volatile Octets header;

    private Door(Octets header) throws IOException {
      this.front = new DatagramSocket(0, LOOPBACK);
      rename(header);
      run(this::up);
    }

    int port() {
      return front.getLocalPort();
    }

    InetSocketAddress address() {
      return new InetSocketAddress(LOOPBACK, port());
    }

    /** From now on its client has another header; what comes for the old one still finds it. */
    void rename(Octets other) {
      doors.put(other, this);
      header = other;
    }

    private void up() throws IOException {
      DatagramPacket packet = read(front);
      client.set((InetSocketAddress) packet.getSocketAddress());
      send(header, Octets.of(Arrays.copyOf(packet.getData(), packet.getLength())));
    }
  }

  Door door(String header) throws IOException {
    return new Door(Octets.utf8(header));
  }

  Door door(Octets header) throws IOException {
    return new Door(header);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) back.getLocalSocketAddress();
  }

  void send(Octets header, Octets payload) throws IOException {
    raw(framing.wrap(new Frame(header, payload)).toArray());
  }

  void raw(byte[] datagram) throws IOException {
    back.send(new DatagramPacket(datagram, datagram.length, server));
  }

  private void down() throws IOException {
    DatagramPacket packet = read(back);
    largest.accumulateAndGet(packet.getLength(), Math::max);
    Frame frame = taken(packet);
    latest.set(frame.header());
    Optional<Door> door = Optional.ofNullable(doors.get(frame.header()));
    if (door.isPresent() && door.get().client.get() != null) {
      byte[] payload = frame.payload().toArray();
      door.get().front.send(new DatagramPacket(payload, payload.length, door.get().client.get()));
    }
  }

  private Frame taken(DatagramPacket packet) {
    try {
      return framing.unwrap(Octets.of(Arrays.copyOf(packet.getData(), packet.getLength())));
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }

  private static DatagramPacket read(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    socket.receive(packet);
    return packet;
  }

  private interface Step {
    void go() throws IOException;
  }

  private static void run(Step step) {
    Daemons.named("prefix-relay").newThread(() -> {
      try {
        while (true) {
          step.go();
        }
      } catch (IOException closed) {
        return;
      }
    }).start();
  }

  @Override
  public void close() {
    back.close();
    doors.values().forEach(door -> door.front.close());
  }
}

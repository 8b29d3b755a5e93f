package org.eider.registrar.server;

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
import org.eider.jpy.JpyMessage;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/** A stateless join proxy as far as tests need one: one socket towards the registrar, a port for each pledge, headers as it is told. */
final class JpyRelay implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final InetSocketAddress registrar;
  private final DatagramSocket back;
  private final Map<Octets, Door> doors = new ConcurrentHashMap<>();
  /** The most octets of content that the registrar has sent. */
  final AtomicInteger largest = new AtomicInteger();
  /** The header of the registrar's last datagram. */
  final AtomicReference<Octets> latest = new AtomicReference<>(Octets.empty());

  JpyRelay(int port) throws IOException {
    this.registrar = new InetSocketAddress(LOOPBACK, port);
    this.back = new DatagramSocket(0, LOOPBACK);
    run(this::down);
  }

  /** Where one pledge comes in. */
  final class Door {
    private final DatagramSocket front;
    private final AtomicReference<InetSocketAddress> pledge = new AtomicReference<>();
    private volatile Octets header;

    private Door(Octets header) throws IOException {
      this.front = new DatagramSocket(0, LOOPBACK);
      rename(header);
      run(this::up);
    }

    int port() {
      return front.getLocalPort();
    }

    /** From now on its pledge has another header; what comes for the old one still finds it. */
    void rename(Octets other) {
      doors.put(other, this);
      header = other;
    }

    private void up() throws IOException {
      DatagramPacket packet = read(front);
      pledge.set((InetSocketAddress) packet.getSocketAddress());
      byte[] message = new JpyMessage(header, Octets.of(Arrays.copyOf(packet.getData(), packet.getLength()))).encode().toArray();
      back.send(new DatagramPacket(message, message.length, registrar));
    }
  }

  Door door(Octets header) throws IOException {
    return new Door(header);
  }

  int port() {
    return back.getLocalPort();
  }

  private void down() throws IOException {
    DatagramPacket packet = read(back);
    JpyMessage message = decoded(packet);
    largest.accumulateAndGet(message.content().size(), Math::max);
    latest.set(message.header());
    Optional<Door> door = Optional.ofNullable(doors.get(message.header()));
    if (door.isPresent()) {
      byte[] content = message.content().toArray();
      door.get().front.send(new DatagramPacket(content, content.length, door.get().pledge.get()));
    }
  }

  private static JpyMessage decoded(DatagramPacket packet) {
    try {
      return JpyMessage.decode(Octets.of(Arrays.copyOf(packet.getData(), packet.getLength())));
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
    Thread thread = new Thread(() -> {
      try {
        while (true) {
          step.go();
        }
      } catch (IOException closed) {
        return;
      }
    }, "jpy-relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    back.close();
    doors.values().forEach(door -> door.front.close());
  }
}

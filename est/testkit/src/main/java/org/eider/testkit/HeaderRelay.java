package org.eider.testkit;

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
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * A stateless relay as far as tests need one: one socket towards the server, a door for each client, and headers as it is told, by which
 * it finds the client for whom an answer is.
 */
public final class HeaderRelay implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final String THREAD = "header-relay";

  private final Framing framing;
  private final InetSocketAddress server;
  private final DatagramSocket back;
  private final Map<Octets, Door> doors = new ConcurrentHashMap<>();
  private final AtomicInteger largest = new AtomicInteger();
  private final AtomicInteger largestPayload = new AtomicInteger();
  private final AtomicReference<Octets> latest = new AtomicReference<>(Octets.empty());

  /** A datagram taken apart. */
  public record Parts(Octets header, Octets payload) {}

  /** How header and payload stand in one datagram. */
  public interface Framing {
    /** Puts them together. */
    Octets wrap(Parts parts);

    /** Takes them apart. */
    Parts unwrap(Octets datagram) throws DecodeException;
  }

  /** A relay on loopback. */
  public HeaderRelay(InetSocketAddress server, Framing framing) throws IOException {
    this(server, LOOPBACK, framing);
  }

  /** One that the server sees at that address. */
  public HeaderRelay(InetSocketAddress server, InetAddress from, Framing framing) throws IOException {
    this.server = server;
    this.framing = framing;
    this.back = new DatagramSocket(0, from);
    Datagrams.forever(THREAD, this::down);
  }

  /** Where one client comes in. */
  public final class Door {
    private final DatagramSocket front;
    private final AtomicReference<InetSocketAddress> client = new AtomicReference<>();
    private volatile Octets header;

    private Door(Octets header) throws IOException {
      this.front = new DatagramSocket(0, LOOPBACK);
      rename(header);
      Datagrams.forever(THREAD, this::up);
    }

    /** Its port. */
    public int port() {
      return front.getLocalPort();
    }

    /** Where it is. */
    public InetSocketAddress address() {
      return new InetSocketAddress(LOOPBACK, port());
    }

    /** From now on its client has another header; what comes for the old one still finds it. */
    public void rename(Octets other) {
      doors.put(other, this);
      header = other;
    }

    private void up() throws IOException {
      DatagramPacket packet = Datagrams.next(front);
      client.set((InetSocketAddress) packet.getSocketAddress());
      send(header, octets(packet));
    }
  }

  /** A door for a client with that header. */
  public Door door(Octets header) throws IOException {
    return new Door(header);
  }

  /** A door for a client with that text as its header. */
  public Door door(String header) throws IOException {
    return door(Octets.utf8(header));
  }

  /** Where the server sees it. */
  public InetSocketAddress address() {
    return (InetSocketAddress) back.getLocalSocketAddress();
  }

  /** Sends the server a payload under a header. */
  public void send(Octets header, Octets payload) throws IOException {
    raw(framing.wrap(new Parts(header, payload)).toArray());
  }

  /** Sends the server anything. */
  public void raw(byte[] datagram) throws IOException {
    back.send(new DatagramPacket(datagram, datagram.length, server));
  }

  /** The octets of the server's largest datagram. */
  public int largest() {
    return largest.get();
  }

  /** The most octets of payload that the server has sent at once. */
  public int largestPayload() {
    return largestPayload.get();
  }

  /** The header of the server's last datagram. */
  public Octets latest() {
    return latest.get();
  }

  private void down() throws IOException {
    DatagramPacket packet = Datagrams.next(back);
    largest.accumulateAndGet(packet.getLength(), Math::max);
    Parts parts = unwrapped(octets(packet));
    largestPayload.accumulateAndGet(parts.payload().size(), Math::max);
    latest.set(parts.header());
    Optional<Door> door = Optional.ofNullable(doors.get(parts.header()));
    if (door.isPresent() && door.get().client.get() != null) {
      byte[] payload = parts.payload().toArray();
      door.get().front.send(new DatagramPacket(payload, payload.length, door.get().client.get()));
    }
  }

  private Parts unwrapped(Octets datagram) {
    try {
      return framing.unwrap(datagram);
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }

  private static Octets octets(DatagramPacket packet) {
    return Octets.of(Arrays.copyOf(packet.getData(), packet.getLength()));
  }

  @Override
  public void close() {
    back.close();
    doors.values().forEach(door -> door.front.close());
  }
}

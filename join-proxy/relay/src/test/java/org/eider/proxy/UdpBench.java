package org.eider.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.eider.testkit.Opened;

/** What tests of datagrams need: sockets on loopback, and a relay between them. */
final class UdpBench implements AutoCloseable {
  private final Opened open = new Opened();
  final Transport transport = open.keep(Transport.start(1));
  final Tally tally = new Tally(System::nanoTime, Duration.ofMinutes(1).toNanos());
  final Registrars registrars = new Registrars(System::nanoTime, new Random(1), address -> false);

  interface Listening {
    ChannelFuture at(InetSocketAddress address) throws IOException;
  }

  record Heard(byte[] octets, InetSocketAddress from) {}

  <T extends AutoCloseable> T keep(T part) {
    return open.keep(part);
  }

  Peer peer() throws IOException {
    return peer("127.0.0.1");
  }

  Peer peer(String host) throws IOException {
    return keep(new Peer(new DatagramSocket(0, InetAddress.getByName(host))));
  }

  /** Registrars that are configured, in this order of preference. */
  void know(String scheme, Peer... peers) {
    registrars.configure(Arrays.stream(peers).map(peer -> RegistrarUri.parse(scheme + "://" + Place.text(peer.address()))).toList(),
        uri -> List.of(new InetSocketAddress(uri.host(), uri.port())));
  }

  InetSocketAddress listen(Listening relay) {
    return (InetSocketAddress) joinPort(relay).localAddress();
  }

  /** The socket on which it listens. */
  Channel joinPort(Listening relay) {
    try {
      Channel channel = relay.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).syncUninterruptibly().channel();
      open.keep(() -> channel.close().syncUninterruptibly());
      return channel;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] random(int length) {
    byte[] octets = new byte[length];
    new Random(length).nextBytes(octets);
    return octets;
  }

  @Override
  public void close() {
    open.close();
  }

  /** A socket. */
  record Peer(DatagramSocket socket) implements AutoCloseable {
    InetSocketAddress address() {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    void send(byte[] octets, InetSocketAddress to) throws IOException {
      socket.send(new DatagramPacket(octets, octets.length, to));
    }

    Heard hear() throws IOException {
      return hearWithin(10_000);
    }

    Heard hearWithin(int millis) throws IOException {
      socket.setSoTimeout(millis);
      DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
      socket.receive(packet);
      return new Heard(Arrays.copyOf(packet.getData(), packet.getLength()), (InetSocketAddress) packet.getSocketAddress());
    }

    boolean hasHeard(int millis) throws IOException {
      try {
        hearWithin(millis);
        return true;
      } catch (SocketTimeoutException nothing) {
        return false;
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}

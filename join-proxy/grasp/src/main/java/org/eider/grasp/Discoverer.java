package org.eider.grasp;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.eider.grasp.Nuisances.Kind;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * Asks on links by UDP and takes the answers by TCP, on one port number for both (RFC 8990 section 2.5.4.3). For one discovery.
 */
final class Discoverer {
  private static final int AT_ONCE = 8;
  private static final int ATTEMPTS = 5;
  private static final Duration ANSWER = Duration.ofSeconds(2);

  private final Collection<Link> links;
  private final GraspCodec codec;
  private final LongSupplier nanos;
  private final Nuisances nuisances;

  Discoverer(Collection<Link> links, GraspCodec codec, LongSupplier nanos, Nuisances nuisances) {
    this.links = List.copyOf(links);
    this.codec = codec;
    this.nanos = nanos;
    this.nuisances = nuisances;
  }

  /** 100 ms for each hop (RFC 8990 section 2.5.4.3). */
  static Duration timeout(int loopCount) {
    return Duration.ofMillis(100L * Math.max(1, loopCount));
  }

  /** Asks, and hands out every answer that comes in time, from several threads at once. */
  void discover(Message.Discovery question, Duration timeout, BiConsumer<Message.Response, InetSocketAddress> answers) throws IOException {
    long deadline = nanos.getAsLong() + timeout.toNanos();
    List<DatagramChannel> channels = new ArrayList<>();
    try (ServerSocket server = onePort(channels)) {
      Octets message = codec.encode(question);
      int asked = 0;
      for (Link link : links) {
        if (link.here().isPresent()) {
          link.send(message, channels.get(asked++));
        }
      }
      collect(server, question, deadline, answers);
    } finally {
      for (DatagramChannel channel : channels) {
        channel.close();
      }
    }
  }

  private void collect(ServerSocket server, Message.Discovery question, long deadline, BiConsumer<Message.Response, InetSocketAddress> answers)
      throws IOException {
    Semaphore room = new Semaphore(AT_ONCE);
    while (true) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - nanos.getAsLong());
      if (left <= 0) {
        return;
      }
      server.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
      try {
        Socket socket = server.accept();
        if (links.stream().flatMap(link -> link.here().stream()).noneMatch(here -> isFrom(socket, here)) || !room.tryAcquire()) {
          socket.close();
        } else {
          Peers.thread("grasp-answer", () -> answer(socket, question, answers, room));
        }
      } catch (SocketTimeoutException e) {
        return;
      }
    }
  }

  /** Whether a connection came over a link: from a neighbour, or from this host. */
  private static boolean isFrom(Socket socket, LinkAddress here) {
    return here.isNeighbour(socket.getInetAddress()) || socket.getInetAddress().equals(socket.getLocalAddress());
  }

  private void answer(Socket socket, Message.Discovery question, BiConsumer<Message.Response, InetSocketAddress> answers, Semaphore room) {
    try (Wire wire = new Wire(socket, socket, codec, nanos)) {
      Optional<Message> message = wire.receive(ANSWER);
      if (message.orElse(null) instanceof Message.Response response && response.session() == question.session()
          && response.initiator().equals(question.initiator())) {
        answers.accept(response, wire.peer());
      } else {
        nuisances.note(Kind.NOT_EXPECTED, "discovery", wire.peer().getAddress().getHostAddress());
      }
    } catch (IOException | DecodeException e) {
      nuisances.note(Kind.MALFORMED, "discovery", socket.getInetAddress().getHostAddress() + ": " + e.getMessage());
    } finally {
      room.release();
    }
  }

  /** A port that is free for TCP, and for UDP on each link. */
  private ServerSocket onePort(List<DatagramChannel> channels) throws IOException {
    for (int attempt = 1; true; attempt++) {
      ServerSocket server = new ServerSocket(0);
      try {
        for (Link link : links) {
          Optional<LinkAddress> here = link.here();
          if (here.isPresent()) {
            channels.add(channel(here.get(), server.getLocalPort()));
          }
        }
        return server;
      } catch (IOException e) {
        server.close();
        for (DatagramChannel channel : channels) {
          channel.close();
        }
        channels.clear();
        if (attempt == ATTEMPTS || !(e instanceof BindException)) {
          throw e;
        }
      }
    }
  }

  private static DatagramChannel channel(LinkAddress here, int port) throws IOException {
    DatagramChannel channel = DatagramChannel.open(here.isLoopback() ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
    try {
      channel.configureBlocking(false);
      channel.bind(new InetSocketAddress(here.address(), port));
      channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, NetworkInterface.getByIndex(here.index()));
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }
}

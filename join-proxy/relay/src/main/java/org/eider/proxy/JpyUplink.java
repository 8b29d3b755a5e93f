package org.eider.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.eider.discovery.Service;
import org.eider.wire.Octets;

/**
 * The one socket of the stateless mode towards a registrar, connected to it, so that nobody else's datagrams come in. It stays with its
 * registrar as long as that answers; one that leaves everything unanswered for long, or whose port is closed, is exchanged for the next.
 * Lives on one event loop.
 */
final class JpyUplink implements AutoCloseable {
  /** More than one unanswered datagram is silence. */
  private static final int FEW = 1;

  private final Transport transport;
  private final StatelessConfig config;
  private final Registrars registrars;
  private final Tally tally;
  private final LongSupplier nanos;
  private final BiConsumer<InetSocketAddress, ByteBuf> answered;
  private final Runnable allRead;
  private volatile Optional<Line> line = Optional.empty();

  /** What is known of the registrar that is used. */
  private final class Line extends ChannelInboundHandlerAdapter {
    private final InetSocketAddress registrar;
    private final Channel channel;
    private int room;
    private int unanswered;
    private long unansweredSince;
    private OptionalLong closedSince = OptionalLong.empty();

    Line(InetSocketAddress registrar) throws IOException {
      this.registrar = registrar;
      this.channel = transport.datagramSocket(StatefulRelay.LARGEST, this);
    }

    void connect() {
      channel.connect(registrar).addListener(done -> {
        if (done.isSuccess()) {
          room = mtu((InetSocketAddress) channel.localAddress()) - StatelessRelay.headOf(registrar) - StatelessRelay.OVERHEAD;
        } else {
          failed();
        }
      });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      DatagramPacket datagram = (DatagramPacket) message;
      try {
        unanswered = 0;
        closedSince = OptionalLong.empty();
        registrars.reached(Service.REGISTRAR_JPY, registrar);
        answered.accept(registrar, datagram.content());
      } finally {
        datagram.release();
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      allRead.run();
    }

    /** An ICMP message says that the registrar's port is closed, or its host out of reach. Whose datagram it was cannot be known. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (!tally.isOfTheNetwork(cause)) {
        return;
      }
      tally.refuse(Refusal.REGISTRAR_CLOSED, registrar);
      if (closedSince.isEmpty()) {
        closedSince = OptionalLong.of(nanos.getAsLong());
      }
    }

    void look(long now) {
      if (closedSince.isPresent() && now - closedSince.getAsLong() >= config.closed().toNanos()) {
        failed();
      } else if (unanswered > FEW && now - unansweredSince >= config.silence().toNanos()) {
        unanswered = 0;
        tally.refuse(Refusal.REGISTRAR_SILENT, registrar);
        registrars.silent(Service.REGISTRAR_JPY, registrar, StatelessRelay.PENALTY);
      }
    }

    private void failed() {
      closedSince = OptionalLong.empty();
      registrars.failed(Service.REGISTRAR_JPY, registrar, StatelessRelay.PENALTY);
    }
  }

  /**
   * Without a registrar until {@link #look} is called.
   *
   * @param answered told of each datagram of the registrar, which it must not keep
   * @param allRead run when there are no more for now
   */
  JpyUplink(Transport transport, StatelessConfig config, Registrars registrars, Tally tally, LongSupplier nanos,
      BiConsumer<InetSocketAddress, ByteBuf> answered, Runnable allRead) {
    this.transport = transport;
    this.config = config;
    this.registrars = registrars;
    this.tally = tally;
    this.nanos = nanos;
    this.answered = answered;
    this.allRead = allRead;
  }

  /** The registrar that is used now; may be asked on any thread. */
  Optional<InetSocketAddress> registrar() {
    return line.map(current -> current.registrar);
  }

  /** Whether there is a registrar to send to. */
  boolean isOpen() {
    return line.filter(current -> current.channel.isActive()).isPresent();
  }

  /** The most octets of a pledge that fit a datagram to the registrar. */
  int room() {
    return line.map(current -> current.room).orElse(0);
  }

  /** Whether the link takes another datagram now. */
  boolean isFree() {
    return line.filter(current -> Outlet.hasRoom(current.channel)).isPresent();
  }

  /** Sends it at the next {@link #flush}. */
  void send(Octets message) {
    Line current = line.orElseThrow();
    if (current.unanswered++ == 0) {
      current.unansweredSince = nanos.getAsLong();
    }
    current.channel.write(Unpooled.wrappedBuffer(message.toArray()));
  }

  void flush() {
    line.ifPresent(current -> current.channel.flush());
  }

  /** Stays with the registrar, or changes over to another; to be called now and then, and when something is known anew. */
  void look() {
    line.ifPresent(current -> current.look(nanos.getAsLong()));
    if (line.filter(current -> registrars.isGood(Service.REGISTRAR_JPY, current.registrar)).isPresent()) {
      return;
    }
    List<InetSocketAddress> inTurn = registrars.inTurn(Service.REGISTRAR_JPY);
    Optional<InetSocketAddress> next = inTurn.stream().findFirst();
    if (next.equals(line.map(current -> current.registrar)) && (isOpen() || next.isEmpty())) {
      return;
    }
    close();
    next.ifPresent(this::open);
  }

  /** Where no socket is to be had, that is no fault of the registrar's, and it is tried again at the next look. */
  private void open(InetSocketAddress registrar) {
    try {
      Line opened = new Line(registrar);
      line = Optional.of(opened);
      opened.connect();
    } catch (IOException e) {
      tally.refuse(Refusal.NO_SOCKET, registrar);
    }
  }

  private int mtu(InetSocketAddress own) {
    if (config.mtu() != 0) {
      return config.mtu();
    }
    try {
      return Optional.ofNullable(NetworkInterface.getByInetAddress(own.getAddress())).map(StatelessRelay::mtu).orElse(StatelessConfig.LEAST_MTU);
    } catch (SocketException gone) {
      return StatelessConfig.LEAST_MTU;
    }
  }

  @Override
  public void close() {
    line.ifPresent(current -> current.channel.close());
    line = Optional.empty();
  }
}

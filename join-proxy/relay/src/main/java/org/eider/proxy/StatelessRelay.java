package org.eider.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eider.jpy.JpyMessage;
import org.eider.proxy.PledgeHeader.Pledge;
import org.eider.proxy.Tally.Relayed;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * The stateless mode (constrained-join-proxy section 4.4): each datagram of a pledge goes to the registrar with a header that says where it
 * came from, and comes back with it. Nothing is kept of a pledge. Everything happens on one event loop, so nothing here needs a lock.
 */
final class StatelessRelay implements AutoCloseable {
  /** For how long a registrar that failed comes after the others: brski-discovery says 180 s. */
  static final long PENALTY = TimeUnit.SECONDS.toNanos(180);
  /** The largest of a message's parts that are not the pledge's: 32 octets of header, and CBOR. */
  static final int OVERHEAD = 38;

  private static final int UDP = 8;
  private static final int IPV6 = 40;
  private static final int IPV4 = 20;
  private static final int PORTS = 1 << 16;
  private static final long SLOWEST_WATCH = TimeUnit.SECONDS.toNanos(1);

  private final Transport transport;
  private final StatelessConfig config;
  private final Tally tally;
  private final LongSupplier nanos;
  private final PledgeHeader headers;
  private final JpyUplink uplink;
  private final Map<Integer, Port> ports = new HashMap<>();
  private final SharedPaces asking;
  private final SharedPaces answers;
  private int nextPort;

  StatelessRelay(Transport transport, StatelessConfig config, Registrars registrars, Tally tally, SecureRandom random, LongSupplier nanos) {
    this.transport = transport;
    this.config = config;
    this.tally = tally;
    this.nanos = nanos;
    this.headers = new PledgeHeader(random, nanos, config.key().toNanos());
    this.asking = new SharedPaces(config.pledgePerSecond(), config.pledgeBurst(), random.nextLong(), nanos.getAsLong());
    this.answers = new SharedPaces(config.pledgePerSecond(), config.pledgeBurst(), random.nextLong(), nanos.getAsLong());
    this.uplink = new JpyUplink(transport, config, registrars, tally, nanos, this::answered, this::flush);
    long pace = Math.min(SLOWEST_WATCH, Math.min(config.silence().toNanos(), config.closed().toNanos()) / 4);
    transport.datagramLoop().execute(uplink::look);
    Transport.every(pace, transport.datagramLoop(), tally, uplink::look);
    registrars.onChange(() -> transport.datagramLoop().execute(uplink::look));
  }

  /** The registrar that is used now; may be asked on any thread. */
  Optional<InetSocketAddress> registrar() {
    return uplink.registrar();
  }

  /** Begins to listen there; the future says what became of it. */
  ChannelFuture listen(String interfaceName, InetSocketAddress at) throws SocketException {
    int mtu = Optional.ofNullable(NetworkInterface.getByName(interfaceName)).map(StatelessRelay::mtu).orElse(StatelessConfig.LEAST_MTU);
    Port port = new Port(OnLink.of(interfaceName, at.getAddress()), mtu, nanos.getAsLong());
    return transport.datagrams()
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(StatefulRelay.LARGEST))
        .handler(port)
        .bind(at);
  }

  static int mtu(NetworkInterface link) {
    try {
      return Math.max(StatelessConfig.LEAST_MTU, link.getMTU());
    } catch (SocketException gone) {
      return StatelessConfig.LEAST_MTU;
    }
  }

  /** What IP and UDP add. */
  static int headOf(InetSocketAddress address) {
    return (address.getAddress() instanceof Inet6Address ? IPV6 : IPV4) + UDP;
  }

  /** A join port. Its number is in the headers of its pledges, and never is that of another soon after. */
  private final class Port extends ChannelInboundHandlerAdapter {
    private final OnLink link;
    private final int mtu;
    private final Pace asked;
    private final Pace answered;
    private Optional<Channel> channel = Optional.empty();
    private int number;

    Port(OnLink link, int mtu, long now) {
      this.link = link;
      this.mtu = mtu;
      this.asked = new Pace(config.perSecond(), config.burst(), now);
      this.answered = new Pace(config.perSecond(), config.burst(), now);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      channel = Optional.of(ctx.channel());
      while (ports.containsKey(nextPort)) {
        nextPort = (nextPort + 1) % PORTS;
      }
      number = nextPort;
      nextPort = (nextPort + 1) % PORTS;
      ports.put(number, this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      ports.remove(number);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      DatagramPacket datagram = (DatagramPacket) message;
      try {
        relay(datagram.sender(), datagram.content());
      } finally {
        datagram.release();
      }
    }

    private void relay(InetSocketAddress pledge, ByteBuf content) {
      long now = nanos.getAsLong();
      if (!link.holds(pledge.getAddress()) || pledge.getPort() == 0) {
        tally.refuse(Refusal.OFF_LINK, pledge);
      } else if (!uplink.isOpen()) {
        tally.refuse(Refusal.NO_REGISTRAR, pledge);
      } else if (content.readableBytes() > uplink.room()) {
        tally.refuse(Refusal.TOO_LARGE, pledge);
      } else if (!uplink.isFree()) {
        tally.refuse(Refusal.CONGESTION, pledge);
      } else {
        Pledge named = new Pledge(number, pledge.getPort(), OnLink.host(pledge.getAddress()));
        if (asking.allows(named.host(), now) && asked.allows(now)) { // in this order: what one may not send costs the others nothing
          tally.add(Relayed.STATELESS_UP, 1);
          tally.add(Relayed.DATAGRAM_OCTETS_UP, content.readableBytes());
          uplink.send(new JpyMessage(headers.seal(named), Octets.of(ByteBufUtil.getBytes(content))).encode());
        } else {
          tally.refuse(Refusal.RATE, pledge);
        }
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      uplink.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      tally.isOfTheNetwork(cause); // then an earlier answer did not reach its pledge; either way the socket serves the others
    }

    void answer(Pledge named, Octets content, InetSocketAddress registrar) {
      Channel own = channel.orElseThrow();
      InetSocketAddress pledge = new InetSocketAddress(OnLink.address(((InetSocketAddress) own.localAddress()).getAddress(), named.host()),
          named.port());
      long now = nanos.getAsLong();
      if (content.size() > mtu - headOf(pledge)) {
        tally.refuse(Refusal.TOO_LARGE, registrar);
      } else if (!Outlet.hasRoom(own)) {
        tally.refuse(Refusal.CONGESTION, registrar);
      } else if (answers.allows(named.host(), now) && answered.allows(now)) {
        tally.add(Relayed.STATELESS_DOWN, 1);
        tally.add(Relayed.DATAGRAM_OCTETS_DOWN, content.size());
        own.write(new DatagramPacket(Unpooled.wrappedBuffer(content.toArray()), pledge), own.voidPromise());
      } else {
        tally.refuse(Refusal.RATE, registrar);
      }
    }
  }

  /** A datagram from the registrar: relayed if this proxy made its header, that is if its pledge has asked. */
  private void answered(InetSocketAddress registrar, ByteBuf datagram) {
    try {
      JpyMessage message = JpyMessage.decode(Octets.of(ByteBufUtil.getBytes(datagram)));
      Optional<Pledge> pledge = headers.open(message.header());
      Optional<Port> port = pledge.map(named -> ports.get(named.listener()));
      if (port.isPresent()) {
        port.get().answer(pledge.orElseThrow(), message.content(), registrar);
      } else {
        tally.refuse(Refusal.HEADER, registrar);
      }
    } catch (DecodeException e) {
      tally.refuse(Refusal.NOT_JPY, registrar);
    }
  }

  private void flush() {
    ports.values().forEach(port -> port.channel.ifPresent(Channel::flush));
  }

  @Override
  public void close() {
    transport.datagramLoop().submit(uplink::close).awaitUninterruptibly();
  }
}

package org.eider.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eider.discovery.Service;
import org.eider.proxy.Tally.Relayed;

/**
 * The stateful mode (constrained-join-proxy section 4.3): each flow of a pledge has a socket of its own towards a registrar, for as long as
 * datagrams go over it. Everything happens on one event loop, so nothing here needs a lock.
 */
final class StatefulRelay implements AutoCloseable {
  /** More than any link's MTU; a datagram that fills it may have been cut off, and is not relayed. */
  static final int LARGEST = 9 * 1024;

  private static final long SLOWEST_WATCH = TimeUnit.SECONDS.toNanos(1);
  /** After which a flow without any answer makes room for another when there is none. */
  private static final long UNANSWERED = TimeUnit.SECONDS.toNanos(2);
  /** What may wait to be sent on one flow's socket: little, since there are many. */
  private static final WriteBufferWaterMark WAITING = new WriteBufferWaterMark(4 * 1024, 8 * 1024);
  /** Which part of an interface's rate one flow may use. */
  private static final int SHARE = 4;

  private final Transport transport;
  private final StatefulConfig config;
  private final Registrars registrars;
  private final Tally tally;
  private final LongSupplier nanos;
  private final Map<String, Map<Key, Flow>> flowsByInterface = new HashMap<>();
  private volatile int size;

  /** Whose flow it is: a pledge's address and port, at a join port. */
  private record Key(Channel port, InetSocketAddress pledge) {}

  StatefulRelay(Transport transport, StatefulConfig config, Registrars registrars, Tally tally, LongSupplier nanos) {
    this.transport = transport;
    this.config = config;
    this.registrars = registrars;
    this.tally = tally;
    this.nanos = nanos;
    long pace = Math.min(SLOWEST_WATCH, config.expiry().toNanos() / 4);
    Transport.every(pace, transport.datagramLoop(), tally, this::look);
  }

  /** How many flows there are. */
  int size() {
    return size;
  }

  /** Begins to listen there; the future says what became of it. */
  ChannelFuture listen(String interfaceName, InetSocketAddress at) throws SocketException {
    Port port = new Port(interfaceName, OnLink.of(interfaceName, at.getAddress()), nanos.getAsLong());
    return transport.datagrams()
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LARGEST))
        .handler(port)
        .bind(at);
  }

  /** A join port. */
  private final class Port extends ChannelInboundHandlerAdapter {
    private final String interfaceName;
    private final OnLink link;
    private final Pace pace;

    Port(String interfaceName, OnLink link, long now) {
      this.interfaceName = interfaceName;
      this.link = link;
      this.pace = new Pace(config.perSecond(), config.burst(), now);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      DatagramPacket datagram = (DatagramPacket) message;
      try {
        relay(ctx.channel(), datagram.sender(), datagram.content());
      } finally {
        datagram.release();
      }
    }

    private void relay(Channel own, InetSocketAddress pledge, ByteBuf content) {
      if (!link.holds(pledge.getAddress()) || pledge.getPort() == 0) {
        tally.refuse(Refusal.OFF_LINK, pledge);
      } else if (content.readableBytes() >= LARGEST) {
        tally.refuse(Refusal.TOO_LARGE, pledge);
      } else {
        Optional<Flow> flow = flow(own, pledge);
        if (flow.isPresent() && !allows(flow.get())) {
          tally.refuse(Refusal.RATE, pledge);
        } else {
          flow.ifPresent(known -> known.fromPledge(content));
        }
      }
    }

    /** A flow first uses up its own share, so that a noisy one takes nothing from the others; who has no flow takes nothing at all. */
    private boolean allows(Flow flow) {
      long now = nanos.getAsLong();
      return flow.pace.allows(now) && pace.allows(now);
    }

    private Optional<Flow> flow(Channel own, InetSocketAddress pledge) {
      Map<Key, Flow> flows = flowsByInterface.computeIfAbsent(interfaceName, name -> new HashMap<>());
      Key key = new Key(own, pledge);
      Flow known = flows.get(key);
      if (known != null) {
        return Optional.of(known);
      }
      Optional<InetSocketAddress> registrar = registrars.first(Service.REGISTRAR_COAPS);
      Optional<Refusal> refusal = registrar.isEmpty() ? Optional.of(Refusal.NO_REGISTRAR) : shut(flows, pledge.getAddress());
      if (refusal.isPresent()) {
        tally.refuse(refusal.get(), pledge);
        return Optional.empty();
      }
      try {
        Flow flow = new Flow(own, pledge, registrar.get(), () -> {
          flows.remove(key);
          count();
        });
        flows.put(key, flow);
        count();
        tally.add(Relayed.FLOWS, 1);
        flow.connect();
        return Optional.of(flow).filter(one -> one.socket.isOpen());
      } catch (IOException e) {
        tally.refuse(Refusal.NO_SOCKET, pledge);
        return Optional.empty();
      }
    }

    private Optional<Refusal> shut(Map<Key, Flow> flows, InetAddress pledge) {
      long ofPledge = flows.keySet().stream().filter(key -> key.pledge().getAddress().equals(pledge)).count();
      if (ofPledge >= config.perPledge()) { // first, so that nobody has to go for one who is refused
        return Optional.of(Refusal.FLOWS_OF_PLEDGE);
      }
      return flows.size() >= config.perInterface() && !madeRoom(flows) ? Optional.of(Refusal.FLOWS) : Optional.empty();
    }

    /** By the flow that has been waiting longest for a registrar's first answer, which DTLS gives at once. */
    private boolean madeRoom(Map<Key, Flow> flows) {
      long before = nanos.getAsLong() - UNANSWERED;
      Optional<Flow> oldest = flows.values().stream().filter(flow -> !flow.isAnswered && flow.begun - before <= 0)
          .min(Comparator.comparingLong(flow -> flow.begun - before));
      oldest.ifPresent(Flow::end);
      return oldest.isPresent();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      tally.isOfTheNetwork(cause); // then an earlier answer did not reach its pledge; either way the socket serves the others
    }
  }

  /** One pledge's socket towards its registrar: connected, so that nobody else's datagrams come in. */
  private final class Flow extends ChannelInboundHandlerAdapter {
    private final Channel port;
    private final InetSocketAddress pledge;
    private final InetSocketAddress registrar;
    private final Runnable ended;
    private final Channel socket;
    private final Pace pace;
    private final long begun;
    private long used;
    private boolean isAnswered;
    private long unansweredSince;
    private int unanswered;

    Flow(Channel port, InetSocketAddress pledge, InetSocketAddress registrar, Runnable ended) throws IOException {
      this.port = port;
      this.pledge = pledge;
      this.registrar = registrar;
      this.ended = ended;
      this.begun = nanos.getAsLong();
      this.used = begun;
      this.pace = new Pace(Math.max(1, config.perSecond() / SHARE), Math.max(1, config.burst() / SHARE), begun);
      this.socket = transport.datagramSocket(LARGEST, this);
      socket.config().setWriteBufferWaterMark(WAITING);
    }

    void connect() {
      socket.connect(registrar).addListener(done -> {
        if (!done.isSuccess()) {
          registrars.failed(Service.REGISTRAR_COAPS, registrar, StatelessRelay.PENALTY);
          end();
        }
      });
    }

    void fromPledge(ByteBuf content) {
      if (!Outlet.hasRoom(socket)) {
        tally.refuse(Refusal.CONGESTION, registrar);
        return;
      }
      used = nanos.getAsLong();
      if (unanswered++ == 0) {
        unansweredSince = used;
      }
      tally.add(Relayed.STATEFUL_UP, 1);
      tally.add(Relayed.DATAGRAM_OCTETS_UP, content.readableBytes());
      socket.writeAndFlush(content.retain());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      DatagramPacket datagram = (DatagramPacket) message;
      used = nanos.getAsLong();
      isAnswered = true;
      unanswered = 0;
      registrars.reached(Service.REGISTRAR_COAPS, registrar);
      if (datagram.content().readableBytes() >= LARGEST || !Outlet.hasRoom(port)) {
        tally.refuse(datagram.content().readableBytes() >= LARGEST ? Refusal.TOO_LARGE : Refusal.CONGESTION, registrar);
        datagram.release();
        return;
      }
      tally.add(Relayed.STATEFUL_DOWN, 1);
      tally.add(Relayed.DATAGRAM_OCTETS_DOWN, datagram.content().readableBytes());
      port.write(new DatagramPacket(datagram.content(), pledge), port.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      port.flush();
    }

    /** An ICMP message says that the registrar's port is closed, or its host out of reach; it cannot be mirrored (decision 24). */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (!tally.isOfTheNetwork(cause)) {
        return;
      }
      tally.refuse(Refusal.REGISTRAR_CLOSED, registrar);
      registrars.failed(Service.REGISTRAR_COAPS, registrar, StatelessRelay.PENALTY);
      if (!isAnswered) {
        end(); // what the pledge sends again goes to another registrar, if there is one
      }
    }

    /** Ends it when it is old, or when its registrar never answered and another may. */
    void look(long now) {
      boolean isSilent = unanswered > 1 && now - unansweredSince >= config.silence().toNanos();
      if (isSilent) {
        tally.refuse(Refusal.REGISTRAR_SILENT, registrar);
        registrars.silent(Service.REGISTRAR_COAPS, registrar, StatelessRelay.PENALTY);
      }
      if (now - used >= config.expiry().toNanos() || isSilent && !isAnswered || !port.isOpen()) {
        end();
      }
    }

    void end() {
      ended.run();
      socket.close();
    }
  }

  private void look() {
    long now = nanos.getAsLong();
    flowsByInterface.values().forEach(flows -> List.copyOf(flows.values()).forEach(flow -> flow.look(now)));
  }

  private void count() {
    size = flowsByInterface.values().stream().mapToInt(Map::size).sum();
  }

  /** Ends all flows. */
  @Override
  public void close() {
    transport.datagramLoop().submit(() -> flowsByInterface.values().forEach(flows -> List.copyOf(flows.values()).forEach(Flow::end)))
        .awaitUninterruptibly();
  }
}

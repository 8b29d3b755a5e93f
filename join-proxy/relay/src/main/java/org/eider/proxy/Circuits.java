package org.eider.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eider.discovery.Service;
import org.eider.limits.Gate;
import org.eider.limits.NanoMeter;

/**
 * The circuit mode (RFC 8995 section 4): TCP connections of pledges, each joined with one to a registrar. Not an octet is added, and none
 * is looked at.
 */
final class Circuits implements AutoCloseable {
  /** Nanoseconds for which a registrar that cannot be reached comes after the others; longer than the pause between two probes. */
  static final long PENALTY = TimeUnit.SECONDS.toNanos(60);

  private static final int BACKLOG = 4096;
  private static final long SLOWEST_WATCH = TimeUnit.SECONDS.toNanos(1);

  private final Transport transport;
  private final CircuitConfig config;
  private final Registrars registrars;
  private final Tally tally;
  private final LongSupplier nanos;
  private final Gate<Circuit> gate;
  private final Map<EventLoop, CircuitWatch> watches = new IdentityHashMap<>();

  Circuits(Transport transport, CircuitConfig config, Registrars registrars, Tally tally, LongSupplier nanos) {
    this.transport = transport;
    this.config = config;
    this.registrars = registrars;
    this.tally = tally;
    this.nanos = nanos;
    this.gate = new Gate<>(config.bounds(), true, new NanoMeter(nanos));
    long pace = Math.min(SLOWEST_WATCH, Math.min(config.speak().toNanos(), config.idle().toNanos()) / 4);
    for (EventLoop loop : transport.streamLoops()) {
      CircuitWatch watch = new CircuitWatch(config, nanos);
      watches.put(loop, watch);
      Transport.every(pace, loop, tally, watch::look);
    }
  }

  /** How many are open. */
  int size() {
    return gate.size();
  }

  /** Begins to accept who is on that link. */
  Links.Listener listen(String interfaceName, InetSocketAddress at) throws IOException {
    OnLink link = OnLink.of(interfaceName, at.getAddress());
    return Acceptors.open(at, transport.streamLoops(), new ServerBootstrap()
        .channelFactory(Stream.Acceptor::new)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childHandler(new ChannelInitializer<Stream>() {
          @Override
          protected void initChannel(Stream channel) {
            accept(channel, link);
          }
        }), new Troubles());
  }

  /** What goes wrong when a connection is accepted: mostly that there are too many open files. */
  @Sharable
  private final class Troubles extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (tally.isOfTheNetwork(cause)) {
        tally.refuse(Refusal.NO_SOCKET, ctx.channel().localAddress());
      }
    }
  }

  private void accept(Stream pledge, OnLink link) {
    InetSocketAddress from = pledge.remoteAddress();
    if (from == null) { // it has gone already
      pledge.close();
      return;
    }
    if (!link.holds(from.getAddress())) {
      refuse(pledge, Refusal.OFF_LINK, from);
      return;
    }
    if (!registrars.isKnown(Service.REGISTRAR_TLS)) {
      refuse(pledge, Refusal.NO_REGISTRAR, from);
      return;
    }
    Circuit circuit = new Circuit(this, pledge, nanos.getAsLong());
    Gate.Answer<Circuit> answer = gate.admit(circuit, from.getAddress());
    if (answer.refused().isPresent()) {
      refuse(pledge, refusal(answer.refused().get()), from);
      return;
    }
    answer.idle().ifPresent(victim -> victim.end(Refusal.SHED));
    answer.greeting().ifPresent(victim -> victim.end(Refusal.NEVER_SPOKE));
    CircuitWatch watch = watches.get(pledge.eventLoop());
    watch.add(circuit);
    pledge.closeFuture().addListener(closed -> {
      watch.remove(circuit);
      gate.leave(circuit);
    });
    circuit.begin(registrars.inTurn(Service.REGISTRAR_TLS));
  }

  private void refuse(Stream pledge, Refusal why, InetSocketAddress from) {
    tally.refuse(why, from);
    pledge.reset();
  }

  private static Refusal refusal(Gate.Shut why) {
    return switch (why) {
      case CONNECTIONS -> Refusal.CIRCUITS;
      case SOURCE_CONNECTIONS -> Refusal.CIRCUITS_OF_SOURCE;
      case SOURCE_HANDSHAKES -> Refusal.CIRCUITS_TOO_FAST;
    };
  }

  /** Connects to registrars that could not be reached, to see whether they can be again; to be called now and then. */
  void probe() {
    for (InetSocketAddress registrar : registrars.failing(Service.REGISTRAR_TLS)) {
      try {
        probe(registrar);
      } catch (IOException e) {
        tally.refuse(Refusal.NO_SOCKET, registrar);
      }
    }
  }

  private void probe(InetSocketAddress registrar) throws IOException {
    ChannelFuture connecting = connect(registrar, transport.streamLoops().get(0), new ChannelInboundHandlerAdapter());
    connecting.addListener(done -> {
      if (done.isSuccess()) {
        registrars.reached(Service.REGISTRAR_TLS, registrar);
        connecting.channel().close();
      } else {
        registrars.failed(Service.REGISTRAR_TLS, registrar, PENALTY);
      }
    });
  }

  /** A connection to a registrar, on the loop of the pledge's, so that the two never wait for each other. */
  ChannelFuture connect(InetSocketAddress registrar, EventLoop loop, ChannelHandler handler) throws IOException {
    return Stream.connect(registrar, config.connect(), loop, handler);
  }

  Registrars registrars() {
    return registrars;
  }

  Tally tally() {
    return tally;
  }

  Gate<Circuit> gate() {
    return gate;
  }

  /** Ends all circuits. */
  @Override
  public void close() {
    watches.forEach((loop, watch) -> loop.submit(watch::endAll).awaitUninterruptibly());
  }
}

package org.eider.proxy;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.eider.discovery.Service;
import org.eider.proxy.Tally.Relayed;

/** One pledge's connection, joined with one to a registrar. Everything but {@link #end} happens on the event loop of both. */
final class Circuit {
  private final Circuits circuits;
  private final Stream pledge;
  private final long opened;
  private Optional<Channel> connecting = Optional.empty();
  private Optional<Stream> registrar = Optional.empty();
  private int halves = 2;
  private long joined;
  private long heard;
  private boolean hasMoved;
  private boolean hasSpoken;
  private boolean isStirred;

  /**
   * A circuit of which there is only one end yet.
   *
   * @param now nanoseconds
   */
  Circuit(Circuits circuits, Stream pledge, long now) {
    this.circuits = circuits;
    this.pledge = pledge;
    this.opened = now;
    this.joined = now;
    this.heard = now;
  }

  /** Tries the registrars, one after the other, until one accepts. */
  void begin(List<InetSocketAddress> registrars) {
    tryNext(registrars.iterator());
  }

  private void tryNext(Iterator<InetSocketAddress> registrars) {
    if (!pledge.isOpen()) {
      return;
    }
    if (!registrars.hasNext()) {
      end(Refusal.REGISTRAR_UNREACHABLE);
      return;
    }
    try {
      tryOne(registrars.next(), registrars);
    } catch (IOException e) {
      end(Refusal.NO_SOCKET);
    }
  }

  private void tryOne(InetSocketAddress address, Iterator<InetSocketAddress> others) throws IOException {
    ChannelFuture future = circuits.connect(address, pledge.eventLoop(), new CircuitEnd(this, pledge, Relayed.CIRCUIT_OCTETS_DOWN));
    connecting = Optional.of(future.channel());
    future.addListener(done -> {
      connecting = Optional.empty();
      if (done.isSuccess()) {
        circuits.registrars().reached(Service.REGISTRAR_TLS, address);
        join((Stream) future.channel());
      } else if (pledge.isOpen()) { // otherwise it was given up with the circuit, which is no fault of the registrar's
        circuits.registrars().failed(Service.REGISTRAR_TLS, address, Circuits.PENALTY);
        tryNext(others);
      }
    });
  }

  private void join(Stream far) {
    if (!pledge.isOpen()) {
      far.reset();
      return;
    }
    registrar = Optional.of(far);
    circuits.tally().add(Relayed.CIRCUITS, 1);
    pledge.pipeline().addLast(new CircuitEnd(this, far, Relayed.CIRCUIT_OCTETS_UP));
    pledge.config().setAutoRead(true);
    far.config().setAutoRead(true);
  }

  /** Octets went over it; {@code by} tells which way. */
  void moved(Relayed by, int octets) {
    circuits.tally().add(by, octets);
    hasMoved = true;
    if (by == Relayed.CIRCUIT_OCTETS_UP) {
      if (!hasSpoken) {
        hasSpoken = true;
        circuits.gate().greeted(this);
      }
    } else if (!isStirred) {
      isStirred = true;
      circuits.gate().stir(this);
    }
  }

  /** One side will not send any more: the other is told once it has everything. */
  void halfEnded(Stream other) {
    other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
      halves--;
      if (halves == 0) {
        pledge.close();
        registrar.ifPresent(Channel::close);
      } else {
        endOutput(other);
      }
    });
  }

  private void endOutput(Stream other) {
    try {
      other.endOutput();
    } catch (IOException e) {
      failed(e);
    }
  }

  /** One side is gone, or was reset: so is the other, and nobody is waited for any more. */
  void broken() {
    pledge.reset();
    connecting.ifPresent(Channel::close);
    registrar.ifPresent(Stream::reset);
  }

  /** Something went wrong on one side. */
  void failed(Throwable cause) {
    circuits.tally().isOfTheNetwork(cause);
    broken();
  }

  /** Ends it for a reason that is told; on whatever thread. */
  void end(Refusal why) {
    if (!pledge.eventLoop().inEventLoop()) {
      pledge.eventLoop().execute(() -> end(why));
    } else if (pledge.isOpen()) {
      circuits.tally().refuse(why, pledge.remoteAddress());
      broken();
    }
  }

  /**
   * Looks whether it has outlived what it may; to be called now and then.
   *
   * @param quiet nanoseconds after which it has to make room for others when there is none
   */
  void look(long now, CircuitConfig limits, long quiet) {
    if (registrar.isEmpty()) {
      joined = now; // at the earliest: what it says is read from then on
    }
    if (hasMoved) {
      hasMoved = false;
      heard = now;
    } else if (isStirred && now - heard >= quiet) {
      isStirred = false;
      circuits.gate().settle(this);
    }
    if (!hasSpoken && now - joined >= limits.speak().toNanos()) {
      end(Refusal.NEVER_SPOKE);
    } else if (now - heard >= limits.idle().toNanos()) {
      end(Refusal.IDLE);
    } else if (now - opened >= limits.longest().toNanos()) {
      end(Refusal.ENDLESS);
    }
  }
}

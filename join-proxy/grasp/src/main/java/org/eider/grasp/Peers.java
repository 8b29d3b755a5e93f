package org.eider.grasp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eider.grasp.Nuisances.Kind;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TCP connections of a node of the domain: those that it holds to its neighbours and makes anew when they fail, and those that others
 * make. One that has sent a flood or M_NOOP is a neighbour's, and is told floods; we begin ours with M_NOOP. Each has a thread that reads
 * and one that writes; one that does not take what is written for ten seconds is closed.
 */
final class Peers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration NEIGHBOURS_PATIENCE = Duration.ofMinutes(4);
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(60);
  private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(60);
  private static final Duration SLOWEST_WRITE = Duration.ofSeconds(10);
  private static final Duration SLOWEST_GREETING = Duration.ofSeconds(15);
  private static final Duration TOO_FAST = Duration.ofMillis(20);
  private static final int WAITING = 64;

  /** What is told of peers, each time from the thread that reads. */
  interface Listener {
    /** A neighbour is there, and would like to hear what is told. */
    void joined(Peer peer);

    /** A message came; what it answers, it writes itself. Returns whether the connection goes on. */
    boolean received(Peer peer, Message message) throws IOException;
  }

  private final Transport transport;
  private final NodeLimits limits;
  private final Listener listener;
  private final LongSupplier nanos;
  private final Nuisances nuisances;
  private final ScheduledExecutorService timer;
  private final Optional<ServerSocket> server;
  private final Set<Peer> peers = new HashSet<>();
  private final Pace pace;
  private volatile boolean isClosed;

  Peers(Transport transport, NodeLimits limits, Optional<InetSocketAddress> listen, Listener listener, LongSupplier nanos, Nuisances nuisances)
      throws IOException {
    this.transport = transport;
    this.limits = limits;
    this.listener = listener;
    this.nanos = nanos;
    this.nuisances = nuisances;
    this.pace = new Pace(limits.receivedPerSecond(), nanos);
    this.server = listen.isPresent() ? Optional.of(bound(listen.get())) : Optional.empty();
    this.timer = DullNode.timer("grasp-peers");
  }

  private static ServerSocket bound(InetSocketAddress address) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(address);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw new IOException("cannot listen to GRASP on TCP " + address + ": " + e.getMessage(), e);
    }
  }

  /** Starts to take connections, and to make those to neighbours. */
  void start(List<InetSocketAddress> neighbours) {
    server.ifPresent(socket -> thread("grasp-accept", () -> accept(socket)));
    neighbours.forEach(neighbour -> thread("grasp-to-" + neighbour, () -> hold(neighbour)));
    timer.scheduleWithFixedDelay(this::sweep, 1, 1, TimeUnit.SECONDS);
  }

  /** Where others connect to. */
  Optional<InetSocketAddress> listening() {
    return server.map(socket -> (InetSocketAddress) socket.getLocalSocketAddress());
  }

  /** Tells all neighbours but one. */
  void tell(Octets message, Optional<Peer> except) {
    for (Peer peer : all()) {
      if (peer.isNeighbour && except.filter(peer::equals).isEmpty()) {
        peer.tell(message);
      }
    }
  }

  /** How many neighbours there are. */
  int neighbours() {
    return (int) all().stream().filter(peer -> peer.isNeighbour).count();
  }

  @Override
  public void close() {
    isClosed = true;
    timer.shutdownNow();
    try {
      if (server.isPresent()) {
        server.get().close();
      }
    } catch (IOException e) {
      LOG.debug("grasp: closing: {}", e.getMessage());
    }
    synchronized (this) {
      notifyAll();
    }
    all().forEach(Peer::close);
  }

  private void accept(ServerSocket socket) {
    while (!isClosed) {
      try {
        take(socket.accept());
      } catch (IOException e) {
        if (!isClosed) {
          nuisances.note(Kind.LOST_PEER, "tcp", e.getMessage());
          sleep(SHORTEST_RETRY);
        }
      }
    }
  }

  private void take(Socket socket) throws IOException {
    long same = all().stream().filter(peer -> peer.isOf(socket)).count();
    if (all().size() >= limits.connections() || same >= limits.connectionsPerPeer()) {
      nuisances.note(Kind.TOO_MANY_PEERS, "tcp", socket.getInetAddress().getHostAddress());
      socket.close();
      return;
    }
    Peer peer = new Peer(socket);
    add(peer);
    thread("grasp-from-" + socket.getInetAddress().getHostAddress(), () -> serve(peer));
  }

  private void serve(Peer peer) {
    try {
      peer.run(transport.accept(peer.raw));
    } catch (IOException e) {
      nuisances.note(Kind.REFUSED_PEER, "tcp", peer.raw.getInetAddress().getHostAddress() + ": " + e.getMessage());
    } finally {
      remove(peer);
    }
  }

  private void hold(InetSocketAddress neighbour) {
    Duration pause = SHORTEST_RETRY;
    while (!isClosed) {
      try (Wire wire = transport.connect(neighbour)) {
        pause = SHORTEST_RETRY;
        Peer peer = new Peer(wire);
        add(peer);
        try {
          peer.run(wire);
        } finally {
          remove(peer);
        }
      } catch (IOException e) {
        nuisances.note(Kind.LOST_PEER, "tcp", neighbour + ": " + e.getMessage());
      }
      if (!sleep(pause)) {
        return;
      }
      pause = pause.multipliedBy(2).compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : pause.multipliedBy(2);
    }
  }

  private boolean sleep(Duration pause) {
    try {
      synchronized (this) {
        if (!isClosed) {
          wait(pause.toMillis());
        }
      }
      return !isClosed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void sweep() {
    all().forEach(Peer::look);
  }

  private List<Peer> all() {
    synchronized (peers) {
      return new ArrayList<>(peers);
    }
  }

  private void add(Peer peer) {
    synchronized (peers) {
      peers.add(peer);
    }
    if (isClosed) {
      peer.close();
    }
  }

  private void remove(Peer peer) {
    synchronized (peers) {
      peers.remove(peer);
    }
    peer.close();
  }

  static void thread(String name, Runnable task) {
    Thread thread = new Thread(() -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.error("grasp: a thread ends because of an error of ours", e);
      }
    }, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** One connection. */
  final class Peer {
    private final Socket raw;
    private final boolean isOurs;
    private final BlockingQueue<Octets> waiting = new ArrayBlockingQueue<>(WAITING);
    private volatile boolean isNeighbour;
    private volatile boolean isOver;
    private volatile long writingSince;
    private volatile boolean isWriting;
    private volatile long lastWritten = nanos.getAsLong();
    private volatile Optional<Wire> wire = Optional.empty();

    private Peer(Socket accepted) {
      this.raw = accepted;
      this.isOurs = false;
    }

    private Peer(Wire wire) {
      this.raw = wire.raw();
      this.isOurs = true;
    }

    /** Writes when the peer takes it; a peer that has too much to take already does not get it. */
    void tell(Octets message) {
      if (!waiting.offer(message)) {
        nuisances.note(Kind.CANNOT_SEND, "tcp", raw.getInetAddress().getHostAddress() + " does not read");
      }
    }

    /** The connection itself, for an exchange that takes it over; only from {@link Listener#received}. */
    Wire wire() {
      return wire.orElseThrow();
    }

    private boolean isOf(Socket other) {
      return !isOurs && raw.getInetAddress().equals(other.getInetAddress());
    }

    private void run(Wire over) throws IOException {
      wire = Optional.of(over);
      thread("grasp-to-" + raw.getInetAddress().getHostAddress(), this::write);
      if (isOurs) {
        tell(GraspEncoder.encode(new Message.Noop()));
        neighbour();
      }
      boolean goesOn = true;
      while (goesOn && !isClosed && !isOver) {
        goesOn = next(over);
      }
      over.finish();
    }

    private boolean next(Wire over) throws IOException {
      try {
        Optional<Message> message = over.receive(isNeighbour ? NEIGHBOURS_PATIENCE : PATIENCE);
        if (message.isEmpty()) {
          return false;
        }
        if (message.get() instanceof Message.Noop || message.get() instanceof Message.Flood) {
          neighbour();
        }
        while (!pace.allows() && sleep(TOO_FAST)) {
          nuisances.note(Kind.TOO_MANY, "tcp", raw.getInetAddress().getHostAddress());
        }
        return message.get() instanceof Message.Noop || listener.received(this, message.get());
      } catch (SocketTimeoutException e) {
        return false;
      } catch (DecodeException e) {
        nuisances.note(Kind.MALFORMED, "tcp", raw.getInetAddress().getHostAddress() + ": " + e.getMessage());
        return !e.path().equals(MessageStream.PATH);
      }
    }

    private void neighbour() {
      if (!isNeighbour) {
        isNeighbour = true;
        listener.joined(this);
      }
    }

    private void write() {
      try {
        while (!isOver) {
          Octets next = waiting.poll(1, TimeUnit.SECONDS);
          if (next != null) {
            writingSince = nanos.getAsLong();
            isWriting = true;
            wire().send(next);
            isWriting = false;
            lastWritten = nanos.getAsLong();
          }
        }
      } catch (IOException e) {
        close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        close();
      }
    }

    /** Once a second. */
    private void look() {
      if (wire.isEmpty() && nanos.getAsLong() - lastWritten > SLOWEST_GREETING.toNanos()) {
        nuisances.note(Kind.REFUSED_PEER, "tcp", raw.getInetAddress().getHostAddress() + " does not finish its handshake");
        close();
      } else if (isWriting && nanos.getAsLong() - writingSince > SLOWEST_WRITE.toNanos()) {
        nuisances.note(Kind.LOST_PEER, "tcp", raw.getInetAddress().getHostAddress() + " does not read");
        close();
      } else if (isNeighbour && waiting.isEmpty() && nanos.getAsLong() - lastWritten > SIGN_OF_LIFE.toNanos()) {
        tell(GraspEncoder.encode(new Message.Noop()));
      }
    }

    private void close() {
      isOver = true;
      try {
        raw.close();
      } catch (IOException e) {
        LOG.debug("grasp: closing: {}", e.getMessage());
      }
    }
  }
}

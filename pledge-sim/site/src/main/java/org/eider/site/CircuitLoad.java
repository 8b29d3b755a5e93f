package org.eider.site;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.eider.cli.CommandFailure;

/** TCP connections to a {@link BenchPeerCommand}, straight or through a relay. */
final class CircuitLoad {
  private static final int GREETING = 64;
  private static final int PIECE = 64 << 10;
  private static final int STREAMS = 4;

  private final InetSocketAddress address;

  CircuitLoad(InetSocketAddress address) {
    this.address = address;
  }

  /** Opens connections for that long, so many at a time, an exchange of 64 octets on each; how many went well a second. */
  double connectionsPerSecond(int atOnce, double seconds) throws CommandFailure, InterruptedException {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    AtomicLong done = new AtomicLong();
    long began = System.nanoTime();
    inParallel(atOnce, () -> {
      while (System.nanoTime() < end) {
        exchangeOnce();
        done.incrementAndGet();
      }
    });
    return done.get() / ((System.nanoTime() - began) / 1e9);
  }

  /** Megabytes (10^6) a second, half of them sent and half received, four connections at a time. */
  double throughput(long octets) throws CommandFailure, InterruptedException {
    long each = octets / STREAMS / 2;
    long began = System.nanoTime();
    inParallel(STREAMS, () -> upload(each));
    inParallel(STREAMS, () -> download(each));
    return 2.0 * STREAMS * each / 1e6 / ((System.nanoTime() - began) / 1e9);
  }

  /** Opens circuits that say one word and then nothing; they stay open until they are closed. */
  List<SocketChannel> open(int count) throws IOException {
    List<SocketChannel> open = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      open.add(greeted());
    }
    return open;
  }

  /** Whether an octet still comes back on a circuit of {@link #open}. */
  static boolean isAlive(SocketChannel circuit) {
    try {
      write(circuit, ByteBuffer.wrap(new byte[] {'x'}));
      return circuit.read(ByteBuffer.allocate(1)) == 1;
    } catch (IOException closed) {
      return false;
    }
  }

  private SocketChannel greeted() throws IOException {
    SocketChannel channel = SocketChannel.open(address);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    write(channel, ByteBuffer.wrap(new byte[] {'e', 'h'}));
    read(channel, 1);
    return channel;
  }

  private void exchangeOnce() throws IOException {
    try (SocketChannel channel = SocketChannel.open(address)) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      byte[] greeting = new byte[GREETING + 1];
      greeting[0] = 'e';
      write(channel, ByteBuffer.wrap(greeting));
      read(channel, GREETING);
    }
  }

  private void upload(long octets) throws IOException {
    try (SocketChannel channel = SocketChannel.open(address)) {
      write(channel, ByteBuffer.allocate(1 + Long.BYTES).put((byte) 'u').putLong(octets).flip());
      ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
      for (long left = octets; left > 0; left -= piece.limit()) {
        piece.clear().limit((int) Math.min(PIECE, left));
        write(channel, piece);
      }
      read(channel, 1);
    }
  }

  private void download(long octets) throws IOException {
    try (SocketChannel channel = SocketChannel.open(address)) {
      write(channel, ByteBuffer.allocate(1 + Long.BYTES).put((byte) 'd').putLong(octets).flip());
      read(channel, octets);
    }
  }

  private static void write(SocketChannel channel, ByteBuffer octets) throws IOException {
    while (octets.hasRemaining()) {
      channel.write(octets);
    }
  }

  private static void read(SocketChannel channel, long octets) throws IOException {
    ByteBuffer piece = ByteBuffer.allocateDirect((int) Math.min(PIECE, octets));
    for (long left = octets; left > 0; ) {
      piece.clear().limit((int) Math.min(PIECE, left));
      int size = channel.read(piece);
      if (size < 0) {
        throw new IOException("the connection ended " + left + " octets too early");
      }
      left -= size;
    }
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  private static void inParallel(int threads, Work work) throws CommandFailure, InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(pool.submit(() -> {
          work.run();
          return null;
        }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new CommandFailure("a connection failed: " + e.getCause(), "run it with --keep and read the logs", e);
    } finally {
      pool.shutdownNow();
    }
  }
}

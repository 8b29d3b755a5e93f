package org.eider.site;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.eider.cli.CommandFailure;

/** UDP datagrams to a {@link BenchPeerCommand} and back, straight or through a relay. */
final class DatagramLoad {
  private static final int SIZE = 200;
  private static final int WINDOW = 16;
  private static final int PATIENCE_MS = 200;
  private static final int LARGEST = 2048;
  private static final int HOSTS = 250;

  private final InetSocketAddress address;

  DatagramLoad(InetSocketAddress address) {
    this.address = address;
  }

  /** How many of 200 octets went and came back in a second, and which share did not. */
  record Rate(double perSecond, double lost) {}

  /** Sends from {@code flows} ports for that long, up to 16 of each on their way. */
  Rate roundTrips(int flows, double seconds) throws CommandFailure, InterruptedException {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    AtomicLong sent = new AtomicLong();
    AtomicLong back = new AtomicLong();
    ExecutorService pool = Executors.newFixedThreadPool(flows);
    long began = System.nanoTime();
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < flows; i++) {
        running.add(pool.submit(() -> {
          flow(end, sent, back);
          return null;
        }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new CommandFailure("datagrams failed: " + e.getCause(), "run it with --keep and read the logs", e);
    } finally {
      pool.shutdownNow();
    }
    return new Rate(back.get() / ((System.nanoTime() - began) / 1e9), sent.get() == 0 ? 1 : 1 - (double) back.get() / sent.get());
  }

  /**
   * Sends one datagram from each of so many sources and waits for no answer: addresses of 127.0.0.0/8, several ports of each.
   *
   * @return how many could be sent
   */
  int fromDistinctSources(int count) throws IOException {
    byte[] hello = new byte[SIZE];
    int portsEach = 1000;
    int sent = 0;
    for (int i = 0; i < count; i++) {
      int host = i / portsEach;
      // Not 0 and not 255 at the end, which some take for a broadcast.
      InetAddress source = InetAddress.getByAddress(
          new byte[] {127, (byte) (1 + host / (HOSTS * HOSTS)), (byte) (host / HOSTS % HOSTS), (byte) (1 + host % HOSTS)});
      try (DatagramChannel channel = DatagramChannel.open(java.net.StandardProtocolFamily.INET)) {
        channel.bind(new InetSocketAddress(source, 2000 + i % portsEach));
        sent += channel.send(ByteBuffer.wrap(hello), address) == SIZE ? 1 : 0;
      }
    }
    return sent;
  }

  private void flow(long end, AtomicLong sent, AtomicLong back) throws IOException {
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.connect(address);
      channel.socket().setSoTimeout(PATIENCE_MS);
      byte[] out = new byte[SIZE];
      DatagramPacket in = new DatagramPacket(new byte[LARGEST], LARGEST);
      while (System.nanoTime() < end) {
        sent.addAndGet(WINDOW);
        back.addAndGet(exchanged(channel, out, in));
      }
    }
  }

  /** Sends a window of datagrams and takes what comes back; how many that were. */
  private static int exchanged(DatagramChannel channel, byte[] out, DatagramPacket in) throws IOException {
    int back = 0;
    try {
      for (int i = 0; i < WINDOW; i++) {
        channel.write(ByteBuffer.wrap(out));
      }
      while (back < WINDOW) {
        channel.socket().receive(in);
        back++;
      }
      return back;
    } catch (SocketTimeoutException | PortUnreachableException lost) {
      return back; // the others are lost; where nobody listens yet, all of them
    }
  }
}

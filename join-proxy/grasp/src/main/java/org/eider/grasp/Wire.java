package org.eider.grasp;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * A TCP connection that carries messages, plain or in TLS. Reading is for one thread, all else for any.
 */
final class Wire implements AutoCloseable {
  /** How long a message may take from its first octet to its last. */
  private static final Duration SLOWEST = Duration.ofSeconds(10);

  private final Socket raw;
  private final Socket socket;
  private final GraspCodec codec;
  private final LongSupplier nanos;
  private final MessageStream messages;
  private final Object writing = new Object();
  private long deadline;

  /**
   * A connection.
   *
   * @param raw what is closed, since closing TLS may wait for a peer that does not read
   * @param socket what is read and written: the same, or TLS upon it
   */
  Wire(Socket raw, Socket socket, GraspCodec codec, LongSupplier nanos) throws IOException {
    this.raw = raw;
    this.socket = socket;
    this.codec = codec;
    this.nanos = nanos;
    this.messages = new MessageStream(new InTime(socket.getInputStream()), codec.limit());
    raw.setTcpNoDelay(true);
  }

  /** The connection without what is upon it. */
  Socket raw() {
    return raw;
  }

  /** Who is at the other end. */
  InetSocketAddress peer() {
    return (InetSocketAddress) raw.getRemoteSocketAddress();
  }

  /** Our end. */
  InetSocketAddress local() {
    return (InetSocketAddress) raw.getLocalSocketAddress();
  }

  /** Writes one message; blocks while the peer does not read. */
  void send(Message message) throws IOException {
    send(codec.encode(message));
  }

  /** Writes one message that is encoded already. */
  void send(Octets message) throws IOException {
    synchronized (writing) {
      socket.getOutputStream().write(message.toArray());
      socket.getOutputStream().flush();
    }
  }

  /**
   * Reads one message.
   *
   * @param patience how long to wait for it to begin
   * @return empty when the peer has ended the stream
   * @throws SocketTimeoutException when it does not begin in time, or does not end soon enough
   * @throws DecodeException when it is none; {@link DecodeException#path()} is {@link MessageStream#PATH} when none can follow either
   */
  Optional<Message> receive(Duration patience) throws IOException, DecodeException {
    deadline = nanos.getAsLong() + patience.toNanos();
    Optional<Octets> octets = messages.next();
    return octets.isEmpty() ? Optional.empty() : Optional.of(codec.decode(octets.get()));
  }

  /** Ends the connection at once, whatever others do with it. */
  @Override
  public void close() {
    try {
      raw.close();
    } catch (IOException e) {
      // it is gone already, which is what was wanted
    }
  }

  /** Ends the connection as TLS wants it, and then for good. */
  void finish() {
    try {
      if (socket != raw) {
        raw.setSoTimeout((int) SLOWEST.toMillis());
        socket.close();
      }
    } catch (IOException e) {
      // the peer was faster
    }
    close();
  }

  /** Lets nobody trickle: every read has what is left until the deadline, which comes nearer once a message has begun. */
  private final class InTime extends FilterInputStream {
    private final byte[] buffer = new byte[4096];
    private int at;
    private int end;

    InTime(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      if (at == end && fill() < 0) {
        return -1;
      }
      return buffer[at++] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (at == end && fill() < 0) {
        return -1;
      }
      int count = Math.min(length, end - at);
      System.arraycopy(buffer, at, target, offset, count);
      at += count;
      return count;
    }

    @Override
    public byte[] readNBytes(int length) throws IOException {
      byte[] all = new byte[length];
      int count = 0;
      while (count < length) {
        int more = read(all, count, length - count);
        if (more < 0) {
          return java.util.Arrays.copyOf(all, count);
        }
        count += more;
      }
      return all;
    }

    private int fill() throws IOException {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - nanos.getAsLong());
      if (left <= 0) {
        throw new SocketTimeoutException("too slow");
      }
      socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
      at = 0;
      end = Math.max(0, in.read(buffer));
      deadline = Math.min(deadline, nanos.getAsLong() + SLOWEST.toNanos());
      return end == 0 ? -1 : end;
    }
  }
}

package org.eider.proxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.eider.cli.CommandFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whoever may enter the data folder how the join proxy is doing: a Unix-domain socket that writes one JSON object to each
 * connection, reads nothing, and closes it.
 */
final class StatusDoor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusDoor.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LARGEST = 1024 * 1024;
  private static final long PAUSE = TimeUnit.SECONDS.toMillis(1);
  private static final long LOG_INTERVAL = TimeUnit.SECONDS.toNanos(30);

  private final ServerSocketChannel door;
  private final Path file;
  private final Supplier<Map<String, Object>> status;
  private final LongSupplier nanos;
  private final CountDownLatch closing = new CountDownLatch(1);
  private long nextLine;

  private StatusDoor(ServerSocketChannel door, Path file, Supplier<Map<String, Object>> status, LongSupplier nanos) {
    this.door = door;
    this.file = file;
    this.status = status;
    this.nanos = nanos;
    this.nextLine = nanos.getAsLong();
  }

  /** Waits for the next visitor. */
  @FunctionalInterface
  interface Entrance {
    SocketChannel next() throws IOException;
  }

  /** Opens it; the folder around it keeps others out. */
  static StatusDoor open(Path file, Supplier<Map<String, Object>> status, LongSupplier nanos) throws IOException {
    Files.deleteIfExists(file);
    ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      door.bind(UnixDomainSocketAddress.of(file));
    } catch (IOException e) {
      door.close();
      throw new IOException("no status socket at " + file + ": " + e.getMessage(), e);
    }
    StatusDoor opened = new StatusDoor(door, file, status, nanos);
    opened.serve(door::accept);
    return opened;
  }

  /** Serves those who come in, on a thread of its own. */
  void serve(Entrance entrance) {
    Thread thread = new Thread(() -> serveAll(entrance), "proxy-status");
    thread.setDaemon(true);
    thread.start();
  }

  /** What the join proxy of a data folder says of itself. */
  static JsonNode ask(Path file) throws CommandFailure {
    if (!Files.exists(file)) {
      throw notRunning(file, new IOException("there is no " + file));
    }
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file)); InputStream in = Channels.newInputStream(channel)) {
      return JSON.readTree(in.readNBytes(LARGEST));
    } catch (IOException e) {
      throw notRunning(file, e);
    }
  }

  private static CommandFailure notRunning(Path file, IOException e) {
    return new CommandFailure("no join proxy answers: " + e.getMessage(),
        "give --data of a join proxy that runs, as the user who runs it", e);
  }

  private void serveAll(Entrance entrance) {
    try {
      while (closing.getCount() > 0) {
        try {
          answer(entrance.next());
        } catch (ClosedChannelException closed) {
          return;
        } catch (IOException e) { // no more files may be opened, say, and that goes on for a while
          tell(e);
          closing.await(PAUSE, TimeUnit.MILLISECONDS);
        } catch (RuntimeException e) { // or nobody would be answered any more
          LOG.error("status cannot be told", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(IOException e) {
    long now = nanos.getAsLong();
    if (now - nextLine >= 0) {
      nextLine = now + LOG_INTERVAL;
      LOG.warn("status cannot be asked for now: {}", e.getMessage());
    }
  }

  private void answer(SocketChannel accepted) {
    try (SocketChannel visitor = accepted) {
      ByteBuffer text = ByteBuffer.wrap(text());
      visitor.configureBlocking(false); // who does not read gets what the kernel takes at once
      while (text.hasRemaining() && visitor.write(text) > 0) { // until it takes no more
      }
    } catch (IOException e) {
      LOG.debug("status: {}", e.getMessage());
    }
  }

  private byte[] text() {
    try {
      return JSON.writeValueAsString(status.get()).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("status is plain maps and lists", e);
    }
  }

  @Override
  public void close() throws IOException {
    closing.countDown();
    door.close();
    Files.deleteIfExists(file);
  }
}

package org.eider.site;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.eider.cli.CommandFailure;

/**
 * A cable that loses, repeats, delays and reorders Ethernet frames, in the way of {@code tc netem}, which not every kernel has: in both
 * namespaces socat has a TAP device, and this process carries the frames between them. Every frame suffers loss, repetition and
 * overtaking with the same probability each.
 */
final class ImpairedLink implements NetworkCell.Wiring {
  private static final int LONGEST_FRAME = 2048;
  private static final int BASE_DELAY_MS = 2;
  private static final int LATE_MS = 15;

  private final Path folder;
  private final double probability;
  private final Random random;
  private final AtomicInteger lost = new AtomicInteger();
  private final AtomicInteger carried = new AtomicInteger();

  /**
   * A cable that is not laid yet.
   *
   * @param folder for sockets, its path shorter than 80 characters
   * @param percent of frames that are lost, of those that are repeated, and of those that are overtaken
   */
  ImpairedLink(Path folder, int percent, long seed) {
    this.folder = folder;
    this.probability = percent / 100.0;
    this.random = new Random(seed);
  }

  /** How many frames were lost so far. */
  int lost() {
    return lost.get();
  }

  /** How many arrived, repetitions included. */
  int carried() {
    return carried.get();
  }

  @Override
  public Closeable join(String namespace, String name, String otherNamespace, String otherName)
      throws IOException, CommandFailure, InterruptedException {
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    Channel near = hub(loop, name + "-near");
    Channel far = hub(loop, otherName + "-far");
    near.pipeline().addLast(new Carrier(far, tap(otherName + "-far")));
    far.pipeline().addLast(new Carrier(near, tap(name + "-near")));
    Process one = socat(namespace, name, name + "-near");
    Process other = socat(otherNamespace, otherName, otherName + "-far");
    awaitInterface(namespace, name);
    awaitInterface(otherNamespace, otherName);
    return () -> {
      one.destroy();
      other.destroy();
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    };
  }

  private Channel hub(EventLoopGroup loop, String end) throws InterruptedException {
    return new Bootstrap().group(loop).channel(EpollDomainDatagramChannel.class)
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LONGEST_FRAME))
        .handler(new io.netty.channel.ChannelInboundHandlerAdapter())
        .bind(new DomainSocketAddress(folder.resolve(end + ".hub").toFile())).sync().channel();
  }

  private DomainSocketAddress tap(String end) {
    return new DomainSocketAddress(folder.resolve(end + ".tap").toFile());
  }

  private Process socat(String namespace, String name, String end) throws IOException {
    return new ProcessBuilder("ip", "netns", "exec", namespace, "socat", "-b", Integer.toString(LONGEST_FRAME),
        "TUN,tun-type=tap,iff-no-pi,tun-name=" + name,
        "UNIX-SENDTO:" + folder.resolve(end + ".hub") + ",bind=" + folder.resolve(end + ".tap"))
        .redirectErrorStream(true).redirectOutput(folder.resolve(end + ".log").toFile()).start();
  }

  private void awaitInterface(String namespace, String name) throws IOException {
    try {
      Awaitility.await().atMost(Duration.ofSeconds(10)).ignoreExceptionsInstanceOf(CommandFailure.class)
          .until(() -> NetworkCell.run("ip", "-n", namespace, "link", "show", name).contains(name));
    } catch (org.awaitility.core.ConditionTimeoutException e) {
      throw new IOException("no TAP device " + name + ": " + logs(), e);
    }
  }

  private List<String> logs() throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".log")).map(file -> {
        try {
          return Files.readString(file).strip();
        } catch (IOException e) {
          return e.getMessage();
        }
      }).toList();
    }
  }

  /** Takes what one end sends to the other. On the one event loop. */
  private final class Carrier extends SimpleChannelInboundHandler<DomainDatagramPacket> {
    private final Channel other;
    private final DomainSocketAddress receiver;

    Carrier(Channel other, DomainSocketAddress receiver) {
      this.other = other;
      this.receiver = receiver;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
      if (random.nextDouble() < probability) {
        lost.incrementAndGet();
        return;
      }
      carry(packet.content());
      if (random.nextDouble() < probability) {
        carry(packet.content());
      }
    }

    private void carry(ByteBuf frame) {
      int delay = BASE_DELAY_MS + (random.nextDouble() < probability ? LATE_MS : 0);
      ByteBuf copy = frame.retainedDuplicate();
      carried.incrementAndGet();
      other.eventLoop().schedule(() -> other.writeAndFlush(new DomainDatagramPacket(copy, receiver)), delay, TimeUnit.MILLISECONDS);
    }
  }
}

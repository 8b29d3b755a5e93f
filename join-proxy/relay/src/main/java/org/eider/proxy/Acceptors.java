package org.eider.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * One TCP port with a socket for each event loop; the system shares out between them who connects. So no connection is handed from one
 * thread to another, and each thread has some. Where the system cannot do that, there is one socket.
 */
final class Acceptors implements Links.Listener {
  private static final ChannelOption<Boolean> SHARED = NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT);

  private final List<Channel> channels = new ArrayList<>();

  private Acceptors() {}

  /**
   * Begins to listen at {@code at}, as {@code bootstrap} says but for its group.
   *
   * @param troubles is told what goes wrong when connections are accepted; can be added to many pipelines
   * @throws IOException when the port cannot be had; then nothing is open
   */
  static Acceptors open(InetSocketAddress at, List<EventLoop> loops, ServerBootstrap bootstrap, ChannelHandler troubles)
      throws IOException {
    Acceptors all = new Acceptors();
    boolean opened = false;
    try {
      all.open(bootstrap.clone().group(loops.get(0)), at, troubles);
      // Only now, so that a port that somebody else has is not shared with him.
      if (all.channels.get(0).config().setOption(SHARED, true)) {
        for (EventLoop loop : loops.subList(1, loops.size())) {
          all.open(bootstrap.clone().group(loop).option(SHARED, true), all.address(), troubles);
        }
      }
      opened = true;
      return all;
    } finally {
      if (!opened) {
        all.close();
      }
    }
  }

  private void open(ServerBootstrap bootstrap, InetSocketAddress at, ChannelHandler troubles) throws IOException {
    Channel bound = Transport.bound(bootstrap.bind(at));
    channels.add(bound);
    bound.pipeline().addLast(troubles); // behind Netty's own, which pauses for a second
  }

  @Override
  public InetSocketAddress address() {
    return (InetSocketAddress) channels.get(0).localAddress();
  }

  @Override
  public void close() {
    channels.forEach(channel -> channel.close().awaitUninterruptibly());
  }
}

package org.eider.est.http;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * The event loops of all client connections of this JVM: two daemon threads, started with the first connection and never stopped,
 * since a blocking client has no natural owner for them.
 */
final class ClientLoops {
  private static final int THREADS = 2;

  private ClientLoops() {}

  static EventLoopGroup group() {
    return Started.GROUP;
  }

  /** Initialised by the first use. */
  private static final class Started {
    private static final EventLoopGroup GROUP =
        new MultiThreadIoEventLoopGroup(THREADS, new DefaultThreadFactory("https-client", true), NioIoHandler.newFactory());
  }
}

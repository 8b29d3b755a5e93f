package org.eider.proxy;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;

/**
 * A TCP connection of a circuit: reads only when told to, may be open one way, ends its output without the exception that Netty makes
 * for it each time, stack trace included, and its input without a call to the system.
 */
final class Stream extends NioSocketChannel {
  /** What is read at once, at most and at first. */
  private static final int CHUNK = 64 * 1024;
  private static final int FIRST_CHUNK = 2048;
  private static final int LEAST_CHUNK = 512;
  /** What waits to be written before reading stops, and may go on. */
  private static final WriteBufferWaterMark WAITING = new WriteBufferWaterMark(CHUNK, 4 * CHUNK);

  private boolean hasEnded;

  private Stream() {
    setUp();
  }

  private Stream(Channel acceptor, SocketChannel accepted) {
    super(acceptor, accepted);
    setUp();
  }

  /** Small chunks at first, since most of what is said over most circuits is; Netty sets TCP_NODELAY by itself. */
  private void setUp() {
    config().setAutoRead(false);
    config().setAllowHalfClosure(true);
    config().setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator(LEAST_CHUNK, FIRST_CHUNK, CHUNK));
    config().setWriteBufferWaterMark(WAITING);
  }

  /**
   * Begins to connect one, on a loop; its future says what became of it.
   *
   * @throws IOException when there is no socket to be had: too many open files, or no memory
   */
  static ChannelFuture connect(InetSocketAddress address, Duration patience, EventLoop loop, ChannelHandler handler) throws IOException {
    Stream stream = made();
    stream.config().setConnectTimeoutMillis((int) patience.toMillis());
    stream.pipeline().addLast(handler);
    ChannelPromise connected = stream.newPromise();
    loop.register(stream).addListener(registered -> {
      if (registered.isSuccess()) {
        stream.connect(address, connected);
      } else {
        connected.setFailure(registered.cause());
      }
    });
    return connected.addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }

  private static Stream made() throws IOException {
    try {
      return new Stream();
    } catch (ChannelException e) {
      throw new IOException("no socket", e);
    }
  }

  /** What the other side has ended needs no telling the system, which says so at each reading. */
  @Override
  public ChannelFuture shutdownInput() {
    hasEnded = true;
    return newSucceededFuture();
  }

  @Override
  public boolean isInputShutdown() {
    return hasEnded || !isActive();
  }

  /** Tells the other side that nothing more will come; everything has to be written. */
  void endOutput() throws IOException {
    if (isActive()) {
      javaChannel().shutdownOutput();
    }
  }

  /** Closes so that the other side sees a reset. */
  void reset() {
    if (isOpen()) {
      config().setOption(ChannelOption.SO_LINGER, 0);
      close();
    }
  }

  /** Accepts them. */
  static final class Acceptor extends NioServerSocketChannel {
    @Override
    protected int doReadMessages(List<Object> accepted) throws IOException {
      SocketChannel socket = javaChannel().accept();
      if (socket == null) {
        return 0;
      }
      try {
        accepted.add(new Stream(this, socket));
        return 1;
      } catch (ChannelException e) {
        socket.close();
        throw new IOException("a connection that was accepted cannot be used", e); // which does not end the acceptor
      }
    }
  }
}

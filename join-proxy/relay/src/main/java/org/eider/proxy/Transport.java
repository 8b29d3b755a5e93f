package org.eider.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Event loops and the sockets that run on them. Circuits run on the platform's selectors, since Netty's own epoll loses connections whose
 * peer ends its half while reading is paused (decision 24); datagrams on that epoll where there is one, many to a system call.
 */
final class Transport implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup streams;
  private final List<EventLoop> streamLoops = new ArrayList<>();
  private final MultiThreadIoEventLoopGroup datagrams;
  private final Class<? extends DatagramChannel> datagramChannel;

  private Transport(int streamThreads, IoHandlerFactory handlers, Class<? extends DatagramChannel> datagramChannel) {
    this.streams = new MultiThreadIoEventLoopGroup(streamThreads, new DefaultThreadFactory("proxy-tcp", true), NioIoHandler.newFactory());
    this.streams.forEach(loop -> streamLoops.add((EventLoop) loop));
    this.datagrams = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("proxy-udp", true), handlers);
    this.datagramChannel = datagramChannel;
  }

  /** The best that this machine has, with so many threads for TCP. */
  static Transport start(int streamThreads) {
    return Epoll.isAvailable()
        ? new Transport(streamThreads, EpollIoHandler.newFactory(), EpollDatagramChannel.class) : portable(streamThreads);
  }

  /** The one that every machine has. */
  static Transport portable(int streamThreads) {
    return new Transport(streamThreads, NioIoHandler.newFactory(), NioDatagramChannel.class);
  }

  /** Whether datagrams are read many to a system call. */
  boolean isNative() {
    return datagramChannel == EpollDatagramChannel.class;
  }

  /** Of TCP. */
  List<EventLoop> streamLoops() {
    return streamLoops;
  }

  /** Of UDP: one, so that what is kept there needs no locks. */
  EventLoop datagramLoop() {
    return datagrams.next();
  }

  /**
   * Waits until it is.
   *
   * @throws BindException when it cannot be, and why
   */
  static Channel bound(ChannelFuture binding) throws BindException {
    if (!binding.awaitUninterruptibly().isSuccess()) {
      BindException failure = new BindException(String.valueOf(binding.cause().getMessage()));
      failure.initCause(binding.cause());
      throw failure;
    }
    return binding.channel();
  }

  /** For UDP. */
  Bootstrap datagrams() {
    return new Bootstrap().group(datagrams).channel(datagramChannel).disableResolver();
  }

  /**
   * A UDP socket, to be connected; what is done with it is done on the loop of datagrams, whose thread is to call this.
   *
   * @throws IOException when there is none to be had: too many open files, or no memory
   */
  DatagramChannel datagramSocket(int largest, ChannelHandler handler) throws IOException {
    DatagramChannel channel;
    try {
      channel = isNative() ? new EpollDatagramChannel() : new NioDatagramChannel();
    } catch (ChannelException e) {
      throw new IOException("no socket", e);
    }
    channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(largest));
    channel.pipeline().addLast(handler);
    ChannelFuture registered = datagramLoop().register(channel);
    if (registered.isDone() && !registered.isSuccess()) {
      throw new IOException("no socket", registered.cause());
    }
    return channel;
  }

  /** Runs something on a loop now and then, whatever becomes of it; a failure is an error of this program's own. */
  static void every(long nanos, EventExecutor loop, Tally tally, Runnable chore) {
    loop.scheduleWithFixedDelay(() -> {
      try {
        chore.run();
      } catch (RuntimeException e) { // or it would not be run again
        tally.isOfTheNetwork(e);
      }
    }, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    streams.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    datagrams.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}

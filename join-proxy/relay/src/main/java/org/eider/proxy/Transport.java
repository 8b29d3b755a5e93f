package org.eider.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Event loops and the sockets that run on them. Circuits run on the platform's selectors, since Netty's own epoll loses connections whose
 * peer ends its half while reading is paused (decision 24); datagrams on that epoll where there is one, many to a system call.
 */
final class Transport implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup streams;
  private final MultiThreadIoEventLoopGroup datagrams;
  private final Class<? extends DatagramChannel> datagramChannel;

  private Transport(int streamThreads, IoHandlerFactory handlers, Class<? extends DatagramChannel> datagramChannel) {
    this.streams = new MultiThreadIoEventLoopGroup(streamThreads, new DefaultThreadFactory("proxy-tcp", true), NioIoHandler.newFactory());
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
  MultiThreadIoEventLoopGroup streamLoops() {
    return streams;
  }

  /** Of UDP: one, so that what is kept there needs no locks. */
  EventLoop datagramLoop() {
    return datagrams.next();
  }

  /** For TCP; whatever it accepts stays on its own loop, so that no connection is handed from one thread to another. */
  ServerBootstrap acceptor() {
    return new ServerBootstrap().group(streams.next()).channelFactory(Stream.Acceptor::new);
  }

  /** For UDP. */
  Bootstrap datagrams() {
    return new Bootstrap().group(datagrams).channel(datagramChannel).disableResolver();
  }

  @Override
  public void close() {
    streams.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    datagrams.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}

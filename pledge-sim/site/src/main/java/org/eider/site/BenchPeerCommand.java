package org.eider.site;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.Logging;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/**
 * {@code eider bench peer}: what stands where the registrar would be while relays are measured. On TCP the first octet says what to do: {@code e}
 * sends back all that follows; {@code u} and eight octets of length take so many and answer with one; {@code d} and eight octets of
 * length send so many. On UDP, at the port of the same number, everything comes back.
 */
@Command(name = "peer", hidden = true, mixinStandardHelpOptions = true, description = "The far end of 'bench proxy'.")
final class BenchPeerCommand implements Callable<Integer> {
  private static final int BACKLOG = 4096;
  private static final int RECEIVE_BUFFER = 4 << 20;
  private static final int PIECE = 64 << 10;

  @ParentCommand private BenchCommand parent;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Logging.forCommand();
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    InetAddress loopback = InetAddress.getByName("::1");
    Channel tcp = new ServerBootstrap().group(loops).channel(NioServerSocketChannel.class).option(ChannelOption.SO_BACKLOG, BACKLOG)
        .childOption(ChannelOption.TCP_NODELAY, true).childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new Stream());
          }
        }).bind(new InetSocketAddress(loopback, 0)).sync().channel();
    InetSocketAddress address = (InetSocketAddress) tcp.localAddress();
    new Bootstrap().group(loops).channel(NioDatagramChannel.class).option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER)
        .handler(new Datagrams()).bind(address).sync();
    parent.console().line("ready peer tcp://[::1]:" + address.getPort());
    tcp.closeFuture().sync();
    return Cli.OK;
  }

  private static final class Datagrams extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      context.writeAndFlush(new DatagramPacket(packet.content().retain(), packet.sender()));
    }
  }

  /** One connection. */
  private static final class Stream extends ChannelInboundHandlerAdapter {
    private static final ByteBuf ZEROES = Unpooled.unreleasableBuffer(Unpooled.directBuffer(PIECE).writeZero(PIECE).asReadOnly());

    private char mode = '?';
    private final ByteBuf length = Unpooled.buffer(Long.BYTES);
    private long left;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf octets = (ByteBuf) message;
      try {
        take(context, octets);
      } finally {
        ReferenceCountUtil.release(octets);
      }
    }

    private void take(ChannelHandlerContext context, ByteBuf octets) {
      if (mode == '?' && octets.isReadable()) {
        mode = (char) octets.readByte();
      }
      if (mode == 'e') {
        context.writeAndFlush(octets.readRetainedSlice(octets.readableBytes()));
        return;
      }
      if (length.writableBytes() > 0) {
        octets.readBytes(length, Math.min(length.writableBytes(), octets.readableBytes()));
        if (length.isWritable()) {
          return;
        }
        left = length.getLong(0);
      }
      if (mode == 'u') {
        left -= octets.readableBytes();
        if (left <= 0) {
          context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
        }
      } else {
        send(context);
      }
    }

    private void send(ChannelHandlerContext context) {
      while (left > 0 && context.channel().isWritable()) {
        int size = (int) Math.min(PIECE, left);
        left -= size;
        context.write(ZEROES.duplicate().writerIndex(size));
      }
      context.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      if (mode == 'd') {
        send(context);
      }
    }

    /** Half a connection is of no use here. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}

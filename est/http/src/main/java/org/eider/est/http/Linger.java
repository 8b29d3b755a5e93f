package org.eider.est.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection whose peer may still be sending a body that nobody reads. Closing at once would reset the connection and could
 * destroy the answer on its way (RFC 9112 section 9.6), so our side is closed first and what comes is thrown away, up to a bound.
 */
final class Linger extends ChannelInboundHandlerAdapter {
  private static final long MILLIS = 1000;
  private static final long MOST = 1024 * 1024;

  private long dropped;

  private Linger() {}

  static void begin(Channel channel) {
    channel.pipeline().addFirst(new Linger());
    Optional.ofNullable(channel.pipeline().get(SslHandler.class)).ifPresent(SslHandler::closeOutbound);
    ((SocketChannel) channel).shutdownOutput();
    channel.config().setAutoRead(true);
    channel.eventLoop().schedule(() -> channel.close(), MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    dropped += message instanceof ByteBuf octets ? octets.readableBytes() : 0;
    ReferenceCountUtil.release(message);
    if (dropped > MOST) {
      ctx.channel().close();
    }
  }
}

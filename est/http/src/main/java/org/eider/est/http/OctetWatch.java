package org.eider.est.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Tells that octets came in, before anybody can make sense of them. */
final class OctetWatch extends ChannelInboundHandlerAdapter {
  private final Runnable seen;

  OctetWatch(Runnable seen) {
    this.seen = seen;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    seen.run();
    ctx.fireChannelRead(message);
  }
}

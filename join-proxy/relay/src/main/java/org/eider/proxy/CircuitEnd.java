package org.eider.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.eider.proxy.Tally.Relayed;

/** One end of a circuit: what comes in here goes out at the other, as fast as that takes it. */
final class CircuitEnd extends ChannelInboundHandlerAdapter {
  private final Circuit circuit;
  private final Stream other;
  private final Relayed direction;

  /**
   * An end.
   *
   * @param direction what its octets are counted as
   */
  CircuitEnd(Circuit circuit, Stream other, Relayed direction) {
    this.circuit = circuit;
    this.other = other;
    this.direction = direction;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    circuit.moved(direction, ((ByteBuf) message).readableBytes());
    other.write(message, other.voidPromise());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    other.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    other.config().setAutoRead(ctx.channel().isWritable());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      ctx.channel().config().setAutoRead(false); // there is nothing more
      circuit.halfEnded(other);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    circuit.broken();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    circuit.failed(cause);
  }
}

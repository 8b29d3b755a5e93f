package org.eider.proxy;

import io.netty.channel.Channel;

/** Where datagrams go out: what a link does not take in time is dropped, as UDP may, and never kept until there is no memory left. */
final class Outlet {
  private Outlet() {}

  /** Whether another datagram may wait to be sent; to be asked on the channel's loop. Who writes to a closed one is told so by the write. */
  static boolean hasRoom(Channel channel) {
    if (!channel.isWritable()) {
      channel.flush(); // perhaps it is only that nobody has done so yet
    }
    return channel.isWritable() || !channel.isActive();
  }
}

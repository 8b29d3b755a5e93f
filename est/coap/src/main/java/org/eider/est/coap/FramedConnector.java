package org.eider.est.coap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Optional;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eider.est.coap.DatagramFraming.Frame;
import org.eider.est.coap.ReturnPaths.Path;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * A connector whose peers come through relays: Scandium knows them by the addresses that {@link ReturnPaths} gives them, and sees DTLS
 * only; what leaves goes to the relay, with the header of the datagram that made the connection, or moved it, last.
 */
final class FramedConnector extends ServerConnector {
  /** Octets of a UDP payload that every link passes on (RFC 8200 section 5). */
  static final int MOST = 1280 - 40 - 8;

  private final DatagramFraming framing;
  private final ReturnPaths paths;
  private final PathKeepingStore store;
  private final Drops drops;

  /** Who is told of datagrams that are dropped. */
  @FunctionalInterface
  interface Drops {
    /** One came from there, or was to go there. */
    void dropped(InetSocketAddress relay, String why);
  }

  private FramedConnector(DtlsConnectorConfig config, DatagramFraming framing, ReturnPaths paths, PathKeepingStore store, Drops drops) {
    super(config, store);
    this.framing = framing;
    this.paths = paths;
    this.store = store;
    this.drops = drops;
  }

  /** One that has not begun. */
  static FramedConnector of(DtlsConnectorConfig config, int mostConnections, DatagramFraming framing, ReturnPaths paths, Drops drops) {
    PathKeepingStore store = new PathKeepingStore(mostConnections, STALE_SECONDS, paths);
    store.setTag(config.getLoggingTag());
    return new FramedConnector(config, framing, paths, store, drops);
  }

  @Override
  void sweep() {
    store.sweep();
  }

  @Override
  protected void processDatagram(DatagramPacket packet, InetSocketAddress router) {
    InetSocketAddress relay = (InetSocketAddress) packet.getSocketAddress();
    if (relay.getPort() == 0) {
      return; // nothing can be sent back (RFC 768)
    }
    try {
      int end = packet.getOffset() + packet.getLength();
      Frame frame = framing.unwrap(Octets.of(Arrays.copyOfRange(packet.getData(), packet.getOffset(), end)));
      byte[] payload = frame.payload().toArray();
      if (payload.length > 0) {
        super.processDatagram(new DatagramPacket(payload, payload.length, paths.from(new Path(relay, frame.header()))), router);
      }
    } catch (DecodeException malformed) {
      drops.dropped(relay, malformed.getMessage());
    }
  }

  /** What cannot be sent is lost like any datagram: DTLS sends it again. */
  @Override
  protected void sendNextDatagramOverNetwork(DatagramPacket packet) throws IOException {
    Optional<Path> path = paths.to((InetSocketAddress) packet.getSocketAddress());
    if (path.isEmpty()) {
      return;
    }
    int end = packet.getOffset() + packet.getLength();
    Octets payload = Octets.of(Arrays.copyOfRange(packet.getData(), packet.getOffset(), end));
    byte[] framed = framing.wrap(new Frame(path.get().header(), payload)).toArray();
    if (framed.length > MOST) {
      drops.dropped(path.get().relay(), "an answer of " + framed.length + " octets does not fit the link");
      return;
    }
    super.sendNextDatagramOverNetwork(new DatagramPacket(framed, framed.length, path.get().relay()));
  }
}

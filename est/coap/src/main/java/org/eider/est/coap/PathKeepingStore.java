package org.eider.est.coap;

import java.net.InetSocketAddress;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.InMemoryReadWriteLockConnectionStore;

/** Scandium's connections; the ways back to their peers are kept as long as they have them. */
final class PathKeepingStore extends InMemoryReadWriteLockConnectionStore {
  private final ReturnPaths paths;

  PathKeepingStore(int capacity, long staleSeconds, ReturnPaths paths) {
    super(capacity, staleSeconds, null, false);
    this.paths = paths;
  }

  @Override
  public boolean put(Connection connection) {
    boolean isIn = super.put(connection);
    if (isIn && connection.getPeerAddress() != null) {
      paths.keep(connection.getPeerAddress());
    }
    return isIn;
  }

  /** Also when a record with a connection id has shown that the peer has another header now: that one is sent back from now on. */
  @Override
  public boolean update(Connection connection, InetSocketAddress newAddress) {
    InetSocketAddress before = connection == null ? null : connection.getPeerAddress();
    boolean isIn = super.update(connection, newAddress);
    if (isIn && newAddress != null) {
      paths.keep(newAddress);
      if (!newAddress.equals(before)) {
        releaseUnused(before);
      }
    }
    return isIn;
  }

  @Override
  public boolean remove(Connection connection, boolean removeFromSessionCache) {
    InetSocketAddress before = connection.getPeerAddress();
    boolean wasIn = super.remove(connection, removeFromSessionCache);
    releaseUnused(before);
    return wasIn;
  }

  /** Forgets the ways that nobody has any more, should there be any. */
  void sweep() {
    paths.kept().forEach(this::releaseUnused);
  }

  private void releaseUnused(InetSocketAddress address) {
    if (address != null && get(address) == null) {
      paths.release(address);
    }
  }
}

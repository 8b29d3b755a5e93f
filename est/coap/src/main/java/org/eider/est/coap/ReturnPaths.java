package org.eider.est.coap;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eider.wire.Octets;

/**
 * The ways back to clients that come through relays, many of which share a relay's address. Each pair of relay and header has an address
 * of its own, for those who only know addresses: one of the prefix 100::/64, where nobody is (RFC 6666), and a port, both from a keyed
 * hash of the pair. So a pair has the same address always, and a cookie that is bound to the address is bound to the header; a way that
 * nobody uses can be forgotten at once, since the next datagram brings it back.
 *
 * <p>Ways of sessions and handshakes are kept as long as those are there, so they are as many as those; of the others only the latest are.
 * Safe for many threads.
 */
final class ReturnPaths {
  /** Ways of clients that have not shown a cookie: more than datagrams can wait to be read, and who is forgotten comes again. */
  static final int MOST_STRANGERS = 8192;

  private static final String HASH = "HmacSHA256";
  private static final int PORTS = 0xffff;

  private final Mac hash;
  private final Map<InetSocketAddress, Path> kept = new LinkedHashMap<>();
  private final Map<InetSocketAddress, Path> strangers = new LinkedHashMap<>() {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, Path> eldest) {
      return size() > MOST_STRANGERS;
    }
  };

  /**
   * The way to a client.
   *
   * @param relay where its datagrams come from, and go to
   * @param header what the relay knows it by
   */
  record Path(InetSocketAddress relay, Octets header) {}

  ReturnPaths(SecureRandom random) {
    byte[] key = new byte[32];
    random.nextBytes(key);
    try {
      this.hash = Mac.getInstance(HASH);
      hash.init(new SecretKeySpec(key, HASH));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java platform has " + HASH, e);
    }
  }

  /** The address of a client from which something came just now. */
  synchronized InetSocketAddress from(Path path) {
    InetSocketAddress address = addressOf(path);
    if (!kept.containsKey(address)) {
      strangers.remove(address);
      strangers.put(address, path);
    }
    return address;
  }

  /** The way to the client of that address; empty when it is forgotten. */
  synchronized Optional<Path> to(InetSocketAddress address) {
    Path path = kept.get(address);
    return Optional.ofNullable(path == null ? strangers.get(address) : path);
  }

  /** Keeps a way, since there is a handshake or a session with that address; does nothing when it is forgotten already. */
  synchronized void keep(InetSocketAddress address) {
    Path path = strangers.remove(address);
    if (path != null) {
      kept.put(address, path);
    }
  }

  /** Keeps a way no longer than those of strangers: what is on its way yet, as an alert, still finds it. */
  synchronized void release(InetSocketAddress address) {
    Path path = kept.remove(address);
    if (path != null) {
      strangers.put(address, path);
    }
  }

  /** The addresses of the ways that are kept. */
  synchronized List<InetSocketAddress> kept() {
    return List.copyOf(kept.keySet());
  }

  private InetSocketAddress addressOf(Path path) {
    byte[] relay = path.relay().getAddress().getAddress();
    hash.update((byte) relay.length);
    hash.update(relay);
    hash.update(ByteBuffer.allocate(2).putShort((short) path.relay().getPort()).array());
    ByteBuffer digest = ByteBuffer.wrap(hash.doFinal(path.header().toArray()));
    byte[] address = new byte[16];
    address[0] = 1;
    ByteBuffer.wrap(address, 8, 8).putLong(digest.getLong());
    int port = 1 + Math.floorMod(digest.getInt(), PORTS);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(address), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("16 octets are an address", e);
    }
  }
}

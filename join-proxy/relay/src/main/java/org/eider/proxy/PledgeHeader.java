package org.eider.proxy;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.eider.wire.Octets;

/**
 * Makes the headers of JPY messages, and reads them again: which join port, which port and address of the pledge; sealed with AES-SIV by a
 * key that nobody else has and that is replaced from time to time. The last key but one still opens. A pledge has the same header as
 * long as the key lives, so registrars take it for the same peer. Not thread-safe; nothing is kept of a pledge.
 */
final class PledgeHeader {
  /** Octets of a header; the draft wants 32 at most. */
  static final int SIZE = AesSiv.TAG + 12;

  private static final int KEY = 32;

  private final Random random;
  private final LongSupplier nanos;
  private final long lifetime;
  private AesSiv current;
  private Optional<AesSiv> previous = Optional.empty();
  private long since;

  /**
   * Where a pledge is.
   *
   * @param listener number of the join port that it sent to
   * @param port its UDP port
   * @param host the last 64 bits of its IPv6 address, or its IPv4 address; the join port knows the rest
   */
  record Pledge(int listener, int port, long host) {}

  /**
   * With a fresh key.
   *
   * @param random a source of keys
   * @param lifetime nanoseconds until the key is replaced
   */
  PledgeHeader(Random random, LongSupplier nanos, long lifetime) {
    this.random = random;
    this.nanos = nanos;
    this.lifetime = lifetime;
    this.current = newKey();
    this.since = nanos.getAsLong();
  }

  Octets seal(Pledge pledge) {
    rotate();
    ByteBuffer plain = ByteBuffer.allocate(SIZE - AesSiv.TAG)
        .putShort((short) pledge.listener()).putShort((short) pledge.port()).putLong(pledge.host());
    return Octets.of(current.seal(plain.array()));
  }

  /** Whom the header names; empty when this proxy did not make it, or too long ago. */
  Optional<Pledge> open(Octets header) {
    rotate();
    if (header.size() != SIZE) {
      return Optional.empty();
    }
    byte[] sealed = header.toArray();
    Optional<byte[]> plain = current.open(sealed);
    return (plain.isPresent() ? plain : previous.flatMap(key -> key.open(sealed))).map(ByteBuffer::wrap)
        .map(octets -> new Pledge(octets.getShort() & 0xffff, octets.getShort() & 0xffff, octets.getLong()));
  }

  private void rotate() {
    long age = nanos.getAsLong() - since;
    if (age >= lifetime) {
      previous = age < 2 * lifetime ? Optional.of(current) : Optional.empty();
      current = newKey();
      since = nanos.getAsLong();
    }
  }

  private AesSiv newKey() {
    byte[] key = new byte[KEY];
    random.nextBytes(key);
    return new AesSiv(key);
  }
}

package org.eider.testkit;

import java.util.Arrays;
import java.util.Random;
import org.eider.wire.Octets;

/** Spoils octets at random, by a seed: what a reader of hostile input has to survive. */
public final class Damage {
  private Damage() {}

  /** A copy of {@code whole}, not empty, with bits flipped, octets replaced, or a piece cut out, doubled or cut off. */
  public static Octets to(Octets whole, Random random) {
    byte[] bytes = whole.toArray();
    int at = random.nextInt(bytes.length);
    int length = 1 + random.nextInt(Math.min(32, bytes.length - at));
    switch (random.nextInt(6)) {
      case 0, 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> {
        for (int i = 0; i < 4; i++) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
      }
      case 3 -> bytes = joined(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at + length, bytes.length));
      case 4 -> bytes = joined(Arrays.copyOf(bytes, at + length), Arrays.copyOfRange(bytes, at, bytes.length));
      default -> bytes = Arrays.copyOf(bytes, at);
    }
    return Octets.of(bytes);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}

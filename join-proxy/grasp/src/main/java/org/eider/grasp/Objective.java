package org.eider.grasp;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.eider.wire.CborItem;
import org.eider.wire.CborWriter;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * What a message is about (RFC 8990 section 2.10).
 *
 * @param name compared octet for octet
 * @param flags bits as in {@link Flag}, 32 at most; bits without a meaning are kept, passed on and ignored
 * @param loopCount 0 to 255
 * @param value one item of CBOR, kept as it is encoded
 */
public record Objective(String name, long flags, int loopCount, Optional<Octets> value) {
  /** Greatest set of flags that is taken. */
  public static final long MAX_FLAGS = 0xffff_ffffL;
  /** Greatest loop count. */
  public static final int MAX_LOOP_COUNT = 255;

  /** The flags that have a meaning; the number of the bit is the ordinal. */
  public enum Flag {
    /** Valid for discovery. */
    DISCOVERY,
    /** Valid for negotiation. */
    NEGOTIATION,
    /** Valid for synchronisation, which floods are. */
    SYNCHRONISATION,
    /** A dry run of a negotiation. */
    DRY_RUN;

    /** Its bit. */
    public long bit() {
      return 1L << ordinal();
    }
  }

  /** Rejects null, numbers out of range, and a value that is not one well-formed item. */
  public Objective {
    requireNonNull(name);
    if (flags < 0 || flags > MAX_FLAGS) {
      throw new IllegalArgumentException("flags out of range: " + flags);
    }
    if (loopCount < 0 || loopCount > MAX_LOOP_COUNT) {
      throw new IllegalArgumentException("loop count out of range: " + loopCount);
    }
    value.ifPresent(Objective::checkValue);
  }

  /** One that is flooded: a text for a value, and the flag of synchronisation, as all that BRSKI floods. */
  public static Objective flooded(String name, int loopCount, String value) {
    return new Objective(name, Flag.SYNCHRONISATION.bit(), loopCount, Optional.of(new CborWriter().text(value).toOctets()));
  }

  /** Whether a flag is set. */
  public boolean has(Flag flag) {
    return (flags & flag.bit()) != 0;
  }

  /** The same with another loop count. */
  public Objective withLoopCount(int count) {
    return new Objective(name, flags, count, value);
  }

  /** The same with another value. */
  public Objective withValue(Octets cbor) {
    return new Objective(name, flags, loopCount, Optional.of(cbor));
  }

  /** The value, when it is a text. */
  public Optional<String> valueText() {
    return value.map(Objective::item).filter(CborItem::isText).map(Objective::text);
  }

  /** The value in diagnostic notation. */
  Optional<String> valueDiagnostic() {
    return value.map(cbor -> item(cbor).diagnostic());
  }

  private static void checkValue(Octets cbor) {
    item(cbor);
  }

  private static CborItem item(Octets cbor) {
    try {
      return CborItem.read(cbor, Integer.MAX_VALUE);
    } catch (DecodeException e) {
      throw new IllegalArgumentException("a value that is not CBOR: " + e.getMessage(), e);
    }
  }

  private static String text(CborItem item) {
    try {
      return item.text("objective-value");
    } catch (DecodeException e) {
      throw new IllegalStateException("it has been asked whether it is a text", e);
    }
  }
}

package org.eider.registrar.server;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.eider.testkit.Damage;
import org.eider.wire.Octets;

/**
 * A TCP connection under TLS on which one of the records that are sent does not arrive as it was: spoiled, cut, left out, doubled,
 * behind a stranger, or swapped with the next. What comes back is checked to be TLS records.
 */
final class DamagedSocket extends Socket {
  /** What can happen to a record. */
  enum Harm { NONE, SPOILED, CUT_OFF, LEFT_OUT, DOUBLED, AFTER_ANOTHER, REPLACED, SWAPPED, AFTER_NOISE }

  private static final int ALERT = 21;
  private static final int FIRST_TYPE = 20;
  private static final int LAST_TYPE = 23;
  private static final int MOST_RECORDS = 256;

  private final Harm harm;
  private final int victim;
  private final Random random;
  private final List<Octets> seen;
  private int records;
  private volatile boolean harmed;
  private volatile boolean answered;
  private volatile int firstType = -1;

  /**
   * Harms the record of that number, counted from 0.
   *
   * @param seen records of every session, filled and read by all sockets
   */
  DamagedSocket(Harm harm, int victim, Random random, List<Octets> seen) {
    this.harm = harm;
    this.victim = victim;
    this.random = random;
    this.seen = seen;
  }

  /** Whether the harm is done. */
  boolean harmed() {
    return harmed;
  }

  /** Whether what came back, if anything, begins as a TLS record does. */
  boolean gotRecords() {
    return !answered || firstType >= FIRST_TYPE && firstType <= LAST_TYPE;
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new Harming(super.getOutputStream());
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int from, int length) throws IOException {
        int count = super.read(into, from, length);
        if (count > 0 && !answered) {
          firstType = into[from] & 0xff;
          answered = true;
        }
        return count;
      }
    };
  }

  /** The engine writes whole records, one or several at a time. */
  private final class Harming extends FilterOutputStream {
    private byte[] kept = new byte[0];

    Harming(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] from, int start, int length) throws IOException {
      Octets record = Octets.of(Arrays.copyOfRange(from, start, start + length));
      boolean now = records == victim && harm != Harm.NONE;
      records++;
      harmed |= now;
      out.write(now ? harmed(record) : joined(record.toArray(), kept));
      if (!now) {
        kept = new byte[0];
        remember(record);
      }
      out.flush();
    }

    private byte[] harmed(Octets record) {
      Octets other = seen.isEmpty() ? record : seen.get(random.nextInt(seen.size()));
      byte[] whole = record.toArray();
      return switch (harm) {
        case NONE -> whole;
        case SPOILED -> Damage.to(record, random).toArray();
        case CUT_OFF -> Arrays.copyOf(whole, random.nextInt(whole.length));
        case LEFT_OUT -> new byte[0];
        case DOUBLED -> joined(whole, whole);
        case AFTER_ANOTHER -> joined(other.toArray(), whole);
        case REPLACED -> other.toArray();
        case SWAPPED -> {
          kept = whole;
          yield new byte[0];
        }
        case AFTER_NOISE -> {
          byte[] noise = new byte[1 + random.nextInt(64)];
          random.nextBytes(noise);
          yield joined(noise, whole);
        }
      };
    }

    private void remember(Octets record) {
      if (seen.size() < MOST_RECORDS && record.at(0) != ALERT) {
        seen.add(record);
      }
    }
  }

  private static byte[] joined(byte[] first, byte[] second) {
    ByteArrayOutputStream all = new ByteArrayOutputStream(first.length + second.length);
    all.writeBytes(first);
    all.writeBytes(second);
    return all.toByteArray();
  }
}

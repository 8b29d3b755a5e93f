package org.eider.grasp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/**
 * Cuts a stream into messages by nothing but their CBOR, before anything is built of them. What it hands out is whole, within the limit
 * and not nested deeper than allowed; whether it is well-formed is for the codec to tell. For one thread.
 */
final class MessageStream {
  /** The path of its exceptions: nothing that follows can be read either. */
  static final String PATH = "stream";

  private static final int OCTETS = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;
  private static final int BREAK = 0xff;
  private static final int INDEFINITE = 31;
  private static final long UNTIL_BREAK = -1;

  private final InputStream in;
  private final int limit;

  MessageStream(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /**
   * The next item.
   *
   * @return empty at the end of the stream
   * @throws DecodeException when there is none to be found any more: the stream is of no further use
   */
  Optional<Octets> next() throws IOException, DecodeException {
    int first = in.read();
    return first < 0 ? Optional.empty() : Optional.of(new Cut().from(first));
  }

  /** One item on its way. */
  private final class Cut {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    /** For each array, map or tag that is open, how many items it still lacks. */
    private final Deque<Long> open = new ArrayDeque<>();

    Octets from(int first) throws IOException, DecodeException {
      int head = first;
      while (true) {
        write(head);
        boolean opened = head != BREAK && begun(head >> 5, head & 0x1f);
        if (head == BREAK) {
          if (open.isEmpty() || open.pop() != UNTIL_BREAK) {
            throw new DecodeException(Flaw.WRONG_TYPE, PATH, "not well-formed CBOR");
          }
        }
        if (!opened && isWhole()) {
          return Octets.of(out.toByteArray());
        }
        head = read();
      }
    }

    /** Reads the rest of a head, and of a string; whether items follow that belong to it. */
    private boolean begun(int major, int info) throws IOException, DecodeException {
      if (info == INDEFINITE) {
        return push(UNTIL_BREAK);
      }
      long argument = argument(info);
      switch (major) {
        case OCTETS, TEXT -> copy(argument);
        case ARRAY -> {
          return argument != 0 && push(checked(argument));
        }
        case MAP -> {
          return argument != 0 && push(2 * checked(argument));
        }
        case TAG -> {
          return push(1);
        }
        default -> { }
      }
      return false;
    }

    private boolean push(long items) throws DecodeException {
      if (open.size() > GraspCodec.MAX_DEPTH) {
        throw new DecodeException(Flaw.TOO_DEEP, PATH, "CBOR nested deeper than " + GraspCodec.MAX_DEPTH);
      }
      open.push(items);
      return true;
    }

    /** An item has ended, and with it all that it was the last of. */
    private boolean isWhole() {
      while (!open.isEmpty() && open.peek() != UNTIL_BREAK) {
        long left = open.pop() - 1;
        if (left > 0) {
          open.push(left);
          return false;
        }
      }
      return open.isEmpty();
    }

    private long argument(int info) throws IOException, DecodeException {
      if (info < 24) {
        return info;
      }
      if (info > 27) {
        throw new DecodeException(Flaw.WRONG_TYPE, PATH, "not well-formed CBOR");
      }
      long value = 0;
      for (int i = 0; i < 1 << info - 24; i++) {
        int octet = read();
        write(octet);
        value = value << 8 | octet;
      }
      return value;
    }

    private long checked(long count) throws DecodeException {
      if (count < 0 || count > limit) {
        throw tooLong();
      }
      return count;
    }

    private void copy(long length) throws IOException, DecodeException {
      if (checked(length) > limit - out.size()) {
        throw tooLong();
      }
      byte[] content = in.readNBytes((int) length);
      if (content.length < length) {
        throw new DecodeException(Flaw.TRUNCATED, PATH, "the stream ends inside it");
      }
      out.writeBytes(content);
    }

    private void write(int octet) throws DecodeException {
      if (out.size() >= limit) {
        throw tooLong();
      }
      out.write(octet);
    }

    private int read() throws IOException, DecodeException {
      int octet = in.read();
      if (octet < 0) {
        throw new DecodeException(Flaw.TRUNCATED, PATH, "the stream ends inside it");
      }
      return octet;
    }

    private DecodeException tooLong() {
      return new DecodeException(Flaw.TOO_LONG, PATH, "longer than " + limit + " octets");
    }
  }
}

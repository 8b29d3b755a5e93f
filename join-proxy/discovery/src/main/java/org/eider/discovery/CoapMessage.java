package org.eider.discovery;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/**
 * A CoAP message over UDP (RFC 7252 section 3), as far as resource discovery needs it: elective options that mean nothing here are
 * read over, critical ones are noted.
 *
 * @param type confirmable or not, or what answers to that
 * @param code class times 32 plus detail, 0 to 255
 * @param id message ID, 0 to 65535
 * @param token 0 to 8 octets
 * @param path Uri-Path, one string for each segment
 * @param query Uri-Query, one string for each argument
 * @param format Content-Format, where there is one
 * @param strange the first critical option that is not understood: the message is not to be acted on (section 5.4.1)
 */
record CoapMessage(Type type, int code, int id, Octets token, List<String> path, List<String> query, OptionalInt format,
    OptionalInt strange, Octets payload) {
  static final int EMPTY = 0;
  static final int GET = 1;
  static final int CONTENT = 0x45;
  static final int BAD_OPTION = 0x82;
  static final int NOT_FOUND = 0x84;
  static final int NOT_ALLOWED = 0x85;
  /** application/link-format. */
  static final int LINK_FORMAT = 40;
  /** The largest message that is read. */
  static final int LARGEST = 2048;

  private static final int VERSION = 1;
  private static final int MAX_TOKEN = 8;
  private static final int MAX_OPTIONS = 32;
  private static final int MAX_STRING = 255;
  private static final int PAYLOAD_MARKER = 0xff;
  private static final int URI_HOST = 3;
  private static final int URI_PORT = 7;
  private static final int URI_PATH = 11;
  private static final int CONTENT_FORMAT = 12;
  private static final int URI_QUERY = 15;
  private static final int ACCEPT = 17;
  private static final int BLOCK2 = 23;
  private static final int MORE = 0x08;

  /** How reliable a message is. */
  enum Type { CONFIRMABLE, NON_CONFIRMABLE, ACKNOWLEDGEMENT, RESET }

  CoapMessage {
    requireNonNull(type);
    requireNonNull(format);
    requireNonNull(strange);
    requireNonNull(payload);
    path = List.copyOf(path);
    query = List.copyOf(query);
    if (code < 0 || code > 255 || id < 0 || id > 0xffff || token.size() > MAX_TOKEN) {
      throw new IllegalArgumentException("no CoAP message has such a code, ID or token");
    }
  }

  /** A request for links, which nobody acknowledges. */
  static CoapMessage discovery(int id, Octets token, String filter) {
    return new CoapMessage(Type.NON_CONFIRMABLE, GET, id, token, List.of(".well-known", "core"), List.of(filter), OptionalInt.empty(),
        OptionalInt.empty(), Octets.empty());
  }

  /** A message with a code, perhaps a token, and nothing else. */
  static CoapMessage bare(Type type, int code, int id, Octets token) {
    return new CoapMessage(type, code, id, token, List.of(), List.of(), OptionalInt.empty(), OptionalInt.empty(), Octets.empty());
  }

  /** Links, as an answer. */
  static CoapMessage links(Type type, int id, Octets token, String links) {
    return new CoapMessage(type, CONTENT, id, token, List.of(), List.of(), OptionalInt.of(LINK_FORMAT), OptionalInt.empty(),
        Octets.utf8(links));
  }

  /** Whether the code is that of a request: 0.01 to 0.31. */
  boolean isRequest() {
    return code > EMPTY && code < 32;
  }

  /**
   * Reads a datagram.
   *
   * @throws DecodeException when it is no CoAP message
   */
  static CoapMessage decode(Octets datagram) throws DecodeException {
    if (datagram.size() > LARGEST) {
      throw new DecodeException(Flaw.TOO_LONG, "message", "longer than " + LARGEST + " octets");
    }
    return new Reader(datagram).message();
  }

  /** The datagram. */
  Octets encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(VERSION << 6 | type.ordinal() << 4 | token.size());
    out.write(code);
    out.write(id >> 8);
    out.write(id);
    out.writeBytes(token.toArray());
    int last = 0;
    for (String segment : path) {
      last = put(out, last, URI_PATH, segment.getBytes(StandardCharsets.UTF_8));
    }
    if (format.isPresent()) {
      last = put(out, last, CONTENT_FORMAT, uint(format.getAsInt()));
    }
    for (String argument : query) {
      last = put(out, last, URI_QUERY, argument.getBytes(StandardCharsets.UTF_8));
    }
    if (!payload.isEmpty()) {
      out.write(PAYLOAD_MARKER);
      out.writeBytes(payload.toArray());
    }
    return Octets.of(out.toByteArray());
  }

  private static int put(ByteArrayOutputStream out, int last, int number, byte[] value) {
    int delta = number - last;
    out.write(nibble(delta) << 4 | nibble(value.length));
    extend(out, delta);
    extend(out, value.length);
    out.writeBytes(value);
    return number;
  }

  private static int nibble(int number) {
    return number < 13 ? number : number < 269 ? 13 : 14;
  }

  private static void extend(ByteArrayOutputStream out, int number) {
    if (number >= 269) {
      out.write(number - 269 >> 8);
      out.write(number - 269);
    } else if (number >= 13) {
      out.write(number - 13);
    }
  }

  private static byte[] uint(int value) {
    return value == 0 ? new byte[0] : value < 256 ? new byte[] {(byte) value} : new byte[] {(byte) (value >> 8), (byte) value};
  }

  /** Reads one message. */
  private static final class Reader {
    private final Octets in;
    private int at;
    private final List<String> path = new ArrayList<>();
    private final List<String> query = new ArrayList<>();
    private OptionalInt format = OptionalInt.empty();
    private OptionalInt strange = OptionalInt.empty();

    Reader(Octets in) {
      this.in = in;
    }

    CoapMessage message() throws DecodeException {
      int first = octet();
      int code = octet();
      int id = octet() << 8 | octet();
      if (first >> 6 != VERSION) {
        throw new DecodeException(Flaw.OUT_OF_RANGE, "version", "not 1");
      }
      if ((first & 15) > MAX_TOKEN) {
        throw new DecodeException(Flaw.OUT_OF_RANGE, "token", "longer than 8 octets");
      }
      Octets token = octets(first & 15);
      boolean hasPayload = options();
      if (hasPayload && at == in.size()) {
        throw new DecodeException(Flaw.MISSING, "payload", "there is none behind the marker");
      }
      if (code == EMPTY && in.size() > 4) {
        throw new DecodeException(Flaw.TRAILING_BYTES, "message", "an empty message has four octets");
      }
      return new CoapMessage(Type.values()[first >> 4 & 3], code, id, token, path, query, format, strange, in.slice(at, in.size()));
    }

    /** Reads the options, and the marker behind them; tells whether it was there. */
    private boolean options() throws DecodeException {
      int number = 0;
      for (int count = 0; at < in.size(); count++) {
        int head = octet();
        if (head == PAYLOAD_MARKER) {
          return true;
        }
        if (count == MAX_OPTIONS) {
          throw new DecodeException(Flaw.TOO_LONG, "options", "more than " + MAX_OPTIONS);
        }
        number += extended(head >> 4);
        option(number, octets(extended(head & 15)));
      }
      return false;
    }

    private void option(int number, Octets value) throws DecodeException {
      switch (number) {
        case URI_PATH -> path.add(text(value));
        case URI_QUERY -> query.add(text(value));
        case CONTENT_FORMAT -> format = format.isPresent() ? format : OptionalInt.of(uint(value, 2));
        case URI_HOST -> text(value);
        case URI_PORT -> uint(value, 2);
        case ACCEPT -> noteUnless(uint(value, 2) == LINK_FORMAT, number);
        case BLOCK2 -> {
          int block = uint(value, 3);
          noteUnless(block >> 4 == 0 && (block & MORE) == 0, number); // the first block, and nothing behind it
        }
        default -> noteUnless(number % 2 == 0, number);
      }
    }

    private void noteUnless(boolean understood, int number) {
      if (!understood && strange.isEmpty()) {
        strange = OptionalInt.of(number);
      }
    }

    private int extended(int nibble) throws DecodeException {
      return switch (nibble) {
        case 13 -> 13 + octet();
        case 14 -> 269 + (octet() << 8 | octet());
        case 15 -> throw new DecodeException(Flaw.OUT_OF_RANGE, "options", "a reserved length or number");
        default -> nibble;
      };
    }

    private static int uint(Octets value, int longest) throws DecodeException {
      if (value.size() > longest) {
        throw new DecodeException(Flaw.TOO_LONG, "options", "a number of more than " + longest + " octets");
      }
      int number = 0;
      for (int i = 0; i < value.size(); i++) {
        number = number << 8 | value.at(i);
      }
      return number;
    }

    private static String text(Octets value) throws DecodeException {
      if (value.size() > MAX_STRING) {
        throw new DecodeException(Flaw.TOO_LONG, "options", "a text of more than " + MAX_STRING + " octets");
      }
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value.toArray())).toString();
      } catch (CharacterCodingException e) {
        throw new DecodeException(Flaw.WRONG_TYPE, "options", "a text that is not UTF-8", e);
      }
    }

    private int octet() throws DecodeException {
      if (at == in.size()) {
        throw new DecodeException(Flaw.TRUNCATED, "message", "ends too early");
      }
      return in.at(at++);
    }

    private Octets octets(int length) throws DecodeException {
      if (length > in.size() - at) {
        throw new DecodeException(Flaw.TRUNCATED, "message", "ends too early");
      }
      at += length;
      return in.slice(at - length, at);
    }
  }
}

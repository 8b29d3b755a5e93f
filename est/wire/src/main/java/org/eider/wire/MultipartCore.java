package org.eider.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eider.wire.DecodeException.Flaw;

/**
 * Several representations in one body, {@code application/multipart-core} (RFC 8710): an array of content-format numbers and byte
 * strings in turns.
 *
 * @param parts in their order
 */
public record MultipartCore(List<Part> parts) {
  /** Greatest body that is read, in octets. */
  public static final int MAX_SIZE = 128 * 1024;
  /** Most parts that are read. */
  public static final int MAX_PARTS = 32;

  private static final String PATH = "multipart-core";
  private static final int MAX_FORMAT = 0xffff;

  /**
   * One representation.
   *
   * @param format number of its content-format, 0 to 65535; not necessarily one that we know
   * @param content its octets; empty where {@code null} stands for one that there is not (RFC 8710 section 2)
   */
  public record Part(int format, Optional<Octets> content) {
    /** Checks the number. */
    public Part {
      if (format < 0 || format > MAX_FORMAT) {
        throw new IllegalArgumentException("a content-format is a number of 16 bits, not " + format);
      }
    }

    /** A representation in a format that we know. */
    public static Part of(ContentFormat format, Octets content) {
      return new Part(format.number(), Optional.of(content));
    }
  }

  /** Keeps an unmodifiable copy. */
  public MultipartCore {
    parts = List.copyOf(parts);
  }

  /** Reads a body, with lengths of either kind; nothing may follow the array. */
  public static MultipartCore decode(Octets body) throws DecodeException {
    List<CborItem> turns = CborItem.read(body, MAX_SIZE).array(PATH);
    if (turns.size() % 2 != 0) {
      throw new DecodeException(Flaw.TRUNCATED, PATH, "a content-format without its representation");
    }
    if (turns.size() > 2 * MAX_PARTS) {
      throw new DecodeException(Flaw.TOO_LONG, PATH, "more than " + MAX_PARTS + " parts");
    }
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < turns.size(); i += 2) {
      String path = PATH + "/" + i / 2;
      long format = turns.get(i).unsigned(path);
      if (format > MAX_FORMAT) {
        throw new DecodeException(Flaw.OUT_OF_RANGE, path, "no content-format of 16 bits");
      }
      CborItem content = turns.get(i + 1);
      parts.add(new Part((int) format, content.isNull() ? Optional.empty() : Optional.of(content.octets(path))));
    }
    return new MultipartCore(parts);
  }

  /** The body, lengths definite. */
  public Octets encode() {
    CborWriter out = new CborWriter().array(2 * parts.size());
    for (Part part : parts) {
      out.integer(part.format());
      part.content().ifPresentOrElse(out::octets, out::nothing);
    }
    return out.toOctets();
  }

  /** The first representation in that format that there is, wherever it stands. */
  public Optional<Octets> first(ContentFormat format) {
    return parts.stream().filter(part -> part.format() == format.number()).flatMap(part -> part.content().stream()).findFirst();
  }
}

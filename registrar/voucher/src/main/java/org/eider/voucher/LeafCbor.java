package org.eider.voucher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.eider.wire.Base64Text;
import org.eider.wire.CborItem;
import org.eider.wire.CborWriter;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/**
 * Values of leaves in YANG-CBOR (RFC 9254 section 6). Those of {@link SidRevision#DRAFTS_OF_2018} may also have the types that were in use
 * then: enumerations by name, tagged dates, binary as base64 and texts as byte strings.
 */
final class LeafCbor {
  private static final long DATE_TEXT = 0;
  private static final long EPOCH_SECONDS = 1;

  private LeafCbor() {}

  static void write(CborWriter out, LeafType type, Object value) {
    switch (type) {
      case TEXT -> out.text((String) value);
      case URI -> out.text(((URI) value).toString());
      case DATE -> out.text(((Instant) value).toString());
      case BOOLEAN -> out.bool((Boolean) value);
      case BINARY, LENIENT_BINARY -> out.octets((Octets) value);
      case NONCE -> out.octets(((Nonce) value).octets());
      case ASSERTION -> out.integer(((Assertion) value).number());
    }
  }

  static Object read(LeafType type, CborItem item, String path, SidRevision revision) throws DecodeException {
    boolean old = revision == SidRevision.DRAFTS_OF_2018;
    return switch (type) {
      case TEXT -> LeafTexts.printable(old && item.isOctets() ? item.octets(path).utf8() : item.text(path), path);
      case URI -> LeafTexts.uri(item.text(path), path);
      case DATE -> old && item.tag().isPresent() ? tagged(item, path) : Timestamps.parse(item.text(path), path);
      case BOOLEAN -> item.bool(path);
      case BINARY, LENIENT_BINARY -> old && item.isText() ? Base64Text.lenient(item.text(path), path) : item.octets(path);
      case NONCE -> old && item.isText() ? Nonce.parse(item.text(path), path) : nonce(item.octets(path), path);
      case ASSERTION -> old && item.isText() ? named(item.text(path), path) : numbered(item.unsigned(path), path);
    };
  }

  /** A value for people, as JSON has it where JSON can, and in diagnostic notation otherwise. */
  static JsonNode shown(Optional<Leaf> leaf, CborItem item) throws DecodeException {
    if (item.isText()) {
      return TextNode.valueOf(item.text(""));
    }
    if (item.isOctets()) {
      return TextNode.valueOf(item.octets("").base64());
    }
    String text = item.diagnostic();
    if (text.equals("true") || text.equals("false")) {
      return BooleanNode.valueOf(text.equals("true"));
    }
    boolean assertion = leaf.equals(Optional.of(Leaf.ASSERTION)) && item.isInteger();
    return TextNode.valueOf(assertion ? numbered(item.unsigned(""), "").label() : text);
  }

  private static Nonce nonce(Octets octets, String path) throws DecodeException {
    if (octets.size() < Nonce.MIN_SIZE || octets.size() > Nonce.MAX_SIZE) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, path, "a nonce has " + Nonce.MIN_SIZE + " to " + Nonce.MAX_SIZE + " octets");
    }
    return Nonce.of(octets);
  }

  private static Assertion numbered(long number, String path) throws DecodeException {
    for (Assertion assertion : Assertion.values()) {
      if (assertion.number() == number) {
        return assertion;
      }
    }
    throw new DecodeException(Flaw.OUT_OF_RANGE, path, "no such assertion");
  }

  private static Assertion named(String label, String path) throws DecodeException {
    return Assertion.ofLabel(label).orElseThrow(() -> new DecodeException(Flaw.OUT_OF_RANGE, path, "no such assertion"));
  }

  private static Instant tagged(CborItem item, String path) throws DecodeException {
    OptionalLong tag = item.tag();
    if (tag.getAsLong() == DATE_TEXT) {
      return Timestamps.parse(item.untagged().text(path), path);
    }
    if (tag.getAsLong() != EPOCH_SECONDS) {
      throw new DecodeException(Flaw.WRONG_TYPE, path, "no date");
    }
    try {
      return Timestamps.parse(Instant.ofEpochSecond(item.untagged().integer(path)).toString(), path);
    } catch (DateTimeException e) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, path, "no such time", e);
    }
  }
}

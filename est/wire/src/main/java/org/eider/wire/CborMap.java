package org.eider.wire;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The entries of a CBOR map in their order, each key once. The integer 1 and the text "1" are two keys. */
public final class CborMap {
  private final List<CborItem> turns;

  /** Of keys and values in turns. */
  CborMap(List<CborItem> turns) {
    this.turns = turns;
  }

  /** One entry. */
  public record Entry(CborItem key, CborItem value) {}

  /** How many entries there are. */
  public int size() {
    return turns.size() / 2;
  }

  /** All entries. */
  public List<Entry> entries() {
    return IntStream.range(0, size()).mapToObj(i -> new Entry(turns.get(2 * i), turns.get(2 * i + 1))).toList();
  }

  /** The value of an integer key. */
  public Optional<CborItem> at(long key) {
    return under(key < 0 ? new CborItem(CborItem.Kind.NEGATIVE, -1 - key, "", Octets.empty())
        : new CborItem(CborItem.Kind.UNSIGNED, key, "", Octets.empty()));
  }

  /** The value of a text key. */
  public Optional<CborItem> at(String key) {
    return under(new CborItem(CborItem.Kind.TEXT, 0, key, Octets.empty()));
  }

  private Optional<CborItem> under(CborItem key) {
    return entries().stream().filter(entry -> entry.key().equals(key)).map(Entry::value).findFirst();
  }
}

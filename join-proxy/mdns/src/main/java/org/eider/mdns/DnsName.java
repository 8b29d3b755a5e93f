package org.eider.mdns;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A domain name: labels of any octets, compared without regard to the case of ASCII letters (RFC 6762 section 16). Immutable. */
public final class DnsName {
  static final int MAX_LABEL = 63;
  static final int MAX_NAME = 255;

  /** One character for each octet. */
  private final List<String> labels;
  private final String folded;

  DnsName(List<String> labels) {
    this.labels = List.copyOf(labels);
    StringBuilder text = new StringBuilder();
    for (String label : labels) {
      if (label.isEmpty() || label.length() > MAX_LABEL) {
        throw new IllegalArgumentException("a label has 1 to " + MAX_LABEL + " octets");
      }
      text.append((char) label.length());
      label.chars().forEach(c -> text.append((char) (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c)));
    }
    if (text.length() >= MAX_NAME) {
      throw new IllegalArgumentException("a name has at most " + MAX_NAME + " octets");
    }
    this.folded = text.toString();
  }

  /** A name whose labels have no dots in them, written with dots between them. */
  public static DnsName of(String dotted) {
    return new DnsName(List.of(dotted.split("\\.")).stream().map(DnsName::octets).toList());
  }

  /** This name with one label before it, which may have dots and blanks in it. */
  public DnsName child(String label) {
    List<String> all = new ArrayList<>(labels);
    all.add(0, octets(label));
    return new DnsName(all);
  }

  /** Whether this is {@code parent} with one label before it. */
  public boolean isChildOf(DnsName parent) {
    return !labels.isEmpty() && parent.folded.equals(folded.substring(1 + labels.get(0).length()));
  }

  /** The first label, as text. */
  public String first() {
    return labels.isEmpty() ? "" : text(labels.get(0));
  }

  List<String> labels() {
    return labels;
  }

  /** What equal names have in common. */
  String folded() {
    return folded;
  }

  private static String octets(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static String text(String octets) {
    return new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof DnsName other && folded.equals(other.folded);
  }

  @Override
  public int hashCode() {
    return folded.hashCode();
  }

  /** With dots between the labels; those within one are not marked. */
  @Override
  public String toString() {
    return text(String.join(".", labels));
  }
}

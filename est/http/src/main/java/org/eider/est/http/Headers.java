package org.eider.est.http;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * HTTP headers, names in lower case, values in their order.
 *
 * @param all every value by name
 */
public record Headers(Map<String, List<String>> all) {
  /** No headers. */
  public static final Headers NONE = new Headers(Map.of());

  /** Keeps an unmodifiable copy with names in lower case. */
  public Headers {
    Map<String, List<String>> copy = new TreeMap<>();
    all.forEach((name, values) -> copy.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
    all = Collections.unmodifiableMap(copy);
  }

  /** These headers, one value each. */
  public static Headers of(Map<String, String> headers) {
    Map<String, List<String>> all = new TreeMap<>();
    headers.forEach((name, value) -> all.put(name, List.of(value)));
    return new Headers(all);
  }

  /** These headers and one more, replacing those of that name. */
  public Headers with(String name, String value) {
    Map<String, List<String>> more = new TreeMap<>(all);
    more.put(name.toLowerCase(Locale.ROOT), List.of(value));
    return new Headers(more);
  }

  /** The first value of a header, its name in lower case; several values of Accept are joined by commas. */
  public Optional<String> first(String name) {
    List<String> values = all.getOrDefault(name, List.of());
    return values.isEmpty() ? Optional.empty() : Optional.of(name.equals("accept") ? String.join(",", values) : values.get(0));
  }
}

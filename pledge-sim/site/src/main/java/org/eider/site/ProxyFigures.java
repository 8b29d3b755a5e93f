package org.eider.site;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What {@code bench proxy} found, in the order in which it is printed; a figure that could not be taken is not there. */
final class ProxyFigures {
  private final Map<String, Object> values = new LinkedHashMap<>();

  /** Keeps a figure, with so many digits behind the point. */
  void put(String name, double value, int digits) {
    double scale = Math.pow(10, digits);
    values.put(name, Math.round(value * scale) / scale);
  }

  void put(String name, String text) {
    values.put(name, text);
  }

  /** A figure that was taken. */
  Optional<Double> value(String name) {
    return Optional.ofNullable(values.get(name)).filter(Double.class::isInstance).map(Double.class::cast);
  }

  /** Keeps the quotient of two figures, if both were taken. */
  void ratio(String name, String of, String to) {
    value(of).ifPresent(one -> value(to).filter(other -> other > 0).ifPresent(other -> put(name, one / other, 2)));
  }

  /** The object that {@code --json} prints. */
  Map<String, Object> json() {
    return new LinkedHashMap<>(values);
  }
}

package org.eider.est.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Which handler answers what. A path that is not here is answered with 404; a known path with another method with 405 and Allow; both
 * before any body is read. Whole paths go before patterns, patterns before prefixes, long prefixes before short ones.
 */
public final class Routes {
  private final Map<String, Map<String, Route>> paths;
  private final List<Shape> shapes;
  private final List<Prefix> prefixes;

  /** What answers one method of one path; the name is the route's, whatever a peer asked for. */
  record Route(String name, int maxBody, HttpHandler handler) {}

  private record Shape(Pattern pattern, Map<String, Route> methods) {}

  private record Prefix(String prefix, Map<String, Route> methods) {}

  private Routes(Builder builder) {
    this.paths = frozen(builder.paths);
    List<Shape> byPattern = new ArrayList<>();
    frozen(builder.patterns).forEach((pattern, methods) -> byPattern.add(new Shape(Pattern.compile(pattern), methods)));
    this.shapes = List.copyOf(byPattern);
    List<Prefix> byLength = new ArrayList<>();
    frozen(builder.prefixes).forEach((prefix, methods) -> byLength.add(new Prefix(prefix, methods)));
    byLength.sort(Comparator.comparingInt((Prefix p) -> p.prefix().length()).reversed());
    this.prefixes = List.copyOf(byLength);
  }

  /** Collects routes. */
  public static final class Builder {
    private final Map<String, Map<String, Route>> paths = new LinkedHashMap<>();
    private final Map<String, Map<String, Route>> patterns = new LinkedHashMap<>();
    private final Map<String, Map<String, Route>> prefixes = new LinkedHashMap<>();

    Builder() {}

    /**
     * A path.
     *
     * @param maxBody greatest request body in octets; a larger one is answered with 413
     * @throws IllegalArgumentException when that method of that path has a handler already
     */
    public Builder on(String method, String path, int maxBody, HttpHandler handler) {
      return add(paths, path, path, method, maxBody, handler);
    }

    /** Every path that {@code pattern} matches as a whole, and that hides no percent-encoded slash. */
    public Builder matching(String method, Pattern pattern, int maxBody, HttpHandler handler) {
      return matching(method, pattern, pattern.pattern(), maxBody, handler);
    }

    /** The same, with a name that people can read in metrics. */
    public Builder matching(String method, Pattern pattern, String name, int maxBody, HttpHandler handler) {
      return add(patterns, pattern.pattern(), name, method, maxBody, handler);
    }

    /** Every path that begins with {@code prefix}; a percent-encoded slash may occur behind it only. */
    public Builder under(String method, String prefix, int maxBody, HttpHandler handler) {
      return add(prefixes, prefix, prefix + "*", method, maxBody, handler);
    }

    /** The routes. */
    public Routes build() {
      return new Routes(this);
    }

    private Builder add(
        Map<String, Map<String, Route>> to, String key, String name, String method, int maxBody, HttpHandler handler) {
      if (to.computeIfAbsent(key, k -> new TreeMap<>()).putIfAbsent(method, new Route(name, maxBody, handler)) != null) {
        throw new IllegalArgumentException(method + " " + key + " has a handler already");
      }
      return this;
    }
  }

  /** A builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** The methods of a path; empty when there is no such path. */
  Optional<Map<String, Route>> at(Target target) {
    if (!target.hidesSlash()) {
      Map<String, Route> exact = paths.get(target.path());
      if (exact != null) {
        return Optional.of(exact);
      }
      for (Shape shape : shapes) {
        if (shape.pattern().matcher(target.path()).matches()) {
          return Optional.of(shape.methods());
        }
      }
    }
    return prefixes.stream()
        .filter(p -> target.path().startsWith(p.prefix()) && p.prefix().length() <= target.literal())
        .map(Prefix::methods)
        .findFirst();
  }

  private static Map<String, Map<String, Route>> frozen(Map<String, Map<String, Route>> routes) {
    Map<String, Map<String, Route>> copy = new LinkedHashMap<>();
    routes.forEach((key, methods) -> copy.put(key, Collections.unmodifiableMap(new TreeMap<>(methods))));
    return copy;
  }
}

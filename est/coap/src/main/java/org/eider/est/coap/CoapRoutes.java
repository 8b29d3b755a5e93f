package org.eider.est.coap;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.eider.wire.ContentFormat;

/**
 * Which handler answers what, what {@code /.well-known/core} tells about it, and which paths have a number (Uri-Path-Abbrev). A path
 * that is not here is answered with 4.04; a known path with another method with 4.05; a number that is not here with 4.02; all before
 * any further block of a body is taken.
 */
public final class CoapRoutes {
  private final Map<String, Map<String, Route>> paths;
  private final List<Shape> shapes;
  private final List<Link> links;
  private final Map<Integer, String> abbreviations;

  /** What answers one method of one path; the name is the route's, whatever a peer asked for. */
  record Route(String name, int maxBody, CoapHandler handler) {}

  private record Shape(Pattern pattern, Map<String, Route> methods) {}

  /**
   * A link of {@code /.well-known/core} (RFC 6690).
   *
   * @param path the target
   * @param resourceType value of {@code rt}
   * @param contentFormats values of {@code ct}
   */
  public record Link(String path, String resourceType, List<ContentFormat> contentFormats) {
    /** Keeps an unmodifiable copy. */
    public Link {
      contentFormats = List.copyOf(contentFormats);
    }
  }

  private CoapRoutes(Builder builder) {
    Map<String, Map<String, Route>> exact = new LinkedHashMap<>();
    builder.paths.forEach((path, methods) -> exact.put(path, Collections.unmodifiableMap(new TreeMap<>(methods))));
    this.paths = exact;
    List<Shape> byPattern = new ArrayList<>();
    builder.patterns.forEach((pattern, methods) ->
        byPattern.add(new Shape(Pattern.compile(pattern), Collections.unmodifiableMap(new TreeMap<>(methods)))));
    this.shapes = List.copyOf(byPattern);
    this.links = List.copyOf(builder.links);
    this.abbreviations = Map.copyOf(builder.abbreviations);
  }

  /** Collects routes. */
  public static final class Builder {
    private final Map<String, Map<String, Route>> paths = new LinkedHashMap<>();
    private final Map<String, Map<String, Route>> patterns = new LinkedHashMap<>();
    private final List<Link> links = new ArrayList<>();
    private final Map<Integer, String> abbreviations = new LinkedHashMap<>();

    Builder() {}

    /**
     * A path.
     *
     * @param maxBody greatest request body in octets; a larger one is answered with 4.13
     * @throws IllegalArgumentException when that method of that path has a handler already
     */
    public Builder on(String method, String path, int maxBody, CoapHandler handler) {
      return add(paths, path, path, method, maxBody, handler);
    }

    /** Every path that {@code pattern} matches as a whole, with a name that people can read in metrics. */
    public Builder matching(String method, Pattern pattern, String name, int maxBody, CoapHandler handler) {
      return add(patterns, pattern.pattern(), name, method, maxBody, handler);
    }

    /** Tells of a path in {@code /.well-known/core}. */
    public Builder link(String path, String resourceType, ContentFormat... contentFormats) {
      links.add(new Link(path, resourceType, List.of(contentFormats)));
      return this;
    }

    /** Lets Uri-Path-Abbrev with {@code number} stand for a path. */
    public Builder abbreviated(int number, String path) {
      String other = abbreviations.putIfAbsent(number, path);
      if (other != null && !other.equals(path)) {
        throw new IllegalArgumentException(number + " stands for " + other + " already");
      }
      return this;
    }

    /** The routes, and {@code /.well-known/core} where there are links. */
    public CoapRoutes build() {
      if (!links.isEmpty()) {
        LinkFormat.addTo(this, List.copyOf(links));
      }
      return new CoapRoutes(this);
    }

    private Builder add(
        Map<String, Map<String, Route>> to, String key, String name, String method, int maxBody, CoapHandler handler) {
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
  Optional<Map<String, Route>> at(String path) {
    Map<String, Route> exact = paths.get(path);
    if (exact != null) {
      return Optional.of(exact);
    }
    return shapes.stream().filter(shape -> shape.pattern().matcher(path).matches()).map(Shape::methods).findFirst();
  }

  /** The path that a number stands for. */
  Optional<String> expand(int number) {
    return Optional.ofNullable(abbreviations.get(number));
  }

  List<Link> links() {
    return links;
  }
}

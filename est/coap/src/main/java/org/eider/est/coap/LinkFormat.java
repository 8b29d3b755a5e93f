package org.eider.est.coap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eider.est.coap.CoapRoutes.Link;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;

/** What {@code /.well-known/core} answers: links with {@code rt} and {@code ct}, and the ones of them that a query asks for (RFC 6690). */
final class LinkFormat {
  static final String WELL_KNOWN = "/.well-known/core";
  /** Of a query, how many filters and how many characters are looked at. */
  private static final int MOST_FILTERS = 4;
  private static final int LONGEST_FILTER = 128;

  private LinkFormat() {}

  /** Adds the resource to routes that have links, under its path and its number. */
  static void addTo(CoapRoutes.Builder routes, List<Link> links) {
    routes.on("GET", WELL_KNOWN, 0, request -> answer(request.accept(), request.query(), links, link -> ""));
    routes.abbreviated(0, WELL_KNOWN);
  }

  /**
   * The answer to a request for links.
   *
   * @param accept number of the only format that the client takes
   * @param query its filters
   * @param base what stands before a target: nothing, or scheme and authority of where the resource is
   */
  static CoapAnswer answer(OptionalInt accept, List<String> query, List<Link> links, Function<Link, String> base) {
    if (accept.isPresent() && accept.getAsInt() != ContentFormat.LINK_FORMAT.number()) {
      return KitRefusal.NO_ACCEPTABLE_FORMAT.answer("only format 40 is served here");
    }
    Optional<List<Link>> found = select(links, query);
    if (found.isEmpty() || found.get().isEmpty()) {
      return KitRefusal.NO_SUCH_RESOURCE.answer("no such link");
    }
    return CoapAnswer.content(ContentFormat.LINK_FORMAT,
        Octets.utf8(found.get().stream().map(link -> text(link, base.apply(link))).collect(Collectors.joining(","))));
  }

  /** The links that every filter matches; empty for a query that is too long to be one. */
  static Optional<List<Link>> select(List<Link> links, List<String> filters) {
    if (filters.size() > MOST_FILTERS || filters.stream().anyMatch(filter -> filter.length() > LONGEST_FILTER)) {
      return Optional.empty();
    }
    List<Link> found = new ArrayList<>(links);
    filters.forEach(filter -> found.removeIf(link -> !matches(link, filter)));
    return Optional.of(found);
  }

  static String text(Link link, String base) {
    StringBuilder text = new StringBuilder("<").append(base).append(link.path()).append(">;rt=").append(link.resourceType());
    String formats = link.contentFormats().stream().map(format -> Integer.toString(format.number())).collect(Collectors.joining(" "));
    if (!formats.isEmpty()) {
      text.append(";ct=").append(formats.indexOf(' ') < 0 ? formats : "\"" + formats + "\"");
    }
    return text.toString();
  }

  private static boolean matches(Link link, String filter) {
    int equals = filter.indexOf('=');
    if (equals <= 0) {
      return false;
    }
    String wanted = filter.substring(equals + 1);
    return switch (filter.substring(0, equals)) {
      case "rt" -> matches(Stream.of(link.resourceType()), wanted);
      case "href" -> matches(Stream.of(link.path()), wanted);
      case "ct" -> matches(link.contentFormats().stream().map(ContentFormat::number).map(String::valueOf), wanted);
      default -> false;
    };
  }

  /** Equal, or with an asterisk at the end, beginning like it (RFC 6690 section 4.1). */
  private static boolean matches(Stream<String> values, String wanted) {
    return wanted.endsWith("*")
        ? values.anyMatch(value -> value.startsWith(wanted.substring(0, wanted.length() - 1))) : values.anyMatch(wanted::equals);
  }
}

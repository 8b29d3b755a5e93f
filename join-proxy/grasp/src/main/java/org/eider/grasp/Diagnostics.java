package org.eider.grasp;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Messages for people: diagnostic notation as RFC 8990 and RFC 8995 print it, on one line, with names for numbers and addresses as they
 * are written. Characters that a terminal would act upon are escaped.
 */
public final class Diagnostics {
  private Diagnostics() {}

  /** One message. */
  public static String of(Message message) {
    return escaped(text(message));
  }

  /** A locator, or {@code []} for none. */
  public static String of(Optional<Locator> locator) {
    return escaped(locator.map(Diagnostics::locator).orElse("[]"));
  }

  private static String text(Message message) {
    if (message instanceof Message.Noop) {
      return "[M_NOOP]";
    } else if (message instanceof Message.Discovery m) {
      return list("M_DISCOVERY", m.session(), m.initiator(), objective(m.objective()));
    } else if (message instanceof Message.Response m) {
      return response(m);
    } else if (message instanceof Message.Flood m) {
      return list(Stream.concat(Stream.of("M_FLOOD", m.session(), m.initiator(), m.ttl()), m.entries().stream()
          .map(e -> "[" + objective(e.objective()) + ", " + e.locator().map(Diagnostics::locator).orElse("[]") + "]")).toArray());
    } else if (message instanceof Message.End m) {
      return list("M_END", m.session(), m.isAccepted() ? "[O_ACCEPT]"
          : "[O_DECLINE" + m.reason().map(reason -> ", " + quoted(reason)).orElse("") + "]");
    } else if (message instanceof Message.Wait m) {
      return list("M_WAIT", m.session(), m.waitingTime());
    } else if (message instanceof Message.Invalid m) {
      return m.content().isEmpty() ? list("M_INVALID", m.session()) : list("M_INVALID", m.session(), "h'" + m.content().get().hex() + "'");
    } else if (message instanceof Message.Unknown m) {
      return list(m.type(), m.session(), "...");
    }
    return aboutOneObjective(message);
  }

  private static String aboutOneObjective(Message message) {
    if (message instanceof Message.RequestNegotiation m) {
      return list("M_REQ_NEG", m.session(), objective(m.objective()));
    } else if (message instanceof Message.RequestSynchronisation m) {
      return list("M_REQ_SYN", m.session(), objective(m.objective()));
    } else if (message instanceof Message.Negotiation m) {
      return list("M_NEGOTIATE", m.session(), objective(m.objective()));
    } else if (message instanceof Message.Synchronisation m) {
      return list("M_SYNCH", m.session(), objective(m.objective()));
    }
    throw new IllegalArgumentException("no text for " + message);
  }

  private static String response(Message.Response m) {
    List<String> locators = m.locators().stream().map(Diagnostics::locator).toList();
    Stream<String> options = m.isDivert() ? Stream.of("[O_DIVERT, " + String.join(", ", locators) + "]") : locators.stream();
    return list(Stream.of(Stream.of("M_RESPONSE", m.session(), m.initiator(), m.ttl()), options, m.objective().stream()
        .map(Diagnostics::objective)).flatMap(part -> part).toArray());
  }

  private static String objective(Objective objective) {
    String start = quoted(objective.name()) + ", " + objective.flags() + ", " + objective.loopCount();
    return "[" + start + objective.valueDiagnostic().map(value -> ", " + value).orElse("") + "]";
  }

  private static String locator(Locator locator) {
    if (locator instanceof Locator.Ip ip) {
      return list(ip.address().isV6() ? "O_IPv6_LOCATOR" : "O_IPv4_LOCATOR", ip.address(), protocol(ip.protocol()), port(ip.port()));
    } else if (locator instanceof Locator.Fqdn fqdn) {
      return list("O_FQDN_LOCATOR", quoted(fqdn.name()), protocol(fqdn.protocol()), port(fqdn.port()));
    } else if (locator instanceof Locator.Uri uri) {
      return list("O_URI_LOCATOR", quoted(uri.uri()), uri.protocol().isPresent() ? protocol(uri.protocol().getAsInt()) : "null", port(uri.port()));
    }
    throw new IllegalArgumentException("no text for " + locator);
  }

  private static String protocol(int number) {
    return number == Locator.TCP ? "IPPROTO_TCP" : number == Locator.UDP ? "IPPROTO_UDP" : Integer.toString(number);
  }

  private static String port(OptionalInt port) {
    return port.isPresent() ? Integer.toString(port.getAsInt()) : "null";
  }

  private static String list(Object... parts) {
    return Stream.of(parts).map(Object::toString).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** Everything that is not seen becomes an escape. */
  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> {
      if (isSeen(c)) {
        out.appendCodePoint(c);
      } else {
        out.append(String.format(c > 0xffff ? "\\u{%x}" : "\\u%04x", c));
      }
    });
    return out.toString();
  }

  private static boolean isSeen(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED, Character.PRIVATE_USE,
          Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
      default -> true;
    };
  }
}

package org.eider.discovery;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.eider.discovery.CoapMessage.Type;
import org.eider.wire.Octets;

/**
 * What a join proxy answers to a CoAP message. To a question that was sent to a group: nothing but links that match (RFC 7252 section
 * 8.2, RFC 6690 section 4.1).
 */
final class CoapAnswers {
  private static final List<String> DISCOVERY = List.of(".well-known", "core");
  private static final String FILTER = "brski-jp=";

  private final List<Integer> joinPorts;
  private final RandomGenerator random;

  CoapAnswers(List<Integer> joinPorts, RandomGenerator random) {
    this.joinPorts = joinPorts;
    this.random = random;
  }

  Optional<CoapMessage> to(CoapMessage message, boolean isGroup) {
    if (isGroup) {
      return isDiscovery(message) && message.type() == Type.NON_CONFIRMABLE ? links(message).filter(links -> !links.payload().isEmpty())
          : Optional.empty();
    }
    if (message.type() == Type.CONFIRMABLE && !message.isRequest()) {
      return Optional.of(CoapMessage.bare(Type.RESET, CoapMessage.EMPTY, message.id(), Octets.empty()));
    }
    if (!message.isRequest()) {
      return Optional.empty();
    }
    if (isDiscovery(message)) {
      return links(message);
    }
    return message.type() == Type.CONFIRMABLE ? Optional.of(CoapMessage.bare(Type.ACKNOWLEDGEMENT, refusal(message), message.id(), message.token()))
        : Optional.empty();
  }

  private static boolean isDiscovery(CoapMessage message) {
    return message.code() == CoapMessage.GET && message.strange().isEmpty() && message.path().equals(DISCOVERY);
  }

  private static int refusal(CoapMessage message) {
    if (message.strange().isPresent()) {
      return CoapMessage.BAD_OPTION;
    }
    return message.path().equals(DISCOVERY) ? CoapMessage.NOT_ALLOWED : CoapMessage.NOT_FOUND;
  }

  private Optional<CoapMessage> links(CoapMessage question) {
    String links = joinPorts.stream().filter(port -> matches(question.query(), port)).map(port -> "<>;" + FILTER + port)
        .collect(Collectors.joining(","));
    return switch (question.type()) {
      case CONFIRMABLE -> Optional.of(CoapMessage.links(Type.ACKNOWLEDGEMENT, question.id(), question.token(), links));
      case NON_CONFIRMABLE -> Optional.of(CoapMessage.links(Type.NON_CONFIRMABLE, random.nextInt(0x10000), question.token(), links));
      case ACKNOWLEDGEMENT, RESET -> Optional.empty();
    };
  }

  /** One filter, exact or the beginning with an asterisk behind it; without filter everything matches. */
  private static boolean matches(List<String> query, int port) {
    if (query.isEmpty()) {
      return true;
    }
    if (query.size() > 1 || !query.get(0).startsWith(FILTER)) {
      return false;
    }
    String value = query.get(0).substring(FILTER.length());
    return value.endsWith("*") ? String.valueOf(port).startsWith(value.substring(0, value.length() - 1)) : value.equals(String.valueOf(port));
  }
}

package org.eider.grasp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.eider.grasp.Message.Flood;
import org.eider.grasp.Message.Type;
import org.eider.wire.CborItem;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;

/** Reads one message that has been taken apart already. */
final class GraspDecoder {
  private static final int MAX_TYPE = 255;
  private static final int MAX_PORT = 65_535;

  private final List<CborItem> elements;
  private int at;

  private GraspDecoder(List<CborItem> elements) {
    this.elements = elements;
  }

  static Message message(CborItem item) throws DecodeException {
    GraspDecoder decoder = new GraspDecoder(item.array("message"));
    int number = (int) bounded(decoder.next("message-type"), "message-type", MAX_TYPE);
    Optional<Type> type = Type.of(number);
    if (type.filter(Type.NOOP::equals).isPresent()) {
      return new Message.Noop();
    }
    long session = uint32(decoder.next("session-id"), "session-id");
    return type.isPresent() ? decoder.body(type.get(), session) : new Message.Unknown(number, session);
  }

  private Message body(Type type, long session) throws DecodeException {
    Message message = switch (type) {
      case NOOP -> new Message.Noop();
      case DISCOVERY -> new Message.Discovery(session, initiator(), objective(next("objective")));
      case RESPONSE -> response(session);
      case REQ_NEG -> new Message.RequestNegotiation(session, objective(next("objective")));
      case REQ_SYN -> new Message.RequestSynchronisation(session, objective(next("objective")));
      case NEGOTIATE -> new Message.Negotiation(session, objective(next("objective")));
      case END -> end(session);
      case WAIT -> new Message.Wait(session, uint32(next("waiting-time"), "waiting-time"));
      case SYNCH -> new Message.Synchronisation(session, objective(next("objective")));
      case FLOOD -> flood(session);
      case INVALID -> new Message.Invalid(session, hasNext() ? Optional.of(next("content").encoded()) : Optional.empty());
    };
    while (hasNext()) {
      onlyAnOption(next("option"));
    }
    return message;
  }

  private Message flood(long session) throws DecodeException {
    Address initiator = initiator();
    long ttl = uint32(next("ttl"), "ttl");
    List<Flood.Entry> entries = new ArrayList<>();
    while (hasNext()) {
      flooded(next("flood"), true, entries);
    }
    if (entries.isEmpty()) {
      throw new DecodeException(Flaw.MISSING, "flood", "no objective");
    }
    return new Flood(session, initiator, ttl, entries);
  }

  /** A pair; or an option that does not belong here; or, as brski-discovery prints its examples, an array of pairs. */
  private static void flooded(CborItem element, boolean mayNest, List<Flood.Entry> entries) throws DecodeException {
    List<CborItem> parts = element.array("flood");
    if (isOption(parts)) {
      return;
    }
    if (mayNest && !parts.isEmpty() && startsWithArray(parts.get(0))) {
      for (CborItem part : parts) {
        flooded(part, false, entries);
      }
      return;
    }
    if (parts.size() != 2) {
      throw new DecodeException(parts.size() < 2 ? Flaw.MISSING : Flaw.UNEXPECTED, "flood", "not an objective and a locator");
    }
    Objective objective = objective(parts.get(0));
    List<CborItem> option = parts.get(1).array("locator-option");
    if (option.isEmpty()) {
      entries.add(new Flood.Entry(objective, Optional.empty()));
    } else {
      locator(option).ifPresent(locator -> entries.add(new Flood.Entry(objective, Optional.of(locator))));
    }
  }

  private static boolean startsWithArray(CborItem item) throws DecodeException {
    return item.isArray() && !item.array("flood").isEmpty() && item.array("flood").get(0).isArray();
  }

  private Message response(long session) throws DecodeException {
    Address initiator = initiator();
    long ttl = uint32(next("ttl"), "ttl");
    List<Locator> own = new ArrayList<>();
    List<Locator> others = new ArrayList<>();
    Optional<Objective> objective = Optional.empty();
    while (hasNext()) {
      CborItem item = next("option");
      List<CborItem> option = item.array("option");
      if (!isOption(option)) {
        if (objective.isPresent()) {
          throw new DecodeException(Flaw.UNEXPECTED, "objective", "a second one");
        }
        objective = Optional.of(objective(item));
      } else if (number(option) == GraspEncoder.DIVERT) {
        diverted(option, others);
      } else {
        locator(option).ifPresent(own::add);
      }
    }
    if (own.isEmpty() == others.isEmpty()) {
      throw own.isEmpty() ? new DecodeException(Flaw.MISSING, "option", "neither a locator nor a Divert")
          : new DecodeException(Flaw.UNEXPECTED, "option", "both locators and a Divert");
    }
    return new Message.Response(session, initiator, ttl, own.isEmpty(), own.isEmpty() ? others : own, objective);
  }

  private static void diverted(List<CborItem> option, List<Locator> others) throws DecodeException {
    for (CborItem inner : option.subList(1, option.size())) {
      List<CborItem> parts = inner.array("divert-option");
      if (!isOption(parts)) {
        throw new DecodeException(Flaw.WRONG_TYPE, "divert-option", "something else than an option");
      }
      locator(parts).ifPresent(others::add);
    }
    if (others.isEmpty()) {
      throw new DecodeException(Flaw.MISSING, "divert-option", "no locator");
    }
  }

  private Message end(long session) throws DecodeException {
    Optional<Message> end = Optional.empty();
    while (hasNext()) {
      List<CborItem> option = next("option").array("option");
      if (!isOption(option)) {
        throw new DecodeException(Flaw.WRONG_TYPE, "option", "something else than an option");
      }
      long number = number(option);
      if (number == GraspEncoder.ACCEPT || number == GraspEncoder.DECLINE) {
        if (end.isPresent()) {
          throw new DecodeException(Flaw.UNEXPECTED, "option", "a second verdict");
        }
        end = Optional.of(number == GraspEncoder.ACCEPT ? accepted(session, option) : declined(session, option));
      }
    }
    return end.orElseThrow(() -> new DecodeException(Flaw.MISSING, "option", "neither accepted nor declined"));
  }

  private static Message accepted(long session, List<CborItem> option) throws DecodeException {
    size(option, 1, 1, "accept-option");
    return new Message.End(session, true, Optional.empty());
  }

  private static Message declined(long session, List<CborItem> option) throws DecodeException {
    size(option, 1, 2, "decline-option");
    return new Message.End(session, false, option.size() == 2 ? Optional.of(option.get(1).text("reason")) : Optional.empty());
  }

  private static Objective objective(CborItem item) throws DecodeException {
    List<CborItem> parts = item.array("objective");
    size(parts, 3, 4, "objective");
    return new Objective(
        parts.get(0).text("objective-name"),
        bounded(parts.get(1), "objective-flags", Objective.MAX_FLAGS),
        (int) bounded(parts.get(2), "loop-count", Objective.MAX_LOOP_COUNT),
        parts.size() == 4 ? Optional.of(parts.get(3).encoded()) : Optional.empty());
  }

  /** The locator; empty when the option is of another kind. */
  private static Optional<Locator> locator(List<CborItem> option) throws DecodeException {
    if (!isOption(option)) {
      throw new DecodeException(Flaw.WRONG_TYPE, "locator-option", "not an option");
    }
    long number = number(option);
    if (number < GraspEncoder.IPV6_LOCATOR || number > GraspEncoder.URI_LOCATOR) {
      return Optional.empty();
    }
    size(option, 4, 4, "locator-option");
    OptionalInt protocol = nullable(option.get(2), "transport-proto", MAX_TYPE);
    OptionalInt port = nullable(option.get(3), "port-number", MAX_PORT);
    if (number == GraspEncoder.URI_LOCATOR) {
      return Optional.of(new Locator.Uri(option.get(1).text("locator"), protocol, port));
    }
    if (protocol.isEmpty() || port.isEmpty() && Locator.needsPort(protocol.getAsInt())) {
      throw new DecodeException(Flaw.WRONG_TYPE, "locator-option", "null where only a URI may have it");
    }
    if (number == GraspEncoder.FQDN_LOCATOR) {
      return Optional.of(new Locator.Fqdn(option.get(1).text("locator"), protocol.getAsInt(), port));
    }
    Address address = address(option.get(1), "locator");
    if (address.isV6() != (number == GraspEncoder.IPV6_LOCATOR)) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, "locator", "an address of the other kind");
    }
    return Optional.of(new Locator.Ip(address, protocol.getAsInt(), port));
  }

  private static void onlyAnOption(CborItem element) throws DecodeException {
    if (!element.isArray() || !isOption(element.array("option"))) {
      throw new DecodeException(Flaw.UNEXPECTED, "option", "something else than an option");
    }
  }

  private static boolean isOption(List<CborItem> parts) {
    return !parts.isEmpty() && parts.get(0).isInteger();
  }

  private static long number(List<CborItem> option) throws DecodeException {
    return option.get(0).unsigned("option");
  }

  private static void size(List<CborItem> parts, int least, int most, String path) throws DecodeException {
    if (parts.size() < least || parts.size() > most) {
      throw new DecodeException(parts.size() < least ? Flaw.MISSING : Flaw.UNEXPECTED, path, "an array of " + parts.size());
    }
  }

  private static OptionalInt nullable(CborItem item, String path, int most) throws DecodeException {
    return item.isNull() ? OptionalInt.empty() : OptionalInt.of((int) bounded(item, path, most));
  }

  private Address initiator() throws DecodeException {
    return address(next("initiator"), "initiator");
  }

  private static Address address(CborItem item, String path) throws DecodeException {
    Octets octets = item.octets(path);
    if (octets.size() != 4 && octets.size() != 16) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, path, "an address of neither 4 nor 16 octets");
    }
    return new Address(octets);
  }

  private static long uint32(CborItem item, String path) throws DecodeException {
    return bounded(item, path, Message.MAX_UINT32);
  }

  private static long bounded(CborItem item, String path, long most) throws DecodeException {
    long value = item.unsigned(path);
    if (value > most) {
      throw new DecodeException(Flaw.OUT_OF_RANGE, path, "more than " + most);
    }
    return value;
  }

  private boolean hasNext() {
    return at < elements.size();
  }

  private CborItem next(String path) throws DecodeException {
    if (!hasNext()) {
      throw new DecodeException(Flaw.MISSING, path, "the message ends before it");
    }
    return elements.get(at++);
  }
}

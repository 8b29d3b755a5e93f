package org.eider.proxy;

import java.util.Locale;

/** What is not relayed, and why; counted, and told in the log once in a while. */
enum Refusal {
  /** No registrar of the kind is known. */
  NO_REGISTRAR("no registrar is known"),
  /** None of the registrars can be reached. */
  REGISTRAR_UNREACHABLE("no registrar can be reached"),
  /** A registrar's address answers that nobody listens there. */
  REGISTRAR_CLOSED("a registrar's port is closed"),
  /** A registrar has not answered for long. */
  REGISTRAR_SILENT("a registrar does not answer"),
  /** All circuits are taken. */
  CIRCUITS("all circuits are taken"),
  /** A source has all the circuits that it may. */
  CIRCUITS_OF_SOURCE("a source has too many circuits"),
  /** A source opens circuits too fast. */
  CIRCUITS_TOO_FAST("a source opens circuits too fast"),
  /** A circuit was closed for another one's sake. */
  SHED("a quiet circuit made room for another"),
  /** A pledge opened a circuit and did not speak. */
  NEVER_SPOKE("a circuit was opened and nothing was said"),
  /** Nothing went over a circuit for long. */
  IDLE("a circuit was idle for too long"),
  /** A circuit was open for longer than any may be. */
  ENDLESS("a circuit lasted for too long"),
  /** Somebody who is not on the link would be a pledge. */
  OFF_LINK("a pledge was not on the link"),
  /** All flows of an interface are taken. */
  FLOWS("all flows of an interface are taken"),
  /** A pledge has all the flows that it may. */
  FLOWS_OF_PLEDGE("a pledge has too many flows"),
  /** Too many datagrams. */
  RATE("too many datagrams"),
  /** A link takes datagrams more slowly than they come. */
  CONGESTION("a link takes no more datagrams for now"),
  /** A datagram would not fit the path to the registrar, or the link. */
  TOO_LARGE("a datagram was too large to be wrapped"),
  /** What came from the registrar is no JPY message. */
  NOT_JPY("the registrar sent something else than JPY"),
  /** The header of a JPY message is not one that this proxy made. */
  HEADER("a JPY header was not made by this proxy, or is too old"),
  /** The system gives this process no more sockets: too many open files, or no memory. */
  NO_SOCKET("no more sockets can be opened, see ulimit -n"),
  /** An error of the join proxy's own. */
  FAULT("an error of this program's own");

  private final String text;

  Refusal(String text) {
    this.text = text;
  }

  /** For people. */
  String text() {
    return text;
  }

  /** For programs. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

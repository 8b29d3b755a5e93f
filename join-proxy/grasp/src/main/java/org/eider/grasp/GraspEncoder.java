package org.eider.grasp;

import java.util.Optional;
import java.util.OptionalInt;
import org.eider.grasp.Message.Type;
import org.eider.wire.CborWriter;
import org.eider.wire.Octets;

/** Writes one message, every length definite and every head in its shortest form. */
final class GraspEncoder {
  static final int DIVERT = 100;
  static final int ACCEPT = 101;
  static final int DECLINE = 102;
  static final int IPV6_LOCATOR = 103;
  static final int IPV4_LOCATOR = 104;
  static final int FQDN_LOCATOR = 105;
  static final int URI_LOCATOR = 106;

  private final CborWriter out = new CborWriter();

  private GraspEncoder() {}

  static Octets encode(Message message) {
    GraspEncoder encoder = new GraspEncoder();
    encoder.write(message);
    return encoder.out.toOctets();
  }

  private void write(Message message) {
    if (message instanceof Message.Noop) {
      out.array(1).integer(Type.NOOP.number());
    } else if (message instanceof Message.Discovery discovery) {
      start(Type.DISCOVERY, 4, discovery.session()).octets(discovery.initiator().octets());
      objective(discovery.objective());
    } else if (message instanceof Message.Response response) {
      response(response);
    } else if (message instanceof Message.Flood flood) {
      flood(flood);
    } else if (message instanceof Message.End end) {
      end(end);
    } else if (message instanceof Message.Wait wait) {
      start(Type.WAIT, 3, wait.session()).integer(wait.waitingTime());
    } else if (message instanceof Message.Invalid invalid) {
      start(Type.INVALID, invalid.content().isPresent() ? 3 : 2, invalid.session());
      invalid.content().ifPresent(out::item);
    } else {
      aboutOneObjective(message);
    }
  }

  private void aboutOneObjective(Message message) {
    if (message instanceof Message.RequestNegotiation request) {
      start(Type.REQ_NEG, 3, request.session());
      objective(request.objective());
    } else if (message instanceof Message.RequestSynchronisation request) {
      start(Type.REQ_SYN, 3, request.session());
      objective(request.objective());
    } else if (message instanceof Message.Negotiation negotiation) {
      start(Type.NEGOTIATE, 3, negotiation.session());
      objective(negotiation.objective());
    } else if (message instanceof Message.Synchronisation synchronisation) {
      start(Type.SYNCH, 3, synchronisation.session());
      objective(synchronisation.objective());
    } else {
      throw new IllegalArgumentException("never written: " + message);
    }
  }

  private CborWriter start(Type type, int elements, long session) {
    return out.array(elements).integer(type.number()).integer(session);
  }

  private void response(Message.Response response) {
    int options = response.isDivert() ? 1 : response.locators().size();
    start(Type.RESPONSE, 4 + options + (response.objective().isPresent() ? 1 : 0), response.session())
        .octets(response.initiator().octets()).integer(response.ttl());
    if (response.isDivert()) {
      out.array(1 + response.locators().size()).integer(DIVERT);
    }
    response.locators().forEach(this::locator);
    response.objective().ifPresent(this::objective);
  }

  private void flood(Message.Flood flood) {
    start(Type.FLOOD, 4 + flood.entries().size(), flood.session()).octets(flood.initiator().octets()).integer(flood.ttl());
    for (Message.Flood.Entry entry : flood.entries()) {
      out.array(2);
      objective(entry.objective());
      locator(entry.locator());
    }
  }

  private void end(Message.End end) {
    start(Type.END, 3, end.session());
    if (end.isAccepted()) {
      out.array(1).integer(ACCEPT);
    } else {
      out.array(end.reason().isPresent() ? 2 : 1).integer(DECLINE);
      end.reason().ifPresent(out::text);
    }
  }

  private void objective(Objective objective) {
    out.array(objective.value().isPresent() ? 4 : 3).text(objective.name()).integer(objective.flags()).integer(objective.loopCount());
    objective.value().ifPresent(out::item);
  }

  private void locator(Optional<Locator> locator) {
    locator.ifPresentOrElse(this::locator, () -> out.array(0));
  }

  private void locator(Locator locator) {
    out.array(4);
    if (locator instanceof Locator.Ip ip) {
      out.integer(ip.address().isV6() ? IPV6_LOCATOR : IPV4_LOCATOR).octets(ip.address().octets()).integer(ip.protocol());
      orNull(ip.port());
    } else if (locator instanceof Locator.Fqdn fqdn) {
      out.integer(FQDN_LOCATOR).text(fqdn.name()).integer(fqdn.protocol());
      orNull(fqdn.port());
    } else if (locator instanceof Locator.Uri uri) {
      out.integer(URI_LOCATOR).text(uri.uri());
      orNull(uri.protocol());
      orNull(uri.port());
    }
  }

  private void orNull(OptionalInt number) {
    if (number.isPresent()) {
      out.integer(number.getAsInt());
    } else {
      out.nothing();
    }
  }
}

package org.eider.grasp;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eider.grasp.Flooded.Origin;
import org.eider.grasp.Nuisances.Kind;

/** What a DULL instance believes (RFC 8990 section 2.5.2, RFC 8994 section 6.4): what is of this link, came one hop and is asked for. */
final class DullRules {
  private static final int ONE_HOP = 1;

  private final Set<String> wanted;
  private final Nuisances nuisances;

  DullRules(Set<String> wanted, Nuisances nuisances) {
    this.wanted = Set.copyOf(wanted);
    this.nuisances = nuisances;
  }

  /** Whether a message counts at all, by where it came from. */
  boolean isOfTheLink(InetSocketAddress source, LinkAddress here) {
    if (here.isNeighbour(source.getAddress())) {
      return true;
    }
    nuisances.note(Kind.NOT_OF_THE_LINK, here.name(), source.getAddress().getHostAddress());
    return false;
  }

  /** The objectives of a flood that are wanted; none of a flood that breaks a rule anywhere. */
  List<Flooded> believed(Message.Flood flood, InetSocketAddress source, LinkAddress here) {
    for (Message.Flood.Entry entry : flood.entries()) {
      if (entry.objective().loopCount() != ONE_HOP) {
        nuisances.note(Kind.WRONG_LOOP_COUNT, here.name(), source.getAddress().getHostAddress());
        return List.of();
      }
    }
    List<Flooded> believed = new ArrayList<>();
    for (Message.Flood.Entry entry : flood.entries()) {
      if (wanted.contains(entry.objective().name()) && isPlausible(entry.locator(), flood.initiator(), here)) {
        believed.add(new Flooded(entry.objective(), entry.locator(), flood.ttl(), flood.initiator(),
            new Origin(here.name(), here.index(), source)));
      }
    }
    return believed;
  }

  /** Whether a discovery asks for something that is told here. */
  boolean isAsked(Message.Discovery discovery, Set<String> told) {
    return discovery.objective().loopCount() == ONE_HOP && told.contains(discovery.objective().name());
  }

  /** Whether an answer may be followed: it names places on this link, and diverts nobody (RFC 8990 section 2.5.2). */
  boolean isBelieved(Message.Response response, LinkAddress here) {
    return !response.isDivert() && response.locators().stream()
        .allMatch(locator -> locator instanceof Locator.Ip && isPlausible(Optional.of(locator), ((Locator.Ip) locator).address(), here));
  }

  /** A locator that is an address is one of the link; that it is not the initiator's is only worth a line (RFC 8994 section 6.4). */
  private boolean isPlausible(Optional<Locator> locator, Address initiator, LinkAddress here) {
    if (!(locator.orElse(null) instanceof Locator.Ip ip)) {
      return true;
    }
    if (!here.isOfALink(ip.address().inet())) {
      nuisances.note(Kind.BAD_LOCATOR, here.name(), ip.address().toString());
      return false;
    }
    if (!ip.address().equals(initiator)) {
      nuisances.note(Kind.OTHER_LOCATOR, here.name(), ip.address() + " of " + initiator);
    }
    return true;
  }
}

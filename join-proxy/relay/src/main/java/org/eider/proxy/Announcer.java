package org.eider.proxy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.eider.discovery.CoapHerald;
import org.eider.discovery.GraspHerald;
import org.eider.discovery.Herald;
import org.eider.discovery.MdnsHerald;
import org.eider.discovery.Method;
import org.eider.discovery.Offer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells pledges of the join ports behind which there is a registrar, and of no others (RFC 8995 section 4.1.1). Of the two modes for
 * datagrams it tells the stateless one as long as a registrar for that is known (constrained-join-proxy section 4.1).
 */
final class Announcer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

  private final Supplier<List<JoinPort>> ports;
  private final Registrars registrars;
  private final List<Herald> heralds;
  private Set<Offer> told = Set.of();
  private boolean isClosed;

  /** How a herald begins. */
  private interface Beginning {
    Herald begin(List<String> interfaces) throws IOException;
  }

  Announcer(Supplier<List<JoinPort>> ports, Registrars registrars, List<Herald> heralds) {
    this.ports = ports;
    this.registrars = registrars;
    this.heralds = List.copyOf(heralds);
  }

  /**
   * The heralds of the methods.
   *
   * @param instanceName by which DNS-SD tells this proxy from others
   * @param needed whether it is an error when one cannot begin; otherwise the log tells of it
   * @throws IOException when one that is needed cannot begin
   */
  static List<Herald> heralds(List<Method> methods, List<String> interfaces, String instanceName, boolean needed) throws IOException {
    Map<Method, Beginning> beginnings = new EnumMap<>(Map.of(
        Method.GRASP, GraspHerald::dull,
        Method.MDNS, links -> MdnsHerald.start(links, instanceName),
        Method.COAP, CoapHerald::start));
    List<Herald> heralds = new ArrayList<>();
    for (Method method : methods) {
      try {
        heralds.add(beginnings.get(method).begin(interfaces));
      } catch (IOException e) {
        if (needed) {
          heralds.forEach(Herald::close);
          throw new IOException("cannot announce by " + method.label() + ": " + e.getMessage(), e);
        }
        LOG.warn("not announced by {}: {}", method.label(), e.getMessage());
      }
    }
    return heralds;
  }

  /** Tells what is to be told now, if that has changed. */
  synchronized void refresh() {
    if (isClosed) {
      return;
    }
    Set<Offer> offers = offers();
    if (!offers.equals(told)) {
      told = offers;
      heralds.forEach(herald -> herald.tell(offers));
      LOG.info("announcing {} join port(s)", offers.size());
    }
  }

  /** What is told. */
  synchronized Set<Offer> told() {
    return told;
  }

  private Set<Offer> offers() {
    Set<Offer> offers = new HashSet<>();
    List<JoinPort> open = ports.get();
    for (String link : open.stream().map(JoinPort::interfaceName).distinct().toList()) {
      List<JoinPort> here = open.stream().filter(port -> port.interfaceName().equals(link)).toList();
      add(here, Mode.CIRCUIT, offers);
      if (!add(here, Mode.STATELESS, offers)) {
        add(here, Mode.STATEFUL, offers);
      }
    }
    return offers;
  }

  private boolean add(List<JoinPort> ports, Mode mode, Set<Offer> offers) {
    List<JoinPort> open = ports.stream().filter(port -> port.mode() == mode).toList();
    if (open.isEmpty() || !registrars.isReachable(mode.registrar())) {
      return false;
    }
    open.forEach(port -> offers.add(port.offer()));
    return true;
  }

  /** Withdraws everything. */
  @Override
  public synchronized void close() {
    isClosed = true;
    heralds.forEach(Herald::close);
  }
}

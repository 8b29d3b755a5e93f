package org.eider.discovery;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.eider.grasp.DomainNode;
import org.eider.grasp.DullNode;
import org.eider.grasp.FloodTiming;
import org.eider.grasp.GraspTls;
import org.eider.grasp.NodeLimits;

/**
 * GRASP inside the domain. Floods outside insecure links need the ACP or something as strong (RFC 8990 section 2.5.6.2): who names an
 * interface here declares that it is.
 *
 * @param interfaces secured ones, on which floods are sent and heard
 * @param relays whether floods and discoveries are passed on between interfaces and neighbours
 * @param neighbours other nodes to which a TCP connection is held, since multicast does not reach them; names that are unresolved are
 *     resolved whenever one connects
 * @param listen where neighbours and those who ask connect to over TCP
 * @param tls for all TCP connections to neighbours and to {@code listen}; plain ones are taken on secured interfaces only
 * @param timing of what is told
 * @param port UDP port, 7017 but for tests
 */
public record GraspDomain(List<String> interfaces, boolean relays, List<InetSocketAddress> neighbours, Optional<InetSocketAddress> listen,
    Optional<GraspTls> tls, FloodTiming timing, int port) {
  /** Keeps copies. */
  public GraspDomain {
    interfaces = List.copyOf(interfaces);
    neighbours = List.copyOf(neighbours);
  }

  /** Multicast on secured interfaces, nothing else, nothing relayed. */
  public static GraspDomain of(List<String> securedInterfaces) {
    return new GraspDomain(securedInterfaces, false, List.of(), Optional.empty(), Optional.empty(), FloodTiming.STANDARD,
        DullNode.Settings.GRASP_PORT);
  }

  /** The same with other neighbours. */
  public GraspDomain with(List<InetSocketAddress> others) {
    return new GraspDomain(interfaces, relays, others, listen, tls, timing, port);
  }

  /** The same with TLS. */
  public GraspDomain with(GraspTls over) {
    return new GraspDomain(interfaces, relays, neighbours, listen, Optional.of(over), timing, port);
  }

  DomainNode.Settings settings() {
    return new DomainNode.Settings(interfaces, port, relays, neighbours, listen, tls, NodeLimits.STANDARD, timing);
  }
}

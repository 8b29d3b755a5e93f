package org.eider.discovery;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.eider.grasp.DomainNode;
import org.eider.grasp.DullNode;
import org.eider.grasp.Flooded;

/**
 * Looks for services in GRASP floods: for proxies on insecure links, or for registrars in the domain, never both in one. What it sees is
 * told again with every flood.
 */
public final class GraspLookout implements Lookout {
  private final List<AutoCloseable> nodes = new ArrayList<>();
  private final Set<Service> wanted;
  private final Watcher watcher;

  private GraspLookout(Set<Service> wanted, boolean ofRegistrars, Watcher watcher) {
    if (wanted.isEmpty() || wanted.stream().anyMatch(service -> service.isRegistrar() != ofRegistrars)) {
      throw new IllegalArgumentException("not to be looked for here: " + wanted);
    }
    this.wanted = EnumSet.copyOf(wanted);
    this.watcher = watcher;
  }

  /**
   * Looks for proxies on insecure links, one instance of GRASP for each.
   *
   * @param wanted of {@code PROXY_TLS} and {@code PROXY_COAPS}
   * @throws IOException when there is no such interface, or the port is taken
   */
  public static GraspLookout dull(List<String> interfaces, Set<Service> wanted, Watcher watcher) throws IOException {
    return dull(interfaces, wanted, watcher, DullNode.Settings.STANDARD);
  }

  /** The same with other settings, for instance another port in tests. */
  public static GraspLookout dull(List<String> interfaces, Set<Service> wanted, Watcher watcher, DullNode.Settings settings)
      throws IOException {
    GraspLookout lookout = new GraspLookout(wanted, false, watcher);
    try {
      for (String name : interfaces) {
        lookout.nodes.add(DullNode.open(name, settings, GraspTable.names(wanted), lookout::flooded));
      }
      return lookout;
    } catch (IOException e) {
      lookout.close();
      throw e;
    }
  }

  /**
   * Looks for registrars in the domain.
   *
   * @param wanted of the {@code REGISTRAR_*}
   * @throws IOException when an interface is not there, or a port is taken
   */
  public static GraspLookout domain(GraspDomain config, Set<Service> wanted, Watcher watcher) throws IOException {
    GraspLookout lookout = new GraspLookout(wanted, true, watcher);
    lookout.nodes.add(DomainNode.open(config.settings(), GraspTable.names(wanted), lookout::flooded));
    return lookout;
  }

  @Override
  public void close() {
    GraspHerald.closeAll(nodes);
  }

  /** Nodes have threads of their own; the watcher is told one thing at a time. */
  private synchronized void flooded(Flooded flooded) {
    GraspTable.sighting(flooded, wanted).ifPresent(watcher::seen);
  }
}

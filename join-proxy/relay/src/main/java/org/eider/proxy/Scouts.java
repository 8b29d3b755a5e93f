package org.eider.proxy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eider.discovery.CoapLookout;
import org.eider.discovery.GraspDomain;
import org.eider.discovery.GraspLookout;
import org.eider.discovery.Lookout;
import org.eider.discovery.MdnsLookout;
import org.eider.discovery.Method;
import org.eider.discovery.Service;
import org.eider.grasp.GraspTls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for registrars on the domain's side, by the methods that are configured. */
final class Scouts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scouts.class);

  private final ProxyConfig.Discovery config;
  private final Set<Service> wanted;
  private final Lookout.Watcher watcher;
  private final ProxyFolder folder;
  private final List<Lookout> lookouts = new ArrayList<>();
  private Optional<Lookout> overTls = Optional.empty();

  /** Scouts that have not set out, for services of registrars. */
  Scouts(ProxyConfig.Discovery config, Set<Service> wanted, Lookout.Watcher watcher, ProxyFolder folder) {
    this.config = config;
    this.wanted = Set.copyOf(wanted);
    this.watcher = watcher;
    this.folder = folder;
  }

  /**
   * Sets out by all methods that need no certificate.
   *
   * @throws IOException when one of them cannot begin
   */
  synchronized void start() throws IOException {
    for (Method method : config.methods()) {
      if (method == Method.GRASP && config.graspTls()) {
        continue;
      }
      lookouts.add(switch (method) {
        case GRASP -> grasp(Optional.empty());
        case MDNS -> MdnsLookout.start(config.interfaces(), wanted, watcher);
        case COAP -> CoapLookout.start(config.interfaces(), wanted, watcher);
      });
    }
  }

  /** Sets out by the method that needs the own certificate, or begins it anew with a new one. */
  synchronized void enrolled() {
    if (!config.graspTls() || !config.methods().contains(Method.GRASP)) {
      return;
    }
    overTls.ifPresent(Lookout::close);
    overTls = Optional.empty();
    try {
      overTls = Optional.of(grasp(Optional.of(new GraspTls(DomainTls.of(folder.ldevid()), config.graspPeers()))));
    } catch (IOException e) {
      LOG.error("GRASP over TLS does not begin: {}", e.getMessage());
    }
  }

  private Lookout grasp(Optional<GraspTls> tls) throws IOException {
    GraspDomain standard = GraspDomain.of(config.interfaces());
    return GraspLookout.domain(new GraspDomain(standard.interfaces(), standard.relays(), config.neighbours(), standard.listen(), tls,
        standard.timing(), standard.port()), wanted, watcher);
  }

  @Override
  public synchronized void close() {
    lookouts.forEach(Lookout::close);
    overTls.ifPresent(Lookout::close);
  }
}

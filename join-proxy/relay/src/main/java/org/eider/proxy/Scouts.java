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
  private boolean isDue;
  private boolean isClosed;
  private String lastFailure = "";

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
        case GRASP -> GraspLookout.domain(GraspDomain.of(config.interfaces()).with(config.neighbours()), wanted, watcher);
        case MDNS -> MdnsLookout.start(config.interfaces(), wanted, watcher);
        case COAP -> CoapLookout.start(config.interfaces(), wanted, watcher);
      });
    }
  }

  /** Sets out by the method that needs the own certificate, or begins it anew with a new one; what fails is tried again by {@link #look}. */
  synchronized void enrolled() {
    isDue = config.graspTls() && config.methods().contains(Method.GRASP);
    look();
  }

  /** Tries again what has failed; to be called now and then. Whoever is looked for with the old certificate goes on being looked for. */
  synchronized void look() {
    if (!isDue || isClosed) {
      return;
    }
    try {
      Lookout begun = overTls();
      overTls.ifPresent(Lookout::close);
      overTls = Optional.of(begun);
      isDue = false;
      lastFailure = "";
    } catch (IOException e) {
      String failure = String.valueOf(e.getMessage());
      if (!failure.equals(lastFailure)) {
        LOG.error("GRASP over TLS does not begin, and is tried again: {}", failure);
      }
      lastFailure = failure;
    }
  }

  /** With neighbours only: floods on interfaces come from anybody who is there, and show no certificate. */
  private Lookout overTls() throws IOException {
    GraspTls tls = new GraspTls(DomainTls.of(folder.ldevid()), config.graspPeers());
    return GraspLookout.domain(GraspDomain.of(List.of()).with(config.neighbours()).with(tls), wanted, watcher);
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    lookouts.forEach(Lookout::close);
    overTls.ifPresent(Lookout::close);
  }
}

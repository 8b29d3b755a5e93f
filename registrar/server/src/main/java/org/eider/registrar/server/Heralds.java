package org.eider.registrar.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eider.discovery.GraspDomain;
import org.eider.discovery.GraspHerald;
import org.eider.discovery.Herald;
import org.eider.discovery.MdnsHerald;
import org.eider.registrar.server.Announcer.Announcement;
import org.eider.registrar.server.config.AnnounceSettings;

/** Those who announce the registrar, as the configuration has it. CoAP is none of them: it answers who asks ({@link CoapFront}). */
final class Heralds {
  private Heralds() {}

  /** Starts them, with nothing to tell yet; none is left running when one cannot start. */
  static List<Announcement> start(AnnounceSettings config, OwnCredential own) throws IOException {
    List<Announcement> started = new ArrayList<>();
    boolean complete = false;
    try {
      if (!config.grasp().isEmpty() || config.graspTcp().enabled()) {
        started.add(new Announcement("grasp", GraspHerald.domain(domain(config, own)), config.graspInterfaces()));
      }
      if (config.asProxy() && !config.grasp().isEmpty()) {
        started.add(new Announcement("grasp to pledges", GraspHerald.dull(config.grasp()), config.grasp()));
      }
      if (!config.mdns().isEmpty()) {
        started.add(new Announcement("mdns", MdnsHerald.start(config.mdns(), config.name()), config.mdns()));
      }
      complete = true;
      return started;
    } finally {
      if (!complete) {
        started.stream().map(Announcement::herald).forEach(Herald::close);
      }
    }
  }

  private static GraspDomain domain(AnnounceSettings config, OwnCredential own) throws IOException {
    GraspDomain multicast = GraspDomain.of(config.grasp());
    if (!config.graspTcp().enabled()) {
      return multicast;
    }
    InetSocketAddress listen = new InetSocketAddress(InetAddress.getByName(config.graspTcp().host()), config.graspTcp().port());
    return new GraspDomain(multicast.interfaces(), multicast.relays(), List.of(), Optional.of(listen), Optional.of(DomainTls.of(own::current)),
        multicast.timing(), multicast.port());
  }
}

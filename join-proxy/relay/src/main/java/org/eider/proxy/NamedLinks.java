package org.eider.proxy;

import java.io.IOException;
import java.net.NetworkInterface;
import java.util.List;
import org.eider.cli.CommandFailure;

/** What has to be true of the interfaces that a configuration names. */
final class NamedLinks {
  private NamedLinks() {}

  /**
   * Looks whether they are there, and whether pledges are apart from registrars that are looked for.
   *
   * @throws CommandFailure when they are not
   */
  static void check(ProxyConfig config) throws CommandFailure, IOException {
    requireInterfaces(config.listen().interfaces());
    requireInterfaces(config.discovery().interfaces());
    if (!config.discovery().methods().isEmpty()) {
      requireApart(config);
    }
  }

  private static void requireInterfaces(List<String> names) throws CommandFailure, IOException {
    for (String name : names) {
      if (NetworkInterface.getByName(name) == null) {
        throw new CommandFailure("there is no interface " + name, "ip link lists them");
      }
    }
  }

  /** Who is heard on a link of the domain may say where registrars are, and so where pledges are let through to: pledges may not. */
  private static void requireApart(ProxyConfig config) throws CommandFailure, IOException {
    for (String name : config.listen().interfaces()) {
      if (config.discovery().interfaces().contains(name) && !NetworkInterface.getByName(name).isLoopback()) {
        throw new CommandFailure("pledges on " + name + " could say what a registrar is, since registrars are looked for there too",
            "look on another interface, or name the registrars with --registrar instead of --discover");
      }
    }
  }
}

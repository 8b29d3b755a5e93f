package org.eider.proxy;

import java.util.List;
import java.util.Set;
import org.eider.config.BadSetting;

/**
 * How a join proxy is set up; {@link #standard} has every default.
 *
 * @param listen where pledges are listened to
 * @param registrars registrars by address
 * @param modes how it relays; empty for every mode that a registrar can be had for
 */
public record ProxyConfig(Listen listen, List<String> registrars, Set<Mode> modes, CircuitConfig circuits, StatefulConfig stateful,
    StatelessConfig stateless) {
  /**
   * Where pledges are listened to.
   *
   * @param interfaces names of network interfaces
   * @param ipv4 whether to listen on their IPv4 addresses too
   * @param circuitPort TCP port of circuits; 0 for any free one
   * @param statefulPort UDP port of the stateful mode
   * @param statelessPort UDP port of the stateless mode
   */
  public record Listen(List<String> interfaces, boolean ipv4, int circuitPort, int statefulPort, int statelessPort) {
    /** Checks the values. */
    public Listen {
      interfaces = List.copyOf(interfaces);
      BadSetting.unlessWithin("circuit-port", circuitPort, 0, 65_535);
      BadSetting.unlessWithin("stateful-port", statefulPort, 0, 65_535);
      BadSetting.unlessWithin("stateless-port", statelessPort, 0, 65_535);
    }

    int port(Mode mode) {
      return switch (mode) {
        case CIRCUIT -> circuitPort;
        case STATEFUL -> statefulPort;
        case STATELESS -> statelessPort;
      };
    }
  }

  /** Checks the values. */
  public ProxyConfig {
    registrars = List.copyOf(registrars);
    modes = Set.copyOf(modes);
    for (String registrar : registrars) {
      try {
        RegistrarUri.parse(registrar);
      } catch (IllegalArgumentException e) {
        throw new BadSetting("registrars", e.getMessage());
      }
    }
  }

  /** Every default. */
  public static ProxyConfig standard() {
    return new ProxyConfig(new Listen(List.of(), false, 0, 0, 0), List.of(), Set.of(), CircuitConfig.standard(), StatefulConfig.standard(),
        StatelessConfig.standard());
  }
}

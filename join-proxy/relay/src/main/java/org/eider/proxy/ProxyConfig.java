package org.eider.proxy;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eider.config.BadSetting;
import org.eider.discovery.Method;
import org.eider.discovery.Service;

/**
 * How a join proxy is set up; {@link #standard} has every default. The keys of the file are the names of the components, written with
 * dashes ({@code circuit-port}).
 *
 * @param listen where pledges are listened to
 * @param registrars registrars by address
 * @param modes how it relays; empty for every mode that a registrar can be had for
 * @param discovery how registrars are found
 * @param circuits what TCP connections may take
 * @param stateful what the stateful mode may take
 * @param stateless what the stateless mode may take
 * @param bootstrap how it gets its own certificate
 * @param log what is logged
 * @param drain how long circuits may go on when it is told to stop
 */
public record ProxyConfig(Listen listen, List<String> registrars, List<Mode> modes, Discovery discovery, CircuitConfig circuits,
    StatefulConfig stateful, StatelessConfig stateless, Bootstrap bootstrap, Log log, Duration drain) {

  /** What the pledge program speaks, by which a join proxy enrols, in the order in which it is tried. */
  static final List<Service> ENROLLING = List.of(Service.REGISTRAR_TLS, Service.REGISTRAR_COAPS);

  /**
   * Where pledges are listened to.
   *
   * @param interfaces names of network interfaces
   * @param ipv4 whether to listen on their IPv4 addresses too
   * @param circuitPort TCP port of circuits; 0 for any free one
   * @param statefulPort UDP port of the stateful mode
   * @param statelessPort UDP port of the stateless mode
   * @param announce how pledges are told
   */
  public record Listen(List<String> interfaces, boolean ipv4, int circuitPort, int statefulPort, int statelessPort, List<Method> announce) {
    /** Checks the values. */
    public Listen {
      interfaces = BadSetting.unlessTexts("interfaces", interfaces);
      announce = announce.stream().distinct().toList();
      BadSetting.unlessWithin("circuit-port", circuitPort, 0, 65_535);
      BadSetting.unlessWithin("stateful-port", statefulPort, 0, 65_535);
      BadSetting.unlessWithin("stateless-port", statelessPort, 0, 65_535);
      if (statefulPort != 0 && statefulPort == statelessPort) {
        throw new BadSetting("stateless-port", "is that of the stateful mode too");
      }
    }

    int port(Mode mode) {
      return switch (mode) {
        case CIRCUIT -> circuitPort;
        case STATEFUL -> statefulPort;
        case STATELESS -> statelessPort;
      };
    }
  }

  /**
   * How registrars are found.
   *
   * @param methods none for only those that are configured
   * @param interfaces of the domain; those who name them for GRASP say that they are secured (RFC 8990 section 2.5.6.2); GRASP over TLS
   *     does not use them
   * @param graspNeighbours GRASP nodes to which a TCP connection is held, {@code HOST:PORT}
   * @param graspTls whether those connections are TLS, with the own certificate, and nobody else is listened to by GRASP
   * @param graspPeers who is listened to over TLS
   */
  public record Discovery(List<Method> methods, List<String> interfaces, List<String> graspNeighbours, boolean graspTls, GraspPeers graspPeers) {
    /** Checks the values. */
    public Discovery {
      methods = methods.stream().distinct().toList();
      interfaces = BadSetting.unlessTexts("interfaces", interfaces);
      graspNeighbours = List.copyOf(graspNeighbours);
      graspNeighbours.forEach(neighbour -> neighbour(neighbour, "grasp-neighbours"));
    }

    /** Unresolved: what a name stands for may change. */
    List<InetSocketAddress> neighbours() {
      return graspNeighbours.stream().map(text -> neighbour(text, "grasp-neighbours")).toList();
    }

    private boolean listensToInterfaces(Method method) {
      return method != Method.GRASP || !graspTls && graspNeighbours.isEmpty();
    }

    private static InetSocketAddress neighbour(String text, String key) {
      int colon = text.lastIndexOf(':');
      if (colon < 1 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
        throw new BadSetting(key, "\"" + text + "\" has to be HOST:PORT, an IPv6 address in brackets");
      }
      String host = text.substring(0, colon).replaceAll("^\\[|]$", "");
      int port = Integer.parseInt(text.substring(colon + 1));
      BadSetting.unlessWithin(key, port, 1, 65_535);
      return InetSocketAddress.createUnresolved(host, port);
    }
  }

  /**
   * How the join proxy gets a certificate of its own: as any other device, by the pledge program.
   *
   * @param enabled whether it does; it relays nothing before it has one
   * @param idevid folder of the device's IDevID, as the pledge program wants it
   * @param retry first pause after a failure; it doubles
   * @param longestRetry up to this
   */
  public record Bootstrap(boolean enabled, String idevid, Duration retry, Duration longestRetry) {
    /** Checks the values. */
    public Bootstrap {
      BadSetting.unlessWithin("retry", retry, Duration.ofMillis(10), Duration.ofDays(1));
      BadSetting.unlessWithin("longest-retry", longestRetry, Duration.ofMillis(10), Duration.ofDays(7));
      if (enabled && idevid.isBlank()) {
        throw new BadSetting("idevid", "must not be empty when bootstrap is enabled");
      }
    }
  }

  /**
   * What is logged, to standard error.
   *
   * @param level this and above
   * @param format what a line looks like
   */
  public record Log(Level level, Format format) {
    /** How important a line is. */
    public enum Level { DEBUG, INFO, WARN, ERROR;
      String label() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    /** What a line looks like. */
    public enum Format { TEXT, JSON;
      String label() {
        return name().toLowerCase(Locale.ROOT);
      }
    }
  }

  /** Checks the values. */
  public ProxyConfig {
    registrars = List.copyOf(registrars);
    modes = modes.stream().distinct().toList();
    BadSetting.unlessWithin("drain", drain, Duration.ZERO, Duration.ofMinutes(10));
    registrars.forEach(ProxyConfig::registrar);
  }

  /** Every default. */
  public static ProxyConfig standard() {
    return new ProxyConfig(new Listen(List.of(), false, 0, 0, 0, List.of(Method.values())), List.of(), List.of(),
        new Discovery(List.of(), List.of(), List.of(), false, GraspPeers.REGISTRARS), CircuitConfig.standard(), StatefulConfig.standard(), StatelessConfig.standard(),
        new Bootstrap(false, "", Duration.ofSeconds(10), Duration.ofHours(1)), new Log(Log.Level.INFO, Log.Format.TEXT), Duration.ofSeconds(5));
  }

  List<RegistrarUri> named() {
    return registrars.stream().map(ProxyConfig::registrar).toList();
  }

  private static RegistrarUri registrar(String text) {
    try {
      return RegistrarUri.parse(text);
    } catch (IllegalArgumentException e) {
      throw new BadSetting("registrars", e.getMessage());
    }
  }

  /** The modes that are allowed, and that a registrar can be had for. */
  Set<Mode> relaying() {
    Set<Mode> relaying = modes.isEmpty() ? EnumSet.allOf(Mode.class) : EnumSet.copyOf(modes);
    if (discovery.methods().isEmpty()) {
      relaying.retainAll(named().stream().map(uri -> Mode.needing(uri.service())).collect(Collectors.toSet()));
    }
    return relaying;
  }

  /** The registrars that are looked for: what those modes relay to, and, where it enrols, those that it can enrol with. */
  Set<Service> sought() {
    Set<Service> sought = EnumSet.noneOf(Service.class);
    relaying().forEach(mode -> sought.add(mode.registrar()));
    if (bootstrap.enabled()) {
      sought.addAll(ENROLLING);
    }
    return sought;
  }

  /** What does not go together, each setting being good by itself; empty when all do. */
  public Optional<String> contradiction() {
    boolean finds = !discovery.methods().isEmpty();
    if (listen.interfaces().isEmpty()) {
      return Optional.of("no interface to listen on: listen.interfaces, or --listen-interface");
    }
    if (registrars.isEmpty() && !finds) {
      return Optional.of("no registrar: registrars or discovery.methods, or --registrar or --discover");
    }
    if (discovery.interfaces().isEmpty() && discovery.methods().stream().anyMatch(discovery::listensToInterfaces)) {
      return Optional.of("no interface to find registrars on: discovery.interfaces, or --domain-interface");
    }
    if (discovery.methods().contains(Method.GRASP) && discovery.graspTls() && discovery.graspNeighbours().isEmpty()) {
      return Optional.of("grasp-tls is for neighbours, and there is none: discovery.grasp-neighbours, or --grasp-neighbour");
    }
    boolean reachesNone = !finds && !modes.isEmpty()
        && named().stream().noneMatch(uri -> modes.contains(Mode.needing(uri.service())));
    if (reachesNone) {
      return Optional.of("none of the registrars can be reached in the modes that are allowed");
    }
    if (discovery.graspTls() && !bootstrap.enabled()) {
      return Optional.of("grasp-tls needs a certificate: bootstrap, or --bootstrap");
    }
    return bootstrap.enabled() && !canEnrol()
        ? Optional.of("no registrar to get a certificate from" + (discovery.graspTls() ? ", which grasp-tls needs before it finds any" : "")
            + ": https:// or coaps:// in registrars, or --registrar, or another method in discovery.methods, or --discover")
        : Optional.empty();
  }

  /** Whether the own certificate can be had: from a registrar that is named, or that is found by what needs no certificate. */
  private boolean canEnrol() {
    return named().stream().anyMatch(uri -> ENROLLING.contains(uri.service()))
        || discovery.methods().stream().anyMatch(method -> method != Method.GRASP || !discovery.graspTls());
  }
}

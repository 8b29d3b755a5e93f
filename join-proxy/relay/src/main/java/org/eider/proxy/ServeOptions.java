package org.eider.proxy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.eider.cli.CommandFailure;
import org.eider.discovery.Method;
import org.eider.proxy.ProxyConfig.Bootstrap;
import org.eider.proxy.ProxyConfig.Discovery;
import org.eider.proxy.ProxyConfig.Listen;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of {@code join-proxy serve}; picocli fills them in. Each takes the place of what the configuration says. */
final class ServeOptions {
  @Option(names = "--listen-interface", paramLabel = "IF",
      description = "Network interface of the pledges; may be repeated. Its link-local addresses are listened on, of lo that of loopback "
          + "(default: listen.interfaces of the configuration).")
  private List<String> interfaces = List.of();

  @Option(names = "--ipv4", description = "Listen on IPv4 addresses of the interfaces too (default: listen.ipv4 of the configuration, no).")
  private boolean ipv4;

  @Option(names = "--circuit-port", paramLabel = "P", description = "TCP port of circuits (default: listen.circuit-port, 0 for any free one).")
  private Optional<Integer> circuitPort;

  @Option(names = "--stateful-port", paramLabel = "P", description = "UDP port of the stateful mode (default: listen.stateful-port, 0).")
  private Optional<Integer> statefulPort;

  @Option(names = "--stateless-port", paramLabel = "P", description = "UDP port of the stateless mode (default: listen.stateless-port, 0).")
  private Optional<Integer> statelessPort;

  @Option(names = "--announce", paramLabel = "grasp,mdns,coap|none", split = ",",
      description = "How pledges are told of the join ports (default: listen.announce, all).")
  private List<String> announce = List.of();

  @Option(names = "--registrar", paramLabel = "ADDRESS",
      description = "A registrar, https://H:P, coaps://H:P or jpy://H:P (also coaps+jpy://H:P); may be repeated (default: registrars of the "
          + "configuration).")
  private List<String> registrars = List.of();

  @Option(names = "--mode", converter = Modes.class, paramLabel = "circuit|stateful|stateless",
      description = "How to relay; may be repeated (default: modes of the configuration, as registrars can be reached).")
  private List<Mode> modes = List.of();

  @Option(names = "--discover", converter = Methods.class, split = ",", paramLabel = "grasp|mdns|coap",
      description = "How to find registrars; may be repeated (default: discovery.methods of the configuration, none).")
  private List<Method> discover = List.of();

  @Option(names = "--domain-interface", paramLabel = "IF",
      description = "Network interface of the domain, where registrars are found; may be repeated. For GRASP it has to be a secured one "
          + "(default: discovery.interfaces of the configuration).")
  private List<String> domainInterfaces = List.of();

  @Option(names = "--grasp-neighbour", paramLabel = "HOST:PORT",
      description = "A GRASP node of the domain to connect to; may be repeated (default: discovery.grasp-neighbours).")
  private List<String> neighbours = List.of();

  @Option(names = "--grasp-tls", description = "Connect to GRASP nodes by TLS, with the own certificate (default: discovery.grasp-tls, no).")
  private boolean graspTls;

  @Option(names = "--bootstrap",
      description = "Get an own certificate from a registrar first, and renew it; nothing is relayed before (default: bootstrap.enabled, no).")
  private boolean bootstrap;

  @Option(names = "--idevid", paramLabel = "DIR", description = "Folder of the own IDevID, for --bootstrap (default: bootstrap.idevid).")
  private Optional<String> idevid;

  @Option(names = "--config", paramLabel = "FILE",
      description = "Configuration in YAML (default: none, every setting has a default; see config check).")
  private Optional<Path> config;

  /** The configuration with what was said on the command line. */
  ProxyConfig settings() throws CommandFailure {
    ProxyConfig read = config.isPresent() ? ProxyConfigFile.read(config.get()) : ProxyConfig.standard();
    Listen listen = read.listen();
    Discovery discovery = read.discovery();
    return new ProxyConfig(
        new Listen(said(interfaces, listen.interfaces()), ipv4 || listen.ipv4(), circuitPort.orElse(listen.circuitPort()),
            statefulPort.orElse(listen.statefulPort()), statelessPort.orElse(listen.statelessPort()), announced(listen.announce())),
        said(registrars, read.registrars()), said(modes, read.modes()),
        new Discovery(said(discover, discovery.methods()), said(domainInterfaces, discovery.interfaces()),
            said(neighbours, discovery.graspNeighbours()), graspTls || discovery.graspTls(), discovery.graspPeers()),
        read.circuits(), read.stateful(), read.stateless(),
        new Bootstrap(bootstrap || read.bootstrap().enabled(), idevid.orElse(read.bootstrap().idevid()), read.bootstrap().retry(),
            read.bootstrap().longestRetry()),
        read.log(), read.drain());
  }

  /** Whether the command line names the methods of announcing, so that each of them has to work. */
  boolean namesAnnouncing() {
    return !announce.isEmpty();
  }

  private List<Method> announced(List<Method> configured) {
    if (announce.equals(List.of("none"))) {
      return List.of();
    }
    return announce.isEmpty() ? configured : announce.stream().map(new Methods()::convert).toList();
  }

  private static <T> List<T> said(List<T> here, List<T> configured) {
    return here.isEmpty() ? configured : here;
  }

  private static <T> T known(Optional<T> found, String label, T[] all, Function<T, String> labels) {
    return found.orElseThrow(() -> new TypeConversionException(
        "\"" + label + "\" is none of " + java.util.Arrays.stream(all).map(labels).collect(java.util.stream.Collectors.joining(", "))));
  }

  /** Reads {@code --mode}. */
  static final class Modes implements ITypeConverter<Mode> {
    @Override
    public Mode convert(String label) {
      return known(Mode.of(label), label, Mode.values(), Mode::label);
    }
  }

  /** Reads {@code --discover}. */
  static final class Methods implements ITypeConverter<Method> {
    @Override
    public Method convert(String label) {
      return known(Method.of(label), label, Method.values(), Method::label);
    }
  }
}

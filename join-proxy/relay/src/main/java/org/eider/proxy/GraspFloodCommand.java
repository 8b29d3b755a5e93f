package org.eider.proxy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.grasp.Address;
import org.eider.grasp.Diagnostics;
import org.eider.grasp.GraspProbe;
import org.eider.grasp.Locator;
import org.eider.grasp.Message;
import org.eider.grasp.Objective;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code eider grasp flood}. */
@Command(
    name = "flood",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Multicasts an M_FLOOD with one objective on the interfaces, and prints it. Danger: whoever hears it may believe it.",
      "It is sent as the options say, even where a node that keeps the rules would not send it."})
final class GraspFloodCommand implements Callable<Integer> {
  private static final long MILLIS = 1000;

  @ParentCommand private GraspCommand parent;
  @Spec private CommandSpec spec;
  @Mixin private GraspLinks links;

  @Option(names = "--name", required = true, paramLabel = "NAME", description = "Name of the objective, for instance AN_Proxy.")
  private String name;

  @Option(names = "--value", paramLabel = "TEXT", description = "Its value, a text (default: the empty one).")
  private String value = "";

  @Option(names = "--locator", paramLabel = "ADDRESS", description = "Where it is: an IP address, or 'none' (default: our address on the interface).")
  private Optional<String> locator = Optional.empty();

  @Option(names = "--port", paramLabel = "P", description = "Port of the locator (default: ${DEFAULT-VALUE}).")
  private int port = 4443;

  @Option(names = "--proto", paramLabel = "tcp|udp|N", description = "Protocol of the locator, or its IANA number (default: ${DEFAULT-VALUE}).")
  private String protocol = "tcp";

  @Option(names = "--ttl", paramLabel = "MS", description = "How long it may be believed, in milliseconds; 0 for ever (default: ${DEFAULT-VALUE}).")
  private long ttl = 180_000;

  @Option(names = "--loop", paramLabel = "N", description = "Loop count, 0 to 255 (default: ${DEFAULT-VALUE}).")
  private int loopCount = 1;

  @Option(names = "--flags", paramLabel = "N", description = "Flags of the objective: 1 discovery, 2 negotiation, 4 synchronisation (default: ${DEFAULT-VALUE}).")
  private long flags = 4;

  @Option(names = "--count", paramLabel = "N", description = "How many times, 0 until Ctrl-C (default: ${DEFAULT-VALUE}).")
  private int count = 1;

  @Option(names = "--period", paramLabel = "SECONDS", description = "From one time to the next (default: ${DEFAULT-VALUE}).")
  private int period = 60;

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    try (GraspLinks.Probes probes = links.open(GraspLinks.deaf())) {
      for (int i = 0; count == 0 || i < count; i++) {
        if (i > 0) {
          Thread.sleep(Math.max(1, period) * MILLIS);
        }
        for (int each = 0; each < probes.all().size(); each++) {
          send(probes, each);
        }
      }
    }
    return Cli.OK;
  }

  private void send(GraspLinks.Probes probes, int index) throws CommandFailure, InterruptedException {
    GraspProbe probe = probes.all().get(index);
    Message flood = flood(probe, probes.address(index));
    if (!probe.send(flood)) {
      throw new CommandFailure("cannot send on " + probes.interfaces().get(index));
    }
    parent.console().line(probes.interfaces().get(index) + " " + Diagnostics.of(flood));
  }

  private Message flood(GraspProbe probe, InetAddress own) {
    try {
      Objective plain = Objective.flooded(name, loopCount, value);
      Objective objective = new Objective(name, flags, loopCount, plain.value());
      return new Message.Flood(probe.newSession(), Address.of(own), ttl, List.of(new Message.Flood.Entry(objective, where(own))));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private Optional<Locator> where(InetAddress own) {
    if (locator.filter("none"::equals).isPresent()) {
      return Optional.empty();
    }
    int number = number();
    OptionalInt at = number == Locator.IPV6_IN_IP ? OptionalInt.empty() : OptionalInt.of(port);
    return Optional.of(new Locator.Ip(locator.map(this::address).orElseGet(() -> Address.of(own)), number, at));
  }

  private Address address(String text) {
    try {
      if (!text.matches("[0-9a-fA-F:.]+")) {
        throw new ParameterException(spec.commandLine(), "--locator wants an IP address or 'none', not " + text);
      }
      return Address.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      throw new ParameterException(spec.commandLine(), "--locator wants an IP address or 'none', not " + text, e);
    }
  }

  private int number() {
    return switch (protocol) {
      case "tcp" -> Locator.TCP;
      case "udp" -> Locator.UDP;
      default -> {
        try {
          yield Integer.parseInt(protocol);
        } catch (NumberFormatException e) {
          throw new ParameterException(spec.commandLine(), "--proto wants tcp, udp or a number, not " + protocol, e);
        }
      }
    };
  }
}

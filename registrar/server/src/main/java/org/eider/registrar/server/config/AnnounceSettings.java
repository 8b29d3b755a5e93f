package org.eider.registrar.server.config;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eider.config.BadSetting;
import org.eider.discovery.Method;

/**
 * Where devices and join proxies are told of the registrar, for each method the names of the network interfaces; none where none is
 * named.
 *
 * @param name what instances of DNS-SD are called, for people
 * @param grasp by GRASP, on interfaces that are secured
 * @param mdns by DNS-SD over multicast DNS
 * @param coap by answers to CoAP discovery, also by multicast
 * @param coapPort UDP port of these answers
 * @param asProxy whether pledges on those links are told too, as a join proxy tells them
 * @param graspTcp GRASP for those whom multicast does not reach
 */
public record AnnounceSettings(String name, List<String> grasp, List<String> mdns, List<String> coap, int coapPort, boolean asProxy, GraspTcp graspTcp) {
  /** Checks the values. */
  public AnnounceSettings {
    BadSetting.unlessText("name", name);
    grasp = interfaces("grasp", grasp);
    mdns = interfaces("mdns", mdns);
    coap = interfaces("coap", coap);
    BadSetting.unlessWithin("coap-port", coapPort, 0, 65535);
  }

  /**
   * GRASP over TCP with mutual TLS: with the registrar's own certificate, for who has one of its CA.
   *
   * @param enabled whether it is there
   * @param host address or name to listen on
   * @param port TCP port; 0 for any free one
   * @param interfaces names of network interfaces whose addresses are told beside those of {@code grasp}, without multicast on them
   */
  public record GraspTcp(boolean enabled, String host, int port, List<String> interfaces) {
    /** Checks the values. */
    public GraspTcp {
      BadSetting.unlessText("host", host);
      BadSetting.unlessWithin("port", port, 0, 65535);
      interfaces = AnnounceSettings.interfaces("interfaces", interfaces);
    }
  }

  static AnnounceSettings standard() {
    return new AnnounceSettings("eider-registrar", List.of(), List.of(), List.of(), 5683, false, new GraspTcp(false, "0.0.0.0", 7017, List.of()));
  }

  /** The interfaces of a method. */
  public List<String> of(Method method) {
    return switch (method) {
      case GRASP -> grasp;
      case MDNS -> mdns;
      case COAP -> coap;
    };
  }

  /** The interfaces whose addresses are told by GRASP, be it by multicast or by TCP only. */
  public List<String> graspInterfaces() {
    return Stream.concat(grasp.stream(), graspTcp.enabled() ? graspTcp.interfaces().stream() : Stream.empty()).distinct().toList();
  }

  /** The same on those interfaces by those methods, and by no others. */
  public AnnounceSettings on(Set<Method> methods, Function<Method, List<String>> interfaces) {
    Function<Method, List<String>> only = method -> methods.contains(method) ? interfaces.apply(method) : List.of();
    return new AnnounceSettings(name, only.apply(Method.GRASP), only.apply(Method.MDNS), only.apply(Method.COAP), coapPort, asProxy, graspTcp);
  }

  /** The same, which tells pledges too. */
  public AnnounceSettings toPledges() {
    return new AnnounceSettings(name, grasp, mdns, coap, coapPort, true, graspTcp);
  }

  private static List<String> interfaces(String key, List<String> names) {
    if (names.stream().distinct().count() != names.size()) {
      throw new BadSetting(key, "names an interface twice");
    }
    return BadSetting.unlessTexts(key, names);
  }
}

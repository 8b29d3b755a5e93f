package org.eider.proxy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;

/** Addresses as this program writes them. */
final class Place {
  private Place() {}

  /** An address with its port as {@link #text(InetSocketAddress)}; anything else as it says of itself. */
  static String text(Object whom) {
    return whom instanceof InetSocketAddress address && !address.isUnresolved() ? text(address) : String.valueOf(whom);
  }

  /** {@code 192.0.2.1:443}, {@code [2001:db8::1]:443} or {@code [fe80::1%eth0]:443}; never a name. */
  static String text(InetSocketAddress address) {
    InetAddress host = address.getAddress();
    return (host instanceof Inet6Address v6 ? "[" + literal(v6) + "]" : host.getHostAddress()) + ":" + address.getPort();
  }

  /** The same with the interface's name behind every address of IPv6. */
  static String text(InetSocketAddress address, String interfaceName) {
    String host = text(address.getAddress());
    return address.getAddress() instanceof Inet6Address
        ? "[" + host.replaceFirst("%.*", "") + "%" + interfaceName + "]:" + address.getPort() : host + ":" + address.getPort();
  }

  /** The address with the name of its interface, if it has one. */
  static String text(InetAddress host) {
    return host instanceof Inet6Address v6 ? literal(v6) : host.getHostAddress();
  }

  private static String literal(Inet6Address address) {
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    String zone = zone(address, scope < 0 ? "" : text.substring(scope));
    return compress(scope < 0 ? text : text.substring(0, scope)) + zone;
  }

  private static String zone(Inet6Address address, String given) {
    if (given.isEmpty() || address.getScopedInterface() != null) {
      return given;
    }
    try {
      NetworkInterface scoped = NetworkInterface.getByIndex(address.getScopeId());
      return scoped == null ? given : "%" + scoped.getName();
    } catch (java.net.SocketException gone) {
      return given;
    }
  }

  /** The recommended text of eight groups (RFC 5952 section 4.2): the longest run of zeros, of at least two, in short. */
  private static String compress(String groups) {
    String[] parts = groups.split(":");
    int from = 0;
    int longest = 0;
    for (int at = 0; at < parts.length; at++) {
      int run = 0;
      while (at + run < parts.length && parts[at + run].equals("0")) {
        run++;
      }
      if (run > longest) {
        from = at;
        longest = run;
      }
    }
    if (longest < 2) {
      return groups;
    }
    return String.join(":", java.util.Arrays.copyOfRange(parts, 0, from)) + "::"
        + String.join(":", java.util.Arrays.copyOfRange(parts, from + longest, parts.length));
  }
}

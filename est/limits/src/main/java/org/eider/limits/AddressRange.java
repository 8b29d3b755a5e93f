package org.eider.limits;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * An IP address or a network, as in {@code 192.0.2.7}, {@code 10.0.0.0/8} or {@code 2001:db8::/32}.
 *
 * @param network its first address
 * @param bits how many leading bits count
 */
public record AddressRange(InetAddress network, int bits) {
  /** What the platform takes for an address without asking a name server; it judges the rest itself. */
  private static final Pattern LITERAL = Pattern.compile(
      "(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?:\\.(?!$)|$)){4}|(?=[^:]*:)[0-9a-fA-F:][0-9a-fA-F:.]{1,44}");

  /** Checks that nothing stands behind the leading bits. */
  public AddressRange {
    byte[] octets = network.getAddress();
    if (bits < 0 || bits > octets.length * 8) {
      throw new IllegalArgumentException("a prefix of this address has 0 to " + octets.length * 8 + " bits");
    }
    for (int bit = bits; bit < octets.length * 8; bit++) {
      if ((octets[bit / 8] & 0x80 >> bit % 8) != 0) {
        throw new IllegalArgumentException(network.getHostAddress() + " has bits beyond its prefix of " + bits);
      }
    }
  }

  /**
   * Reads the text; never asks a name server.
   *
   * @throws IllegalArgumentException when it is neither address nor network
   */
  public static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    boolean hasLength = slash < 0 || text.substring(slash + 1).matches("[0-9]{1,3}");
    try {
      if (!LITERAL.matcher(address).matches() || !hasLength) {
        throw new UnknownHostException();
      }
      InetAddress network = InetAddress.getByName(address);
      int width = network.getAddress().length * 8;
      return new AddressRange(network, slash < 0 ? width : Integer.parseInt(text.substring(slash + 1)));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("\"" + text + "\" is neither an IP address nor a network", e);
    }
  }

  /** Whether the address lies within; one of the other IP version never does. */
  public boolean contains(InetAddress address) {
    byte[] ours = network.getAddress();
    byte[] theirs = address.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit += 8) {
      int mask = bits - bit >= 8 ? 0xff : 0xff << 8 - (bits - bit) & 0xff;
      if (((ours[bit / 8] ^ theirs[bit / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + bits;
  }
}

package org.eider.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Assumptions;

/**
 * A link of its own: two network interfaces of this machine, each the neighbour of the other, with IPv6 link-local addresses that can be
 * used at once. What is sent by multicast on one arrives on the other and nowhere else. Needs root on Linux; deleted when closed.
 */
public final class VethPair implements AutoCloseable {
  private static final int PATIENCE = 1000;

  private final String name = "ei" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);

  private boolean isAway;

  private VethPair() {}

  /** A pair that is up; aborts the test, saying so, where none can be made, or fails it where the environment says {@code CI=true}. */
  public static VethPair create() throws IOException, InterruptedException {
    Tools.require("ip");
    boolean isRoot = System.getProperty("user.name", "").equals("root");
    if (!isRoot && System.getenv().getOrDefault("CI", "").equals("true")) {
      throw new AssertionError("not root, where CI=true says that no test may be skipped");
    }
    Assumptions.assumeTrue(isRoot, "skipped: only root can make network interfaces");
    VethPair pair = new VethPair();
    ip("link", "add", pair.one(), "type", "veth", "peer", "name", pair.other());
    pair.up(pair.one());
    pair.up(pair.other());
    pair.awaitAddress(pair.one());
    pair.awaitAddress(pair.other());
    return pair;
  }

  /** The name of one end. */
  public String one() {
    return name + "a";
  }

  /** The name of the other end. */
  public String other() {
    return name + "b";
  }

  /** Takes an end down; its addresses go with that. */
  public void down(String end) throws IOException, InterruptedException {
    ip("link", "set", end, "down");
  }

  /** Brings an end up, with a link-local address. */
  public void up(String end) throws IOException, InterruptedException {
    Tools.run("", List.of("sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/" + end + "/accept_dad"));
    ip("link", "set", end, "up");
  }

  /** Returns once an end has its link-local address, which needs the other end to be up as well. */
  public void awaitAddress(String end) throws IOException, InterruptedException {
    for (int i = 0; i < PATIENCE; i++) {
      if (Tools.run("", List.of("ip", "-6", "address", "show", "dev", end, "scope", "link", "-tentative")).contains("fe80:")) {
        return;
      }
    }
    throw new AssertionError("no link-local address on " + end);
  }

  /** The network interface of that name, which is there. */
  public static NetworkInterface interfaceOf(String end) {
    try {
      return NetworkInterface.getByName(end);
    } catch (SocketException e) {
      throw new AssertionError(e);
    }
  }

  /** Its first address. */
  public static InetAddress addressOf(String end) {
    return interfaceOf(end).getInetAddresses().nextElement();
  }

  /** Moves the other end to a network namespace of its own, in which there is nothing else, and brings it up there. */
  public void sendAway() throws IOException, InterruptedException {
    ip("netns", "add", name);
    isAway = true;
    ip("link", "set", other(), "netns", name);
    Tools.run("", there("sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/" + other() + "/accept_dad"));
    ip("-n", name, "link", "set", "lo", "up");
    ip("-n", name, "link", "set", other(), "up");
    awaitAddress(one());
  }

  /** A command that runs in that namespace. */
  public List<String> there(String... command) {
    return Tools.join(List.of("ip", "netns", "exec", name), List.of(command));
  }

  /** Runs {@code ip} of iproute2, which has to have nothing to say. */
  public static void ip(String... arguments) throws IOException, InterruptedException {
    String said = Tools.run("", Tools.join(List.of("ip"), List.of(arguments)));
    if (!said.isBlank()) {
      throw new AssertionError("ip " + String.join(" ", arguments) + ": " + said);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      ip("link", "delete", one());
      if (isAway) {
        ip("netns", "delete", name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

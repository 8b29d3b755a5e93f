package org.eider.site;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eider.cli.CommandFailure;

/** A join proxy as a process of its own, on its own class path, that listens on loopback. */
final class ProxyProcess implements AutoCloseable {
  /** The configuration of one that may be loaded by a single source as much as it bears. */
  static final String WITHOUT_LIMITS = String.join("\n",
      "listen:", "  ipv4: true",
      "circuits:", "  most: 100000", "  most-silent: 20000", "  per-source: 100000", "  per-second: 1000000", "  burst: 1000000", "  idle: 1h",
      "stateful:", "  per-interface: 10000", "  per-pledge: 10000", "  per-second: 10000000", "  burst: 10000000",
      "stateless:", "  per-second: 10000000", "  burst: 10000000", "  pledge-per-second: 10000000", "  pledge-burst: 10000000", "");
  private static final Pattern ADDRESS = Pattern.compile("(tcp|udp)://\\[?([^\\]/]+?)\\]?:(\\d+)( .*)?");

  private final ServerProcess process;

  private ProxyProcess(ServerProcess process) {
    this.process = process;
  }

  /** Starts one with such options, which make it open so many join ports. */
  static ProxyProcess start(Path folder, Path data, List<String> java, List<String> words, int ports)
      throws IOException, CommandFailure, InterruptedException {
    List<String> all = new ArrayList<>(List.of("join-proxy", "serve", "--data", data.toString(), "--listen-interface", "lo"));
    all.addAll(words);
    Launch launch = Launch.lean(all);
    return new ProxyProcess(ServerProcess.start("join-proxy", folder, java.isEmpty() ? launch : launch.with(java), ports));
  }

  /** Where it listens on {@code ::1}. */
  InetSocketAddress address() throws IOException {
    return listens("::1", "0:0:0:0:0:0:0:1");
  }

  /** Where it listens on {@code 127.0.0.1}. */
  InetSocketAddress loopback4() throws IOException {
    return listens("127.0.0.1");
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.close();
  }

  private InetSocketAddress listens(String... hosts) throws IOException {
    for (String line : process.ready()) {
      InetSocketAddress address = address(line);
      for (String host : hosts) {
        if (address.getAddress().equals(InetAddress.getByName(host))) {
          return address;
        }
      }
    }
    throw new IOException("the join proxy does not listen on " + hosts[0] + " but on " + process.ready());
  }

  /** The address of a ready line. */
  static InetSocketAddress address(String ready) throws IOException {
    Matcher matcher = ADDRESS.matcher(ready);
    if (!matcher.matches()) {
      throw new IOException("no address: " + ready);
    }
    return new InetSocketAddress(InetAddress.getByName(matcher.group(2)), Integer.parseInt(matcher.group(3)));
  }
}

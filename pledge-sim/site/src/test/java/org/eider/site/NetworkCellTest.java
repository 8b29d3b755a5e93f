package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.eider.cli.CommandFailure;
import org.eider.site.NetworkCell.Host;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the network is like in which join proxies are tried. */
class NetworkCellTest {
  @TempDir Path folder;

  @BeforeEach
  void needsNamespaces() {
    Programs.needsNamespaces();
  }

  @Test
  void thePledgeHasNothingButALinkLocalAddressAndSeesOnlyTheProxy() throws Exception {
    try (NetworkCell cell = NetworkCell.build()) {
      String addresses = NetworkCell.run("ip", "-n", cell.namespace(Host.PLEDGE), "-o", "addr", "show", "dev", NetworkCell.PLEDGE_LINK);
      assertThat(addresses.lines()).hasSize(1).allMatch(line -> line.contains("inet6 fe80::"));
      assertThat(ping(cell, Host.PLEDGE, "ff02::1%" + NetworkCell.PLEDGE_LINK)).contains("fe80::");
      assertThat(ping(cell, Host.PROXY, NetworkCell.REGISTRAR_ADDRESS)).contains("1 received");
      assertThatThrownBy(() -> ping(cell, Host.PLEDGE, NetworkCell.REGISTRAR_ADDRESS)).isInstanceOf(CommandFailure.class)
          .hasMessageContaining("unreachable");
    }
  }

  @Test
  void nothingIsLeftOfIt() throws Exception {
    String name;
    try (NetworkCell cell = NetworkCell.build()) {
      name = cell.namespace(Host.PROXY);
      assertThat(NetworkCell.run("ip", "netns", "list")).contains(name);
    }
    assertThat(NetworkCell.run("ip", "netns", "list")).doesNotContain(name);
  }

  @Test
  void anImpairedLinkLosesSomeAndCarriesTheOthers() throws Exception {
    Programs.needs("socat");
    ImpairedLink cable = new ImpairedLink(folder, 20, 1);
    try (NetworkCell cell = NetworkCell.build(cable, new ImpairedLink(folder.resolve("."), 0, 2))) {
      ProcessBuilder pinging = new ProcessBuilder(cell.inside(Host.PLEDGE, "ping", "-6", "-c", "100", "-i", "0.01", "-W", "1",
          "ff02::1%" + NetworkCell.PLEDGE_LINK)).redirectErrorStream(true);
      Process ping = pinging.start();
      String said = new String(ping.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      ping.waitFor();
      assertThat(said).contains("fe80::");
      assertThat(cable.lost()).as("of %d carried", cable.carried()).isBetween(10, 120);
      assertThat(cable.carried()).isGreaterThan(100);
    }
  }

  private static String ping(NetworkCell cell, Host host, String address) throws Exception {
    return NetworkCell.run(cell.inside(host, "ping", "-6", "-c", "1", "-W", "2", address));
  }
}

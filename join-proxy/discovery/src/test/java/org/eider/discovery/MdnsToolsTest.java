package org.eider.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.eider.testkit.Tools;
import org.eider.testkit.VethPair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs of others in a network namespace across the link: they find what we announce, and we find what they announce. */
@SuppressWarnings("try") // some are only there
class MdnsToolsTest {
  @TempDir Path folder;
  private VethPair link;

  @BeforeEach
  void makeLink() throws Exception {
    link = VethPair.create();
    link.sendAway();
  }

  @AfterEach
  void deleteLink() throws Exception {
    if (link != null) {
      link.close();
    }
  }

  @Test
  void avahiFindsWhatWeAnnounceAndWeWhatItPublishes() throws Exception {
    for (String program : List.of("avahi-daemon", "avahi-browse", "avahi-publish-service", "dbus-daemon")) {
      Tools.require(program);
    }
    CoapFinding finding = new CoapFinding();
    VethPair.ip("address", "add", "169.254.7.1/16", "dev", link.one());
    Tools.run("", link.there("ip", "address", "add", "169.254.7.2/16", "dev", link.other()));
    List<String> wanted = List.of(";" + here().getHostAddress().replaceAll("%.*", "").replace(":0:0:0:", "::") + ";8443;", "\"est-tls\"");
    try (Tools.Running bus = bus(); Tools.Running daemon = avahi(); MdnsHerald herald = herald(here());
        MdnsLookout lookout = MdnsLookout.start(List.of(link.one()), Set.of(Service.PROXY_COAPS), finding)) {
      await().atMost(20, TimeUnit.SECONDS).untilAsserted(() ->
          assertThat(Tools.run("", onBus("avahi-browse", "-rtp", "_brski-proxy._tcp")).lines().filter(line -> line.startsWith("=")))
              .anySatisfy(line -> assertThat(line).contains(";IPv6;").contains(wanted))
              .anySatisfy(line -> assertThat(line).contains(";IPv4;").contains(wanted)));
      try (Tools.Running publisher = Tools.start(onBus("avahi-publish-service", "A cell's proxy", "_brski-jp._udp", "5685", "rrm-cose"))) {
        await().atMost(20, TimeUnit.SECONDS).untilAsserted(() -> assertThat(finding.all()).anySatisfy(sighting -> {
          assertThat(sighting.address().getPort()).isEqualTo(5685);
          assertThat(sighting.address().getAddress().isLinkLocalAddress()).isTrue();
        }));
        Tools.run("", List.of("kill", Long.toString(publisher.pid())));
        await().atMost(20, TimeUnit.SECONDS).untilAsserted(() -> assertThat(finding.all()).noneMatch(sighting -> sighting.address().getPort() == 5685));
      }
    }
  }

  /** RFC 6762 sections 8.1 and 9: whoever comes second has to take another name, Avahi as well as we. */
  @Test
  void avahiAndWeTakeNoNamesFromEachOther() throws Exception {
    for (String program : List.of("avahi-daemon", "avahi-browse", "avahi-publish-service", "dbus-daemon")) {
      Tools.require(program);
    }
    String ours = "test-proxy-" + String.format(Locale.ROOT, "%06x", new Random(1).nextInt(1 << 24)) + "-8443";
    try (Tools.Running bus = bus(); Tools.Running daemon = avahi()) {
      try (Tools.Running first = Tools.start(onBus("avahi-publish-service", ours, "_brski-proxy._tcp", "99"))) {
        awaitBrowsed(lines -> assertThat(lines).anyMatch(line -> line.contains(";" + ours + ";") && line.contains(";99;")));
        try (MdnsHerald herald = MdnsHerald.start(List.of(link.one()), "test proxy", 5353, new Random(1))) {
          herald.tell(Set.of(new Offer(Service.PROXY_TLS, link.one(), here(), 8443)));
          awaitBrowsed(lines -> assertThat(lines).anyMatch(line -> line.contains(";8443;") && !line.contains(";" + ours + ";"))
              .anyMatch(line -> line.contains(";" + ours + ";") && line.contains(";99;")));
        }
      }
      awaitBrowsed(lines -> assertThat(lines).isEmpty());
      try (MdnsHerald herald = MdnsHerald.start(List.of(link.one()), "test proxy", 5353, new Random(1))) {
        herald.tell(Set.of(new Offer(Service.PROXY_TLS, link.one(), here(), 8443)));
        awaitBrowsed(lines -> assertThat(lines).anyMatch(line -> line.contains(";" + ours + ";") && line.contains(";8443;")));
        try (Tools.Running second = Tools.start(onBus("avahi-publish-service", ours, "_brski-proxy._tcp", "99"))) {
          awaitBrowsed(lines -> assertThat(lines).anyMatch(line -> line.contains(";99;") && !line.contains(";" + ours + ";"))
              .anyMatch(line -> line.contains(";" + ours + ";") && line.contains(";8443;")));
        }
      }
    }
  }

  private void awaitBrowsed(Consumer<List<String>> asserted) {
    await().atMost(30, TimeUnit.SECONDS).untilAsserted(() ->
        asserted.accept(Tools.run("", onBus("avahi-browse", "-rtp", "_brski-proxy._tcp")).lines().filter(line -> line.startsWith("=")).toList()));
  }

  private Tools.Running bus() throws Exception {
    Path config = folder.resolve("bus.conf");
    Files.writeString(config, """
        <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig><type>system</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth><policy context="default"><allow send_destination="*" eavesdrop="true"/>
        <allow eavesdrop="true"/><allow own="*"/><allow user="*"/></policy></busconfig>
        """.formatted(folder.resolve("bus")));
    Tools.Running bus = Tools.start(List.of("dbus-daemon", "--config-file=" + config, "--nofork", "--nopidfile", "--print-address=1"));
    bus.awaitLine(Pattern.compile("(unix:path=)"));
    return bus;
  }

  /** With a folder for its process ID that no other daemon of the machine sees. */
  private Tools.Running avahi() throws Exception {
    Path config = folder.resolve("avahi.conf");
    Files.writeString(config, "[server]\nhost-name=cell\nuse-ipv4=yes\nuse-ipv6=yes\nenable-dbus=yes\n[publish]\npublish-addresses=yes\n");
    Tools.Running daemon = Tools.start(onBus("sh", "-c", "mkdir -p /run/avahi-daemon; mount -t tmpfs none /run/avahi-daemon; exec avahi-daemon -f " + config
        + " --no-drop-root --no-chroot --no-rlimits"));
    daemon.awaitLine(Pattern.compile("(Server startup complete)"));
    return daemon;
  }

  private List<String> onBus(String... command) {
    return Tools.join(link.there("env", "DBUS_SYSTEM_BUS_ADDRESS=unix:path=" + folder.resolve("bus")), List.of(command));
  }

  private MdnsHerald herald(InetAddress address) throws IOException {
    MdnsHerald herald = MdnsHerald.start(List.of(link.one()), "test proxy");
    herald.tell(Set.of(new Offer(Service.PROXY_TLS, link.one(), address, 8443)));
    return herald;
  }

  private InetAddress here() throws IOException {
    return Collections.list(NetworkInterface.getByName(link.one()).getInetAddresses()).stream().filter(Inet6Address.class::isInstance).findFirst().orElseThrow();
  }
}

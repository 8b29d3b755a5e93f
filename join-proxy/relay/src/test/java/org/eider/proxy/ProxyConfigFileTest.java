package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.eider.cli.CommandFailure;
import org.eider.config.ConfigException;
import org.eider.discovery.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyConfigFileTest {
  private static final Path EXAMPLE = Path.of(System.getProperty("eider.root"), "docs", "examples", "join-proxy.yaml");
  private static final String EVERYTHING = """
      listen:
        interfaces: [eth9]
        ipv4: true
        circuit-port: 1
        stateful-port: 2
        stateless-port: 3
        announce: [coap]
      registrars: ["https://r:4"]
      modes: [circuit]
      discovery:
        methods: [grasp, mdns]
        interfaces: [eth8]
        grasp-neighbours: ["[2001:db8::1]:5"]
        grasp-tls: true
        grasp-peers: members
      circuits:
        most: 6
        most-silent: 7
        per-source: 8
        per-second: 9
        burst: 10
        connect: 11s
        speak: 12s
        idle: 13s
        longest: 14s
      stateful:
        per-interface: 15
        per-pledge: 16
        expiry: 17s
        per-second: 18
        burst: 19
        silence: 20s
      stateless:
        key: 21h
        mtu: 1500
        per-second: 22
        burst: 23
        pledge-per-second: 24
        pledge-burst: 25
        silence: 26s
        closed: 27s
      bootstrap:
        enabled: true
        idevid: /device
        retry: 28s
        longest-retry: 29s
      log:
        level: debug
        format: json
      drain: 30s
      """;

  private static ProxyConfig parse(String yaml) throws ConfigException {
    return ProxyConfigFile.reader().parse(yaml, "proxy.yaml");
  }

  @Test
  void everyKeyCanBeSet() throws ConfigException {
    assertThat(parse(EVERYTHING)).isEqualTo(new ProxyConfig(
        new ProxyConfig.Listen(List.of("eth9"), true, 1, 2, 3, List.of(Method.COAP)), List.of("https://r:4"), List.of(Mode.CIRCUIT),
        new ProxyConfig.Discovery(List.of(Method.GRASP, Method.MDNS), List.of("eth8"), List.of("[2001:db8::1]:5"), true,
            GraspPeers.MEMBERS),
        new CircuitConfig(6, 7, 8, 9, 10, Duration.ofSeconds(11), Duration.ofSeconds(12), Duration.ofSeconds(13), Duration.ofSeconds(14)),
        new StatefulConfig(15, 16, Duration.ofSeconds(17), 18, 19, Duration.ofSeconds(20)),
        new StatelessConfig(Duration.ofHours(21), 1500, 22, 23, 24, 25, Duration.ofSeconds(26), Duration.ofSeconds(27)),
        new ProxyConfig.Bootstrap(true, "/device", Duration.ofSeconds(28), Duration.ofSeconds(29)),
        new ProxyConfig.Log(ProxyConfig.Log.Level.DEBUG, ProxyConfig.Log.Format.JSON), Duration.ofSeconds(30)));
  }

  @Test
  void everyKeyHasADefault() throws ConfigException {
    assertThat(parse("")).isEqualTo(ProxyConfig.standard());
    assertThat(parse(ProxyConfigFile.reader().write(ProxyConfig.standard()))).isEqualTo(ProxyConfig.standard());
  }

  @Test
  void theExampleHasTheDefaultsThatItTellsOf() throws Exception {
    ProxyConfig example = ProxyConfigFile.read(EXAMPLE);
    ProxyConfig standard = ProxyConfig.standard();
    assertThat(example).isEqualTo(new ProxyConfig(
        new ProxyConfig.Listen(List.of("eth1"), false, 0, 0, 0, standard.listen().announce()), example.registrars(), standard.modes(),
        standard.discovery(), standard.circuits(), standard.stateful(), standard.stateless(), standard.bootstrap(), standard.log(),
        standard.drain()));
    assertThat(example.contradiction()).isEmpty();
    String text = Files.readString(EXAMPLE);
    ProxyConfigFile.reader().write(standard).lines().filter(line -> line.contains(":"))
        .forEach(line -> assertThat(text).contains(line.strip().substring(0, line.strip().indexOf(':') + 1)));
  }

  @Test
  void theRecommendationsOfTheDraftAreTheDefaults() {
    StatefulConfig stateful = ProxyConfig.standard().stateful();
    assertThat(stateful.expiry()).isEqualTo(Duration.ofSeconds(30));
    assertThat(stateful.perPledge()).isEqualTo(2);
    assertThat(stateful.perInterface()).isEqualTo(10);
    assertThat(ProxyConfig.standard().stateless().key()).isEqualTo(Duration.ofDays(1));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', value = {
      "surprise: 1 | proxy.yaml:1: surprise: unknown key",
      "listen: {interface: [a]} | listen.interface: unknown key",
      "modes: [tunnel] | none of circuit, stateful, stateless",
      "discovery: {methods: [dns]} | none of grasp, mdns, coap",
      "discovery: {grasp-peers: anybody} | none of registrars, members",
      "registrars: ['http://r'] | none of https://H:P",
      "registrars: ['jpy://r'] | no port",
      "stateless: {mtu: 1279} | must be from 1280",
      "stateful: {expiry: 30} | must be a text",
      "stateful: {per-pledge: 0} | must be from 1",
      "circuits: {idle: 1000d} | must be from",
      "listen: {circuit-port: 70000} | must be from 0 to 65535",
      "listen: {stateful-port: 5, stateless-port: 5} | is that of the stateful mode too",
      "bootstrap: {enabled: true} | idevid",
      "discovery: {grasp-neighbours: [r]} | HOST:PORT",
      "log: {level: loud} | none of debug",
  })
  void whatCannotBeUsedIsNamed(String yaml, String complaint) {
    assertThatThrownBy(() -> parse(yaml)).isInstanceOf(ConfigException.class).hasMessageContaining(complaint);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', value = {
      "registrars: ['https://r'] | no interface to listen on",
      "listen: {interfaces: [a]} | no registrar",
      "{listen: {interfaces: [a]}, discovery: {methods: [mdns]}} | no interface to find registrars on",
      "{listen: {interfaces: [a]}, discovery: {methods: [grasp]}} | no interface to find registrars on",
      "{listen: {interfaces: [a]}, registrars: ['https://r'], modes: [stateless]} | none of the registrars",
      "{listen: {interfaces: [a]}, discovery: {methods: [grasp], grasp-neighbours: ['r:1'], grasp-tls: true}} | needs a certificate",
      "{listen: {interfaces: [a]}, discovery: {methods: [grasp], grasp-neighbours: ['r:1'], grasp-tls: true}, bootstrap: {enabled: true, idevid: d}} "
          + "| which grasp-tls needs before it finds any",
      "{listen: {interfaces: [a]}, discovery: {methods: [mdns, grasp], interfaces: [b], grasp-tls: true}, bootstrap: {enabled: true, idevid: d}} "
          + "| grasp-tls is for neighbours",
      "{listen: {interfaces: [a]}, registrars: ['jpy://r:1'], bootstrap: {enabled: true, idevid: d}} | no registrar to get a certificate from",
  })
  void whatDoesNotGoTogetherIsNamed(String yaml, String complaint) throws ConfigException {
    assertThat(parse(yaml).contradiction()).hasValueSatisfying(said -> assertThat(said).contains(complaint));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "{listen: {interfaces: [a]}, registrars: ['https://r'], discovery: {methods: [grasp], grasp-neighbours: ['r:1'], grasp-tls: true}, "
          + "bootstrap: {enabled: true, idevid: d}}",
      "{listen: {interfaces: [a]}, discovery: {methods: [grasp, mdns], interfaces: [b], grasp-neighbours: ['r:1'], grasp-tls: true}, "
          + "bootstrap: {enabled: true, idevid: d}}",
      "{listen: {interfaces: [a]}, modes: [stateless], discovery: {methods: [grasp], interfaces: [b]}, bootstrap: {enabled: true, idevid: d}}",
  })
  void aCertificateCanBeHadFromARegistrarThatIsNamedOrFoundWithoutOne(String yaml) throws ConfigException {
    assertThat(parse(yaml).contradiction()).isEmpty();
  }

  @Test
  void aFileThatIsNotThereIsTold(@TempDir Path folder) {
    assertThatThrownBy(() -> ProxyConfigFile.read(folder.resolve("none.yaml"))).isInstanceOf(CommandFailure.class).hasMessageContaining("no such file");
  }
}

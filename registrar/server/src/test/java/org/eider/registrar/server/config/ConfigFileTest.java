package org.eider.registrar.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.eider.config.ConfigException;
import org.eider.limits.AddressRange;
import org.eider.limits.SourceLimits;
import org.eider.limits.SourceRules;
import org.eider.pki.Crypto;
import org.eider.pki.KeyType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
  private static final Path EXAMPLE = Path.of(System.getProperty("eider.root"), "docs", "examples", "registrar.yaml");
  private static final String EVERYTHING = """
      https:
        host: 192.0.2.1
        port: 9443
        names: [registrar.example.net]
      coaps:
        enabled: true
        host: 192.0.2.2
        port: 9684
        sessions: 17
        handshake-rate: 18
        handshake-burst: 19
        transfers: 20
        path-abbreviation: 65001
        without-accept: x509
        jpy:
          enabled: true
          host: 192.0.2.3
          port: 9685
          associations: 31
          per-proxy: 32
          idle: 33m
      announce:
        name: cell-1
        grasp: [eth1]
        mdns: [eth2, eth3]
        coap: [eth4]
        coap-port: 9683
        as-proxy: true
        grasp-tcp:
          enabled: true
          host: 192.0.2.4
          port: 9017
          interfaces: [eth5]
      admin:
        port: 9090
        open-metrics: true
      limits:
        workers: 4
        queue: 5
        connections: 6
        handshakes: 3
        header: 2048
        handshake: 7s
        request: 8s
        idle: 9s
        drain: 10s
        per-source:
          connections: 11
          handshake-rate: 12
          handshake-burst: 13
          request-rate: 14
          request-burst: 15
          share: 16
        trusted-sources: [192.0.2.7, "2001:db8::/48"]
        join-proxies: ["2001:db8:7::1", 198.51.100.0/28]
        per-join-proxy:
          connections: 31
          handshake-rate: 32
          handshake-burst: 33
          request-rate: 34
          request-burst: 35
          share: 36
        per-trusted-source:
          connections: 21
          handshake-rate: 22
          handshake-burst: 23
          request-rate: 24
          request-burst: 25
          share: 26
      admission:
        most-held: 77
      vouchers:
        identical-retry: 11m
        masa-wait: 3s
        patience: 2d
        absence: 12m
        pending: 8
      enrolment:
        subject: CN={serial},O=Example
        dns-names: ["{serial}.example.net"]
        key-types: [p384, ed25519]
        preferred-key-type: ed25519
        lifetime: 30d
        extended-key-usages: [1.3.6.1.5.5.7.3.2]
        require-channel-binding: true
        server-keygen: on
        server-keygen-key-types: [p384, rsa3072]
      masa:
        connect-timeout: 500ms
        answer-timeout: 12s
        connections-per-host: 2
        max-answer: 65536
        threads: 3
        queue: 4
      log:
        level: warn
        format: json
      crypto: accp
      """;

  @Test
  void whatJoinProxiesMayUseReachesBothFrontEnds() throws ConfigException {
    RegistrarConfig config = ConfigFile.parse("limits: {join-proxies: [198.51.100.7], per-join-proxy: {connections: 31, share: 36}}", "limits.yaml");
    SourceRules rules = config.limits().kit().sources();
    assertThat(rules.joinProxies()).containsExactly(AddressRange.parse("198.51.100.7"));
    assertThat(rules.perJoinProxy()).isEqualTo(new SourceLimits(31, new SourceLimits.Rate(400, 4000), new SourceLimits.Rate(2000, 8000), 36));
    assertThat(config.coaps().kit(config.limits()).sources()).isEqualTo(rules);
    assertThat(config.coaps().jpyKit(config.limits()).sources()).isEqualTo(rules.withPerSource(
        new SourceLimits(config.coaps().jpy().perProxy(), rules.perSource().handshakes(), rules.perSource().requests(), rules.perSource().share())));
  }

  @Test
  void theExampleEqualsTheDefaults() throws Exception {
    assertThat(ConfigFile.read(EXAMPLE)).isEqualTo(RegistrarConfig.standard());
  }

  @Test
  void theExampleNamesEveryKey() throws Exception {
    List<String> keys = ConfigFile.write(RegistrarConfig.standard()).lines().filter(line -> line.matches("\\s*[a-z-]+:.*"))
        .map(line -> line.strip().replaceAll(":.*", ":")).toList();

    assertThat(keys).hasSizeGreaterThan(25);
    assertThat(Files.readAllLines(EXAMPLE).stream().map(line -> line.strip().replaceAll(":.*", ":"))).containsAll(keys);
  }

  @Test
  void anEmptyFileIsTheDefaults() throws Exception {
    assertThat(ConfigFile.parse("", "empty.yaml")).isEqualTo(RegistrarConfig.standard());
    assertThat(ConfigFile.parse("# nothing but a comment\n", "empty.yaml")).isEqualTo(RegistrarConfig.standard());
  }

  @Test
  void everyKeyCanBeSet() throws Exception {
    RegistrarConfig config = ConfigFile.parse(EVERYTHING, "everything.yaml");

    assertThat(config).isEqualTo(new RegistrarConfig(
        new HttpsSettings("192.0.2.1", 9443, List.of("registrar.example.net")),
        new CoapsSettings(true, "192.0.2.2", 9684, 17, 18, 19, 20, 65001, CoapsSettings.Certificate.X509,
            new CoapsSettings.Jpy(true, "192.0.2.3", 9685, 31, 32, Duration.ofMinutes(33))),
        new AnnounceSettings("cell-1", List.of("eth1"), List.of("eth2", "eth3"), List.of("eth4"), 9683, true,
            new AnnounceSettings.GraspTcp(true, "192.0.2.4", 9017, List.of("eth5"))),
        new AdminSettings(9090, true),
        new LimitSettings(4, 5, 6, 3, 2048, Duration.ofSeconds(7), Duration.ofSeconds(8), Duration.ofSeconds(9),
            Duration.ofSeconds(10), new SourceSettings(11, 12, 13, 14, 15, 16), List.of("2001:db8:7::1", "198.51.100.0/28"),
            new SourceSettings(31, 32, 33, 34, 35, 36), List.of("192.0.2.7", "2001:db8::/48"),
            new SourceSettings(21, 22, 23, 24, 25, 26)),
        new AdmissionSettings(77),
        new VoucherSettings(Duration.ofMinutes(11), Duration.ofSeconds(3), Duration.ofDays(2), Duration.ofMinutes(12), 8),
        new EnrolmentSettings("CN={serial},O=Example", List.of("{serial}.example.net"), List.of(KeyType.P384, KeyType.ED25519),
            KeyType.ED25519, Duration.ofDays(30), List.of("1.3.6.1.5.5.7.3.2"), true,
            true, List.of(KeyType.P384, KeyType.RSA3072)),
        new MasaSettings(Duration.ofMillis(500), Duration.ofSeconds(12), 2, 65536, 3, 4),
        new LogSettings(LogSettings.Level.WARN, LogSettings.Format.JSON),
        Crypto.Kind.ACCP));
    assertThat(values(config)).zipSatisfy(values(RegistrarConfig.standard()), (set, standard) -> assertThat(set).isNotEqualTo(standard));
  }

  @Test
  void whatIsWrittenReadsBackTheSame() throws Exception {
    RegistrarConfig config = ConfigFile.parse(EVERYTHING, "everything.yaml");

    assertThat(ConfigFile.parse(ConfigFile.write(config), "written.yaml")).isEqualTo(config);
  }

  @Test
  void oneKeyLeavesTheOthersAlone() throws Exception {
    RegistrarConfig config = ConfigFile.parse("https:\n  port: 0\n", "one.yaml");

    assertThat(config).isEqualTo(RegistrarConfig.standard().withHttps(
        new HttpsSettings("0.0.0.0", 0, List.of("localhost", "127.0.0.1", "::1"))));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = """
      https:~  prot: 1                          | f.yaml:2: https.prot: unknown key
      port: 1                                   | f.yaml:1: port: unknown key
      log:~  level: info~# x~masa:~  a: {b: 1}  | f.yaml:5: masa.a: unknown key
      https: 8443                               | f.yaml:1: https: must be a section of keys
      - https                                   | f.yaml:1: must be a section of keys
      https:                                    | f.yaml:1: https: has no value
      https:~  port:                            | f.yaml:2: https.port: has no value
      https:~  port: eight                      | f.yaml:2: https.port: must be a whole number
      https:~  port: '8443'                     | f.yaml:2: https.port: must be a whole number
      https:~  port: 84.5                       | f.yaml:2: https.port: must be a whole number
      https:~  port: 99999999999                | f.yaml:2: https.port: Numeric value
      https:~  port: [1]                        | f.yaml:2: https.port: must be a whole number
      https:~  host: 17                         | f.yaml:2: https.host: must be a text
      https:~  host: ""                         | f.yaml:2: https.host: must not be empty
      https:~~  names: x                        | f.yaml:3: https.names: must be a list
      https:~~  names: [a, 3]                   | f.yaml:3: https.names: must be a text
      https:~~  names: []                       | f.yaml:3: https.names: needs at least one name
      https:~  names: [bad name]                | f.yaml:2: https.names: "bad name" is no DNS name
      https:~  names: [999.1.1.1]               | f.yaml:2: https.names: "999.1.1.1" is no IP address
      enrolment:~  subject: nonsense            | f.yaml:2: enrolment.subject: badly
      enrolment:~  dns-names: [bad name]        | f.yaml:2: enrolment.dns-names: not a DNS name: bad name
      enrolment:~  subject: CN={serail}         | f.yaml:2: enrolment.subject: "{serail}" is none of {serial} and {manufacturer}
      enrolment:~  subject: CN={serial          | f.yaml:2: enrolment.subject: "{serial" is none of
      enrolment:~  dns-names: ["{s}.x"]         | f.yaml:2: enrolment.dns-names: "{s}" is none of {serial} and {manufacturer}
      https:~  port: 65536                      | f.yaml:2: https.port: must be from 0 to 65535, not 65536
      admin:~  port: -1                         | f.yaml:2: admin.port: must be from 0 to 65535
      limits:~  idle: 10                        | f.yaml:2: limits.idle: must be a text
      limits:~  idle: 10 s                      | f.yaml:2: limits.idle: "10 s" is no duration
      limits:~  queue: 1~  idle: 2d             | f.yaml:3: limits.idle: must be from 1s to 1h, not 2d
      enrolment:~  key-types: [p256, dsa]       | f.yaml:2: enrolment.key-types: "dsa" is none of p256
      enrolment:~  preferred-key-type: p521     | f.yaml:2: enrolment.preferred-key-type: p521 is not among
      enrolment:~  extended-key-usages: [tls]   | f.yaml:2: enrolment.extended-key-usages: "tls" is no dotted
      enrolment:~  server-keygen: p256          | f.yaml:2: enrolment.server-keygen: must be true or false
      enrolment:~  server-keygen-key-types: []  | f.yaml:2: enrolment.server-keygen-key-types: needs at least one
      enrolment:~  require-channel-binding: on1 | f.yaml:2: enrolment.require-channel-binding: must be true or false
      enrolment:~  require-channel-binding: 1   | f.yaml:2: enrolment.require-channel-binding: must be true or false
      coaps:~  jpy:~    idle: 1m                | f.yaml:3: coaps.jpy.idle: must be from 2m to 1d
      coaps:~  jpy: {associations: 3}           | f.yaml:2: coaps.jpy.associations: must be from 16
      coaps:~  jpy: {per-proxy: 0}              | f.yaml:2: coaps.jpy.per-proxy: must be from 1
      announce:~  mdns: [eth0, eth0]            | f.yaml:2: announce.mdns: names an interface twice
      announce:~  grasp: eth0                   | f.yaml:2: announce.grasp: must be a list
      announce:~  as-proxy: maybe               | f.yaml:2: announce.as-proxy: must be true or false
      announce:~  grasp-tcp: {port: 70000}      | f.yaml:2: announce.grasp-tcp.port: must be from 0 to 65535
      limits:~  trusted-sources: [proxy]        | f.yaml:2: limits.trusted-sources: "proxy" is neither
      limits:~  trusted-sources: [10.0.0.1/8]   | f.yaml:2: limits.trusted-sources: 10.0.0.1 has bits beyond
      limits:~  per-source:~    share: 101       | f.yaml:3: limits.per-source.share: must
      limits:~  per-source: {request-burst: 0}  | f.yaml:2: limits.per-source.request-burst: must
      log:~  level: verbose                     | f.yaml:2: log.level: "verbose" is none of error, warn
      log:~  format: xml                        | f.yaml:2: log.format: "xml" is none of text, json
      crypto: fast                              | f.yaml:1: crypto: "fast" is none of bc, accp
      crypto:~  kind: accp                      | f.yaml:1: crypto: must be a text
      https:~  port: 1~  port: 2                | f.yaml:3: not well-formed YAML: Duplicate
      https:~ port: 1~   host: x                | f.yaml:3: not well-formed YAML
      """)
  void whatIsWrongIsNamedWithFileLineAndKey(String yaml, String expected) {
    assertThatThrownBy(() -> ConfigFile.parse(yaml.replace('~', '\n'), "f.yaml"))
        .isInstanceOf(ConfigException.class).hasMessageStartingWith(expected);
  }

  @Test
  void aSecondDocumentIsRefused() {
    assertThatThrownBy(() -> ConfigFile.parse("https: {port: 1}\n---\nhttps: {port: 2}\n", "f.yaml"))
        .isInstanceOf(ConfigException.class).hasMessageContaining("f.yaml:");
  }

  @Test
  void anUnknownKeyComesWithTheKnownOnes() {
    assertThatThrownBy(() -> ConfigFile.parse("admin:\n  prot: 1\n", "f.yaml"))
        .isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.hint()).isEqualTo("known here: port, open-metrics"));
  }

  @Test
  void aFileThatIsNotThereIsSaidToBe(@TempDir Path folder) throws IOException {
    assertThatThrownBy(() -> ConfigFile.read(folder.resolve("none.yaml"))).isInstanceOf(ConfigException.class).hasMessage("cannot read " + folder.resolve("none.yaml") + ": there is no such file");
    Files.write(folder.resolve("latin1.yaml"), new byte[] {'#', (byte) 0xe4, '\n'});
    assertThatThrownBy(() -> ConfigFile.read(folder.resolve("latin1.yaml"))).isInstanceOf(ConfigException.class).hasMessage("cannot read " + folder.resolve("latin1.yaml") + ": it is not a text in UTF-8");
    assertThatThrownBy(() -> ConfigFile.read(folder)).isInstanceOf(ConfigException.class).hasMessage("cannot read " + folder + ": Is a directory");
  }

  private static List<Object> values(RegistrarConfig c) {
    return List.of(c.https().host(), c.https().port(), c.https().names(), c.coaps().jpy(), c.announce().name(), c.announce().grasp(),
        c.announce().mdns(), c.announce().coap(), c.announce().coapPort(), c.announce().asProxy(), c.announce().graspTcp(), c.admin(), c.limits().workers(), c.limits().queue(),
        c.limits().connections(), c.limits().header(), c.limits().handshake(), c.limits().request(), c.limits().idle(), c.limits().drain(),
        c.vouchers().identicalRetry(), c.vouchers().masaWait(), c.vouchers().patience(), c.vouchers().absence(), c.vouchers().pending(),
        c.enrolment().subject(), c.enrolment().dnsNames(), c.enrolment().keyTypes(), c.enrolment().preferredKeyType(),
        c.enrolment().lifetime(), c.enrolment().extendedKeyUsages(), c.enrolment().requireChannelBinding(), c.enrolment().serverKeygen(),
        c.enrolment().serverKeygenKeyTypes(), c.masa().connectTimeout(),
        c.masa().answerTimeout(), c.masa().connectionsPerHost(), c.masa().maxAnswer(), c.masa().threads(), c.masa().queue(), c.log());
  }
}

package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.eider.cli.Console;
import org.eider.pki.PemFiles;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistrarCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private TestSite site;
  private Path folder;
  private Path masaData;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    this.folder = folder;
    site = new TestSite(folder.resolve("site"));
    masaData = Files.createDirectory(folder.resolve("masa"));
    PemFiles.writeCertificates(masaData.resolve("idevid.pem"), List.of(site.maker.certificate()));
    PemFiles.writeCertificates(masaData.resolve("tls.pem"), List.of(site.masa.tlsRoot.certificate()));
    PemFiles.writeCertificates(masaData.resolve("voucher.pem"), List.of(site.masa.voucherRoot.certificate()));
    Files.writeString(masaData.resolve("manufacturer.json"), "{\"idevid_ca\":\"idevid.pem\",\"masa_uri\":\"localhost:" + site.masa.port()
        + "\",\"masa_tls_ca\":\"tls.pem\",\"voucher_ca\":\"voucher.pem\"}");
  }

  @AfterAll
  void stop() {
    site.close();
  }

  @Test
  void aManufacturerFromAMasaIsTheSameAsOneGivenByHandRunningOrNot() throws Exception {
    List<String> byHand = List.of("--idevid-ca", masaData.resolve("idevid.pem").toString(), "--masa-uri", "localhost:" + site.masa.port(),
        "--masa-tls-ca", masaData.resolve("tls.pem").toString(), "--voucher-ca", masaData.resolve("voucher.pem").toString());
    Path stopped = folder.resolve("stopped");
    List<String> lists = new ArrayList<>();
    for (Path data : List.of(site.data, stopped)) {
      ok(run(data, "manufacturer", "add", "--name", "made", "--from-masa", masaData.toString()));
      lists.add(ok(run(data, "manufacturer", "list", "--name", "made", "--json")).out());
      ok(run(data, concat(List.of("manufacturer", "add", "--name", "made"), byHand)));
      lists.add(ok(run(data, "manufacturer", "list", "--name", "made", "--json")).out());
      ok(run(data, "manufacturer", "remove", "--name", "made"));
    }
    assertThat(lists).hasSize(4).allMatch(lists.get(0)::equals);
    JsonNode made = JSON.readTree(lists.get(0)).get(0);
    assertThat(made.get("admission").textValue()).isEqualTo("manual");
    assertThat(made.get("audit").toString()).isEqualTo("{\"own\":\"accept\",\"released\":\"accept\",\"foreign\":\"deny\","
        + "\"nonceless\":\"hold\",\"truncated\":\"hold\",\"unavailable\":\"hold\",\"released_domains\":[]}");
    assertThat(made.get("masa").textValue()).isEqualTo("https://localhost:" + site.masa.port() + "/.well-known/brski");
    assertThat(stopped.resolve("ca")).as("only a registrar makes a CA").doesNotExist();
  }

  @Test
  void anAuditPolicyIsKeptAndShownRunningOrNot() throws Exception {
    String id = "00112233445566778899aabbccddeeff00112233";
    for (Path data : List.of(site.data, folder.resolve("audited"))) {
      ok(run(data, "manufacturer", "add", "--name", "strict", "--from-masa", masaData.toString(), "--admission", "auto",
          "--audit", "foreign=hold,nonceless=deny", "--released-domain", id, "--released-domain", "AAECAwQFBgcICQoLDA0ODxAREhM="));
      JsonNode audit = Ran.on(data, "manufacturer", "list", "--name", "strict", "--json").json().get(0).get("audit");
      assertThat(audit.get("foreign").textValue()).isEqualTo("hold");
      assertThat(audit.get("nonceless").textValue()).isEqualTo("deny");
      assertThat(audit.get("own").textValue()).isEqualTo("accept");
      assertThat(audit.get("released_domains")).extracting(JsonNode::textValue)
          .containsExactlyInAnyOrder("ABEiM0RVZneImaq7zN3u/wARIjM=", "AAECAwQFBgcICQoLDA0ODxAREhM=");
      assertThat(ok(run(data, "manufacturer", "list")).out()).contains("foreign=hold,nonceless=deny +2 released domains");
      ok(run(data, "manufacturer", "remove", "--name", "strict"));
    }
  }

  @Test
  void devicesAreShownAlikeWhileItRunsAndWhileItDoesNot(@TempDir Path data) throws Exception {
    try (TestSite own = new TestSite(data)) {
      own.pledge("SN-1").onboard(TestPledge.newKey());
      TestPledge refused = own.pledge("SN-2");
      own.masa.onRequest = request -> org.eider.est.http.HttpResponse.text(404, "never heard of it");
      try (TestPledge.Line line = refused.connect()) {
        TestPledge.expect(404, refused.requestVoucher(line));
      }
      Ran all = ok(run(data, "devices"));
      Ran allJson = ok(run(data, "devices", "--json"));
      Ran one = ok(run(data, "devices", "SN-1"));
      Ran oneJson = ok(run(data, "devices", "SN-1", "--json"));
      Ran unknown = run(data, "devices", "SN-3");
      own.registrar.close();

      assertThat(run(data, "devices")).isEqualTo(all);
      assertThat(run(data, "devices", "--json")).isEqualTo(allJson);
      assertThat(run(data, "devices", "SN-1")).isEqualTo(one);
      assertThat(run(data, "devices", "SN-1", "--json")).isEqualTo(oneJson);
      assertThat(run(data, "devices", "acme/SN-1", "--json")).isEqualTo(oneJson);
      assertThat(run(data, "devices", "SN-3")).isEqualTo(unknown);

      assertThat(unknown.exit()).isEqualTo(1);
      assertThat(unknown.err()).startsWith("error: no device SN-3").contains("\nhint: ");
      assertThat(all.out().lines()).hasSize(3);
      assertThat(all.out()).contains("MASA_UNKNOWN_DEVICE").contains("enrolled").contains("refused");
      JsonNode list = JSON.readTree(allJson.out());
      assertThat(list).hasSize(2);
      assertThat(list.get(0).get("serial").textValue()).isEqualTo("SN-1");
      assertThat(list.get(0).get("state").textValue()).isEqualTo("enrolled");
      assertThat(list.get(0).get("ldevid").get("subject").textValue()).isEqualTo("serialNumber=SN-1");
      assertThat(list.get(0).get("refused").isNull()).isTrue();
      assertThat(list.get(1).get("ldevid").isNull()).isTrue();
      assertThat(list.get(1).get("refused").textValue()).contains("MASA_UNKNOWN_DEVICE").contains("never heard of it");
      JsonNode device = JSON.readTree(oneJson.out());
      assertThat(device.get("state").textValue()).isEqualTo("enrolled");
      assertThat(device.get("history")).hasSize(4);
      assertThat(device.get("certificates")).hasSize(1);
      assertThat(one.out()).contains("voucher-requested").contains("enrolled");
    }
  }

  @Test
  void theRevisionOfSidsIsStoredShownAndJournalled() throws Exception {
    ok(run(site.data, "manufacturer", "add", "--name", "old", "--from-masa", masaData.toString(), "--sid-revision", "2018"));
    ok(run(site.data, "manufacturer", "add", "--name", "new", "--from-masa", masaData.toString()));
    assertThat(sids("old")).isEqualTo("2018");
    assertThat(sids("new")).isEqualTo("2025-12-18");
    assertThat(ok(run(site.data, "journal")).out()).contains("SIDs 2025-12-18 -> 2018");
    ok(run(site.data, "manufacturer", "remove", "--name", "old"));
    ok(run(site.data, "manufacturer", "remove", "--name", "new"));
  }

  private String sids(String name) throws Exception {
    return JSON.readTree(ok(run(site.data, "manufacturer", "list", "--name", name, "--json")).out()).get(0).get("sid_revision").textValue();
  }

  @Test
  void expectedDevicesAreReadFromAFile() throws Exception {
    Path serials = Files.writeString(folder.resolve("serials.txt"), "# first batch\nEXP-1\n\n  EXP-2  \nEXP-1\n");
    Ran added = ok(run(site.data, "manufacturer", "add", "--name", "acme", "--from-masa", masaData.toString(), "--expect", serials.toString()));
    assertThat(added.out()).contains("replaced acme").contains("admission expected").contains("2 expected");
    assertThat(voucherStatus("EXP-2")).isEqualTo(200);
    assertThat(voucherStatus("EXP-3")).isEqualTo(404);
    Path more = Files.writeString(folder.resolve("more.txt"), "EXP-3\n");
    ok(run(site.data, "manufacturer", "expect", "--name", "acme", more.toString()));
    assertThat(voucherStatus("EXP-3")).isEqualTo(200);
    ok(run(site.data, "manufacturer", "remove", "--name", "acme"));
    assertThat(voucherStatus("EXP-3")).isEqualTo(404);
  }

  @Test
  void aTokenThatOthersMayReadIsNotUsed() throws Exception {
    Path token = site.data.resolve("admin.token");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
    Ran ran = run(site.data, "devices");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("admin.token").contains("hint: chmod 600 ");
    ok(run(site.data, "devices"));
  }

  @Test
  void aConfigurationIsChecked() throws Exception {
    Path good = Path.of(System.getProperty("eider.root"), "docs", "examples", "registrar.yaml");
    assertThat(run("config", "check", good.toString()).exit()).isZero();
    Path bad = Files.writeString(folder.resolve("bad.yaml"), "https:\n  prot: 1\n");
    Ran ran = run("config", "check", bad.toString());
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).isEqualTo("error: " + bad + ":2: https.prot: unknown key\nhint: known here: host, port, names\n");
    Ran serve = run("serve", "--data", folder.resolve("never").toString(), "--config", bad.toString());
    assertThat(serve.exit()).isEqualTo(1);
    assertThat(folder.resolve("never")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "frobnicate", "serve", "serve --data x --https-port 65536", "serve --data x --https-port ssh", "config", "config check",
      "manufacturer", "manufacturer add --data x", "manufacturer add --data x --name n", "manufacturer add --data x --name n --idevid-ca f --voucher-ca f",
      "manufacturer add --data x --name n --from-masa m --idevid-ca f", "manufacturer add --data x --name n --from-masa m --admission all",
      "manufacturer add --data x --name n --from-masa m --serial-profile none",
      "manufacturer add --data x --name n --from-masa m --sid-revision 2017", "manufacturer add --data x --name n --from-masa m --audit alien=deny",
      "manufacturer add --data x --name n --from-masa m --audit own=perhaps", "manufacturer add --data x --name n --from-masa m --audit own",
      "manufacturer add --data x --name n --from-masa m --audit own=deny,own=accept",
      "manufacturer add --data x --name n --from-masa m --released-domain !", "manufacturer add --data x --name n --from-masa m --released-domain AAAA",
      "manufacturer remove --data x", "devices", "devices --data x a b",
      "pending", "pending --data x y", "policy", "policy show --data x", "policy show --data x a --manufacturer b", "policy test --data x",
      "journal", "journal --data x --limit 0", "journal --data x --after -1", "journal verify",
      "journal --data x --device y verify", "journal --limit 5 verify --data x", "backup --data x", "restore --data x", "restore f",
      "approve", "approve --data x", "approve y", "deny --data x", "approve --data x y --for soon",
      "approve --data x y --for 59s", "deny --data x y --for 3661d", "approve --data x y --reason"})
  void calledWronglyIsExit2WithAHint(String words) {
    Ran ran = run(words.isEmpty() ? new String[0] : words.split(" "));
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).startsWith("error: ").contains("\nhint: ");
    assertThat(ran.out()).isEmpty();
    assertThat(Path.of("x")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"devices --data NONE", "manufacturer list --data NONE", "manufacturer remove --data NONE --name x",
      "manufacturer add --data NONE --name x --from-masa NONE", "manufacturer expect --data DATA --name nobody FILE",
      "manufacturer add --data NONE --name x --idevid-ca NONE --masa-uri localhost --voucher-ca NONE",
      "pending --data NONE", "policy show --data NONE x", "policy show --data DATA --manufacturer nobody", "policy test --data DATA nobody",
      "policy test --data DATA nobody/x", "journal --data NONE", "journal --data DATA --device nobody", "journal verify --data NONE",
      "journal --data NONE verify", "backup --data NONE FILE", "backup --data DATA FILE", "restore --data NONE FILE", "restore --data DATA FILE", "approve --data NONE x", "deny --data NONE x", "approve --data DATA nobody", "deny --data DATA nobody",
      "approve --data DATA nobody/x", "deny --data DATA acme/", "manufacturer remove --data DATA --name nobody", "manufacturer list --data DATA --name nobody", "config check NONE"})
  void whatCannotBeDoneIsExit1WithAHint(String words) throws Exception {
    Path file = Files.writeString(folder.resolve("one.txt"), "x\n");
    Path none = folder.resolve("none");
    Ran ran = run(words.replace("NONE", none.toString()).replace("DATA", site.data.toString()).replace("FILE", file.toString()).split(" "));
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).startsWith("error: ").contains("\nhint: ").doesNotContain("Exception");
    assertThat(none).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "serve", "config", "config check", "manufacturer", "manufacturer add", "manufacturer expect", "manufacturer list",
      "manufacturer remove", "devices", "pending", "approve", "deny", "policy", "policy show",
      "policy test", "journal", "journal verify", "backup", "restore"})
  void everyCommandExplainsItself(String words) {
    Ran ran = run((words + " --help").strip().split(" "));
    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).startsWith("Usage: registrar");
  }

  @Test
  void everyOptionIsDescribedWithItsDefault() {
    CommandLine root = RegistrarCommand.line(new Console(System.out, System.err));
    List<OptionSpec> options = new ArrayList<>();
    collect(root, options);
    assertThat(options).hasSizeGreaterThan(25).allSatisfy(option -> {
      String description = String.join(" ", option.description());
      assertThat(description).as(option.longestName()).isNotBlank();
      if (!option.required() && !option.usageHelp() && !option.versionHelp()) {
        assertThat(description).as(option.longestName()).contains("default: ");
      }
    });
  }

  private static void collect(CommandLine line, List<OptionSpec> options) {
    options.addAll(line.getCommandSpec().options());
    line.getSubcommands().values().forEach(below -> collect(below, options));
  }

  private int voucherStatus(String serial) throws Exception {
    TestPledge pledge = site.pledge(serial);
    try (TestPledge.Line line = pledge.connect()) {
      return pledge.requestVoucher(line).status();
    }
  }

  private static Ran ok(Ran ran) {
    return ran.ok();
  }

  private static Ran run(Path data, String... words) {
    return Ran.on(data, words);
  }

  private static Ran run(String... words) {
    return Ran.of(words);
  }

  private static String[] concat(List<String> words, List<String> more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(more);
    return all.toArray(String[]::new);
  }
}

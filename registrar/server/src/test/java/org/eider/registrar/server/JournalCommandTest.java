package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.eider.pki.Certificates;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.server.admin.Administration;
import org.eider.registrar.server.admin.Operator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code journal}, {@code backup} and {@code restore}, on a registrar that runs and on one that does not. */
class JournalCommandTest {
  @TempDir Path folder;
  private Path data;
  private TestSite site;

  @BeforeEach
  void onboardOne() throws Exception {
    data = folder.resolve("data");
    site = new TestSite(data);
    site.pledge("SN-1").onboard(TestPledge.newKey());
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private void stopUnless(boolean running) {
    if (!running) {
      site.registrar.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aChangeOfPolicyIsToldWithWhatChangedAndWhoDidIt(boolean running) throws Exception {
    stopUnless(running);
    try (Administration operator = DataOption.of(data).existing()) {
      operator.put(site.manufacturer(Manufacturer.Admission.MANUAL));
    }

    JsonNode last = Ran.on(data, "journal", "--json").json();
    assertThat(last).filteredOn(entry -> entry.get("step").textValue().equals("manufacturer-put")).last().satisfies(entry -> {
      assertThat(entry.get("reason").textValue()).isEqualTo("by " + Operator.name());
      assertThat(entry.get("detail").textValue()).isEqualTo("acme: admission auto -> manual");
    });
    assertThat(Ran.on(data, "journal").ok().out()).contains("acme: admission auto -> manual").contains("by " + Operator.name());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theJournalTellsWhatWasDoneInOrderAndIsWhole(boolean running) throws Exception {
    stopUnless(running);
    JsonNode all = Ran.on(data, "journal", "--json").json();
    assertThat(all).extracting(entry -> entry.get("number").longValue()).isSorted().startsWith(1L);
    assertThat(all).extracting(entry -> entry.get("step").textValue())
        .contains("started", "manufacturer-put", "voucher-requested", "voucher-exchanged", "voucher-issued", "certificate-issued", "enrolled");
    for (int i = 1; i < all.size(); i++) {
      assertThat(all.get(i).get("previous")).isEqualTo(all.get(i - 1).get("hash"));
    }
    JsonNode some = Ran.on(data, "journal", "--after", "2", "--limit", "2", "--json").json();
    assertThat(some).extracting(entry -> entry.get("number").longValue()).containsExactly(3L, 4L);
    assertThat(some.get(0)).isEqualTo(all.get(2));
    JsonNode last = Ran.on(data, "journal", "--limit", "1", "--json").json();
    assertThat(last).containsExactly(all.get(all.size() - 1));

    JsonNode ofDevice = Ran.on(data, "journal", "--device", "SN-1", "--json").json();
    assertThat(ofDevice).isNotEmpty().allSatisfy(entry -> assertThat(entry.get("device").textValue()).isEqualTo("acme/SN-1"));
    assertThat(ofDevice).extracting(entry -> entry.get("number").longValue()).isSorted();
    assertThat(Ran.on(data, "journal", "--device", "SN-1").ok().out()).contains("voucher-issued").contains("acme/SN-1");
    Ran.on(data, "journal", "--device", "SN-2").failed();

    JsonNode verified = Ran.on(data, "journal", "verify", "--json").json();
    assertThat(verified.get("whole").booleanValue()).isTrue();
    assertThat(verified.get("entries").longValue()).isEqualTo(all.size());
    assertThat(verified.get("head")).isEqualTo(all.get(all.size() - 1).get("hash"));
    assertThat(Ran.on(data, "journal", "verify").ok().out()).startsWith("the journal is whole: " + all.size() + " entries");
    assertThat(Ran.of("journal", "--data", data.toString(), "--json", "verify").json()).isEqualTo(verified);
  }

  @Test
  void theJournalNamesTheManufacturerThatWasAddedOrRemoved() throws Exception {
    Ran.on(data, "manufacturer", "remove", "--name", "acme").ok();
    assertThat(Ran.on(data, "journal").ok().out()).containsPattern("manufacturer-put .* acme: added; admission auto")
        .containsPattern("manufacturer-removed .* acme: removed with 0 expected devices");
  }

  @Test
  void thereIsNothingToBackUpBeforeTheFirstStart() throws Exception {
    Path fresh = folder.resolve("fresh");
    Path ca = Files.writeString(folder.resolve("ca.pem"), Certificates.pem(List.of(site.maker.certificate())));
    Ran.on(fresh, "manufacturer", "add", "--name", "acme", "--idevid-ca", ca.toString(), "--voucher-ca", ca.toString(), "--masa-uri", "localhost").ok();
    assertThat(Ran.on(fresh, "backup", folder.resolve("backup").toString()).failed().err()).contains("was never started");
    assertThat(folder.resolve("backup")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      UPDATE device_events SET detail = 'nothing of note' WHERE kind = 'VOUCHER_ISSUED' | row-changed
      DELETE FROM device_events WHERE kind = 'VOUCHER_ISSUED'                           | row-removed
      UPDATE devices SET state = 'OPERATIONAL'                                          | device-differs
      UPDATE journal SET detail = 'nothing of note' WHERE step = 'VOUCHER_ISSUED'       | entry-changed
      DELETE FROM journal WHERE step = 'VOUCHER_ISSUED'                                 | entry-removed
      """)
  void whatSomebodyChangedInTheStoreIsNamedAndTheCommandFails(String sql, String kind) throws Exception {
    site.registrar.close();
    execute(sql);
    Ran named = Ran.on(data, "journal", "verify").failed();
    assertThat(named.out()).contains(kind + ": ");
    assertThat(named.err()).contains("the journal is not whole");
    Ran json = Ran.on(data, "journal", "verify", "--json").failed();
    assertThat(json.out()).contains("\"whole\" : false").contains("\"kind\" : \"" + kind + "\"");
  }

  @Test
  void aJournalWithoutItsEndIsRefusedByEveryCommandAndByTheRegistrar() throws Exception {
    site.registrar.close();
    execute("DELETE FROM journal WHERE number > 4");
    assertThat(Ran.on(data, "journal", "verify").failed().err()).contains("entry 4");
    assertThat(Ran.on(data, "devices").failed().err()).contains("entry 4");
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> site.start(TestSite.config()))
        .isInstanceOf(org.eider.cli.CommandFailure.class).hasMessageContaining("entry 4");
  }

  @Test
  void withoutTheJournalKeyNobodyGoesOn() throws Exception {
    site.registrar.close();
    Path key = data.resolve("journal.key.pem");
    Files.move(key, folder.resolve("away"));
    assertThat(Ran.on(data, "devices").failed().err()).contains("journal.key.pem is missing");
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> site.start(TestSite.config()))
        .isInstanceOf(org.eider.cli.CommandFailure.class).hasMessageContaining("journal.key.pem is missing");
    assertThat(key).doesNotExist();
    Files.delete(data.resolve("journal.checkpoints"));
    assertThat(Ran.on(data, "devices").failed().err()).contains("journal.checkpoints is missing");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBackupBecomesARegistrarThatKnowsTheSame(boolean running) throws Exception {
    stopUnless(running);
    Path file = folder.resolve("backup.zip");
    assertThat(Ran.on(data, "backup", file.toString()).ok().out()).startsWith("wrote " + file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    assertThat(Ran.on(data, "backup", file.toString()).failed().err()).contains("exists already");
    assertThat(Ran.on(data, "backup", folder.resolve("none/backup.zip").toString()).failed().err()).contains("there is no folder for");
    JsonNode devices = Ran.on(data, "devices", "--json").json();
    assertThat(Ran.on(data, "restore", file.toString()).failed().err()).contains("there is something in");

    Path restored = folder.resolve("restored");
    assertThat(Ran.on(restored, "restore", file.toString()).ok().out()).startsWith("restored " + restored);
    assertThat(Ran.on(restored, "devices", "--json").json()).isEqualTo(devices);
    assertThat(Ran.on(restored, "journal", "verify", "--json").json().get("whole").booleanValue()).isTrue();
    assertThat(Ran.on(restored, "journal", "--limit", "1").ok().out()).contains("restored");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(restored))).isEqualTo("rwx------");
  }

  @Test
  void whatIsNoBackupIsNotRestored() throws Exception {
    Path file = Files.writeString(folder.resolve("text"), "no backup");
    Path restored = folder.resolve("restored");
    assertThat(Ran.on(restored, "restore", file.toString()).failed().err()).contains("is no backup");
    Ran.on(restored, "restore", folder.resolve("nothing").toString()).failed();
    assertThat(restored).doesNotExist();
  }

  private void execute(String sql) throws Exception {
    String url = "jdbc:h2:async:" + data.resolve("store/eider") + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;IFEXISTS=TRUE";
    try (Connection connection = DriverManager.getConnection(url, "eider", "eider"); Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isPositive();
    }
  }
}

package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.eider.registrar.store.Facts.NOW;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Fact;
import org.eider.wire.Octets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log beside the database, and what the next opening makes of it after a crash: a copy of the files of an open store. */
class RedoLogTest {
  private static final DeviceId ONE = new DeviceId("acme", "SN-1");
  private static final DeviceId TWO = new DeviceId("acme", "SN-2");
  private static final List<String> TABLES = List.of("devices", "device_events", "voucher_exchanges", "audit_logs", "telemetry",
      "decisions", "certificates", "journal", "manufacturers", "expected_devices", "expected_lists");

  @TempDir private Path folder;
  private Path data;
  private Path crashed;

  @BeforeEach
  void folders() throws Exception {
    data = Files.createDirectory(folder.resolve("data"));
    crashed = Files.createDirectories(folder.resolve("crashed"));
    Files.createDirectory(crashed.resolve("store"));
  }

  @Test
  void everyRowOfEveryTableIsThereAfterACrashAndTheNextOnesGoOn() throws Exception {
    Map<String, List<List<String>>> before;
    try (SqlStore store = open(data)) {
      recordEverything(store);
      before = rows(store);
      crash();
    }
    assertThat(crashed.resolve("store").resolve(RedoLog.NAME)).isNotEmptyFile();
    try (SqlStore store = open(crashed)) {
      assertThat(rows(store)).isEqualTo(before);
      assertGood(store);
      store.devices().append(Facts.onboarding(new DeviceId("acme", "SN-3"), BigInteger.TWO));
      store.certificates().record(Writer.certificate(9));
      assertGood(store);
    }
    assertThat(crashed.resolve("store").resolve(RedoLog.NAME)).doesNotExist();
  }

  @Test
  void recoveryThatIsCutOffIsTakenUp() throws Exception {
    Octets log;
    try (SqlStore store = open(data)) {
      recordEverything(store);
      crash();
      log = Octets.of(Files.readAllBytes(crashed.resolve("store").resolve(RedoLog.NAME)));
    }
    Map<String, List<List<String>>> once;
    try (SqlStore store = open(crashed)) {
      once = rows(store);
    }
    // Saved, and the log not yet emptied.
    Files.write(crashed.resolve("store").resolve(RedoLog.NAME), log.toArray());
    try (SqlStore store = open(crashed)) {
      assertThat(rows(store)).isEqualTo(once);
      assertGood(store);
    }
  }

  /** The rows are in the file already, and the database has not learned which numbers they have. */
  @Test
  void recoveryThatEndedBetweenItsRowsAndTheirNumbersIsTakenUp() throws Exception {
    try (SqlStore store = open(data)) {
      store.devices().append(List.of(Facts.note(ONE, NOW, "first")));
      store.devices().append(List.of(Facts.note(TWO, NOW, "second")));
      crash();
    }
    try (Connection connection = H2File.of(StoreConfig.in(crashed)).connect(); RedoLog log = RedoLog.open(crashed.resolve("store"))) {
      for (Optional<Redo> redo = log.next(); redo.isPresent(); redo = log.next()) {
        for (Redo.Row row : redo.get().rows()) {
          row.into(connection);
        }
      }
    }
    try (SqlStore store = open(crashed)) {
      store.devices().append(List.of(Facts.note(new DeviceId("acme", "SN-3"), NOW, "third")));
      assertThat(store.devices().devices(Optional.empty(), 9)).hasSize(3);
      assertGood(store);
    }
  }

  @Test
  void aLogThatIsDamagedInTheMiddleIsKept() throws Exception {
    try (SqlStore store = open(data)) {
      for (int i = 0; i < 5; i++) {
        store.devices().append(List.of(Facts.note(ONE, NOW, "number " + i)));
      }
      crash();
    }
    Path log = crashed.resolve("store").resolve(RedoLog.NAME);
    byte[] damaged = Files.readAllBytes(log);
    damaged[damaged.length / 2] ^= 1;
    Files.write(log, damaged);

    assertThat(history()).containsExactly("number 1", "number 0");

    Path rest = crashed.resolve("store").resolve(RedoLog.REST);
    assertThat(rest).hasBinaryContent(damaged);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(rest))).isEqualTo("rw-------");
  }

  @Test
  void whateverIsLeftOfTheLastRecordTheOthersAreThere() throws Exception {
    long whole;
    try (SqlStore store = open(data)) {
      store.devices().append(List.of(Facts.note(ONE, NOW, "first")));
      store.devices().append(List.of(Facts.note(ONE, NOW, "second")));
      whole = Files.size(data.resolve("store").resolve(RedoLog.NAME));
      store.devices().append(List.of(Facts.note(ONE, NOW, "last")));
      crash();
    }
    byte[] log = Files.readAllBytes(crashed.resolve("store").resolve(RedoLog.NAME));
    byte[] database = Files.readAllBytes(crashed.resolve("store").resolve("eider.mv.db"));
    for (int length = (int) whole; length <= log.length; length += 1 + (log.length - (int) whole) / 9) {
      Files.write(crashed.resolve("store").resolve("eider.mv.db"), database);
      Files.write(crashed.resolve("store").resolve(RedoLog.NAME), Arrays.copyOf(log, length));
      assertThat(history()).as("%s of %s octets", length, log.length).containsExactly("second", "first");
    }
    for (int at : new int[] {0, 3, 5, 9, 200}) {
      byte[] flipped = log.clone();
      flipped[(int) whole + at] ^= 4;
      Files.write(crashed.resolve("store").resolve("eider.mv.db"), database);
      Files.write(crashed.resolve("store").resolve(RedoLog.NAME), flipped);
      assertThat(history()).as("octet %s flipped", at).containsExactly("second", "first");
    }
  }

  @Test
  void theLogOfAnotherStoreIsRefusedAndBothAreLeftAsTheyAre() throws Exception {
    try (SqlStore store = open(crashed)) {
      store.devices().append(List.of(Facts.note(TWO, NOW, "of another")));
    }
    try (SqlStore store = open(data)) {
      store.devices().append(List.of(Facts.note(ONE, NOW, "first")));
      store.devices().append(List.of(Facts.note(ONE, NOW, "second")));
      Files.copy(data.resolve("store").resolve(RedoLog.NAME), crashed.resolve("store").resolve(RedoLog.NAME));
    }
    byte[] log = Files.readAllBytes(crashed.resolve("store").resolve(RedoLog.NAME));

    assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(() -> open(crashed))
        .withMessageContaining("does not belong to").withMessageContaining("its entry 1 is another one in the store");

    assertThat(crashed.resolve("store").resolve(RedoLog.NAME)).hasBinaryContent(log);
    Files.delete(crashed.resolve("store").resolve(RedoLog.NAME));
    try (SqlStore store = open(crashed)) {
      assertThat(store.devices().device(ONE)).isEmpty();
      assertThat(store.devices().device(TWO)).isPresent();
      assertGood(store);
    }
  }

  @Test
  void theLogOfAnotherStoreThatIsAheadIsRefused() throws Exception {
    try (SqlStore store = open(crashed)) {
      recordEverything(store);
    }
    try (SqlStore store = open(data)) {
      store.devices().append(List.of(Facts.note(ONE, NOW, "first")));
      Files.copy(data.resolve("store").resolve(RedoLog.NAME), crashed.resolve("store").resolve(RedoLog.NAME));
    }

    assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(() -> open(crashed))
        .withMessageContaining("its entry 1 is another one in the store");

    assertThat(crashed.resolve("store").resolve(RedoLog.NAME)).isNotEmptyFile();
  }

  @Test
  void anOlderDatabaseInThePlaceOfTheLogsIsRefused() throws Exception {
    Path older = folder.resolve("older.mv.db");
    open(data).close();
    Files.copy(data.resolve("store").resolve("eider.mv.db"), older);
    try (SqlStore store = open(data)) {
      store.devices().append(List.of(Facts.note(ONE, NOW, "first")));
    }
    try (SqlStore store = open(data)) {
      store.devices().append(List.of(Facts.note(ONE, NOW, "second")));
      crash();
    }
    Files.copy(older, crashed.resolve("store").resolve("eider.mv.db"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(() -> open(crashed))
        .withMessageContaining("its entry 2 does not follow entry 0, the store's last");
  }

  @Test
  void aLongLogIsSavedAndBegunAnew() throws Exception {
    Octets body = Octets.of(new byte[1 << 18]);
    long longest = 0;
    try (SqlStore store = open(data)) {
      for (int i = 0; i < 40; i++) {
        store.devices().append(List.of(new Fact.AuditLogReceived(ONE, NOW, Optional.of(body), Optional.empty())));
        longest = Math.max(longest, Files.size(data.resolve("store").resolve(RedoLog.NAME)));
      }
      crash();
    }
    assertThat(longest).isBetween(3L << 20, 5L << 20);
    try (SqlStore store = open(crashed)) {
      assertThat(store.devices().auditLogs(ONE, 99)).hasSize(40);
      assertGood(store);
    }
  }

  @Test
  void whatIsNotLoggedIsInTheFileBeforeWhatFollowsIsLogged() throws Exception {
    try (SqlStore store = open(data)) {
      store.devices().append(List.of(Facts.note(ONE, NOW, "logged")));
      store.manufacturers().expect("acme", List.of("SN-1"));
      assertThat(data.resolve("store").resolve(RedoLog.NAME)).isEmptyFile();
      store.devices().append(List.of(Facts.note(ONE, NOW, "logged, too")));
      crash();
    }
    try (SqlStore store = open(crashed)) {
      assertThat(store.manufacturers().isExpected(ONE)).isTrue();
      assertThat(store.devices().history(ONE, 9)).hasSize(2);
      assertGood(store);
    }
  }

  /** Whoever saves the file for each onboarding again pays for it a hundred times. */
  @Test
  void whatOnboardingsRecordDoesNotSaveTheFile() throws Exception {
    try (SqlStore store = open(data)) {
      store.devices().append(Facts.onboarding(TWO, BigInteger.TWO));
      byte[] file = Files.readAllBytes(data.resolve("store").resolve("eider.mv.db"));

      store.devices().append(Facts.onboarding(ONE, BigInteger.TEN));
      store.devices().append(List.of(Facts.issued(ONE, NOW)), ONE, known -> true);
      store.certificates().record(Writer.certificate(3), Writer.facts(3));
      store.journal().note(org.eider.registrar.Journal.Step.STOPPED, "by the test");

      assertThat(data.resolve("store").resolve("eider.mv.db")).hasBinaryContent(file);
    }
  }

  @Test
  void onlyItsOwnerMayReadIt() throws Exception {
    try (SqlStore store = open(data)) {
      store.devices().append(List.of(Facts.note(ONE, NOW, "x")));
      Path log = data.resolve("store").resolve(RedoLog.NAME);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log))).isEqualTo("rw-------");
    }
  }

  private static void recordEverything(SqlStore store) {
    store.manufacturers().expect("acme", List.of("SN-1", "SN-2"));
    store.devices().append(Facts.onboarding(ONE, BigInteger.TEN));
    store.certificates().record(Writer.certificate(3), Writer.facts(3));
    store.certificates().record(Writer.certificate(3));
    store.devices().append(List.of(Facts.requested(TWO, NOW), Facts.note(ONE, NOW.plusSeconds(1), "of both")));
    store.devices().append(List.of(Facts.refused(TWO, NOW, "NOT_EXPECTED")));
    store.devices().append(List.of(new Fact.Decision(TWO, NOW, true, NOW.plus(Duration.ofDays(1)), "somebody", "known on site")));
    store.journal().note(org.eider.registrar.Journal.Step.STOPPED, "by the test");
  }

  /** As if the process had been killed now: H2's file may be half way anywhere, but nobody writes to it at this moment. */
  private void crash() throws Exception {
    for (String name : List.of("eider.mv.db", RedoLog.NAME)) {
      Files.copy(data.resolve("store").resolve(name), crashed.resolve("store").resolve(name));
    }
  }

  private List<String> history() throws Exception {
    try (SqlStore store = open(crashed)) {
      assertGood(store);
      return store.devices().history(ONE, 9).stream().map(Fact.DeviceEvent::detail).toList();
    }
  }

  private static void assertGood(SqlStore store) {
    assertThat(store.journal().verify(number -> { }).faults()).isEmpty();
  }

  private static Map<String, List<List<String>>> rows(SqlStore store) {
    Map<String, List<List<String>>> all = new TreeMap<>();
    for (String table : TABLES) {
      all.put(table, store.snapshot("look", connection -> rows(connection, table)));
    }
    assertThat(all).allSatisfy((table, rows) -> assertThat(rows.isEmpty()).as(table).isEqualTo(table.equals("manufacturers")));
    return all;
  }

  private static List<List<String>> rows(Connection connection, String table) throws java.sql.SQLException {
    List<List<String>> rows = new ArrayList<>();
    Rows.each(connection, "SELECT * FROM " + table + " ORDER BY 1, 2", row -> {
      List<String> values = new ArrayList<>();
      for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
        values.add(row.getString(i));
      }
      rows.add(values);
    });
    return rows;
  }

  private static SqlStore open(Path data) throws StoreUnavailable {
    return SqlStore.open(StoreConfig.in(data).forCommand());
  }
}

package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.eider.registrar.store.Facts.NOW;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eider.registrar.Fact;
import org.eider.registrar.Journal.Fault;
import org.eider.registrar.Journal.Fault.Kind;
import org.eider.registrar.Journal.Report;
import org.eider.registrar.Journal.Step;
import org.eider.registrar.Manufacturer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is done to a store that is closed is found and named. */
class JournalTamperTest {
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);
  private static final Checkpoints.Rhythm RHYTHM = new Checkpoints.Rhythm(5, Duration.ofHours(1));

  @TempDir
  private static Path original;

  @TempDir
  private Path data;

  @BeforeAll
  static void fill() throws Exception {
    JournalKey key = JournalKey.make(original, new SecureRandom());
    try (SqlStore store = SqlStore.open(StoreConfig.in(original).forCommand(), StoreProbe.NONE, CLOCK)) {
      Checkpoints checkpoints = Checkpoints.open(store, CheckpointFile.in(original, key), CLOCK, RHYTHM);
      store.journal().note(Step.STARTED, "version 1");
      store.manufacturers().put(JournalTest.acme(Manufacturer.Admission.MANUAL));
      store.manufacturers().expect("acme", List.of("SN-1", "SN-2", "SN-3"));
      for (int i = 1; i <= 3; i++) {
        store.devices().append(Facts.onboarding(Facts.device("acme", "SN-" + i), BigInteger.valueOf(i)));
        store.certificates().record(Writer.certificate(i));
      }
      store.devices().append(List.of(new Fact.Decision(Facts.device("acme", "SN-1"), NOW, true, NOW.plusSeconds(60), "somebody", "known")));
      checkpoints.close();
    }
  }

  @BeforeEach
  void copy() throws IOException {
    Files.createDirectories(data.resolve("store"));
    for (String name : List.of("store/eider.mv.db", JournalKey.FILE, CheckpointFile.NAME)) {
      Files.copy(original.resolve(name), data.resolve(name), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  static Stream<Arguments> changes() {
    List<Arguments> all = new ArrayList<>();
    changedRow(all, "device_events", "detail = 'nothing happened'");
    changedRow(all, "device_events", "kind = 'BEWITCHED'");
    changedRow(all, "device_events", "certificate = 'not hexadecimal'");
    changedRow(all, "device_events", "reason = ''");
    changedRow(all, "voucher_exchanges", "voucher = X'00'");
    changedRow(all, "audit_logs", "disposition = 'ACCEPT', rule = 'R', why = ''");
    changedRow(all, "telemetry", "went_well = FALSE");
    changedRow(all, "decisions", "approved = FALSE");
    changedRow(all, "decisions", "until = until + 1");
    changedRow(all, "certificates", "device_serial_number = 'SN-9'");
    changedRow(all, "expected_lists", "listed_at = 0");
    all.add(Arguments.of("UPDATE manufacturers SET admission = 'AUTO'", Kind.ROW_CHANGED, "row acme of manufacturers"));
    all.add(Arguments.of("UPDATE expected_devices SET serial_number = 'SN-9' WHERE serial_number = 'SN-2'", Kind.ROW_CHANGED,
        "row 1 of expected_lists"));
    for (String table : List.of("device_events", "voucher_exchanges", "audit_logs", "telemetry", "decisions", "certificates", "expected_lists")) {
      all.add(Arguments.of("DELETE FROM " + table + " WHERE id = 1", Kind.ROW_REMOVED, "row 1 of " + table));
    }
    all.add(Arguments.of("DELETE FROM manufacturers", Kind.ROW_REMOVED, "row acme of manufacturers"));
    all.add(Arguments.of("DELETE FROM expected_devices WHERE serial_number = 'SN-1'", Kind.ROW_CHANGED, "row 1 of expected_lists"));
    all.add(Arguments.of("INSERT INTO expected_devices VALUES ('acme', 'SN-9', NULL)", Kind.ROW_FOREIGN, "acme/SN-9"));
    all.add(Arguments.of("INSERT INTO expected_devices VALUES ('acme', 'SN-9', 1)", Kind.ROW_CHANGED, "row 1 of expected_lists"));
    all.add(Arguments.of("INSERT INTO expected_lists VALUES (9, 'acme', 0)", Kind.ROW_FOREIGN, "row 9 of expected_lists"));
    foreign(all, "device_events", "device_id, happened_at, kind, state, session_id, reason, detail, idevid, certificate");
    foreign(all, "voucher_exchanges",
        "device_id, happened_at, session_id, pledge_request, registrar_request, voucher, assertion, domain_id");
    foreign(all, "audit_logs", "device_id, happened_at, body, unavailable, disposition, rule, why");
    foreign(all, "telemetry", "device_id, happened_at, kind, went_well, reason, body");
    foreign(all, "decisions", "device_id, happened_at, approved, until, decided_by, reason");
    all.add(Arguments.of("INSERT INTO certificates (id, serial, certificate, purpose, signed_at, not_after) "
        + "VALUES (900, 'abc', X'00', 'LDEVID', 0, 0)", Kind.ROW_FOREIGN, "row 900 of certificates"));
    for (String change : List.of("state = 'OPERATIONAL'", "state = 'BEWITCHED'", "ldevid = '99'", "ldevid = 'x'", "idevid = X'00'",
        "last_seen = last_seen + 1", "first_seen = 0", "refusal = 'r'", "hold_since = 1, hold_rule = 'R', hold_why = 'w'",
        "approved = FALSE", "serial_number = 'SN-9'")) {
      all.add(Arguments.of("UPDATE devices SET " + change + " WHERE id = 1", Kind.DEVICE_DIFFERS, "row 1 of devices"));
    }
    all.add(Arguments.of("INSERT INTO devices (id, manufacturer, serial_number, state, first_seen, last_seen) "
        + "VALUES (900, 'acme', 'SN-9', 'OPERATIONAL', 0, 0)", Kind.DEVICE_DIFFERS, "row 900 of devices"));
    all.add(Arguments.of("SET REFERENTIAL_INTEGRITY FALSE; DELETE FROM devices WHERE id = 2; SET REFERENTIAL_INTEGRITY TRUE",
        Kind.DEVICE_DIFFERS, "of device_events is missing"));
    for (String change : List.of("happened_at = 0", "step = 'DENIED'", "step = 'BEWITCHED'", "session_id = NULL", "serial_number = 'SN-2'",
        "reason = 'r'", "detail = ''", "row_id = '2'", "row_table = 'nowhere'", "row_id = 'x'", "content = X'00'", "hash = X'00'")) {
      all.add(Arguments.of("UPDATE journal SET " + change + " WHERE number = 4", Kind.ENTRY_CHANGED, "entry 4 "));
    }
    all.add(Arguments.of("UPDATE journal SET previous_hash = X'00' WHERE number = 4", Kind.LINK_BROKEN, "entry 4 "));
    all.add(Arguments.of("DELETE FROM journal WHERE number = 4", Kind.ENTRY_REMOVED, "entry 4 "));
    all.add(Arguments.of("DELETE FROM journal WHERE number = 1", Kind.ENTRY_REMOVED, "entry 1 "));
    all.add(Arguments.of("DELETE FROM journal WHERE number BETWEEN 4 AND 6", Kind.ENTRY_REMOVED, "entries 4 to 6 "));
    all.add(Arguments.of("DELETE FROM journal WHERE number > 20", Kind.TAIL_MISSING, "ends at entry 20"));
    all.add(Arguments.of("DELETE FROM journal", Kind.TAIL_MISSING, "ends at entry 0"));
    all.add(Arguments.of("UPDATE journal SET number = -4 WHERE number = 4; UPDATE journal SET number = 4 WHERE number = 5; "
        + "UPDATE journal SET number = 5 WHERE number = -4", Kind.LINK_BROKEN, "entry 4 "));
    all.add(Arguments.of("INSERT INTO journal SELECT 0, happened_at, step, session_id, manufacturer, serial_number, reason, detail, row_table, "
        + "row_id, content, previous_hash, hash FROM journal WHERE number = 4", Kind.ENTRY_CHANGED, "entry 0 "));
    all.add(Arguments.of("INSERT INTO journal SELECT 900, happened_at, step, session_id, manufacturer, serial_number, reason, detail, row_table, "
        + "row_id, content, previous_hash, hash FROM journal WHERE number = 4", Kind.ROW_FOREIGN, "two entries speak of row"));
    return all.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changes")
  void everyChangeOfAClosedStoreIsFoundAndNamed(String sql, Kind kind, String named) throws Exception {
    sql(sql);

    Report report = verify();

    assertThat(report.isGood()).isFalse();
    assertThat(report.faults()).anySatisfy(fault -> {
      assertThat(fault.kind()).isEqualTo(kind);
      assertThat(fault.what()).contains(named);
    });
  }

  @Test
  void untouchedStoreIsGood() throws Exception {
    assertThat(verify().faults()).isEmpty();
    start().close();
    assertThat(verify().faults()).isEmpty();
  }

  @ParameterizedTest(name = "from entry {0} on")
  @ValueSource(longs = {1, 4, 12, 23})
  void chainThatSomebodyMadeAnewIsFoundByTheCheckpoints(long from) throws Exception {
    sql("UPDATE device_events SET detail = 'nothing happened'");
    rehash(from);

    Report report = verify();

    assertThat(report.faults()).extracting(Fault::kind).contains(Kind.CHECKPOINT_DIFFERS).doesNotContain(Kind.ENTRY_CHANGED, Kind.LINK_BROKEN);
    assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(this::start).withMessageContaining("the store was changed: entry");
  }

  @Test
  void storeWhoseJournalEndsTooEarlyIsNotStartedOn() throws Exception {
    sql("DELETE FROM journal WHERE number > 20");

    assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(this::start)
        .withMessageContaining("the store is not complete: its journal ends at entry 20")
        .satisfies(e -> assertThat(e.hint()).contains("restore the data folder from a backup"));
    assertThat(verify().faults()).extracting(Fault::kind).contains(Kind.TAIL_MISSING);
  }

  @Test
  void olderStoreInPlaceOfThisOneIsNotStartedOn() throws Exception {
    Path older = Files.copy(data.resolve("store/eider.mv.db"), data.resolve("older"));
    try (SqlStore store = start()) {
      store.devices().append(Facts.onboarding(Facts.device("acme", "SN-7"), BigInteger.TEN));
      Checkpoints.open(store, file(), CLOCK, RHYTHM).close();
    }
    Files.move(older, data.resolve("store/eider.mv.db"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(this::start).withMessageContaining("the store is not complete");
  }

  @Test
  void manyFaultsAreCountedAndTheFirstAreNamed() throws Exception {
    try (SqlStore store = start()) {
      for (int i = 0; i < 150; i++) {
        store.devices().append(List.of(Facts.note(Facts.device("acme", "SN-1"), NOW, "note " + i)));
      }
    }
    sql("UPDATE device_events SET detail = 'x'");

    Report report = verify();

    assertThat(report.faults()).hasSize(100);
    assertThat(report.faultCount()).isEqualTo(150 + 9);
  }

  @Test
  void missingCheckpointsAreNotTakenForNone() throws Exception {
    Files.delete(checkpoints());

    assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(this::start).withMessageContaining("is missing");

    Files.createFile(checkpoints());
    start().close();
    assertThat(verify().faults()).isEmpty();
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("edits")
  void editedCheckpointIsFound(String from, String to) throws Exception {
    String text = Files.readString(checkpoints());
    assertThat(text).containsPattern(from);
    Files.writeString(checkpoints(), text.replaceAll(from, to));

    assertThat(verify().faults()).extracting(Fault::kind).contains(Kind.CHECKPOINT_BAD);
    assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(this::start).withMessageContaining("the last line of");
  }

  static Stream<Arguments> edits() {
    return Stream.of(Arguments.of("\"number\":2", "\"number\":1"), Arguments.of("\"hash\":\"", "\"hash\":\"00"),
        Arguments.of("\"at\":\"20", "\"at\":\"19"), Arguments.of("\"key\":\"", "\"key\":\"00"), Arguments.of("\"signature\":\"ME", "\"signature\":\"MF"),
        Arguments.of("\"signature\":\"[^\"]*", "\"signature\":\""), Arguments.of("\"signature\":\"[^\"]*", "\"signature\":\"*"),
        Arguments.of("\"number\":", "\"number\":\"x\",\"n\":"), Arguments.of("(?m)^.*$", "{}"), Arguments.of("(?m)^.*$", "gone"));
  }

  @Test
  void checkpointsOfAnotherKeyAreFound() throws Exception {
    JournalKey.make(data, new SecureRandom());

    assertThat(verify().faults()).extracting(Fault::kind).containsOnly(Kind.CHECKPOINT_BAD);
    assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(this::start);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 200})
  void tornLastLineIsLeftOutAndWrittenOver(int length) throws Exception {
    List<String> lines = Files.readAllLines(checkpoints());
    String last = lines.get(lines.size() - 1);
    Files.writeString(checkpoints(), last.substring(0, length), StandardOpenOption.APPEND);

    assertThat(verify().faults()).isEmpty();
    try (SqlStore store = start()) {
      store.journal().note(Step.STARTED, "again");
      Checkpoints.open(store, file(), CLOCK, RHYTHM).close();
    }

    assertThat(file().content().torn()).isFalse();
    assertThat(file().content().lines()).hasSizeGreaterThan(lines.size());
    assertThat(verify().faults()).isEmpty();
  }

  @Test
  void longFileIsThinnedAndStaysGood() throws Exception {
    try (SqlStore store = start()) {
      Checkpoint first = Checkpoint.sign(store.journal().head(), NOW, file().signer());
      StringBuilder many = new StringBuilder();
      while (many.length() < (1 << 20) - 100) {
        many.append(first.line()).append('\n');
      }
      Files.writeString(checkpoints(), many);
      long before = Files.size(checkpoints());

      file().append(first);

      assertThat(Files.size(checkpoints())).isLessThan(before * 4 / 5);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(checkpoints()))).isEqualTo("rw-------");
    }
    assertThat(verify().faults()).isEmpty();
  }

  private Report verify() throws Exception {
    try (SqlStore store = SqlStore.open(StoreConfig.in(data).forCommand(), StoreProbe.NONE, CLOCK)) {
      store.sqlJournal().compareWith(file());
      return store.journal().verify(number -> {});
    }
  }

  /** As a registrar does. */
  private SqlStore start() throws Exception {
    SqlStore store = SqlStore.open(StoreConfig.in(data).forCommand(), StoreProbe.NONE, CLOCK);
    try {
      Checkpoints.open(store, file(), CLOCK, RHYTHM).close();
      return store;
    } catch (StoreUnavailable e) {
      store.close();
      throw e;
    }
  }

  private CheckpointFile file() throws IOException {
    return CheckpointFile.in(data, JournalKey.read(data));
  }

  private Path checkpoints() {
    return data.resolve(CheckpointFile.NAME);
  }

  private void sql(String statements) throws Exception {
    try (Connection connection = H2File.of(StoreConfig.in(data)).connect(); Statement change = connection.createStatement()) {
      for (String statement : statements.split("; ")) {
        change.execute(statement);
      }
    }
  }

  /** What somebody would do who has the store and this program, but not the key. */
  private void rehash(long from) throws Exception {
    try (Connection connection = H2File.of(StoreConfig.in(data)).connect();
        PreparedStatement content = connection.prepareStatement("UPDATE journal SET content = ? WHERE number = ?");
        PreparedStatement previous = connection.prepareStatement("UPDATE journal SET previous_hash = ? WHERE number = ?");
        PreparedStatement hash = connection.prepareStatement("UPDATE journal SET hash = ? WHERE number = ?")) {
      List<Line> lines = new ArrayList<>();
      Rows.each(connection, "SELECT * FROM journal WHERE number >= ? ORDER BY number", row -> lines.add(Line.read(row)), from);
      for (Line line : lines) {
        String table = line.row().map(row -> row.table()).orElse("");
        if (table.equals("device_events")) {
          Rows.each(connection, "SELECT * FROM device_events WHERE id = ?",
              row -> set(content, Table.DEVICE_EVENTS.digest(row), line.number()), Long.valueOf(line.row().orElseThrow().id()));
        }
        Rows.each(connection, "SELECT hash FROM journal WHERE number = ?", row -> set(previous, row.getBytes(1), line.number()), line.number() - 1);
        Rows.each(connection, "SELECT * FROM journal WHERE number = ?", row -> set(hash, Chain.hash(row).toArray(), line.number()), line.number());
      }
    }
  }

  private static void set(PreparedStatement statement, byte[] octets, long number) throws java.sql.SQLException {
    statement.setBytes(1, octets);
    statement.setLong(2, number);
    statement.executeUpdate();
  }

  private static void changedRow(List<Arguments> all, String table, String change) {
    all.add(Arguments.of("UPDATE " + table + " SET " + change + " WHERE id = 1", Kind.ROW_CHANGED, "row 1 of " + table));
  }

  private static void foreign(List<Arguments> all, String table, String columns) {
    all.add(Arguments.of("INSERT INTO " + table + " (id, " + columns + ") SELECT 900, " + columns + " FROM " + table + " WHERE id = 1",
        Kind.ROW_FOREIGN, "row 900 of " + table));
  }
}

package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.eider.registrar.store.Facts.NOW;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.util.Throwables;
import org.eider.pki.SerialNumberProfile;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Fact;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.StoreException;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The file behind the ledgers: what it keeps, and when it is refused. */
class SqlStoreTest {
  private static final DeviceId ONE = new DeviceId("acme", "SN-1");

  @TempDir
  private Path data;

  @Test
  void restartKeepsEverything() throws Exception {
    List<Fact> facts = Facts.onboarding(ONE, BigInteger.TEN);
    Manufacturer acme = new Manufacturer("acme", List.of(TestPki.root("A").certificate()), Optional.empty(), Set.of(), List.of(),
        List.of(TestPki.root("B").certificate()), Manufacturer.Admission.EXPECTED, SerialNumberProfile.CISCO_SUDI, false);
    try (SqlStore store = open()) {
      store.devices().append(facts);
      store.certificates().record(Writer.certificate(3));
      store.manufacturers().put(acme);
      store.manufacturers().expect("acme", List.of("SN-1"));
    }
    try (SqlStore store = open()) {
      assertThat(store.devices().device(ONE).orElseThrow().ldevid()).contains(BigInteger.TEN);
      assertThat(store.devices().history(ONE, 9)).containsExactly(
          (Fact.DeviceEvent) facts.get(5), (Fact.DeviceEvent) facts.get(3), (Fact.DeviceEvent) facts.get(0));
      assertThat(store.devices().vouchers(ONE, 9)).containsExactly((Fact.VoucherExchange) facts.get(1));
      assertThat(store.devices().auditLogs(ONE, 9)).containsExactly((Fact.AuditLogReceived) facts.get(2));
      assertThat(store.devices().telemetry(ONE, 9)).containsExactly((Fact.Telemetry) facts.get(4));
      assertThat(store.certificates().certificate(BigInteger.valueOf(3))).contains(Writer.certificate(3));
      assertThat(store.manufacturers().manufacturers()).containsExactly(acme);
      assertThat(store.manufacturers().isExpected(ONE)).isTrue();

      store.devices().append(List.of(Facts.note(ONE, NOW, "after the restart")));
      assertThat(store.devices().history(ONE, 1).get(0).detail()).isEqualTo("after the restart");
    }
  }

  @Test
  void onlyTheOwnerMayReadIt() throws Exception {
    Files.createDirectories(data.resolve("store"));
    Files.setPosixFilePermissions(data.resolve("store"), PosixFilePermissions.fromString("rwxr-xr-x"));

    open().close();

    assertThat(permissions(data.resolve("store"))).isEqualTo("rwx------");
    assertThat(permissions(database())).isEqualTo("rw-------");
    try (var files = Files.list(data.resolve("store"))) {
      assertThat(files).containsExactly(database());
    }
  }

  @Test
  void secondProcessIsToldThatTheStoreIsInUse() throws Exception {
    try (Writer writer = Writer.start(data, 1)) {
      assertThat(writer.next()).contains(1);

      assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(this::open)
          .withMessage("the store " + database() + " is in use")
          .satisfies(e -> assertThat(e.hint()).contains("is a registrar running on this data folder?"));

      assertThat(writer.next()).contains(2);
    }
    open().close();
  }

  @Test
  void damagedFileIsRefusedAndLeftAsItIs() throws Exception {
    try (SqlStore store = open()) {
      store.devices().append(Facts.onboarding(ONE, BigInteger.TEN));
    }
    byte[] noise = Files.readAllBytes(database());
    new Random(1).nextBytes(noise);

    assertRefused(noise, "damaged, or not a store");
  }

  @Test
  void fileThatLostAllItsTablesIsNotTakenForANewOne() throws Exception {
    try (SqlStore store = open()) {
      store.devices().append(List.of(new Fact.AuditLogReceived(ONE, NOW, Optional.of(Octets.of(new byte[1 << 20])), Optional.empty())));
    }
    byte[] content = Files.readAllBytes(database());
    Arrays.fill(content, 8192, content.length - 8192, (byte) 0);
    Files.write(database(), content);

    assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(this::open).withMessageContaining("damaged");
  }

  @Test
  void fileOfSomethingElseIsRefusedAndLeftAsItIs() throws Exception {
    Files.createDirectories(data.resolve("store"));

    assertRefused("certainly no database\n".repeat(1000).getBytes(StandardCharsets.US_ASCII), "damaged, or not a store");
  }

  @Test
  void databaseOfAnotherProgramIsRefused() throws Exception {
    open().close();
    try (Connection connection = H2File.of(StoreConfig.in(data)).connect(); Statement statement = connection.createStatement()) {
      statement.execute("CREATE USER somebody PASSWORD 'else' ADMIN");
      statement.execute("ALTER USER eider SET PASSWORD 'changed'");
    }

    assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(this::open).withMessageContaining("not one of this program");
  }

  @Test
  void storeOfANewerProgramIsRefusedAndNothingChanged() throws Exception {
    open().close();
    int newer = Schema.MIGRATIONS.size() + 1;
    sql("INSERT INTO schema_history (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)"
        + " VALUES (99, '" + newer + "', 'of the future', 'SQL', 'V.sql', 1, 'eider', 1, TRUE)");

    assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(this::open)
        .withMessage("the store has version " + newer + " and this program knows versions up to " + (newer - 1));

    sql("DELETE FROM schema_history WHERE installed_rank = 99");
    open().close();
  }

  @Test
  void startThatWasCutOffInTheMiddleOfMakingTablesIsTakenUp() throws Exception {
    try (SqlStore store = open()) {
      store.devices().append(Facts.onboarding(ONE, BigInteger.TEN));
    }
    sql("DELETE FROM schema_history WHERE version IS NOT NULL");
    sql("DROP TABLE expected_devices");
    sql("DROP TABLE telemetry");

    try (SqlStore store = open()) {
      assertThat(store.devices().device(ONE)).isPresent();
      store.devices().append(Facts.onboarding(ONE, BigInteger.TEN));
      store.manufacturers().expect("acme", List.of("SN-1"));
      assertThat(store.manufacturers().isExpected(ONE)).isTrue();
    }
  }

  @Test
  void everyMigrationThatIsThereIsNamed() throws Exception {
    Path folder = Path.of(Schema.class.getResource("migration").toURI());
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(Schema.MIGRATIONS);
    }
    for (int i = 0; i < Schema.MIGRATIONS.size(); i++) {
      assertThat(Schema.MIGRATIONS.get(i)).startsWith("V" + (i + 1) + "__");
    }
  }

  @Test
  void pathsThatCannotBeAStoreAreRefused() throws Exception {
    Path file = Files.writeString(data.resolve("file"), "x");

    assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(() -> SqlStore.open(StoreConfig.in(file)));
    assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(() -> SqlStore.open(StoreConfig.in(data.resolve("a;INIT=x"))))
        .withMessageContaining("semicolon");
  }

  @Test
  void storeOfAnotherUserIsRefused() throws Exception {
    assumeThat(System.getProperty("user.name")).as("permissions do not bind root").isNotEqualTo("root");
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("r-x------"));

    assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(this::open).withMessageContaining("may not be read and written");
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void appendIsAllOrNothing() throws Exception {
    try (SqlStore store = open()) {
      assertThatThrownBy(() -> store.devices().append(
          List.of(Facts.issued(ONE, NOW), Facts.exchange(ONE, NOW, "a session's id is never that long".repeat(100)))))
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("the store could not record facts: ");

      assertThat(store.devices().device(ONE)).isEmpty();
      assertThat(store.devices().history(ONE, 9)).isEmpty();
      store.devices().append(List.of(Facts.requested(ONE, NOW)));
      assertThat(store.devices().history(ONE, 9)).hasSize(1);
    }
  }

  @Test
  void interruptedThreadHarmsNobody() throws Exception {
    try (SqlStore store = open()) {
      store.devices().append(List.of(Facts.note(ONE, NOW, "before")));
      AtomicInteger recorded = new AtomicInteger();
      Thread interrupted = new Thread(() -> {
        for (int i = 0; i < 50; i++) {
          Thread.currentThread().interrupt();
          try {
            store.devices().append(List.of(Facts.note(ONE, NOW, "interrupted")));
            recorded.incrementAndGet();
          } catch (StoreException e) {
            // It was told: it did not get a connection.
          }
        }
      });
      interrupted.start();
      interrupted.join();

      store.devices().append(List.of(Facts.note(ONE, NOW, "after")));
      assertThat(store.devices().history(ONE, 99)).hasSize(recorded.get() + 2).first().extracting(Fact.DeviceEvent::detail)
          .isEqualTo("after");
    }
  }

  @Test
  void failureDoesNotTellWhatWasToBeStored() throws Exception {
    try (SqlStore store = SqlStore.open(StoreConfig.in(data))) {
      assertThatThrownBy(() -> store.manufacturers().expect("acme", List.of("9".repeat(300), "TELL-TALE")))
          .isInstanceOf(StoreException.class)
          .satisfies(failure -> assertThat(Throwables.getStackTrace(failure)).contains("too long").doesNotContain("TELL-TALE"));
    }
  }

  @Test
  void closedStoreSaysSo() throws Exception {
    SqlStore store = open();
    store.close();
    store.close();

    assertThatThrownBy(() -> store.devices().device(ONE)).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> store.devices().append(List.of(Facts.issued(ONE, NOW)))).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> store.certificates().count()).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> store.manufacturers().manufacturers()).isInstanceOf(StoreException.class);
  }

  @Test
  void valueThatNoVersionHasWrittenIsAnErrorNotAGuess() throws Exception {
    try (SqlStore store = open()) {
      store.devices().append(List.of(Facts.requested(ONE, NOW)));
      sql("UPDATE devices SET state = 'BEWITCHED'");

      assertThatThrownBy(() -> store.devices().device(ONE)).isInstanceOf(StoreException.class).hasMessageContaining("BEWITCHED");
    }
  }

  @Test
  void openingSaysNothing() throws Exception {
    ListAppender<ILoggingEvent> heard = new ListAppender<>();
    heard.start();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(heard);
    try {
      open().close();
      open().close();
    } finally {
      root.detachAppender(heard);
    }
    assertThat(heard.list).filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN)).isEmpty();
  }

  private void assertRefused(byte[] content, String reason) throws Exception {
    Files.write(database(), content);
    assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(this::open)
        .withMessageStartingWith("the store " + database())
        .withMessageContaining(reason)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    assertThat(Files.readAllBytes(database())).isEqualTo(content);
  }

  private void sql(String statement) throws Exception {
    try (Connection connection = H2File.of(StoreConfig.in(data)).connect(); Statement change = connection.createStatement()) {
      change.execute(statement);
    }
  }

  private SqlStore open() throws StoreUnavailable {
    return SqlStore.open(StoreConfig.in(data));
  }

  private Path database() {
    return data.resolve("store").resolve("eider.mv.db");
  }

  private static String permissions(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}

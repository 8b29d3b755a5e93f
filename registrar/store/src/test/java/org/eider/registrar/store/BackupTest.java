package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.eider.registrar.store.Facts.NOW;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.eider.pki.KeyType;
import org.eider.pki.PemFiles;
import org.eider.registrar.EmbeddedCa;
import org.eider.registrar.Fact;
import org.eider.registrar.Journal.Entry;
import org.eider.registrar.Journal.Fault;
import org.eider.registrar.Journal.Step;
import org.eider.registrar.Manufacturer;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A data folder in one file and back; and files that are no such thing. */
class BackupTest {
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);

  private static final int INTERRUPTIONS = 12;

  @TempDir
  private Path folder;

  private Path data;
  private SqlStore store;
  private Checkpoints checkpoints;

  @BeforeEach
  void start() throws Exception {
    data = Files.createDirectory(folder.resolve("data"));
    store = SqlStore.open(StoreConfig.in(data), StoreProbe.NONE, CLOCK);
    checkpoints = Checkpoints.open(
        store, CheckpointFile.in(data, JournalKey.make(data, new SecureRandom())), CLOCK, Checkpoints.Rhythm.standard());
    EmbeddedCa.open(data.resolve("ca"), store.certificates(), CLOCK, new SecureRandom()).registrarCredential(List.of());
    store.manufacturers().put(JournalTest.acme(Manufacturer.Admission.MANUAL));
    store.devices().append(List.of(Facts.requested(JournalTest.ONE, NOW), Facts.exchange(JournalTest.ONE, NOW, "s-1")));
  }

  @AfterEach
  void stop() {
    checkpoints.close();
    store.close();
  }

  @Test
  void whatWasBackedUpIsThereAgain() throws Exception {
    Path file = folder.resolve("eider.backup");
    Manifest made = make(file);
    store.devices().append(List.of(Facts.issued(JournalTest.ONE, NOW)));

    Manifest restored = restore(file, folder.resolve("again"));

    assertThat(restored).isEqualTo(made);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("again")))).isEqualTo("rwx------");
    assertThat(Files.readAllBytes(folder.resolve("again/ca/issuing.key.pem"))).isEqualTo(Files.readAllBytes(data.resolve("ca/issuing.key.pem")));
    assertNothingElseIn("again", "data", "eider.backup");
    try (SqlStore again = SqlStore.open(StoreConfig.in(folder.resolve("again")))) {
      assertThat(again.devices().history(JournalTest.ONE, 9)).extracting(Fact.DeviceEvent::kind)
          .containsExactly(Fact.DeviceEvent.Kind.VOUCHER_REQUESTED);
      assertThat(again.journal().entries(made.head().number(), 9)).extracting(Entry::step).containsExactly(Step.RESTORED);
      Checkpoints.compare(again, CheckpointFile.in(folder.resolve("again"), JournalKey.read(folder.resolve("again"))));
      assertThat(Agreement.check(again, folder.resolve("again/ca"), number -> {}).faults()).isEmpty();
      EmbeddedCa.open(folder.resolve("again/ca"), again.certificates(), CLOCK, new SecureRandom());
    }
    assertThat(store.journal().entries(made.head().number(), 1).get(0).step()).isEqualTo(Step.BACKUP_MADE);
  }

  @Test
  void backupMadeWhileOthersWriteIsWhole() throws Exception {
    AtomicInteger written = new AtomicInteger();
    AtomicInteger failed = new AtomicInteger();
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int number = i;
      writers.add(new Thread(() -> {
        while (!Thread.currentThread().isInterrupted()) {
          store.devices().append(Facts.onboarding(Facts.device("acme", "SN-" + number), BigInteger.TEN).subList(0, 5));
          written.incrementAndGet();
        }
      }));
      writers.get(i).setUncaughtExceptionHandler((thread, e) -> {
        if (!(e instanceof org.eider.registrar.StoreException)) {
          failed.incrementAndGet();
        }
      });
    }
    writers.forEach(Thread::start);
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      files.add(folder.resolve("backup-" + i));
      make(files.get(i));
    }
    writers.forEach(Thread::interrupt);
    for (Thread writer : writers) {
      writer.join();
    }

    assertThat(written).hasPositiveValue();
    assertThat(failed).hasValue(0);
    for (Path file : files) {
      restore(file, folder.resolve("of-" + file.getFileName()));
    }
  }

  /** As the workers of a registrar that stops are. */
  @Test
  void backupWhoseThreadIsInterruptedIsWholeOrNotMade() throws Exception {
    long begun = System.nanoTime();
    make(folder.resolve("first"));
    long took = System.nanoTime() - begun;
    int whole = 0;
    for (int i = 0; i < INTERRUPTIONS; i++) {
      Path file = folder.resolve("backup-" + i);
      CompletableFuture<Optional<BackupException>> end = new CompletableFuture<>();
      Thread maker = new Thread(() -> end.complete(failureOf(file)));
      maker.start();
      LockSupport.parkNanos(took * i / INTERRUPTIONS);
      maker.interrupt();
      if (end.get(1, TimeUnit.MINUTES).isEmpty()) {
        whole++;
        restore(file, folder.resolve("of-" + i));
      } else {
        assertThat(file).doesNotExist();
        assertThat(end.get().get()).hasMessageContaining("interrupted");
      }
    }
    assertThat(whole).isLessThan(INTERRUPTIONS);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(Path::getFileName).map(Path::toString)).noneMatch(name -> name.startsWith(".backup"));
    }
  }

  private Optional<BackupException> failureOf(Path file) {
    try {
      make(file);
      return Optional.empty();
    } catch (BackupException e) {
      return Optional.of(e);
    }
  }

  @Test
  void fileThatIsThereIsNotReplaced() throws Exception {
    Path file = Files.writeString(folder.resolve("precious"), "precious");

    assertThatExceptionOfType(BackupException.class).isThrownBy(() -> make(file)).withMessageContaining("exists already");

    assertThat(file).hasContent("precious");
    assertNothingElseIn("data", "precious");
  }

  @Test
  void backupThatCannotBeMadeLeavesNothingBehind() throws Exception {
    assertThatExceptionOfType(BackupException.class).isThrownBy(() -> make(folder.resolve("nowhere/file")));
    Files.delete(data.resolve("ca/issuing.pem"));
    Files.createDirectory(data.resolve("ca/issuing.pem"));
    assertThatExceptionOfType(BackupException.class).isThrownBy(() -> make(folder.resolve("file")))
        .withMessageStartingWith("the backup could not be made: ");

    assertNothingElseIn("data");
    assertThat(store.journal().verify(number -> {}).isGood()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "folder", "registrar"})
  void restoringIntoSomethingIsRefused(String kind) throws Exception {
    make(folder.resolve("eider.backup"));
    Path target = folder.resolve("target");
    switch (kind) {
      case "file" -> Files.writeString(target, "x");
      case "folder" -> Files.writeString(Files.createDirectory(target).resolve("x"), "x");
      default -> target = data;
    }
    Path there = target;

    assertThatExceptionOfType(BackupException.class).isThrownBy(() -> restore(folder.resolve("eider.backup"), there))
        .withMessageContaining("there is something in");
  }

  @Test
  void emptyFolderIsRestoredInto() throws Exception {
    make(folder.resolve("eider.backup"));
    Path target = Files.createDirectory(folder.resolve("target"));

    restore(folder.resolve("eider.backup"), target);

    assertThat(target.resolve("store/eider.mv.db")).exists();
  }

  static Stream<Arguments> hostile() {
    return Stream.of(
        hostile("no such part", "has a part evil", parts -> parts.put("evil", octets("x"))),
        hostile("way up", "has a part ../evil", parts -> parts.put("../evil", octets("x"))),
        hostile("way up in ca", "has a part ca/../../evil", parts -> parts.put("ca/../../evil", octets("x"))),
        hostile("absolute", "has a part /tmp/evil", parts -> parts.put("/tmp/evil", octets("x"))),
        hostile("hidden", "has a part ca/.evil", parts -> parts.put("ca/.evil", octets("x"))),
        hostile("backslash", "has a part ca\\evil", parts -> parts.put("ca\\evil", octets("x"))),
        hostile("folder", "has a part ca/", parts -> parts.put("ca/", new byte[0])),
        hostile("terminal codes", "has a part ?[2J", parts -> parts.put("\u001b[2J", octets("x"))),
        hostile("many", "more than 64 parts", parts -> {
          for (int i = 0; i < 100; i++) {
            parts.put("ca/n" + i, octets("x"));
          }
        }),
        hostile("not in the manifest", "are not those of its manifest", parts -> parts.put("ca/evil.pem", octets("x"))),
        hostile("part missing", "are not those of its manifest", parts -> parts.remove("ca/root.pem")),
        hostile("no manifest", "has no manifest", parts -> parts.remove("manifest.json")),
        hostile("manifest no JSON", "not well-formed JSON", parts -> parts.put("manifest.json", octets("{"))),
        hostile("manifest too long", "longer than", parts -> parts.put("manifest.json", octets(" ".repeat(100_000)))),
        hostile("manifest of another format", "format", parts -> change(parts, "\"format\":1", "\"format\":2")),
        hostile("duplicate member", "not well-formed", parts -> change(parts, "\"format\":1", "\"format\":1,\"format\":1")),
        hostile("negative size", "not a number", parts -> change(parts, "\"size\":", "\"size\":-")),
        hostile("absurd size", "too long", parts -> change(parts, "\"size\":", "\"size\":9999999")),
        hostile("other head", "does not end where its manifest says", parts -> change(parts, "\"journal-number\":", "\"journal-number\":1")),
        hostile("other content", "is not what its manifest says", parts -> parts.put("ca/root.pem",
            new String(parts.get("ca/root.pem"), StandardCharsets.US_ASCII).replace('A', 'B').getBytes(StandardCharsets.US_ASCII))),
        hostile("longer content", "is longer than its manifest says", parts -> parts.put("ca/root.pem", new byte[1 << 20])),
        hostile("shorter content", "is not what its manifest says", parts -> parts.put("ca/root.pem", new byte[0])),
        hostile("store is noise", "the store in", parts -> replace(parts, "store/eider.mv.db", new byte[100_000])),
        hostile("key is none", "could not be restored", parts -> replace(parts, JournalKey.FILE, octets("x"))),
        hostile("no checkpoints", "is not complete|is missing|does not agree|is good", parts -> replace(parts, "journal.checkpoints", octets("gone\n"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void hostileFileIsRefusedAndNothingIsLeftBehind(String name, String says, Change change) throws Exception {
    make(folder.resolve("good"));
    Map<String, byte[]> parts = parts(folder.resolve("good"));
    change.to(parts);
    zip(folder.resolve("bad"), parts);

    assertThatExceptionOfType(BackupException.class).isThrownBy(() -> restore(folder.resolve("bad"), folder.resolve("target")))
        .satisfies(e -> assertThat(e.getMessage()).containsPattern(name.equals("no checkpoints") ? "the last line of" : java.util.regex.Pattern.quote(says)))
        .satisfies(e -> assertThat(e.hint()).isNotEmpty());

    assertNothingElseIn("data", "good", "bad");
    assertThat(folder.getParent().resolve("evil")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 1000, -1, -30, -1000})
  void cutOffFileIsRefused(int length) throws Exception {
    make(folder.resolve("good"));
    byte[] octets = Files.readAllBytes(folder.resolve("good"));
    Files.write(folder.resolve("bad"), java.util.Arrays.copyOf(octets, length < 0 ? octets.length + length : length));

    assertThatExceptionOfType(BackupException.class).isThrownBy(() -> restore(folder.resolve("bad"), folder.resolve("target")))
        .withMessageContaining("is no backup, or damaged");
    assertNothingElseIn("data", "good", "bad");
  }

  @Test
  void twoPartsOfOneNameAreRefused() throws Exception {
    make(folder.resolve("good"));
    Map<String, byte[]> parts = parts(folder.resolve("good"));
    parts.put("ca/rooT.pem", parts.get("ca/root.pem"));
    zip(folder.resolve("bad"), parts);
    String octets = Files.readString(folder.resolve("bad"), StandardCharsets.ISO_8859_1);
    Files.writeString(folder.resolve("bad"), octets.replace("ca/rooT.pem", "ca/root.pem"), StandardCharsets.ISO_8859_1);

    assertThatExceptionOfType(BackupException.class).isThrownBy(() -> restore(folder.resolve("bad"), folder.resolve("target")));
    assertNothingElseIn("data", "good", "bad");
  }

  @Test
  void backupOfAStoreThatWasTamperedWithIsRefused() throws Exception {
    sql("UPDATE device_events SET detail = 'nothing happened'");
    make(folder.resolve("bad"));

    assertThatExceptionOfType(BackupException.class).isThrownBy(() -> restore(folder.resolve("bad"), folder.resolve("target")))
        .withMessageContaining("row 1 of device_events is not what entry");
    assertNothingElseIn("data", "bad");
  }

  @ParameterizedTest
  @ValueSource(strings = {"key of another", "certificate of another", "no issuing key", "unknown certificate", "row without certificate",
      "row of another", "foreign certificate"})
  void caThatDoesNotAgreeIsNamed(String what) throws Exception {
    Path ca = data.resolve("ca");
    switch (what) {
      case "key of another" -> PemFiles.writeKey(ca.resolve("issuing.key.pem"), TestPki.key(KeyType.P256).getPrivate());
      case "certificate of another" -> PemFiles.writeCertificates(ca.resolve("issuing.pem"), List.of(TestPki.root("other").certificate()));
      case "no issuing key" -> Files.delete(ca.resolve("issuing.key.pem"));
      case "unknown certificate" -> PemFiles.writeCertificates(ca.resolve("more.pem"), List.of(TestPki.root("other").certificate()));
      case "row without certificate" -> store.certificates().record(Writer.certificate(3));
      case "row of another" -> sql("UPDATE certificates SET not_after = 0 WHERE purpose = 'REGISTRAR'");
      default -> sql("UPDATE certificates SET certificate = X'" + Octets.of(TestPki.root("other").certificate().getEncoded()).hex()
          + "' WHERE purpose = 'REGISTRAR'");
    }

    assertThat(Agreement.check(store, ca, number -> {}).faults()).extracting(Fault::kind).contains(Fault.Kind.CA_DIFFERS);
  }

  @Test
  void caThatAgreesIsGood() throws Exception {
    assertThat(Agreement.check(store, data.resolve("ca"), number -> {}).faults()).isEmpty();
  }

  @Test
  void enrolmentWithoutItsCertificateIsNamed() throws Exception {
    store.devices().append(List.of(Facts.enrolled(JournalTest.ONE, NOW, BigInteger.valueOf(77))));

    assertThat(Agreement.check(store, data.resolve("ca"), number -> {}).faults()).singleElement()
        .satisfies(fault -> assertThat(fault.what()).contains("names certificate 4d, which is not recorded"));
  }

  /** A change of a backup's parts. */
  private interface Change {
    void to(Map<String, byte[]> parts);
  }

  private static Arguments hostile(String name, String says, Change change) {
    return Arguments.of(name, says, change);
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void change(Map<String, byte[]> parts, String from, String to) {
    parts.put("manifest.json", octets(new String(parts.get("manifest.json"), StandardCharsets.US_ASCII).replaceFirst(from, to)));
  }

  /** Another part, and a manifest that says so. */
  private static void replace(Map<String, byte[]> parts, String name, byte[] content) {
    parts.put(name, content);
    change(parts, "\"" + java.util.regex.Pattern.quote(name) + "\":\\{[^}]*\\}",
        "\"" + name + "\":{\"size\":" + content.length + ",\"sha256\":\"" + Octets.of(content).sha256().hex() + "\"}");
  }

  private static Map<String, byte[]> parts(Path file) throws IOException {
    Map<String, byte[]> parts = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        parts.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    }
    return parts;
  }

  private static void zip(Path file, Map<String, byte[]> parts) throws IOException {
    try (OutputStream out = Files.newOutputStream(file); ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> part : parts.entrySet()) {
        zip.putNextEntry(new ZipEntry(part.getKey()));
        zip.write(part.getValue());
      }
    }
  }

  private void assertNothingElseIn(String... names) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder(names);
    }
  }

  private void sql(String statement) throws Exception {
    try (Connection connection = H2File.of(StoreConfig.in(data)).source().getConnection(); Statement change = connection.createStatement()) {
      assertThat(change.executeUpdate(statement)).isPositive();
    }
  }

  private Manifest make(Path file) throws BackupException {
    return Backup.make(store, data, file, "test", CLOCK);
  }

  private static Manifest restore(Path file, Path target) throws BackupException {
    return Backup.restore(file, target, CLOCK, number -> {});
  }
}

package org.eider.masa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.eider.masa.Inventory.Result;
import org.eider.masa.JournalEntry.Granted;
import org.eider.masa.JournalEntry.Made;
import org.eider.masa.JournalEntry.Released;
import org.eider.voucher.Assertion;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InventoryTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00.123Z");
  private static final Octets ISSUER = Octets.utf8("issuer");
  private static final Octets DOMAIN = Octets.utf8("domain");
  private static final String JOURNAL = "journal.jsonl";

  @TempDir private Path folder;

  @Test
  void everythingIsThereAgainAfterARestart() throws IOException {
    List<Device> before;
    try (Inventory inventory = Inventory.open(folder)) {
      add(inventory, made("SN-1", Optional.of(new Owner(DOMAIN, DOMAIN.sha256(), Assertion.VERIFIED, NOW))));
      add(inventory, made("SN-2", Optional.empty()));
      add(inventory, granted("SN-2", Optional.of("nonce \"quoted\"\u2028"), Assertion.PROXIMITY));
      add(inventory, granted("SN-2", Optional.empty(), Assertion.LOGGED));
      add(inventory, made("SN-3", Optional.empty()));
      add(inventory, granted("SN-3", Optional.of("n"), Assertion.LOGGED));
      add(inventory, new Released(NOW, id("SN-3")));
      before = inventory.all();
    }
    try (Inventory again = Inventory.open(folder)) {
      assertThat(again.all()).isEqualTo(before);
      assertThat(again.withSerial("SN-1").get(0).owner()).isPresent();
      assertThat(again.withSerial("SN-2").get(0).history().events()).hasSize(2);
      assertThat(again.withSerial("SN-3").get(0).owner()).isEmpty();
      assertThat(again.withSerial("SN-3").get(0).history().events()).hasSize(1);
      assertThat(again.withSerial("SN-4")).isEmpty();
    }
  }

  @Test
  void everyEntryIsInTheFileBeforeTheChangeReturns() throws IOException {
    try (Inventory inventory = Inventory.open(folder)) {
      add(inventory, made("SN-1", Optional.empty()));
      assertThat(Files.readString(folder.resolve(JOURNAL))).contains("\"SN-1\"").endsWith("}\n");
    }
  }

  @Test
  void tornLastLineCountsAsNeverWritten() throws IOException {
    try (Inventory inventory = Inventory.open(folder)) {
      add(inventory, made("SN-1", Optional.empty()));
    }
    String whole = Files.readString(folder.resolve(JOURNAL));
    for (String torn : List.of("{", whole.substring(0, whole.length() - 1), "{\"kind\":\"made\",\"at\":\"2026")) {
      Files.writeString(folder.resolve(JOURNAL), whole + torn);
      try (Inventory inventory = Inventory.open(folder)) {
        assertThat(inventory.all()).hasSize(1);
        add(inventory, made("SN-2", Optional.empty()));
      }
      try (Inventory again = Inventory.open(folder)) {
        assertThat(again.all()).extracting(device -> device.id().serialNumber()).containsExactly("SN-1", "SN-2");
      }
    }
  }

  @Test
  void damagedLineBeforeTheLastStopsTheStart() throws IOException {
    try (Inventory inventory = Inventory.open(folder)) {
      add(inventory, made("SN-1", Optional.empty()));
    }
    Files.writeString(folder.resolve(JOURNAL), "{\"kind\":\"made\"}\n", StandardOpenOption.APPEND);
    assertThatThrownBy(() -> Inventory.open(folder)).isInstanceOf(IOException.class).hasMessageContaining("line 2 of the journal");
  }

  @Test
  void whatOneWritesTheOtherSees() throws IOException {
    try (Inventory one = Inventory.open(folder); Inventory other = Inventory.open(folder)) {
      add(one, made("SN-1", Optional.empty()));
      assertThat(other.withSerial("SN-1")).hasSize(1);
      add(other, granted("SN-1", Optional.of("n"), Assertion.PROXIMITY));
      assertThat(one.withSerial("SN-1").get(0).owner()).isPresent();
      assertThat(one.all()).isEqualTo(other.all());
    }
  }

  @Test
  void changeSeesWhatOthersWroteBeforeItDecides() throws IOException {
    try (Inventory one = Inventory.open(folder); Inventory other = Inventory.open(folder)) {
      add(one, made("SN-1", Optional.empty()));
      boolean known = other.change(view -> new Result<>(view.device(id("SN-1")).isPresent(), Optional.empty()));
      assertThat(known).isTrue();
    }
  }

  @Test
  void manyThreadsAndInstancesLoseNothing() throws Exception {
    int threads = 4;
    int each = 25;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (Inventory one = Inventory.open(folder); Inventory other = Inventory.open(folder)) {
      List<Future<?>> writing = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        String prefix = "T" + t + "-";
        Inventory inventory = t % 2 == 0 ? one : other;
        writing.add(pool.submit((Callable<Boolean>) () -> {
          for (int i = 0; i < each; i++) {
            add(inventory, made(prefix + i, Optional.empty()));
          }
          return true;
        }));
      }
      for (Future<?> done : writing) {
        done.get(60, TimeUnit.SECONDS);
      }
      assertThat(one.all()).hasSize(threads * each);
      assertThat(other.all()).hasSize(threads * each);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void twoProcessesLoseNothing() throws Exception {
    int each = 40;
    try (Inventory ours = Inventory.open(folder)) {
      List<Process> processes = List.of(writer("A", each), writer("B", each));
      for (int i = 0; i < each; i++) {
        add(ours, made("C-" + i, Optional.empty()));
      }
      for (Process process : processes) {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
      }
      assertThat(ours.all()).hasSize(3 * each);
      assertThat(Files.readAllLines(folder.resolve(JOURNAL))).hasSize(3 * each);
    }
  }

  @Test
  void tenThousandDevicesAreReplayedAndFoundFast() throws Exception {
    int devices = 10_000;
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < devices; i++) {
      lines.append(JournalLine.encode(made("SN-" + i, Optional.empty())).utf8()).append('\n');
      lines.append(JournalLine.encode(granted("SN-" + i, Optional.of("nonce"), Assertion.PROXIMITY)).utf8()).append('\n');
    }
    Files.writeString(folder.resolve(JOURNAL), lines, StandardCharsets.UTF_8);
    long start = System.nanoTime();
    try (Inventory inventory = Inventory.open(folder)) {
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
      assertThat(inventory.all()).hasSize(devices);
      long found = System.nanoTime();
      for (int i = 0; i < devices; i++) {
        assertThat(inventory.withSerial("SN-" + i).get(0).owner()).isPresent();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - found)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void lineLongerThanAChunkIsRead() throws IOException {
    Octets large = Octets.of(new byte[80 * 1024]);
    try (Inventory inventory = Inventory.open(folder)) {
      add(inventory, made("SN-1", Optional.empty()));
      Made made = new Made(NOW, id("SN-2"), large, Optional.empty());
      add(inventory, made);
      add(inventory, made("SN-3", Optional.empty()));
    }
    try (Inventory again = Inventory.open(folder)) {
      assertThat(again.all()).hasSize(3);
      assertThat(again.withSerial("SN-2").get(0).idevid()).isEqualTo(large);
    }
  }

  @Test
  void dataFolderIsForItsOwnerOnly() throws IOException {
    Path data = folder.resolve("data");
    try (Lab lab = Lab.in(data)) {
      lab.device("SN-1");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data))).isEqualTo("rwx------");
      for (String key : List.of("idevid-ca-key.pem", "voucher-ca-key.pem", "voucher-key.pem", "tls-ca-key.pem")) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(key)))).isEqualTo("rw-------");
      }
    }
  }

  private Process writer(String prefix, int count) throws IOException {
    return new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-cp", System.getProperty("java.class.path"),
        InventoryTest.class.getName(), folder.toString(), prefix, Integer.toString(count))
        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** A process of its own that makes devices: folder, prefix of the serial numbers, how many. */
  public static void main(String[] args) throws IOException {
    try (Inventory inventory = Inventory.open(Path.of(args[0]))) {
      for (int i = 0; i < Integer.parseInt(args[2]); i++) {
        add(inventory, made(args[1] + "-" + i, Optional.empty()));
      }
    }
  }

  private static void add(Inventory inventory, JournalEntry entry) {
    inventory.change(view -> new Result<>(true, Optional.of(entry)));
  }

  private static DeviceId id(String serial) {
    return new DeviceId(serial, ISSUER);
  }

  private static Made made(String serial, Optional<Owner> soldTo) {
    return new Made(NOW, id(serial), Octets.of(new byte[600]), soldTo);
  }

  private static Granted granted(String serial, Optional<String> nonce, Assertion assertion) {
    return new Granted(NOW, id(serial), DOMAIN, DOMAIN.sha256(), nonce, assertion);
  }
}

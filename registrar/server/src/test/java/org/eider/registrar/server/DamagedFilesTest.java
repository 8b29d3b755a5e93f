package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.eider.cli.CommandFailure;
import org.eider.pki.KeyType;
import org.eider.pki.PemFiles;
import org.eider.testkit.LogLines;
import org.eider.testkit.TestPki;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of a data folder that are not what they were: the start is refused, says which file it is, and replaces none. */
class DamagedFilesTest {
  @TempDir private Path data;

  @ParameterizedTest
  @ValueSource(strings = {"ca/issuing.key.pem", "ca/registrar.key.pem", "ca/root.key.pem", "ca/root.pem", "ca/issuing.pem",
      "ca/registrar.pem"})
  void aKeyOrCertificateThatIsGarbageEmptyOrAFolderIsNamed(String name) throws Exception {
    try (TestSite site = stopped()) {
      Path file = data.resolve(name);
      for (byte[] content : new byte[][] {new byte[0], "garbage\n".getBytes("US-ASCII"),
          "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".getBytes("US-ASCII"), noise(2000, 1)}) {
        Files.write(file, content);
        assertRefusedAndUnchanged(site, file);
      }
      Files.delete(file);
      Files.createDirectory(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      assertRefusedAndUnchanged(site, file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca/issuing.key.pem", "ca/registrar.key.pem", "ca/root.key.pem"})
  void theKeyOfAnotherCertificateIsNamed(String name) throws Exception {
    try (TestSite site = stopped()) {
      PemFiles.writeKey(data.resolve(name), TestPki.key(KeyType.P256).getPrivate());
      assertRefusedAndUnchanged(site, data.resolve(name));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca/issuing.key.pem", "ca/root.pem"})
  void whatTheCaCannotDoWithoutIsNamedWhenItIsMissing(String name) throws Exception {
    try (TestSite site = stopped()) {
      Files.delete(data.resolve(name));
      assertRefusedAndUnchanged(site, data.resolve(name));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"admin.token", "registrar.lock", "store", "ca"})
  void somethingElseInThePlaceOfAFileOrFolderIsNamed(String name) throws Exception {
    try (TestSite site = stopped()) {
      Path place = data.resolve(name);
      boolean wasFolder = Files.isDirectory(place);
      Files.move(place, data.resolveSibling(data.getFileName() + "-" + name));
      if (wasFolder) {
        Files.writeString(place, "no folder");
      } else {
        Files.createDirectory(place, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      assertRefusedAndUnchanged(site, place);
    }
  }

  @Test
  void aTokenThatIsGarbageIsReplaced() throws Exception {
    try (TestSite site = stopped()) {
      Files.write(data.resolve("admin.token"), noise(500, 2));
      site.start(TestSite.config());
      assertThat(site.administration().isLive()).isTrue();
    }
  }

  /**
   * H2 goes back to an older state where it can, and the checkpoints tell that it did. A refusal for that reason comes after H2 has
   * opened the file, and possibly tidied it; that files which H2 cannot open stay as they are is shown beside the store.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void aStoreWithFlippedBitsIsRefusedOrServesOrStops(int seed) throws Exception {
    try (TestSite site = stopped(); LogLines log = LogLines.ofEider()) {
      Path file = store();
      byte[] content = Files.readAllBytes(file);
      Random dice = new Random(seed);
      for (int i = 0; i < 64; i++) {
        content[4096 + dice.nextInt(content.length - 4096)] ^= (byte) (1 << dice.nextInt(8));
      }
      Files.write(file, content);
      Throwable refusal = catchThrowable(() -> site.start(TestSite.config()));
      if (refusal == null) {
        Throwable trouble = catchThrowable(() -> site.pledge("SN-3").onboard(TestPledge.newKey()));
        assertThat(trouble == null || site.registrar.failure().isPresent()).as("serves or stops: %s", trouble).isTrue();
      } else {
        assertStoreRefused(refusal);
      }
      assertThat(log.with("Exception")).isEmpty();
    }
  }

  @Test
  void aStoreThatWasCutOffIsRefusedUnlessNothingOfItIsMissing() throws Exception {
    try (TestSite site = stopped()) {
      byte[] whole = Files.readAllBytes(store());
      byte[] checkpoints = Files.readAllBytes(data.resolve("journal.checkpoints"));
      for (int part : new int[] {0, 100, 4096, 8192, whole.length / 2}) {
        Files.write(store(), Arrays.copyOf(whole, part));
        Throwable refusal = catchThrowable(() -> site.start(TestSite.config()));
        if (refusal == null) {
          assertNothingIsMissing(site, part + " of " + whole.length + " octets");
          site.registrar.close();
        } else {
          assertStoreRefused(refusal);
        }
        Files.write(data.resolve("journal.checkpoints"), checkpoints);
      }
      Files.delete(store());
      assertThatThrownBy(() -> site.start(TestSite.config())).isInstanceOf(CommandFailure.class);
      Files.write(store(), whole);
      site.start(TestSite.config());
      assertThat(site.report("SN-1")).isPresent();
    }
  }

  /** Both devices are there with all that happened to them, and the journal is whole. */
  private void assertNothingIsMissing(TestSite site, String after) throws Exception {
    for (String serial : new String[] {"SN-1", "SN-2"}) {
      assertThat(site.report(serial)).as("%s, after %s", serial, after).hasValueSatisfying(
          report -> assertThat(report.device().state()).isEqualTo("enrolled"));
    }
    assertThat(Ran.on(data, "journal", "verify").exit()).as("journal verify, after %s", after).isZero();
  }

  private static void assertStoreRefused(Throwable refusal) {
    assertThat(refusal).isInstanceOfSatisfying(CommandFailure.class, failure -> {
      assertThat(failure.getMessage()).contains("the store").doesNotContain("\n");
      assertThat(failure.hint()).isPresent();
    });
  }

  private void assertRefusedAndUnchanged(TestSite site, Path file) throws Exception {
    Map<String, Octets> before = files();
    String named = data.toRealPath().resolve(data.relativize(file)).toString();
    assertThatThrownBy(() -> site.start(TestSite.config())).as(file.toString()).isInstanceOfSatisfying(CommandFailure.class, failure -> {
      assertThat(failure.getMessage()).contains(named).doesNotContain("\n");
      assertThat(failure.hint()).isPresent();
    });
    assertThat(files()).isEqualTo(before);
    assertThatThrownBy(() -> RegistrarProcess.start(TestSite.config(), data, TestSite.CLOCK, new SecureRandom())).as("nor later")
        .isInstanceOf(CommandFailure.class);
  }

  /** Every file but database and checkpoints: the journal tells of a start that is refused after the store was opened. */
  private Map<String, Octets> files() throws IOException {
    Map<String, Octets> files = new TreeMap<>();
    Files.walkFileTree(data, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        if (!file.equals(store()) && !file.endsWith("journal.checkpoints")) {
          files.put(data.relativize(file).toString(), Octets.of(Files.readAllBytes(file)));
        }
        return FileVisitResult.CONTINUE;
      }
    });
    return files;
  }

  /** A registrar that has worked and was stopped. */
  private TestSite stopped() throws Exception {
    TestSite site = new TestSite(data);
    site.pledge("SN-1").onboard(TestPledge.newKey());
    site.pledge("SN-2").onboard(TestPledge.newKey());
    site.registrar.close();
    return site;
  }

  private Path store() {
    return data.resolve("store").resolve("eider.mv.db");
  }

  private static byte[] noise(int size, int seed) {
    byte[] noise = new byte[size];
    new Random(seed).nextBytes(noise);
    return noise;
  }
}

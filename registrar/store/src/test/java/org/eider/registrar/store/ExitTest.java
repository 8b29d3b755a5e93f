package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eider.registrar.Journal.Entry;
import org.eider.registrar.Journal.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that ends while others write: nobody else saves the database's file, which could be in the middle of a transaction. */
class ExitTest {
  @TempDir
  private Path folder;

  /** A process that leaves its store open; what the file was before is beside it. */
  public static void main(String[] words) throws Exception {
    SqlStore store = SqlStore.open(StoreConfig.in(Path.of(words[0])));
    store.journal().note(Step.STARTED, "by the test");
    Files.copy(Path.of(words[0], "store", "eider.mv.db"), Path.of(words[0], "before"));
    System.exit(0);
  }

  @Test
  void nothingIsSavedWhenTheProcessEnds() throws Exception {
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
        System.getProperty("java.class.path"), ExitTest.class.getName(), folder.toString()).inheritIO().start();
    try {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }

    assertThat(process.exitValue()).isZero();
    assertThat(folder.resolve("store/eider.mv.db")).hasSameBinaryContentAs(folder.resolve("before"));
    try (SqlStore store = SqlStore.open(StoreConfig.in(folder))) {
      assertThat(store.journal().entries(0, 9)).extracting(Entry::step).isEqualTo(List.of(Step.STARTED));
    }
  }
}

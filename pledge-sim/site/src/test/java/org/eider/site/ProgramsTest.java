package org.eider.site;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** A program that is missing skips a test, and fails it in CI. */
class ProgramsTest {
  @TempDir Path folder;

  @Test
  void aMissingProgramSkipsTheTestAndSaysSo() {
    assertThatThrownBy(() -> Programs.needs(Map.of("PATH", folder.toString()), "quux")).isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("quux").hasMessageContaining("skipped");
  }

  @Test
  void aMissingProgramFailsTheTestInCi() {
    assertThatThrownBy(() -> Programs.needs(Map.of("PATH", folder.toString(), "CI", "true"), "quux")).isInstanceOf(AssertionError.class)
        .hasMessageContaining("quux");
  }

  @Test
  void aProgramOnThePathIsFound() throws Exception {
    Path program = Files.createFile(folder.resolve("quux"));
    assertThatThrownBy(() -> Programs.needs(Map.of("PATH", folder.toString(), "CI", "true"), "quux")).isInstanceOf(AssertionError.class);
    program.toFile().setExecutable(true);
    assertThatCode(() -> Programs.needs(Map.of("PATH", "/nowhere:" + folder, "CI", "true"), "quux")).doesNotThrowAnyException();
  }
}

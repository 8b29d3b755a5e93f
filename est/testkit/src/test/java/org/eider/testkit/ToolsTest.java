package org.eider.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class ToolsTest {
  @TempDir
  private Path folder;

  @Test
  void aMissingProgramSkipsTheTest() {
    assertThatThrownBy(() -> Tools.require(Map.of("PATH", folder.toString()), "curl"))
        .isInstanceOf(TestAbortedException.class).hasMessageContaining("curl");
  }

  @Test
  void aMissingProgramFailsTheTestWhereNoneMayBeSkipped() {
    assertThatThrownBy(() -> Tools.require(Map.of("PATH", folder.toString(), "CI", "true"), "curl"))
        .isInstanceOf(AssertionError.class).hasMessageContaining("curl");
  }

  @Test
  void aProgramThatIsThereSatisfies() throws IOException {
    Path program = Files.createFile(folder.resolve("curl"));
    if (!program.toFile().setExecutable(true)) {
      throw new IOException("cannot make a file executable");
    }
    assertThatCode(() -> Tools.require(Map.of("PATH", "/nowhere:" + folder, "CI", "true"), "curl")).doesNotThrowAnyException();
  }
}

package org.eider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTroubleTest {
  @TempDir Path folder;

  @Test
  void everyTroubleIsSaidInWordsAndNotByTheFilesName() throws IOException {
    assertThat(trouble(folder.resolve("none"))).isEqualTo("there is no such file");
    assertThat(trouble(folder)).isEqualTo("Is a directory");
    assertThat(trouble(Files.write(folder.resolve("latin"), new byte[] {(byte) 0xe4}))).isEqualTo("it is not a text in UTF-8");
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThat(trouble(file.resolve("below"))).isEqualTo("Not a directory");
    assertThat(FileTrouble.of(new java.nio.file.AccessDeniedException("x"))).isEqualTo("this user may not use it");
    assertThat(FileTrouble.of(new IOException())).isEqualTo("IOException");
  }

  private static String trouble(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return FileTrouble.of(e);
    }
  }
}

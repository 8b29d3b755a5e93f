package org.eider.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class VectorsTest {
  @Test
  void aFolderThatIsNotThereAbortsTheTestAndSaysSo() {
    assertThat(Vectors.find("no-such-folder")).isEmpty();
    assertThatExceptionOfType(TestAbortedException.class).isThrownBy(() -> Vectors.folder("no-such-folder"))
        .withMessageContaining("no-such-folder");
    assertThatExceptionOfType(TestAbortedException.class).isThrownBy(() -> Vectors.manifest("no-such-folder"));
  }

  @Test
  void everyFileOfAFolderIsInItsManifest() throws java.io.IOException {
    for (String name : new String[] {"csr", "est", "pki"}) {
      var listed = Vectors.manifest(name).stream().map(Vector::file).toList();
      try (var files = java.nio.file.Files.walk(Vectors.folder(name))) {
        assertThat(files.filter(java.nio.file.Files::isRegularFile).map(file -> Vectors.folder(name).relativize(file).toString())
            .filter(file -> !file.startsWith("keys/") && !file.equals("README.md") && !file.equals("manifest.json")))
            .containsExactlyInAnyOrderElementsOf(listed);
      }
    }
  }
}

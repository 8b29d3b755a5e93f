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
}

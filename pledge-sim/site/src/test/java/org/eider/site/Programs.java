package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Programs that are not ours and that some tests need. */
final class Programs {
  private Programs() {}

  /** Skips the test, saying so, unless all of them are installed; where the environment says {@code CI=true}, one that is missing fails it. */
  static void needs(String... programs) {
    needs(System.getenv(), programs);
  }

  static void needs(Map<String, String> environment, String... programs) {
    List<String> missing = Stream.of(programs).filter(program -> !find(environment, program)).toList();
    if (environment.getOrDefault("CI", "").equals("true")) {
      assertThat(missing).as("programs that are not installed, where CI=true says that no test may be skipped").isEmpty();
    }
    assumeTrue(missing.isEmpty(), () -> missing + " not installed: the test that needs it is skipped");
  }

  /** Skips the test, saying so, where this process may not make network namespaces; in CI as root it has to. */
  static void needsNamespaces() {
    boolean isRoot = "root".equals(System.getProperty("user.name"));
    assumeTrue(isRoot, "not root, so no network namespaces: the test that needs them is skipped");
    needs("ip");
  }

  private static boolean find(Map<String, String> environment, String program) {
    return Stream.of(environment.getOrDefault("PATH", "").split(":")).anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}

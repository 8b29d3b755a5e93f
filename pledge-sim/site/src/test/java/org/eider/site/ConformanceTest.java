package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** That docs/conformance.md names tests that exist, each {@code Class.method} or {@code package.Class.method}, in one class only. */
class ConformanceTest {
  private static final Path ROOT = Path.of(System.getProperty("eider.root", "../.."));
  private static final Pattern NAMED = Pattern.compile("`(?:([a-z]+)\\.)?([A-Z]\\w*(?:Test|Contract))\\.(\\w+)`");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)\\)");

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    List<Path> sources = sources();
    List<String> missing = new ArrayList<>();
    int named = 0;
    for (var match = NAMED.matcher(page()); match.find(); named++) {
      String folder = match.group(1) == null ? "" : match.group(1) + "/";
      Path file = Path.of(folder + match.group(2) + ".java");
      List<Path> candidates = sources.stream().filter(source -> source.endsWith(file)).toList();
      if (candidates.size() != 1 || !declares(candidates.get(0), match.group(3))) {
        missing.add(match.group() + " in " + candidates);
      }
    }
    assertThat(missing).isEmpty();
    assertThat(named).isPositive();
  }

  @Test
  void everyLinkLeadsToAFile() throws IOException {
    assertThat(LINK.matcher(page()).results().map(link -> ROOT.resolve("docs").resolve(link.group(1)))).isNotEmpty().allMatch(Files::exists);
  }

  private static String page() throws IOException {
    return Files.readString(ROOT.resolve("docs/conformance.md"));
  }

  /** Test classes of all modules, which lie two folders below the root. */
  private static List<Path> sources() throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> modules = Files.find(ROOT, 2, (path, attributes) -> Files.isDirectory(path.resolve("src/test/java")))) {
      for (Path module : modules.toList()) {
        try (Stream<Path> files = Files.walk(module.resolve("src/test/java"))) {
          files.filter(file -> file.toString().matches(".*(?:Test|Contract)\\.java")).forEach(found::add);
        }
      }
    }
    return found;
  }

  private static boolean declares(Path source, String method) throws IOException {
    return Pattern.compile("\\bvoid " + Pattern.quote(method) + "\\(").matcher(Files.readString(source)).find();
  }
}

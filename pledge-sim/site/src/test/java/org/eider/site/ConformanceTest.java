package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * That the pages that name tests name tests that exist, each {@code Class.method} or {@code package.Class.method}, in one class only, or
 * {@code Class} alone.
 */
class ConformanceTest {
  private static final Path ROOT = Path.of(System.getProperty("eider.root", "../.."));
  private static final Pattern NAMED = Pattern.compile("`(?:([a-z]+)\\.)?([A-Z]\\w*(?:Test|Contract))(?:\\.(\\w+))?`");
  private static final Pattern TEST = Pattern.compile("@(?:Parameterized|Repeated|Fuzz)?Test\\b");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)\\)");

  @ParameterizedTest
  @ValueSource(strings = {"conformance.md", "security.md"})
  void everyTestThatIsNamedExists(String page) throws IOException {
    String text = page(page);
    assertThat(missing(text)).isEmpty();
    assertThat(NAMED.matcher(text).results().filter(match -> match.group(3) != null)).hasSizeGreaterThan(50);
  }

  @Test
  void aNameThatIsMadeUpIsNoticed() throws IOException {
    assertThat(missing("`ConformanceTest.aNameThatIsMadeUpIsNoticed`, `site.ConformanceTest.everyLinkLeadsToAFile`, `ConformanceTest`"))
        .isEmpty();
    for (String madeUp : List.of("`ConformanceTest.thisIsNowhere`", "`NowhereTest.aNameThatIsMadeUpIsNoticed`", "`NowhereTest`",
        "`nowhere.ConformanceTest.aNameThatIsMadeUpIsNoticed`", "`ConformanceTest.missing`", "`MutationRunTest.start`",
        "`OnboardingTest.aDeviceGoesFromNothingToOperationalAndRenews`")) {
      assertThat(missing("a row | " + madeUp + " |")).as(madeUp).singleElement().asString().startsWith(madeUp);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"conformance.md", "security.md"})
  void everyLinkLeadsToAFile(String page) throws IOException {
    assertThat(LINK.matcher(page(page)).results().map(link -> ROOT.resolve("docs").resolve(link.group(1)))).isNotEmpty().allMatch(Files::exists);
  }

  /** What is named and is not there, or in several places, with where it was looked for. */
  private static List<String> missing(String text) throws IOException {
    List<Path> sources = sources();
    List<String> missing = new ArrayList<>();
    for (Matcher match = NAMED.matcher(text); match.find();) {
      String folder = match.group(1) == null ? "" : match.group(1) + "/";
      Path file = Path.of(folder + match.group(2) + ".java");
      List<Path> candidates = sources.stream().filter(source -> source.endsWith(file)).toList();
      boolean there = match.group(3) == null
          ? !candidates.isEmpty()
          : candidates.size() == 1 && declares(candidates.get(0), match.group(3));
      if (!there) {
        missing.add(match.group() + " in " + candidates);
      }
    }
    return missing;
  }

  private static String page(String name) throws IOException {
    return Files.readString(ROOT.resolve("docs").resolve(name));
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

  /** A method of that name with the annotation of a test: from its name back to the empty line before it. */
  private static boolean declares(Path source, String method) throws IOException {
    String text = Files.readString(source);
    Matcher name = Pattern.compile("\\bvoid " + Pattern.quote(method) + "\\(").matcher(text);
    return name.find() && TEST.matcher(text.substring(Math.max(0, text.lastIndexOf("\n\n", name.start())), name.start())).find();
  }
}

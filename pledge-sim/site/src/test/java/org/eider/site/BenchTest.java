package org.eider.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark measures what it says and leaves nothing behind; how fast anything is no test can say. */
class BenchTest {
  @TempDir Path temporary;

  @Test
  void aSmallBenchGivesOneObjectOfFigures() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit = Main.run(new String[] {"bench", "https", "--onboardings", "20", "--warm-up", "5", "--concurrency", "2", "--devices", "30", "--json"},
        new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    assertThat(exit).as(err.toString(StandardCharsets.UTF_8)).isZero();
    JsonNode figures = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
    List<String> names = new ArrayList<>();
    figures.fieldNames().forEachRemaining(names::add);
    assertThat(names).containsExactly("onboardings_per_s", "p50_ms", "p99_ms", "registrar_cpu_ms", "floor_cpu_ms", "ratio", "rss_mb", "errors",
        "java", "provider");
    assertThat(figures.get("errors").intValue()).isZero();
    assertThat(names.subList(0, 7)).allSatisfy(name -> assertThat(figures.get(name).doubleValue()).as(name).isPositive());
    assertThat(figures.get("p99_ms").doubleValue()).isGreaterThanOrEqualTo(figures.get("p50_ms").doubleValue());
    assertThat(figures.get("java").textValue()).isEqualTo(System.getProperty("java.version"));
    assertThat(figures.get("provider").textValue()).startsWith("BC ");
  }

  @Test
  void theBenchOfTheJoinProxyMeasuresEveryMode() throws Exception {
    JsonNode figures = new ObjectMapper().readTree(RunningSite.eider(0, "bench", "proxy", "--seconds", "1", "--warm-up", "1", "--circuits", "20",
        "--sources", "200", "--onboardings", "0", "--json"));
    for (String name : List.of("direct_connections_per_s", "direct_mb_per_s", "start_to_ready_s", "idle_rss_mb", "circuit_connections_per_s",
        "circuit_mb_per_s", "idle_circuits_heap_mb", "stateful_datagrams_per_s", "stateless_datagrams_per_s", "sources_heap_after_mb")) {
      assertThat(figures.path(name).doubleValue()).as("%s in %s", name, figures).isPositive();
    }
    assertThat(figures.get("idle_circuits").intValue()).isEqualTo(20);
    assertThat(figures.get("sources").intValue()).isEqualTo(200);
  }

  @Test
  void everyCostOfTheFloorIsMeasured() throws Exception {
    JsonNode costs = new ObjectMapper().readTree(RunningSite.eider(0, "bench", "floor", "--json"));
    assertThat(((ObjectNode) costs).remove("provider").textValue()).startsWith("BC ");
    assertThat(costs).hasSameSizeAs(PublicKeyWork.values());
    assertThat(costs).allSatisfy(ms -> assertThat(ms.doubleValue()).isPositive());
  }

  @Test
  void anInterruptedBenchLeavesNothingBehind() throws Exception {
    Path said = temporary.resolve("bench.txt");
    Process bench = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Djava.io.tmpdir=" + temporary, "-cp",
        System.getProperty("java.class.path"), "org.eider.site.Main", "bench", "https")
        .redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      Awaitility.await().atMost(120, TimeUnit.SECONDS).until(() -> Files.readString(said).contains("making 16000 devices"));
      assertThat(folders()).hasSize(1);
    } finally {
      bench.destroy();
    }
    assertThat(bench.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(bench.descendants()).isEmpty();
    assertThat(folders()).isEmpty();
  }

  @Test
  void numbersThatMakeNoSenseAreExplained() {
    assertThat(RunningSite.eider(2, "bench", "https", "--onboardings", "0")).contains("error: --onboardings is a number from 1 to");
    assertThat(RunningSite.eider(2, "bench", "https", "--concurrency", "257")).contains("error: --concurrency is a number from 1 to 256");
  }

  private List<Path> folders() throws IOException {
    try (Stream<Path> all = Files.list(temporary)) {
      return all.filter(path -> path.getFileName().toString().startsWith("eider-bench-")).toList();
    }
  }
}

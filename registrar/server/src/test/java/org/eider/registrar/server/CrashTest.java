package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever the moment at which a registrar dies: what any client received is in its ledgers, octet for octet; no serial number is used
 * twice; nothing is half-written; every pledge finishes by retrying.
 *
 * <p>{@code -Deider.crash.runs=N} says how often it dies (10 times, 200 where the environment says CI=true), {@code -Deider.crash.seed=N} by which dice.
 */
class CrashTest {
  static final Instant BEGUN = Instant.now();
  private static final int RUNS = Integer.getInteger("eider.crash.runs", "true".equals(System.getenv("CI")) ? 200 : 10);
  private static final long SEED = Long.getLong("eider.crash.seed", 8995);
  /** One starts or waits for the disk while others work. */
  private static final int CHAINS = Math.min(4, Runtime.getRuntime().availableProcessors() + 1);

  @TempDir private Path folder;
  /** Where the time of all chains together went, in milliseconds. */
  private final Map<String, Long> times = new ConcurrentSkipListMap<>();

  @Test
  void whateverTheMomentOfItsDeathNothingThatLeftItIsUnknownAfterwards() throws Exception {
    FastJvm jvm = new FastJvm(folder);
    CrashPlan.Map map = map(jvm);
    assertThat(map.working()).as("points under load").containsAll(CrashPlan.expected());
    CrashPlan.Turns turns = new CrashPlan.Turns(map.working(), SEED);
    AtomicInteger left = new AtomicInteger(RUNS);
    ExecutorService threads = Executors.newFixedThreadPool(CHAINS);
    Map<String, Integer> deaths = new TreeMap<>();
    try {
      List<Future<Map<String, Integer>>> chains = new ArrayList<>();
      for (int i = 0; i < CHAINS; i++) {
        int number = i;
        chains.add(threads.submit(() -> chain(jvm, new CrashPlan(map, turns, SEED + number), number, left)));
      }
      for (Future<Map<String, Integer>> chain : chains) {
        chain.get().forEach((death, times) -> deaths.merge(death, times, Integer::sum));
      }
    } finally {
      threads.shutdownNow();
    }
    report(map, deaths);
  }

  private Map<String, Integer> chain(FastJvm jvm, CrashPlan plan, int number, AtomicInteger left) throws Exception {
    try (CrashChain chain = new CrashChain(jvm, folder.resolve("chain-" + number), SEED * (number + 1))) {
      for (int more = left.getAndDecrement(); more > 0; more = left.getAndDecrement()) {
        if (more % 20 == 0 && more < RUNS) {
          System.out.println("crash runs: " + (RUNS - more) + " begun after " + Duration.between(BEGUN, Instant.now()).toSeconds() + " s");
        }
        if (plan.isNewFolder()) {
          chain.newFolder();
        }
        chain.live(plan.next());
      }
      chain.settle();
      chain.times.forEach((what, millis) -> times.merge(what, millis, Long::sum));
      return chain.deaths;
    } catch (Exception | AssertionError e) {
      left.set(0);
      try {
        keep(folder.resolve("chain-" + number), Path.of("target", "crash-" + number));
      } catch (IOException notKept) {
        e.addSuppressed(notKept);
      }
      throw e;
    }
  }

  /** What a chain has left when it failed, since it may not do so again. */
  private static void keep(Path chain, Path kept) throws IOException {
    CrashBackup.empty(kept);
    try (Stream<Path> all = Files.walk(chain)) {
      for (Path path : all.filter(path -> Files.isRegularFile(path) || Files.isDirectory(path)).toList()) {
        Files.copy(path, kept.resolve(chain.relativize(path).toString()));
      }
    }
    System.out.println("crash runs: what is left of the one that failed is in " + kept.toAbsolutePath());
  }

  /** A life in peace makes the archive of classes, another tells the way. */
  private CrashPlan.Map map(FastJvm jvm) throws Exception {
    Path archive = folder.resolve("classes.jsa");
    try (CrashChain first = new CrashChain(jvm, folder.resolve("archive"), SEED)) {
      first.liveInPeace(List.of(FastJvm.leaving(archive)));
    }
    jvm.archive(archive);
    try (CrashChain second = new CrashChain(jvm, folder.resolve("map"), SEED)) {
      return second.liveInPeace(List.of());
    }
  }

  private void report(CrashPlan.Map map, Map<String, Integer> deaths) throws IOException {
    int all = deaths.values().stream().mapToInt(Integer::intValue).sum();
    Set<String> missed = new TreeSet<>(map.working());
    missed.removeAll(deaths.keySet());
    System.out.println("crash runs: " + all + " in " + Duration.between(BEGUN, Instant.now()).toSeconds() + " s, seed " + SEED
        + "; first start " + map.startMillis() + " ms; deaths " + deaths + "; points without death " + missed
        + "; ms a run " + times.entrySet().stream().map(spent -> spent.getKey() + " " + spent.getValue() / all).toList());
    assertThat(all).isEqualTo(RUNS);
    if (RUNS >= 200) {
      assertThat(missed).as("points at which nobody died").isEmpty();
    }
  }
}

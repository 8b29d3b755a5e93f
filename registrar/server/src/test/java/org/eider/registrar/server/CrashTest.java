package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever the moment at which a registrar dies: what any client received is in its ledgers, octet for octet; no serial number is used
 * twice; nothing is half-written; every pledge finishes by retrying.
 *
 * <p>{@code -Deider.crash.runs=N} says how often it dies (10), {@code -Deider.crash.seed=N} by which dice.
 */
class CrashTest {
  static final Instant BEGUN = Instant.now();
  private static final int RUNS = Integer.getInteger("eider.crash.runs", 10);
  private static final long SEED = Long.getLong("eider.crash.seed", 8995);
  private static final int CHAINS = 2;

  @TempDir private Path folder;

  @Test
  void whateverTheMomentOfItsDeathNothingThatLeftItIsUnknownAfterwards() throws Exception {
    FastJvm jvm = new FastJvm(folder);
    CrashPlan.Map map = map(jvm);
    assertThat(map.working()).as("points under load").contains("VOUCHER_ISSUED:before", "VOUCHER_ISSUED:inside",
        "VOUCHER_ISSUED:committed", "VOUCHER_ISSUED:after", "CERTIFICATE_ISSUED:inside", "CERTIFICATE_ISSUED:committed",
        "VOUCHER_REQUESTED:before", "VOUCHER_REFUSED:inside", "VOUCHER_STATUS:committed", "ENROLMENT_STATUS:after",
        "ENROLMENT_REFUSED:inside", "DEVICES_EXPECTED:committed", "MANUFACTURER_PUT:inside");
    AtomicInteger left = new AtomicInteger(RUNS);
    ExecutorService threads = Executors.newFixedThreadPool(CHAINS);
    Map<String, Integer> deaths = new TreeMap<>();
    try {
      List<Future<Map<String, Integer>>> chains = new ArrayList<>();
      for (int i = 0; i < CHAINS; i++) {
        int number = i;
        chains.add(threads.submit(() -> chain(jvm, map, number, left)));
      }
      for (Future<Map<String, Integer>> chain : chains) {
        chain.get().forEach((death, times) -> deaths.merge(death, times, Integer::sum));
      }
    } finally {
      threads.shutdownNow();
    }
    report(map, deaths);
  }

  private Map<String, Integer> chain(FastJvm jvm, CrashPlan.Map map, int number, AtomicInteger left) throws Exception {
    CrashPlan plan = new CrashPlan(map, SEED + number);
    try (CrashChain chain = new CrashChain(jvm, folder.resolve("chain-" + number), SEED * (number + 1))) {
      while (left.getAndDecrement() > 0) {
        if (plan.isNewFolder()) {
          chain.newFolder();
        }
        chain.live(plan.next());
      }
      chain.settle();
      return chain.deaths;
    } catch (Exception | AssertionError e) {
      left.set(0);
      throw e;
    }
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

  private static void report(CrashPlan.Map map, Map<String, Integer> deaths) throws IOException {
    int all = deaths.values().stream().mapToInt(Integer::intValue).sum();
    Set<String> missed = new TreeSet<>(map.working());
    missed.removeAll(deaths.keySet());
    System.out.println("crash runs: " + all + " in " + Duration.between(BEGUN, Instant.now()).toSeconds() + " s, seed " + SEED
        + "; first start " + map.startMillis() + " ms; deaths " + deaths + "; points without death " + missed);
    assertThat(all).isEqualTo(RUNS);
    if (RUNS >= 200) {
      assertThat(missed).as("points at which nobody died").isEmpty();
    }
  }
}

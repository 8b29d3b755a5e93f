package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.eider.registrar.Fact;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was recorded outlives the process, however that ends. */
class DurabilityTest {
  private static final int ROUNDS = 20;

  @TempDir
  private Path data;

  @Test
  void killedProcessLosesNothingThatItSaidItRecorded() throws Exception {
    Random random = new Random(8995);
    int recorded = 0;
    for (int round = 0; round < ROUNDS; round++) {
      recorded = writeAndKill(recorded + 1, 1 + random.nextInt(40));
      recorded = checkAll(recorded);
    }
  }

  /** Returns the last number that the process said it recorded. */
  private int writeAndKill(int first, int atLeast) throws Exception {
    try (Writer writer = Writer.start(data, first)) {
      int last = first - 1;
      for (int i = 0; i < atLeast; i++) {
        last = writer.next().orElseThrow();
      }
      writer.kill();
      for (Optional<Integer> more = writer.next(); more.isPresent(); more = writer.next()) {
        last = more.get();
      }
      return last;
    }
  }

  /** Returns the last number that is there: at most one more was recorded when the process ended, and that one as a whole. */
  private int checkAll(int said) throws Exception {
    try (SqlStore store = SqlStore.open(StoreConfig.in(data).forCommand())) {
      Set<String> events = new HashSet<>();
      Set<String> exchanges = new HashSet<>();
      for (int device = 0; device < 7; device++) {
        store.devices().history(Writer.device(device), Integer.MAX_VALUE).forEach(event -> events.add(event.detail()));
        store.devices().vouchers(Writer.device(device), Integer.MAX_VALUE).stream()
            .map(Fact.VoucherExchange::session).forEach(exchanges::add);
      }
      for (int number = 1; number <= said; number++) {
        assertThat(events).contains(Integer.toString(number));
        assertThat(store.certificates().certificate(BigInteger.valueOf(number))).contains(Writer.certificate(number));
      }
      assertThat(exchanges).isEqualTo(events);
      assertThat(events).hasSizeBetween(said, said + 1);
      store.certificates().record(Writer.certificate(events.size()));
      return events.size();
    }
  }
}

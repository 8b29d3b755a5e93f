package org.eider.registrar.store;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.eider.registrar.Fact;
import org.eider.wire.Octets;

/** Prints what the store costs at 1,000 and at 100,000 devices; no test. One argument: a folder for the trial. */
final class StoreCost {
  private static final int SAMPLES = 400;

  private StoreCost() {}

  public static void main(String[] args) throws Exception {
    Path data = Path.of(args[0]);
    long begin = System.nanoTime();
    try (SqlStore store = SqlStore.open(StoreConfig.in(data))) {
      print("open fresh", begin);
      fill(store, 0, 1_000);
      measure(store, 1_000);
      fill(store, 1_000, 100_000);
      measure(store, 100_000);
      begin = System.nanoTime();
      store.manufacturers().expect("acme", IntStream.range(0, 100_000).mapToObj(i -> "SN-" + i).toList());
      print("expect 100,000", begin);
      begin = System.nanoTime();
    }
    print("close", begin);
    System.out.printf("file %d MiB%n", Files.size(data.resolve("store/eider.mv.db")) >> 20);
    begin = System.nanoTime();
    SqlStore store = SqlStore.open(StoreConfig.in(data));
    print("open existing", begin);
    begin = System.nanoTime();
    store.close();
    print("close", begin);
  }

  private static void measure(SqlStore store, int devices) {
    System.out.println("-- " + devices + " devices, median ms");
    sample("append 2 facts, known device", i -> store.devices().append(facts(i * 7919 % devices)));
    sample("device by id", i -> store.devices().device(Facts.device("acme", "SN-" + i * 7919 % devices)).orElseThrow());
    sample("device by serial", i -> store.devices().devices("SN-" + i * 7919 % devices));
    sample("history, 20", i -> store.devices().history(Facts.device("acme", "SN-" + i * 7919 % devices), 20));
    sample("vouchers, 1", i -> store.devices().vouchers(Facts.device("acme", "SN-" + i * 7919 % devices), 1));
    sample("page of 50", i -> store.devices().devices(Optional.of(Facts.device("acme", "SN-" + i * 7919 % devices)), 50));
    sample("record certificate",
        i -> store.certificates().record(Writer.certificate(devices * 10 + i)));
    sample("certificate by serial", i -> store.certificates().certificate(BigInteger.valueOf(devices * 10L + i)).orElseThrow());
  }

  private static void sample(String what, IntConsumer work) {
    double[] ms = new double[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      long begin = System.nanoTime();
      work.accept(i);
      ms[i] = (System.nanoTime() - begin) / 1e6;
    }
    Arrays.sort(ms);
    System.out.printf("%-30s %7.3f   p95 %7.3f%n", what, ms[SAMPLES / 2], ms[SAMPLES * 95 / 100]);
  }

  private static void fill(SqlStore store, int from, int to) {
    for (int first = from; first < to; first += 500) {
      List<Fact> facts = new ArrayList<>();
      IntStream.range(first, first + 500).forEach(i -> facts.addAll(facts(i)));
      store.devices().append(facts);
    }
  }

  private static List<Fact> facts(int number) {
    var device = Facts.device("acme", "SN-" + number);
    Octets kilobytes = Octets.of(new byte[2_000]);
    return List.of(
        new Fact.VoucherExchange(device, Facts.NOW, "s", kilobytes, kilobytes, kilobytes, Optional.empty(), Octets.utf8("domain")),
        Facts.issued(device, Facts.NOW));
  }

  private static void print(String what, long begin) {
    System.out.printf("%-30s %7.1f ms%n", what, (System.nanoTime() - begin) / 1e6);
  }
}

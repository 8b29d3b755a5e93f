package org.eider.registrar.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eider.est.http.HttpResponse;
import org.eider.registrar.DeviceId;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.server.CrashPlan.Death;
import org.eider.registrar.server.CrashPledge.Kind;
import org.eider.registrar.server.admin.DecisionForm;
import org.eider.registrar.server.admin.DeviceView;
import org.eider.registrar.server.admin.RemoteAdministration;
import org.eider.testkit.TestPki;

/**
 * Registrars that live and die one after the other on the same data folder, with a MASA that outlives them and pledges that do not
 * give up. Each life first lets everybody finish who was cut off in the lives before.
 */
final class CrashChain implements AutoCloseable {
  /** The manufacturer whose devices an operator has to approve. */
  static final String HELD = "acme-held";
  /** Who comes at a time; each is followed by another of its kind. */
  private static final List<CrashPledge.Kind> PLEDGES = List.of(Kind.LET_IN, Kind.LET_IN, Kind.APPROVED, Kind.DENIED, Kind.UNKNOWN_TO_THE_MASA);
  private static final int BACKUP_EVERY_MILLIS = 1500;
  private static final int OPERATE_EVERY_MILLIS = 100;
  private static final int PATIENCE_S = 60;
  private static final int KILLED = 137;

  private final FastJvm jvm;
  private final Path folder;
  private final long seed;
  private final ScriptedMasa masa = new ScriptedMasa();
  private final TestPki maker = TestPki.manufacturer("Acme", "localhost:" + masa.port());
  private final TestPki heldMaker = TestPki.manufacturer("Acme Held", "localhost:" + masa.port());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger serials = new AtomicInteger();
  private final List<CrashPledge> cutOff = new ArrayList<>();
  /** How many lives ended how. */
  final Map<String, Integer> deaths = new TreeMap<>();
  /** How many milliseconds went where. */
  final Map<String, Long> times = new TreeMap<>();
  private long since = System.nanoTime();
  private Path data;
  private CrashWitness witness;
  private CrashBackup backup;
  private int folders;

  /** A chain that keeps its data folders below {@code folder}. */
  CrashChain(FastJvm jvm, Path folder, long seed) throws IOException {
    this.jvm = jvm;
    this.folder = folder;
    this.seed = seed;
    this.masa.onRequest = request -> {
      masa.requests.clear();
      return Kind.UNKNOWN_TO_THE_MASA.isOf(ScriptedMasa.opened(request).value().serialNumber())
          ? HttpResponse.text(404, "unknown")
          : masa.voucher(request);
    };
    newFolder();
  }

  /** The data folder of the next life does not exist yet. */
  void newFolder() throws IOException {
    folders++;
    data = folder.resolve("data-" + folders);
    witness = new CrashWitness(data, Files.createDirectories(folder.resolve("copy-" + folders)));
    cutOff.clear();
  }

  /** One life, and what is to be true after it. */
  void live(Death death) throws Exception {
    backup = new CrashBackup(folder.resolve("backup"), witness);
    try (CrashVictim victim = start(death)) {
      boolean ready = victim.awaitReady();
      spent("start");
      if (ready) {
        witness.ready();
        witness.checkFiles(false);
        recover(victim, death);
        spent("recovery");
        work(victim, death);
        spent("load");
      }
      int code = victim.awaitEnd();
      spent("end");
      deaths.merge(victim.diedAt().orElse(code == KILLED ? "SIGKILL" : "in peace"), 1, Integer::sum);
      assertThat(code).as("exit code after %s, see %s", death, log()).isIn(0, KILLED);
      witness.inspect();
      spent("inspection");
      backup.inspect(clock());
      spent("restoring");
      assertThat(Files.readString(log())).doesNotContain("ERROR").doesNotContain("Exception");
    } catch (Exception | AssertionError e) {
      throw new AssertionError("after " + death + " in " + data + ", " + witness.summary() + ", cut off " + cutOff + ": " + e.getMessage(), e);
    }
  }

  /** A life without accident, and what it passed; {@code options} are for its JVM. */
  CrashPlan.Map liveInPeace(List<String> options) throws Exception {
    long begun = System.nanoTime();
    try (CrashVictim victim = new CrashVictim(jvm.command(CrashRegistrar.class, options, data.toString(), ahead()), data, log())) {
      assertThat(victim.awaitReady()).as("ready; see %s", log()).isTrue();
      witness.ready();
      int millis = (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
      Map<String, Integer> starting = victim.points();
      recover(victim, new Death.WorkingAfter(0));
      for (int i = 0; i < 4; i++) {
        for (Kind kind : PLEDGES) {
          newPledge(kind).advance(victim.httpsPort(), operator(victim));
        }
      }
      operate(victim);
      backup = new CrashBackup(folder.resolve("backup"), witness);
      assertThat(backup.make(victim, false)).isTrue();
      Map<String, Integer> working = victim.points();
      victim.terminate();
      assertThat(victim.awaitEnd()).isZero();
      Map<String, Integer> all = victim.lastPoints();
      witness.inspect();
      backup.inspect(clock());
      return new CrashPlan.Map(starting, named(working, starting), named(all, working), millis);
    }
  }

  /** Once more, and everybody finishes. */
  void settle() throws Exception {
    live(new Death.StoppingAfter(10_000));
    assertThat(deaths.remove("in peace")).isNotNull();
    try (CrashVictim victim = start(new Death.WorkingAfter(0))) {
      assertThat(victim.awaitReady()).isTrue();
      recover(victim, new Death.WorkingAfter(0));
      victim.terminate();
      assertThat(victim.awaitEnd()).isZero();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    masa.close();
  }

  private Path log() {
    return folder.resolve("log-" + folders);
  }

  /** The clock of registrars begins where the fixtures' certificates are good. */
  static String ahead() {
    return Long.toString(TestPki.NOW.toEpochMilli() - CrashTest.BEGUN.toEpochMilli());
  }

  private CrashVictim start(Death death) throws IOException {
    Files.deleteIfExists(log());
    List<String> words = jvm.command(CrashRegistrar.class, List.of(), data.toString(), ahead());
    if (death instanceof Death.Starting starting) {
      words.addAll(List.of(starting.point(), Integer.toString(starting.passings())));
    }
    CrashVictim victim = new CrashVictim(words, data, log());
    if (death instanceof Death.StartingAfter later) {
      threads.execute(() -> killAfter(victim, later.millis()));
    }
    return victim;
  }

  /** Everybody who was cut off finishes, unless this life is one that ends early. */
  private void recover(CrashVictim victim, Death death) throws Exception {
    boolean mayDie = death instanceof Death.Starting || death instanceof Death.StartingAfter;
    try {
      RemoteAdministration administration = victim.administration();
      if (administration.manufacturers().size() < 2) {
        administration.put(manufacturer());
        administration.put(heldManufacturer());
      }
      List<CrashPledge> again = List.copyOf(cutOff);
      cutOff.clear();
      together(again.stream().<Callable<Boolean>>map(pledge -> () -> goOn(pledge, victim)).toList());
    } catch (IOException e) {
      assertThat(mayDie).as("nobody breaks off but who is to die: %s", e.getMessage()).isTrue();
    }
    assertThat(mayDie ? List.of() : cutOff).as("pledges that could not finish after a restart").isEmpty();
  }

  /** New pledges come until it is dead. */
  private void work(CrashVictim victim, Death death) throws Exception {
    if (death instanceof Death.Working working) {
      victim.arm(working.point(), working.passings());
    } else if (death instanceof Death.Stopping stopping) {
      threads.execute(() -> stopAfter(victim, 150, stopping.point()));
    } else if (death instanceof Death.StoppingAfter later) {
      threads.execute(() -> stopAfter(victim, 150, ""));
      threads.execute(() -> killAfter(victim, 150 + later.millis()));
    } else {
      threads.execute(() -> killAfter(victim, death instanceof Death.WorkingAfter later ? later.millis() : 500));
    }
    List<Callable<Boolean>> load = new ArrayList<>();
    for (Kind kind : PLEDGES) {
      load.add(() -> {
        boolean alive = true;
        while (alive) {
          alive = goOn(newPledge(kind), victim);
        }
        return true;
      });
    }
    load.add(() -> keepOperating(victim));
    load.add(() -> keepBackingUp(victim, death instanceof Death.Stopping || death instanceof Death.StoppingAfter));
    together(load);
  }

  private void together(List<Callable<Boolean>> work) throws Exception {
    for (Future<Boolean> done : threads.invokeAll(work, PATIENCE_S, TimeUnit.SECONDS)) {
      try {
        done.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Exception exception) {
          throw exception;
        }
        throw new AssertionError(e.getCause().getMessage(), e.getCause());
      }
    }
  }

  private CrashPledge newPledge(Kind kind) {
    int number = serials.incrementAndGet();
    DeviceId device = kind.device(number);
    TestPki from = device.manufacturer().equals(HELD) ? heldMaker : maker;
    return new CrashPledge(kind, device, from.idevid(device.serialNumber()), witness, seed + number);
  }

  /** Sees the device wait, and decides. */
  private CrashPledge.Operator operator(CrashVictim victim) {
    return (device, approved) -> {
      RemoteAdministration administration = victim.administration();
      assertThat(administration.device(device)).as("what an operator sees of %s", device).isPresent();
      witness.deciding(device, approved);
      Optional<DeviceView> decided =
          administration.decide(new DecisionForm(device.manufacturer(), device.serialNumber(), approved, 3600, "operator", "crash"));
      assertThat(decided.flatMap(DeviceView::decision).map(DeviceView.Decision::approved)).contains(approved);
      witness.decided(device, approved);
    };
  }

  /** Whether the pledge got to its end; if not, it will come again. */
  private boolean goOn(CrashPledge pledge, CrashVictim victim) throws Exception {
    try {
      pledge.advance(victim.httpsPort(), operator(victim));
      return true;
    } catch (IOException broken) {
      pledge.cutOff();
      synchronized (cutOff) {
        cutOff.add(pledge);
      }
      return false;
    }
  }

  private boolean keepOperating(CrashVictim victim) {
    try {
      while (victim.isAlive()) {
        operate(victim);
        pause(OPERATE_EVERY_MILLIS);
      }
    } catch (IOException broken) {
      // It is dead, and who operates it sees that.
    }
    return true;
  }

  private boolean keepBackingUp(CrashVictim victim, boolean stops) {
    try {
      CrashBackup latest = backup;
      while (victim.isAlive() && latest.make(victim, stops)) {
        pause(BACKUP_EVERY_MILLIS);
      }
    } catch (IOException broken) {
      // It is dead, and who looks at the backup sees that.
    }
    return true;
  }

  private void operate(CrashVictim victim) throws IOException {
    RemoteAdministration administration = victim.administration();
    String serial = "EXPECTED-" + serials.incrementAndGet();
    administration.expect(TestSite.MANUFACTURER, List.of(serial));
    witness.expected(serial);
    administration.put(manufacturer());
  }

  private Manufacturer manufacturer() {
    return TestSite.manufacturer(maker, masa, Manufacturer.Admission.AUTO);
  }

  private Manufacturer heldManufacturer() {
    Manufacturer held = TestSite.manufacturer(heldMaker, masa, Manufacturer.Admission.MANUAL);
    return new Manufacturer(HELD, held.idevidAnchors(), held.masa(), held.allowedMasaHosts(), held.masaTlsAnchors(), held.voucherAnchors(),
        held.admission(), held.serialNumbers(), held.ignoreIdevidValidity());
  }

  /** As the registrars see it. */
  private static InstantSource clock() {
    return Clock.offset(Clock.systemUTC(), Duration.ofMillis(Long.parseLong(ahead())));
  }

  private void spent(String what) {
    long now = System.nanoTime();
    times.merge(what, TimeUnit.NANOSECONDS.toMillis(now - since), Long::sum);
    since = now;
  }

  private static void killAfter(CrashVictim victim, int millis) {
    pause(millis);
    victim.kill();
  }

  private static void stopAfter(CrashVictim victim, int millis, String point) {
    try {
      pause(millis);
      if (!point.isEmpty()) {
        victim.arm(point, 1);
      }
      victim.terminate();
    } catch (IOException dead) {
      // It died before it was told to.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** When to strike, not something that is waited for. */
  private static void pause(int millis) {
    java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private static List<String> named(Map<String, Integer> points, Map<String, Integer> before) {
    return points.entrySet().stream().filter(point -> point.getValue() > before.getOrDefault(point.getKey(), 0)).map(Map.Entry::getKey)
        .filter(point -> !point.equals("clock") && !point.equals("random")).sorted().toList();
  }
}

package org.eider.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.eider.cli.CommandFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A join proxy that runs: everything is put together here, top to bottom, and taken apart in reverse. */
public final class ProxyProcess implements AutoCloseable {
  /** Names what starts Eider as a whole, for the one command that needs more than these few jars. */
  static final String PROGRAM = "eider.program";

  private static final Logger LOG = LoggerFactory.getLogger(ProxyProcess.class);
  private static final int LOOPS = 2;
  private static final Duration LOG_INTERVAL = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Duration PROBE = Duration.ofSeconds(30);
  private static final int NAME = 3;

  private final Deque<Part> parts = new ArrayDeque<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ProxyConfig config;
  private final LongSupplier nanos;
  private final Consumer<JoinPort> ready;
  private final SecureRandom random = new SecureRandom();
  private final Map<Mode, Links.Opener> openers = new EnumMap<>(Mode.class);
  private final Set<String> told = new HashSet<>();
  private final ScheduledExecutorService chores = Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("proxy-chores", true));
  private final AtomicBoolean isListening = new AtomicBoolean();
  private Tally tally;
  private Registrars registrars;
  private Links links;
  private Announcer announcer;
  private Optional<Circuits> circuits = Optional.empty();
  private Optional<StatefulRelay> stateful = Optional.empty();
  private Optional<StatelessRelay> stateless = Optional.empty();
  private Optional<Enrolment> enrolment = Optional.empty();

  /** Something that is to be closed. */
  private record Part(String name, Closing closing) {}

  /** How it is closed. */
  @FunctionalInterface
  private interface Closing {
    void close() throws IOException;
  }

  private ProxyProcess(ProxyConfig config, Consumer<JoinPort> ready, LongSupplier nanos) {
    this.config = config;
    this.ready = ready;
    this.nanos = nanos;
  }

  /**
   * Starts a join proxy; it listens where it can when this returns, unless it has to enrol first.
   *
   * @param data its data folder; what is missing there is made
   * @param announcingNeeded whether it is an error when a method of announcing cannot begin
   * @param ready told of the first join port of each mode and interface, when it is opened
   * @throws CommandFailure when it cannot start; nothing is left running
   */
  public static ProxyProcess start(ProxyConfig config, Path data, boolean announcingNeeded, Consumer<JoinPort> ready, LongSupplier nanos)
      throws CommandFailure {
    ProxyProcess process = new ProxyProcess(config, ready, nanos);
    boolean started = false;
    try {
      process.wire(ProxyFolder.prepare(data), announcingNeeded);
      started = true;
      return process;
    } catch (IOException e) {
      throw new CommandFailure("the join proxy cannot start: " + e.getMessage(), "ip address tells of interfaces, ss -ltunp of ports", e);
    } finally {
      if (!started) {
        process.close();
      }
    }
  }

  private void wire(ProxyFolder folder, boolean announcingNeeded) throws CommandFailure, IOException {
    NamedLinks.check(config);
    atEnd("lock", folder.tryLock().orElseThrow(() -> new CommandFailure(
        "another join proxy uses " + folder.path(), "stop it first, or give this one a data folder of its own"))::close);
    tally = new Tally(nanos, LOG_INTERVAL.toNanos());
    registrars = new Registrars(nanos, random, address -> links.isOurs(address));
    Transport transport = Transport.start(LOOPS);
    atEnd("event loops", transport::close);

    relays(config.relaying(), transport);
    links = new Links(config.listen().interfaces(), config.listen().ipv4(), openers, this::opened, () -> announcer.refresh());
    announcer = new Announcer(links::ports, registrars,
        Announcer.heralds(config.listen().announce(), config.listen().interfaces(), "eider-" + name(), announcingNeeded));
    registrars.onChange(announcer::refresh);
    Scouts scouts = new Scouts(config.discovery(), config.sought(), registrars, folder);
    enrolment = config.bootstrap().enabled() ? Optional.of(enrolment(folder, scouts)) : Optional.empty();
    atEnd("status", StatusDoor.open(folder.statusSocket(), status()::map, nanos)::close);
    atEnd("links", links::close);
    atEnd("drain", this::drain);
    atEnd("announcements", announcer::close);
    atEnd("discovery", scouts::close);
    atEnd("names", Names.start(config.named(), registrars)::close);
    scouts.start();
    enrolment.ifPresentOrElse(Enrolment::start, this::listen);
    enrolment.ifPresent(one -> atEnd("enrolment", one::close));
    every(Duration.ofSeconds(1), "registrars", registrars::tick);
    every(LOOK, "discovery", scouts::look);
  }

  private void relays(Set<Mode> modes, Transport transport) {
    if (modes.contains(Mode.CIRCUIT)) {
      Circuits relay = new Circuits(transport, config.circuits(), registrars, tally, nanos);
      atEnd("circuits", relay::close);
      circuits = Optional.of(relay);
      openers.put(Mode.CIRCUIT, (link, address) -> relay.listen(link, at(address, Mode.CIRCUIT)));
      every(PROBE, "probe", relay::probe);
    }
    if (modes.contains(Mode.STATEFUL)) {
      StatefulRelay relay = new StatefulRelay(transport, config.stateful(), registrars, tally, nanos);
      atEnd("flows", relay::close);
      stateful = Optional.of(relay);
      openers.put(Mode.STATEFUL, (link, address) -> listener(relay.listen(link, at(address, Mode.STATEFUL))));
    }
    if (modes.contains(Mode.STATELESS)) {
      StatelessRelay relay = new StatelessRelay(transport, config.stateless(), registrars, tally, random, nanos);
      atEnd("stateless", relay::close);
      stateless = Optional.of(relay);
      openers.put(Mode.STATELESS, (link, address) -> listener(relay.listen(link, at(address, Mode.STATELESS))));
    }
  }

  private Enrolment enrolment(ProxyFolder folder, Scouts scouts) throws CommandFailure {
    String program = Optional.ofNullable(System.getProperty(PROGRAM)).orElseThrow(() -> new CommandFailure(
        "it is not known what starts the pledge program", "start the join proxy by ./eider, or name that in the property " + PROGRAM));
    return new Enrolment(List.of(program), Path.of(config.bootstrap().idevid()), folder.ldevid(), config.bootstrap(), this::whereToEnrol,
        Clock.systemUTC(), () -> {
          scouts.enrolled();
          if (!isListening.getAndSet(true)) {
            listen();
          }
        });
  }

  private List<RegistrarUri> whereToEnrol() {
    Stream<RegistrarUri> named = config.named().stream().filter(uri -> ProxyConfig.ENROLLING.contains(uri.service()));
    Stream<RegistrarUri> found = ProxyConfig.ENROLLING.stream().flatMap(service ->
        registrars.inTurn(service).stream().map(address -> new RegistrarUri(service, Place.text(address.getAddress()), address.getPort())));
    return Stream.concat(named, found).distinct().toList();
  }

  private ProxyStatus status() {
    return new ProxyStatus(nanos, nanos.getAsLong(), links::ports, announcer::told, registrars, tally,
        () -> circuits.map(Circuits::size).orElse(0), () -> stateful.map(StatefulRelay::size).orElse(0),
        () -> stateless.flatMap(StatelessRelay::registrar), this::validUntil, config.bootstrap().enabled());
  }

  private Optional<Instant> validUntil() {
    return enrolment.flatMap(Enrolment::validUntil);
  }

  private void listen() {
    links.look();
    every(LOOK, "links", links::look);
  }

  /** One line for each mode and interface; those that come back are in the log only. */
  private void opened(JoinPort port) {
    if (told.add(port.mode() + " " + port.interfaceName() + " " + port.address().getAddress().getAddress().length)) {
      ready.accept(port);
    }
  }

  private void every(Duration pause, String name, Runnable chore) {
    chores.scheduleWithFixedDelay(() -> {
      try {
        chore.run();
      } catch (RuntimeException e) { // or it would not be run again
        LOG.error("chore {} failed", name, e);
      }
    }, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void drain() {
    long deadline = nanos.getAsLong() + config.drain().toNanos();
    links.close();
    try {
      while (circuits.map(Circuits::size).orElse(0) > 0 && nanos.getAsLong() - deadline < 0) {
        Thread.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String name() {
    byte[] octets = new byte[NAME];
    random.nextBytes(octets);
    return HexFormat.of().formatHex(octets);
  }

  private InetSocketAddress at(InetAddress address, Mode mode) {
    return new InetSocketAddress(address, config.listen().port(mode));
  }

  private static Links.Listener listener(ChannelFuture binding) throws IOException {
    Channel channel = Transport.bound(binding);
    InetSocketAddress address = (InetSocketAddress) channel.localAddress();
    return new Links.Listener() {
      @Override
      public InetSocketAddress address() {
        return address;
      }

      @Override
      public void close() {
        channel.close().awaitUninterruptibly();
      }
    };
  }

  private void atEnd(String name, Closing closing) {
    parts.push(new Part(name, closing));
  }

  /** The join ports that are open. */
  List<JoinPort> ports() {
    return links.ports();
  }

  /** Waits until it is closed. */
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /** Withdraws what it announces, stops accepting, lets circuits end up to the drain time, and closes everything. */
  @Override
  public synchronized void close() {
    boolean ran = !parts.isEmpty();
    chores.shutdownNow();
    try {
      closeParts();
    } finally {
      if (ran) {
        LOG.info("the join proxy has stopped");
      }
      ended.countDown();
    }
  }

  /** The last one first; whatever becomes of one, the others are closed. */
  private void closeParts() {
    if (parts.isEmpty()) {
      return;
    }
    Part part = parts.pop();
    try {
      part.closing().close();
    } catch (IOException e) {
      LOG.warn("closing {} failed: {}", part.name(), e.getMessage());
    } finally {
      closeParts();
    }
  }
}

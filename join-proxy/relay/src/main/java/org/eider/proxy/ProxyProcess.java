package org.eider.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.eider.cli.CommandFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A join proxy that runs: everything is put together here, top to bottom, and taken apart in reverse. */
public final class ProxyProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyProcess.class);
  private static final int LOOPS = 2;
  private static final Duration LOG_INTERVAL = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Duration RESOLVE = Duration.ofMinutes(1);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ProxyConfig config;
  private final LongSupplier nanos;
  private final Consumer<JoinPort> ready;
  private Links links;

  private ProxyProcess(ProxyConfig config, Consumer<JoinPort> ready, LongSupplier nanos) {
    this.config = config;
    this.ready = ready;
    this.nanos = nanos;
  }

  /**
   * Starts a join proxy; it listens where it can when this returns.
   *
   * @param ready told of each join port when it is opened
   * @throws CommandFailure when it cannot start; nothing is left running
   */
  public static ProxyProcess start(ProxyConfig config, Consumer<JoinPort> ready, LongSupplier nanos) throws CommandFailure {
    ProxyProcess process = new ProxyProcess(config, ready, nanos);
    boolean started = false;
    try {
      process.wire();
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

  private void wire() throws CommandFailure, IOException {
    requireInterfaces(config.listen().interfaces());
    Tally tally = new Tally(nanos, LOG_INTERVAL.toNanos());
    Transport transport = Transport.start(LOOPS);
    parts.push(transport);
    Registrars registrars = new Registrars(nanos, new SecureRandom(), address -> links.isOurs(address));
    List<RegistrarUri> named = config.registrars().stream().map(RegistrarUri::parse).toList();

    Map<Mode, Links.Opener> openers = new EnumMap<>(Mode.class);
    Set<Mode> modes = modes(named);
    if (modes.contains(Mode.CIRCUIT)) {
      Circuits circuits = new Circuits(transport, config.circuits(), registrars, tally, nanos);
      parts.push(circuits);
      openers.put(Mode.CIRCUIT, (link, address) -> listener(circuits.listen(at(address, Mode.CIRCUIT))));
    }
    if (modes.contains(Mode.STATEFUL)) {
      StatefulRelay stateful = new StatefulRelay(transport, config.stateful(), registrars, tally, nanos);
      parts.push(stateful);
      openers.put(Mode.STATEFUL, (link, address) -> listener(stateful.listen(link, at(address, Mode.STATEFUL))));
    }
    if (modes.contains(Mode.STATELESS)) {
      StatelessRelay stateless = new StatelessRelay(transport, config.stateless(), registrars, tally, new SecureRandom(), nanos);
      parts.push(stateless);
      openers.put(Mode.STATELESS, (link, address) -> listener(stateless.listen(link, at(address, Mode.STATELESS))));
    }
    links = new Links(config.listen().interfaces(), config.listen().ipv4(), openers, ready, () -> {});

    ScheduledExecutorService chores = Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("proxy-chores", true));
    registrars.configure(named, ProxyProcess::resolve);
    parts.push(links);
    links.look();
    chores.scheduleWithFixedDelay(links::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    chores.scheduleWithFixedDelay(registrars::tick, 1, 1, TimeUnit.SECONDS);
    chores.scheduleWithFixedDelay(() -> registrars.configure(named, ProxyProcess::resolve), RESOLVE.toSeconds(), RESOLVE.toSeconds(),
        TimeUnit.SECONDS);
    parts.push(chores::shutdownNow);
  }

  private Set<Mode> modes(List<RegistrarUri> named) {
    Set<Mode> wanted = config.modes().isEmpty() ? EnumSet.allOf(Mode.class) : EnumSet.copyOf(config.modes());
    Set<Mode> possible = named.stream().map(uri -> Mode.needing(uri.service())).collect(Collectors.toSet());
    wanted.retainAll(possible);
    return wanted;
  }

  private InetSocketAddress at(InetAddress address, Mode mode) {
    return new InetSocketAddress(address, config.listen().port(mode));
  }

  private static List<InetSocketAddress> resolve(RegistrarUri uri) {
    try {
      return Arrays.stream(InetAddress.getAllByName(uri.host())).map(address -> new InetSocketAddress(address, uri.port())).toList();
    } catch (UnknownHostException e) {
      LOG.warn("no address of {}: {}", uri, e.getMessage());
      return List.of();
    }
  }

  private static void requireInterfaces(List<String> names) throws CommandFailure, IOException {
    if (names.isEmpty()) {
      throw new CommandFailure("no interface to listen on", "name the interface of the pledges with --listen-interface, ip link lists them");
    }
    for (String name : names) {
      if (NetworkInterface.getByName(name) == null) {
        throw new CommandFailure("there is no interface " + name, "ip link lists them");
      }
    }
  }

  private static Links.Listener listener(ChannelFuture binding) throws IOException {
    if (!binding.awaitUninterruptibly().isSuccess()) {
      BindException failure = new BindException(String.valueOf(binding.cause().getMessage()));
      failure.initCause(binding.cause());
      throw failure;
    }
    Channel channel = binding.channel();
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

  /** The join ports that are open. */
  public List<JoinPort> ports() {
    return links.ports();
  }

  /** Waits until it is closed. */
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  @Override
  public synchronized void close() {
    boolean ran = !parts.isEmpty();
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) { // close of an AutoCloseable may throw whatever it likes
        LOG.warn("closing failed: {}", e.getMessage());
      }
    }
    if (ran) {
      LOG.info("the join proxy has stopped");
    }
    ended.countDown();
  }
}

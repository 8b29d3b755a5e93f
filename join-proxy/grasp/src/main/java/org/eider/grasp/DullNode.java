package org.eider.grasp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.eider.grasp.Nuisances.Kind;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;

/**
 * GRASP on one insecure link and nowhere else (DULL, RFC 8990 section 2.5.2): floods and looks one hop far, relays nothing, answers nothing
 * but a discovery of what it floods anyway, and that with a flood. It shares nothing with other instances, above all nothing with a
 * {@link DomainNode}.
 */
public final class DullNode implements AutoCloseable {
  private final GraspCodec codec;
  private final FloodTiming timing;
  private final LongSupplier nanos;
  private final Nuisances nuisances;
  private final DullRules rules;
  private final FloodCache cache;
  private final SessionIds sessions;
  private final Flooded.Listener listener;
  private final FloodSchedule schedule;
  private final ScheduledExecutorService timer;
  private final Link link;
  /** Only the timer's thread uses these two. */
  private List<Message.Flood.Entry> told = List.of();
  private Optional<ScheduledFuture<?>> next = Optional.empty();

  /**
   * How a node works.
   *
   * @param port UDP port, 7017 but for tests
   * @param limits what peers may cost
   * @param timing of what it tells
   */
  public record Settings(int port, NodeLimits limits, FloodTiming timing) {
    /** GRASP_LISTEN_PORT. */
    public static final int GRASP_PORT = 7017;
    /** As the RFCs have it. */
    public static final Settings STANDARD = new Settings(GRASP_PORT, NodeLimits.STANDARD, FloodTiming.STANDARD);
  }

  private DullNode(String interfaceName, Settings settings, Set<String> wanted, Flooded.Listener listener, LongSupplier nanos)
      throws IOException {
    this.codec = new GraspCodec(settings.limits().messageSize());
    this.timing = settings.timing();
    this.nanos = nanos;
    this.nuisances = new Nuisances(nanos);
    this.rules = new DullRules(wanted, nuisances);
    this.cache = new FloodCache(wanted, settings.limits().entriesPerName(), 0, nanos);
    this.sessions = new SessionIds(new SecureRandom(), nanos);
    this.listener = listener;
    this.schedule = new FloodSchedule(timing, nanos.getAsLong());
    this.timer = timer("grasp-timer-" + interfaceName);
    this.link = Link.open(interfaceName, settings.limits(), settings.port(), new Ears(), nanos, nuisances);
  }

  /**
   * Starts on one interface.
   *
   * @param wanted names of the objectives that count; all others are dropped unseen
   * @throws IOException when there is no such interface, or the port is not to be shared; one without an address is waited for
   */
  public static DullNode open(String interfaceName, Settings settings, Set<String> wanted, Flooded.Listener listener) throws IOException {
    return new DullNode(interfaceName, settings, wanted, listener, System::nanoTime);
  }

  /**
   * Replaces what is told on the link, by floods of its own and now; nothing any more when it is empty. The same again changes nothing.
   *
   * @throws IllegalArgumentException when a loop count is not 1, or it does not fit into one message
   */
  public void tell(List<Message.Flood.Entry> entries) {
    List<Message.Flood.Entry> copy = List.copyOf(entries);
    if (copy.stream().anyMatch(entry -> entry.objective().loopCount() != 1)) {
      throw new IllegalArgumentException("floods of an insecure link have a loop count of 1");
    }
    if (!copy.isEmpty()) {
      checkSize(copy);
    }
    timer.execute(() -> {
      if (!copy.equals(told)) {
        told = copy;
        schedule.restart(nanos.getAsLong());
        plan();
      }
    });
  }

  /**
   * Asks who on the link has an objective, and blocks until the time is over. Whoever tells it by floods may tell it again at once
   * instead of answering; other answers count when they name places on the link.
   *
   * @param answers told of each answer, from several threads
   */
  public void discover(String objective, Duration timeout, Consumer<Discovered> answers) throws IOException {
    Optional<LinkAddress> here = link.here();
    if (here.isEmpty()) {
      return;
    }
    Objective asked = new Objective(objective, Objective.Flag.DISCOVERY.bit() | Objective.Flag.SYNCHRONISATION.bit(), 1, Optional.empty());
    long session = sessions.fresh();
    try {
      Message.Discovery question = new Message.Discovery(session, Address.of(here.get().address()), asked);
      new Discoverer(List.of(link), codec, nanos, nuisances).discover(question, timeout, (response, responder) -> {
        if (rules.isBelieved(response, here.get())) {
          answers.accept(Discovered.of(response, responder, here.get().name()));
        }
      });
    } finally {
      sessions.release(session);
    }
  }

  /** What is known of a name on this link now. */
  public List<Flooded> known(String name) {
    return cache.of(name);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    link.close();
  }

  static void checkSize(List<Message.Flood.Entry> entries) {
    new GraspCodec(GraspCodec.MULTICAST_LIMIT)
        .encode(new Message.Flood(Message.MAX_UINT32, new Address(Octets.of(new byte[16])), Message.MAX_UINT32, entries));
  }

  private void plan() {
    next.ifPresent(old -> old.cancel(false));
    next = told.isEmpty() ? Optional.empty()
        : Optional.of(timer.schedule(this::flood, schedule.until(nanos.getAsLong()), TimeUnit.NANOSECONDS));
  }

  private void flood() {
    long session = sessions.fresh();
    try {
      link.here().ifPresent(here ->
          link.send(codec.encode(new Message.Flood(session, Address.of(here.address()), timing.ttl().toMillis(), told))));
    } finally {
      sessions.release(session);
      schedule.told(nanos.getAsLong());
      plan();
    }
  }

  /** One thread, which does nothing any more once it is shut down. */
  static ScheduledExecutorService timer(String name) {
    return new ScheduledThreadPoolExecutor(1, task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    }, new ThreadPoolExecutor.DiscardPolicy());
  }

  private final class Ears implements Link.Listener {
    @Override
    public void opened(LinkAddress here) {
      timer.execute(() -> {
        schedule.restart(nanos.getAsLong());
        plan();
      });
    }

    @Override
    public void heard(Octets datagram, InetSocketAddress source, LinkAddress here) {
      if (!rules.isOfTheLink(source, here)) {
        return;
      }
      try {
        Message message = codec.decode(datagram);
        if (message instanceof Message.Flood flood) {
          rules.believed(flood, source, here).forEach(this::keep);
        } else if (message instanceof Message.Discovery discovery) {
          asked(discovery);
        } else if (!(message instanceof Message.Noop)) {
          nuisances.note(Kind.NOT_EXPECTED, here.name(), source.getAddress().getHostAddress());
        }
      } catch (DecodeException e) {
        nuisances.note(Kind.MALFORMED, here.name(), source.getAddress().getHostAddress() + ": " + e.getMessage());
      }
    }

    private void keep(Flooded flooded) {
      if (cache.put(flooded)) {
        nuisances.note(Kind.TABLE_FULL, flooded.origin().interfaceName(), flooded.objective().name());
      }
      listener.flooded(flooded);
    }

    private void asked(Message.Discovery discovery) {
      timer.execute(() -> {
        Set<String> names = told.stream().map(entry -> entry.objective().name()).collect(Collectors.toSet());
        if (rules.isAsked(discovery, names)) {
          schedule.hurry(nanos.getAsLong());
          plan();
        }
      });
    }
  }
}

package org.eider.proxy;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.eider.discovery.Lookout;
import org.eider.discovery.Service;
import org.eider.discovery.Sighting;
import org.eider.limits.LineBudget;
import org.eider.limits.NanoMeter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The registrars that are known, and in which order they are tried: configured ones first, then by priority, by weight among equals (RFC
 * 2782), at random where that says nothing; those that failed a while ago come last, and are tried all the same when there is no other.
 * What was heard is believed for its lifetime. Safe for many threads; bounded.
 */
final class Registrars implements Lookout.Watcher {
  private static final Logger LOG = LoggerFactory.getLogger(Registrars.class);
  /** Of each kind; the drafts want 4 to 10 to be handled. */
  private static final int MOST = 16;
  /** Before any that others announce. */
  private static final int CONFIGURED = -1;
  /** At once, and in each minute; for what is heard and for what becomes of it by themselves. */
  private static final int LINES = 32;

  private final LongSupplier nanos;
  private final RandomGenerator random;
  private final Predicate<InetSocketAddress> isOurs;
  private final List<Known> known = new ArrayList<>();
  private final Map<Target, Trouble> troubles = new HashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final LineBudget news;
  private final LineBudget reach;

  /** What is reached: a service at an address. */
  private record Target(Service service, InetSocketAddress address) {}

  /**
   * What is held against a registrar.
   *
   * @param until when it is forgotten
   * @param isCertain whether its host or the network said so; silence may also be a pledge's fault, who sends what deserves no answer
   */
  private record Trouble(long until, boolean isCertain) {}

  /**
   * A registrar and how it is known.
   *
   * @param sighting where it is; empty method means configured
   * @param until when it is forgotten, on the clock of nanoseconds; empty for never
   */
  private record Known(Service service, InetSocketAddress address, Optional<Sighting> sighting, int priority, int weight, OptionalLong until) {
    Target target() {
      return new Target(service, address);
    }
  }

  /**
   * A registrar as it is shown to operators.
   *
   * @param source {@code configured}, {@code grasp}, {@code mdns} or {@code coap}
   * @param lifetime how long it is still believed; empty for ever
   * @param isFailing whether it failed a while ago
   */
  record View(Service service, InetSocketAddress address, String source, String interfaceName, int priority, int weight,
      Optional<Duration> lifetime, boolean isFailing) {}

  /**
   * None known.
   *
   * @param isOurs tells addresses of this very proxy, which never are registrars
   */
  Registrars(LongSupplier nanos, RandomGenerator random, Predicate<InetSocketAddress> isOurs) {
    this.nanos = nanos;
    this.random = random;
    this.isOurs = isOurs;
    this.news = new LineBudget(LINES, Duration.ofMinutes(1), new NanoMeter(nanos));
    this.reach = new LineBudget(LINES, Duration.ofMinutes(1), new NanoMeter(nanos));
  }

  /** Calls {@code listener}, on the thread of the change, whenever what is known or reachable may have changed. */
  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** Replaces the configured ones. */
  void configure(Collection<RegistrarUri> named, Function<RegistrarUri, List<InetSocketAddress>> resolved) {
    List<Known> fresh = new ArrayList<>();
    for (RegistrarUri uri : named) {
      for (InetSocketAddress address : resolved.apply(uri)) {
        fresh.add(new Known(uri.service(), address, Optional.empty(), CONFIGURED, 1, OptionalLong.empty()));
      }
    }
    synchronized (this) {
      known.removeIf(one -> one.sighting().isEmpty());
      known.addAll(fresh);
    }
    changed();
  }

  @Override
  public void seen(Sighting sighting) {
    if (!sighting.service().isRegistrar() || isOurs.test(sighting.address())) {
      return;
    }
    boolean isNew = note(sighting);
    if (isNew) {
      tell(news, LOG.atInfo(), target(sighting), "heard of a registrar",
          Map.of("by", sighting.method().label(), "interface", sighting.interfaceName()));
      changed();
    }
  }

  private synchronized boolean note(Sighting sighting) {
    forgetOld();
    boolean isNew = !known.removeIf(one -> one.sighting().filter(sighting::isSameThing).isPresent());
    if (isNew && !hasRoom(sighting.service())) {
      return false;
    }
    OptionalLong until = sighting.lifetime().map(time -> OptionalLong.of(nanos.getAsLong() + time.toNanos())).orElseGet(OptionalLong::empty);
    known.add(new Known(sighting.service(), sighting.address(), Optional.of(sighting), Math.max(0, sighting.priority()),
        Math.max(0, sighting.weight()), until));
    return isNew;
  }

  /** Where there is none, who was heard of longest ago and is failing makes some: what was told once for ever keeps nobody out for ever. */
  private boolean hasRoom(Service service) {
    List<Known> heard = known.stream().filter(one -> one.service() == service && one.sighting().isPresent()).toList();
    Optional<Known> victim = heard.stream().filter(one -> isFailing(one.target())).findFirst();
    return heard.size() < MOST || victim.filter(known::remove).isPresent();
  }

  @Override
  public void gone(Sighting sighting) {
    boolean wasThere;
    synchronized (this) {
      wasThere = known.removeIf(one -> one.sighting().filter(sighting::isSameThing).isPresent());
    }
    if (wasThere) {
      tell(news, LOG.atInfo(), target(sighting), "a registrar said good-bye", Map.of("by", sighting.method().label()));
      changed();
    }
  }

  private static Target target(Sighting sighting) {
    return new Target(sighting.service(), sighting.address());
  }

  /** Who comes and goes for ever, or is heard of under ever other names, does not fill the log. */
  private static void tell(LineBudget budget, LoggingEventBuilder line, Target target, String text, Map<String, String> more) {
    if (!budget.allows()) {
      return;
    }
    line.addKeyValue("registrar", Place.text(target.address())).addKeyValue("service", target.service());
    more.forEach(line::addKeyValue);
    long leftOut = budget.takeLeftOut();
    if (leftOut > 0) {
      line.addKeyValue("left-out", leftOut);
    }
    line.log(text);
  }

  /** Forgets what is too old; to be called now and then. */
  void tick() {
    boolean changed;
    synchronized (this) {
      boolean forgot = forgetOld();
      changed = troubles.values().removeIf(trouble -> nanos.getAsLong() - trouble.until() >= 0) || forgot;
    }
    if (changed) {
      changed();
    }
  }

  /** The addresses of a kind in the order in which they are to be tried; empty when none is known. */
  synchronized List<InetSocketAddress> inTurn(Service service) {
    forgetOld();
    List<Known> candidates = new ArrayList<>(known.size());
    for (Known one : known) {
      if (one.service() == service) {
        candidates.add(one);
      }
    }
    if (candidates.size() == 1) {
      return List.of(candidates.get(0).address());
    }
    return new ArrayList<>(ordered(candidates));
  }

  /** Those of a kind between which only the dice decide. */
  synchronized List<InetSocketAddress> best(Service service) {
    forgetOld();
    List<Known> candidates = new ArrayList<>(known.stream().filter(one -> one.service() == service).toList());
    sort(candidates);
    return candidates.stream().filter(one -> isEqual(one, candidates.get(0))).map(Known::address).distinct().toList();
  }

  /** The one to be tried first. */
  Optional<InetSocketAddress> first(Service service) {
    return inTurn(service).stream().findFirst();
  }

  /** Whether one of a kind is known. */
  synchronized boolean isKnown(Service service) {
    forgetOld();
    for (Known one : known) {
      if (one.service() == service) {
        return true;
      }
    }
    return false;
  }

  /** Whether one of a kind is known that is not known to be out of reach: worth announcing. */
  synchronized boolean isReachable(Service service) {
    forgetOld();
    return known.stream().anyMatch(one -> one.service() == service && trouble(one.target()).filter(Trouble::isCertain).isEmpty());
  }

  /** Whether that one is known, and nothing is held against it. */
  synchronized boolean isGood(Service service, InetSocketAddress address) {
    forgetOld();
    Target target = new Target(service, address);
    return known.stream().anyMatch(one -> one.target().equals(target)) && !isFailing(target);
  }

  /** Those of a kind that are known to be out of reach. */
  synchronized List<InetSocketAddress> failing(Service service) {
    forgetOld();
    return known.stream().filter(one -> one.service() == service && trouble(one.target()).filter(Trouble::isCertain).isPresent())
        .map(Known::address).distinct().toList();
  }

  /** It cannot be reached, as its host or the network says; for {@code penalty} nanoseconds it comes after the others. */
  void failed(Service service, InetSocketAddress address, long penalty) {
    note(new Target(service, address), new Trouble(nanos.getAsLong() + penalty, true), "a registrar cannot be reached");
  }

  /** It has not answered for long; for {@code penalty} nanoseconds it comes after the others, but still counts as one to be announced. */
  void silent(Service service, InetSocketAddress address, long penalty) {
    note(new Target(service, address), new Trouble(nanos.getAsLong() + penalty, false), "a registrar does not answer");
  }

  private void note(Target target, Trouble trouble, String text) {
    boolean isNew;
    synchronized (this) {
      Optional<Trouble> before = trouble(target);
      if (known.stream().noneMatch(one -> one.target().equals(target)) || !trouble.isCertain() && before.filter(Trouble::isCertain).isPresent()) {
        return;
      }
      troubles.put(target, trouble);
      isNew = before.filter(one -> one.isCertain() == trouble.isCertain()).isEmpty();
    }
    if (isNew) {
      tell(reach, LOG.atWarn(), target, text, Map.of());
      changed();
    }
  }

  /** It was reached. */
  void reached(Service service, InetSocketAddress address) {
    boolean wasFailing;
    synchronized (this) {
      wasFailing = !troubles.isEmpty() && troubles.remove(new Target(service, address)) != null;
    }
    if (wasFailing) {
      tell(reach, LOG.atInfo(), new Target(service, address), "a registrar can be reached again", Map.of());
      changed();
    }
  }

  /** All that are known, those that are tried first before the others of their kind. */
  synchronized List<View> views() {
    forgetOld();
    long now = nanos.getAsLong();
    return known.stream()
        .map(one -> new View(one.service(), one.address(), one.sighting().map(sighting -> sighting.method().label()).orElse("configured"),
            one.sighting().map(Sighting::interfaceName).orElse(""), Math.max(0, one.priority()), one.weight(),
            one.until().isPresent() ? Optional.of(Duration.ofNanos(one.until().getAsLong() - now)) : Optional.empty(), isFailing(one.target())))
        .sorted(Comparator.comparing(View::service).thenComparing(View::isFailing)
            .thenComparing(view -> view.source().equals("configured") ? 0 : 1).thenComparingInt(View::priority))
        .toList();
  }

  private LinkedHashSet<InetSocketAddress> ordered(List<Known> candidates) {
    LinkedHashSet<InetSocketAddress> order = new LinkedHashSet<>();
    sort(candidates);
    for (int from = 0; from < candidates.size();) {
      int to = from + 1;
      while (to < candidates.size() && isEqual(candidates.get(from), candidates.get(to))) {
        to++;
      }
      draw(new ArrayList<>(candidates.subList(from, to)), order);
      from = to;
    }
    return order;
  }

  private void sort(List<Known> candidates) {
    candidates.sort(Comparator.<Known>comparingInt(one -> isFailing(one.target()) ? 1 : 0).thenComparingInt(Known::priority));
  }

  private boolean isEqual(Known one, Known other) {
    return one.priority() == other.priority() && isFailing(one.target()) == isFailing(other.target());
  }

  /** Empties the hat: who has more weight is more likely to come early; without weight there still is a chance. */
  private void draw(List<Known> hat, LinkedHashSet<InetSocketAddress> order) {
    while (!hat.isEmpty()) {
      long total = hat.stream().mapToLong(one -> one.weight() + 1L).sum();
      long lot = random.nextLong(total);
      Iterator<Known> each = hat.iterator();
      Known drawn = each.next();
      while (lot >= drawn.weight() + 1L) {
        lot -= drawn.weight() + 1L;
        drawn = each.next();
      }
      each.remove();
      order.add(drawn.address());
    }
  }

  private boolean isFailing(Target target) {
    return trouble(target).isPresent();
  }

  private Optional<Trouble> trouble(Target target) {
    return troubles.isEmpty() ? Optional.empty()
        : Optional.ofNullable(troubles.get(target)).filter(trouble -> nanos.getAsLong() - trouble.until() < 0);
  }

  private boolean forgetOld() {
    long now = nanos.getAsLong();
    return known.removeIf(one -> one.until().isPresent() && now - one.until().getAsLong() >= 0);
  }

  private void changed() {
    listeners.forEach(Runnable::run);
  }
}

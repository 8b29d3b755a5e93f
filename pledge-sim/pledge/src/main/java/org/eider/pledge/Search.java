package org.eider.pledge;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eider.discovery.CoapLookout;
import org.eider.discovery.GraspLookout;
import org.eider.discovery.Lookout;
import org.eider.discovery.MdnsLookout;
import org.eider.discovery.Method;
import org.eider.discovery.Service;
import org.eider.pledge.RegistrarAddress.Scheme;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for join proxies on links, by several methods at once, until it is closed (RFC 8995 section 4.1, constrained-join-proxy section
 * 5.2). Nothing that is found is trusted; it is only where to try. Can be paused, and has no ports open then. Safe for many threads.
 */
public final class Search implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Search.class);
  /** How soon a method is tried again that could not begin. */
  private static final Duration AGAIN = Duration.ofSeconds(2);

  private final Heard heard;
  private final Listening listening;
  private final Plan plan;
  private final Map<Method, Lookout> lookouts = new EnumMap<>(Method.class);
  private boolean isClosed;

  /**
   * What to look for.
   *
   * @param methods how; at least one
   * @param interfaces where; at least one
   * @param schemes of the proxies that are of use
   * @param preferred of which scheme those are that are tried first
   * @param time how long to listen while nothing is heard, or after everybody that was heard has failed
   */
  public record Plan(Set<Method> methods, List<String> interfaces, Set<Scheme> schemes, Scheme preferred, Duration time) {
    /** How long it takes to hear of a proxy that floods once in a minute over a link that loses some. */
    public static final Duration LONG = Duration.ofSeconds(150);

    /** Keeps unmodifiable copies. */
    public Plan {
      methods = Set.copyOf(methods);
      interfaces = List.copyOf(interfaces);
      schemes = Set.copyOf(schemes);
      if (methods.isEmpty() || interfaces.isEmpty() || schemes.isEmpty()) {
        throw new IllegalArgumentException("a search has a method, an interface and a scheme");
      }
    }
  }

  private Search(Heard heard, Plan plan, PledgeTime time) {
    this.heard = heard;
    this.plan = plan;
    this.listening = new Listening(time.nanos());
  }

  /**
   * Begins to look.
   *
   * @param progress is told of who is heard, on other threads
   * @throws IOException when no method can be used: there is no such interface, or the ports are taken
   */
  public static Search start(Plan plan, PledgeTime time, Progress progress) throws IOException {
    Search search = new Search(new Heard(time.nanos(), new SecureRandom(), progress), plan, time);
    Optional<IOException> failure = Optional.empty();
    for (Method method : EnumSet.copyOf(plan.methods())) {
      try {
        search.begin(method);
      } catch (IOException e) {
        LOG.warn("cannot look by {}: {}", method.label(), e.getMessage());
        failure = Optional.of(e);
      }
    }
    if (search.lookouts.isEmpty()) {
      throw failure.orElseGet(() -> new IOException("none of these methods finds what is wanted"));
    }
    return search;
  }

  private synchronized void begin(Method method) throws IOException {
    Set<Service> wanted = wanted(method);
    if (!wanted.isEmpty()) {
      lookouts.put(method, switch (method) {
        case GRASP -> GraspLookout.dull(plan.interfaces(), wanted, heard);
        case MDNS -> MdnsLookout.start(plan.interfaces(), wanted, heard);
        case COAP -> CoapLookout.start(plan.interfaces(), wanted, heard);
      });
    }
  }

  private Set<Service> wanted(Method method) {
    Set<Service> wanted = EnumSet.noneOf(Service.class);
    if (plan.schemes().contains(Scheme.COAPS)) {
      wanted.add(Service.PROXY_COAPS);
    }
    if (plan.schemes().contains(Scheme.HTTPS) && method != Method.COAP) {
      wanted.add(Service.PROXY_TLS);
    }
    return wanted;
  }

  /** Closes all ports, until {@link #resume} was called as often: what was heard stays known. */
  synchronized void pause() {
    listening.pause();
    lookouts.values().forEach(Lookout::close);
    lookouts.clear();
  }

  /** Goes on looking, once everybody who paused it has said so: whoever awaits news opens the ports, since those of a thread that ends do not last. */
  synchronized void resume() {
    listening.resume();
    nudge();
  }

  /** Begins with those methods that could not begin before, or not again; tells whether all of them look. */
  synchronized boolean tend() {
    boolean areAll = true;
    for (Method method : EnumSet.copyOf(plan.methods())) {
      if (!listening.isPaused() && !isClosed && !lookouts.containsKey(method) && !wanted(method).isEmpty()) {
        try {
          begin(method);
        } catch (IOException e) {
          LOG.debug("cannot look by {}: {}", method.label(), e.getMessage());
          areAll = false;
        }
      }
    }
    return areAll;
  }

  /** Whether any port is open. */
  synchronized boolean isLooking() {
    return !lookouts.isEmpty();
  }

  /** Those that were heard of lately. */
  List<Lead> now() {
    return heard.now();
  }

  /** Of which transport those are that are tried first. */
  Scheme preferred() {
    return plan.preferred();
  }

  /** Whether anybody was ever heard. */
  boolean hasHeard() {
    return heard.isAny();
  }

  /** What is left of the time of the plan, in which only listening counts; zero when it is over. */
  Duration left() {
    Duration left = plan.time().minus(listening.total());
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** How long it was paused, less what was listened since. */
  Duration owed() {
    return listening.owed();
  }

  /** How long to listen before the next pause. */
  Duration rest(Duration least) {
    return listening.rest(least);
  }

  /** Returns once somebody new was heard of, or {@link #nudge} was called, or after {@code longest}. */
  void await(Duration longest) throws SetbackException {
    try {
      heard.await(tend() || longest.compareTo(AGAIN) < 0 ? longest : AGAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SetbackException(PledgeReason.GAVE_UP, "stopped while listening", e);
    }
  }

  /** Ends a wait. */
  void nudge() {
    heard.nudge();
  }

  /** What was done, for people. */
  @Override
  public String toString() {
    return String.join(", ", EnumSet.copyOf(plan.methods()).stream().map(Method::label).toList()) + " on " + String.join(", ", plan.interfaces());
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    lookouts.values().forEach(Lookout::close);
    lookouts.clear();
  }
}

package org.eider.discovery;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eider.grasp.Discovered;
import org.eider.grasp.DomainNode;
import org.eider.grasp.DullNode;
import org.eider.grasp.Flooded;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for services in GRASP floods: for proxies on insecure links, or for registrars in the domain, never both in one. What it sees is
 * told again with every flood. It asks at the start, so that it does not have to wait for the next flood.
 */
public final class GraspLookout implements Lookout {
  private static final Logger LOG = LoggerFactory.getLogger(GraspLookout.class);
  private static final Duration ANSWERS = Duration.ofMillis(500);
  /** RFC 8990 section 4: GRASP_DEF_LOOPCT. */
  private static final int HOPS = 6;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final List<Runnable> closings = new ArrayList<>();
  private final Set<Service> wanted;
  private final Watcher watcher;
  private boolean isClosed;

  private GraspLookout(Set<Service> wanted, boolean ofRegistrars, Watcher watcher) {
    if (wanted.isEmpty() || wanted.stream().anyMatch(service -> service.isRegistrar() != ofRegistrars)) {
      throw new IllegalArgumentException("not to be looked for here: " + wanted);
    }
    this.wanted = EnumSet.copyOf(wanted);
    this.watcher = watcher;
  }

  /**
   * Looks for proxies on insecure links, one instance of GRASP for each.
   *
   * @param wanted of {@code PROXY_TLS} and {@code PROXY_COAPS}
   * @throws IOException when there is no such interface, or the port is taken
   */
  public static GraspLookout dull(List<String> interfaces, Set<Service> wanted, Watcher watcher) throws IOException {
    return dull(interfaces, wanted, watcher, DullNode.Settings.STANDARD);
  }

  /** The same with other settings, for instance another port in tests. */
  public static GraspLookout dull(List<String> interfaces, Set<Service> wanted, Watcher watcher, DullNode.Settings settings)
      throws IOException {
    GraspLookout lookout = new GraspLookout(wanted, false, watcher);
    try {
      for (String name : interfaces) {
        DullNode node = DullNode.open(name, settings, GraspTable.names(wanted), lookout::flooded);
        lookout.closings.add(node::close);
        lookout.asks(name, node::known, (objective, answers) -> node.discover(objective, ANSWERS, answers));
      }
      return lookout;
    } catch (IOException e) {
      lookout.close();
      throw e;
    }
  }

  /**
   * Looks for registrars in the domain.
   *
   * @param wanted of the {@code REGISTRAR_*}
   * @throws IOException when an interface is not there, or a port is taken
   */
  public static GraspLookout domain(GraspDomain config, Set<Service> wanted, Watcher watcher) throws IOException {
    GraspLookout lookout = new GraspLookout(wanted, true, watcher);
    DomainNode node = DomainNode.open(config.settings(), GraspTable.names(wanted), lookout::flooded);
    lookout.closings.add(node::close);
    lookout.asks("domain", node::known, (objective, answers) -> node.discover(objective, HOPS, ANSWERS, answers));
    return lookout;
  }

  /** Asks who has an objective; blocks until the time for answers is over. */
  @FunctionalInterface
  private interface Question {
    void ask(String objective, Consumer<Discovered> answers) throws IOException;
  }

  /**
   * Asks at the start, with more and more time between, until something has been heard: what is there is flooded once in a minute, and a
   * device that was just switched on need not wait so long. Our nodes answer with a flood too; what others answer counts like one.
   */
  private void asks(String where, Function<String, List<Flooded>> known, Question question) {
    Set<String> names = GraspTable.names(wanted);
    Thread thread = new Thread(() -> {
      Duration pause = FIRST_PAUSE;
      while (pause.compareTo(LONGEST_PAUSE) < 0 && names.stream().allMatch(name -> known.apply(name).isEmpty())) {
        names.forEach(name -> ask(where, name, question));
        if (!sleep(pause)) {
          return;
        }
        pause = pause.multipliedBy(2);
      }
    }, "grasp-ask-" + where);
    thread.setDaemon(true);
    thread.start();
  }

  private void ask(String where, String objective, Question question) {
    try {
      question.ask(objective, answer -> GraspTable.asFloods(objective, answer).forEach(this::flooded));
    } catch (IOException e) {
      LOG.info("grasp {}: cannot ask for {}: {}", where, objective, e.getMessage());
    }
  }

  private synchronized boolean sleep(Duration pause) {
    try {
      if (!isClosed) {
        wait(pause.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return !isClosed;
  }

  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
      notifyAll();
    }
    closings.forEach(Runnable::run);
  }

  /** Nodes have threads of their own; the watcher is told one thing at a time. */
  private synchronized void flooded(Flooded flooded) {
    GraspTable.sighting(flooded, wanted).ifPresent(watcher::seen);
  }
}

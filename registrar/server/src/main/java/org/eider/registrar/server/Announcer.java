package org.eider.registrar.server;

import java.io.Closeable;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.eider.discovery.Herald;
import org.eider.discovery.Offer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has heralds tell of the registrar's ports, each on its interfaces with their addresses of the moment, as long as the ports listen and
 * the registrar can serve. Looks again every few seconds, since addresses and interfaces come and go.
 */
final class Announcer implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
  /** Of one interface: more would only make messages long. */
  private static final int MOST_ADDRESSES = 4;

  private final List<Task> tasks;
  private final List<Endpoint> endpoints;
  private final boolean asProxy;
  private final BooleanSupplier canServe;
  private final ScheduledThreadPoolExecutor thread;

  /** A herald, its interfaces, and what it tells now. */
  private static final class Task {
    final Announcement announcement;
    Set<Offer> told = Set.of();

    Task(Announcement announcement) {
      this.announcement = announcement;
    }
  }

  /**
   * Who tells, and where.
   *
   * @param method for the log
   */
  record Announcement(String method, Herald herald, List<String> interfaces) {}

  private Announcer(List<Announcement> announcements, List<Endpoint> endpoints, boolean asProxy, BooleanSupplier canServe) {
    this.tasks = announcements.stream().map(Task::new).toList();
    this.endpoints = List.copyOf(endpoints);
    this.asProxy = asProxy;
    this.canServe = canServe;
    this.thread = new ScheduledThreadPoolExecutor(1, work -> {
      Thread made = new Thread(work, "announcer");
      made.setDaemon(true);
      return made;
    });
  }

  /**
   * Tells now, and looks again every {@code period}; closes the heralds in the end, which withdraws everything.
   *
   * @param asProxy whether pledges are told too
   * @param canServe whether the registrar can serve, apart from its ports
   */
  static Announcer start(List<Announcement> announcements, List<Endpoint> endpoints, boolean asProxy, BooleanSupplier canServe, Duration period) {
    Announcer announcer = new Announcer(announcements, endpoints, asProxy, canServe);
    announcer.look();
    announcer.thread.scheduleWithFixedDelay(announcer::look, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    return announcer;
  }

  /** Tells what is so at this moment, where that is not what is told already. */
  private synchronized void look() {
    try {
      boolean isServing = canServe.getAsBoolean();
      for (Task task : tasks) {
        Set<Offer> offers = isServing ? offers(task.announcement.interfaces()) : Set.of();
        if (!offers.equals(task.told)) {
          task.announcement.herald().tell(offers);
          task.told = offers;
          LOG.info("announces by {}: {}", task.announcement.method(), offers.isEmpty() ? "nothing" : text(offers));
        }
      }
    } catch (RuntimeException e) { // the end of this look, and not of all that follow
      LOG.error("the registrar could not be announced", e);
    }
  }

  private Set<Offer> offers(List<String> interfaces) {
    Set<Offer> offers = new LinkedHashSet<>();
    for (String name : interfaces) {
      List<InetAddress> all = addresses(name);
      for (Endpoint endpoint : endpoints) {
        if (endpoint.isListening().getAsBoolean() && (asProxy || endpoint.service().isRegistrar())) {
          List<InetAddress> here = all.stream().filter(endpoint::isAt).toList();
          chosen(here, endpoint.service().isRegistrar()).forEach(address ->
              offers.add(new Offer(endpoint.service(), name, address, endpoint.port())));
        }
      }
    }
    return offers;
  }

  /** The addresses of an interface; none when it is not there or down. */
  private static List<InetAddress> addresses(String name) {
    try {
      NetworkInterface on = NetworkInterface.getByName(name);
      return on == null || !on.isUp() ? List.of() : on.inetAddresses().toList();
    } catch (SocketException gone) {
      return List.of();
    }
  }

  /**
   * The addresses to tell, IPv6 first. Of a registrar those that are good beyond the link, and only where there is none, the link-local
   * ones; of a proxy those of the link only (RFC 8995 section 4.1.1). The loopback interface has its own for both.
   */
  static List<InetAddress> chosen(List<InetAddress> all, boolean isRegistrar) {
    List<InetAddress> usable = all.stream().filter(address -> !address.isAnyLocalAddress() && !address.isMulticastAddress())
        .sorted(Comparator.comparing(address -> !(address instanceof Inet6Address))).toList();
    Stream<InetAddress> near = usable.stream().filter(address -> address instanceof Inet6Address && address.isLinkLocalAddress());
    List<InetAddress> far = usable.stream().filter(address -> !address.isLinkLocalAddress()).toList();
    boolean isLoopback = !far.isEmpty() && far.stream().allMatch(InetAddress::isLoopbackAddress);
    return (isRegistrar ? far.isEmpty() ? near : far.stream() : isLoopback ? far.stream() : near).limit(MOST_ADDRESSES).toList();
  }

  private static List<String> text(Set<Offer> offers) {
    return offers.stream().map(offer -> offer.service().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + "=["
        + offer.address().getHostAddress() + "]:" + offer.port() + " on " + offer.interfaceName()).toList();
  }

  @Override
  public void close() throws IOException {
    thread.shutdownNow();
    synchronized (this) {
      List<Task> reversed = new ArrayList<>(tasks);
      java.util.Collections.reverse(reversed);
      reversed.forEach(task -> task.announcement.herald().close());
    }
    LOG.info("announces nothing any more");
  }
}

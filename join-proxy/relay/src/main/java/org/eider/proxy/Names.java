package org.eider.proxy;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for the addresses of configured registrars at the start and now and then, on a thread of its own; the last answer counts. */
final class Names implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Names.class);
  private static final Duration AGAIN = Duration.ofMinutes(1);
  /** How long the start waits; whoever has no addresses then gets them later. */
  private static final Duration FIRST = Duration.ofSeconds(1);

  private final List<RegistrarUri> named;
  private final Registrars registrars;
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("proxy-names", true));
  private final Map<RegistrarUri, List<InetSocketAddress>> last = new HashMap<>();

  private Names(List<RegistrarUri> named, Registrars registrars) {
    this.named = named;
    this.registrars = registrars;
  }

  static Names start(List<RegistrarUri> named, Registrars registrars) {
    Names names = new Names(named, registrars);
    if (named.isEmpty()) {
      return names;
    }
    var first = names.thread.submit(names::resolve);
    names.thread.scheduleWithFixedDelay(names::resolve, AGAIN.toSeconds(), AGAIN.toSeconds(), TimeUnit.SECONDS);
    try {
      first.get(FIRST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException later) {
      LOG.info("the addresses of the registrars take a while to find");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return names;
  }

  private void resolve() {
    registrars.configure(named, this::addresses);
  }

  private List<InetSocketAddress> addresses(RegistrarUri uri) {
    try {
      last.put(uri, Arrays.stream(InetAddress.getAllByName(uri.host())).map(address -> new InetSocketAddress(address, uri.port())).toList());
    } catch (UnknownHostException e) {
      LOG.warn("no address of {} was found{}", uri, last.containsKey(uri) ? ", so the last one is used" : "");
    }
    return last.getOrDefault(uri, List.of());
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}

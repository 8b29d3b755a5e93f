package org.eider.registrar.server;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eider.pki.Credential;
import org.eider.registrar.EmbeddedCa;
import org.eider.registrar.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registrar's own key and certificate, renewed while it runs: now and then the CA is asked, which makes another certificate for the
 * same key when less than a third of the life of the old one remains. A renewal that fails is logged and tried again at the next look;
 * until then the old certificate is shown. Safe for many threads.
 */
final class OwnCredential implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(OwnCredential.class);

  private final EmbeddedCa ca;
  private final List<String> names;
  private final AtomicReference<Credential> current;
  private final CopyOnWriteArrayList<Consumer<Credential>> listeners = new CopyOnWriteArrayList<>();
  private final ScheduledThreadPoolExecutor thread;

  private OwnCredential(EmbeddedCa ca, List<String> names, Credential first) {
    this.ca = ca;
    this.names = List.copyOf(names);
    this.current = new AtomicReference<>(first);
    this.thread = new ScheduledThreadPoolExecutor(1, work -> {
      Thread made = new Thread(work, "own-certificate");
      made.setDaemon(true);
      return made;
    });
    thread.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
  }

  /**
   * The credential as the CA has it, or makes it now; looked at again every {@code period}.
   *
   * @param names under which clients reach the registrar, as {@link EmbeddedCa#registrarCredential} takes them
   * @throws IOException when there is none to be had
   */
  static OwnCredential of(EmbeddedCa ca, List<String> names, Duration period) throws IOException {
    OwnCredential own = new OwnCredential(ca, names, ca.registrarCredential(names));
    own.thread.scheduleWithFixedDelay(own::look, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    return own;
  }

  /** The one to show and to sign with. */
  Credential current() {
    return current.get();
  }

  /** Has {@code listener} told of each renewal, before it is used for anything else. */
  void onRenewal(Consumer<Credential> listener) {
    listeners.add(listener);
  }

  /** Renews when it is time to. */
  synchronized void look() {
    try {
      Credential found = ca.registrarCredential(names);
      if (!found.certificate().equals(current.get().certificate())) {
        listeners.forEach(listener -> listener.accept(found));
        current.set(found);
        LOG.info("the registrar's certificate was renewed until {}", found.certificate().getNotAfter().toInstant());
      }
    } catch (IOException | StoreException e) {
      LOG.error("the registrar's certificate, good until {}, could not be renewed: {}",
          current.get().certificate().getNotAfter().toInstant(), e.getMessage());
    } catch (RuntimeException e) { // the end of this look, and not of all that follow
      LOG.error("the registrar's certificate could not be renewed", e);
    }
  }

  /** Looks no more. */
  @Override
  public void close() {
    thread.shutdown();
  }
}

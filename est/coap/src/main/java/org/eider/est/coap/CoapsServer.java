package org.eider.est.coap;

import io.github.bucket4j.TimeMeter;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.x509.NewAdvancedCertificateVerifier;
import org.eider.pki.Credential;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A CoAP server over DTLS 1.2 (RFC 7252, RFC 7959, RFC 9146), for clients with X.509 certificates of any issuer. One log line per
 * exchange, with method, path, code, milliseconds, session id and the answer's note.
 *
 * <p>Its threads are daemons: a program that only serves keeps its main thread.
 */
public final class CoapsServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CoapsServer.class);
  private static final long WORKER_IDLE_SECONDS = 30;
  private static final long SWEEP_SECONDS = 1;
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final CoapsConfig config;
  private final ThreadPoolExecutor workers;
  private final ScheduledThreadPoolExecutor protocol;
  private final Handshakes handshakes;
  private final CoapEndpoint endpoint;
  private final InetSocketAddress address;
  private boolean closed;

  private CoapsServer(CoapsConfig config, CoapRoutes routes, InetAddress host, CoapEvents events) throws IOException {
    this.config = config;
    this.workers = workers(config);
    this.protocol = new ScheduledThreadPoolExecutor(Math.max(2, Runtime.getRuntime().availableProcessors()), daemons(config, "coap"));
    protocol.setRemoveOnCancelPolicy(true);
    ExchangeLog log = new ExchangeLog(TimeMeter.SYSTEM_NANOTIME);
    Optional<ReturnPaths> paths = config.relayed().map(relayed -> new ReturnPaths(new SecureRandom()));
    this.handshakes = new Handshakes(config, events, log, address -> new Peer(address,
        paths.flatMap(ways -> ways.to(address)).map(ReturnPaths.Path::relay)), TimeMeter.SYSTEM_NANOTIME);
    Abbreviation abbreviation = new Abbreviation(config.abbreviation());
    Dispatcher dispatcher = new Dispatcher(routes, config.limits(), new Dispatcher.Threads(workers, protocol), handshakes, events, log);
    Configuration settings = ServerSettings.of(config);
    ServerConnector connector = connector(settings, host, paths, (relay, why) -> {
      log.dropped(relay, why);
      events.datagramDropped();
    });
    handshakes.evictWith(connector::evict);
    this.endpoint = CoapEndpoint.builder()
        .setConfiguration(settings)
        .setConnector(connector)
        .setEndpointContextMatcher(new SessionMatcher())
        .setDataSerializerAndParser(new UdpDataSerializer(), new StrictParser(abbreviation.registry()))
        .setCoapStackFactory(new CoapStacks(new Gatekeeper(new RequestJudge(routes, abbreviation), dispatcher)))
        .setLoggingTag(config.name())
        .build();
    endpoint.setExecutors(protocol, protocol);
    endpoint.setMessageDeliverer(dispatcher);
    bind();
    protocol.scheduleWithFixedDelay(() -> sweep(connector), SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    this.address = endpoint.getAddress();
  }

  /**
   * Binds and begins to take handshakes.
   *
   * @throws BindException when the address cannot be bound; the message names host and port
   * @throws IOException when the host has no address
   * @throws IllegalArgumentException when the credential's key is not on an elliptic curve
   */
  public static CoapsServer start(CoapsConfig config, CoapRoutes routes) throws IOException {
    return start(config, routes, CoapEvents.NONE);
  }

  /** As {@link #start(CoapsConfig, CoapRoutes)}, with somebody who listens to what happens. */
  public static CoapsServer start(CoapsConfig config, CoapRoutes routes, CoapEvents events) throws IOException {
    Dtls.showable(config.credential());
    return new CoapsServer(config, routes, InetAddress.getByName(config.host()), events);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * Shows another credential in handshakes that begin from now on. Sessions that there are keep what they were shown, and go on naming
   * it.
   *
   * @throws IllegalArgumentException when the credential's key is not on an elliptic curve
   */
  public void show(Credential credential) {
    handshakes.show(Dtls.showable(credential));
  }

  /** How many DTLS sessions there are. */
  public int sessions() {
    return handshakes.sessions();
  }

  /** How many handshakes are going on. */
  public int handshakes() {
    return handshakes.handshakes();
  }

  /** How many requests wait for a worker. */
  public int queued() {
    return workers.getQueue().size();
  }

  /** How many workers have a request. */
  public int busyWorkers() {
    return workers.getActiveCount();
  }

  /** Whether it takes handshakes and requests. */
  public boolean isListening() {
    return endpoint.isStarted();
  }

  /** Takes no more requests, finishes what is in flight up to the drain time, then closes every session. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    workers.shutdown();
    try {
      if (!workers.awaitTermination(config.limits().drain().toNanos(), TimeUnit.NANOSECONDS)) {
        workers.shutdownNow();
      }
      protocol.submit(() -> { }).get(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      LOG.warn("{}: answers that were not sent within a second are lost: {}", config.name(), e.toString());
    }
    Dtls.farewell((DTLSConnector) endpoint.getConnector(), FAREWELL);
    endpoint.destroy();
    protocol.shutdownNow();
  }

  private void sweep(ServerConnector connector) {
    handshakes.sweep();
    config.relayed().ifPresent(relayed -> {
      handshakes.open().forEach(session -> connector.evictIdle(session, relayed.idle()));
      connector.sweep();
    });
  }

  private ServerConnector connector(Configuration settings, InetAddress host, Optional<ReturnPaths> paths, FramedConnector.Drops drops) {
    NewAdvancedCertificateVerifier verifier = new PeerCertificates(handshakes::associate);
    int most = config.limits().sessions() + config.limits().handshakes();
    DtlsConnectorConfig dtls = DtlsConnectorConfig.builder(settings)
        .setAddress(new InetSocketAddress(host, config.port()))
        .setCertificateIdentityProvider(new OwnCertificate(handshakes::shownOn))
        .setAdvancedCertificateVerifier(verifier)
        .setApplicationLevelInfoSupplier((principal, association) ->
            association instanceof Association known ? known.info() : org.eclipse.californium.elements.auth.AdditionalInfo.from(Map.of()))
        .setSessionListener(handshakes)
        .setConnectionListener(handshakes)
        .setLoggingTag(config.name())
        .build();
    return config.relayed().<ServerConnector>map(relayed ->
        FramedConnector.of(dtls, most, relayed.framing(), paths.orElseThrow(), drops)).orElseGet(() -> new ServerConnector(dtls, most));
  }

  private void bind() throws IOException {
    try {
      endpoint.start();
    } catch (IOException e) {
      workers.shutdown();
      protocol.shutdownNow();
      String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
      BindException failure = new BindException("cannot listen on " + host + ":" + config.port() + ": " + e.getMessage());
      failure.initCause(e);
      throw failure;
    }
  }

  private static ThreadPoolExecutor workers(CoapsConfig config) {
    int queue = config.limits().queue();
    BlockingQueue<Runnable> waiting = queue == 0 ? new SynchronousQueue<>() : new LinkedBlockingQueue<>(queue);
    int threads = config.limits().workers();
    ThreadPoolExecutor workers =
        new ThreadPoolExecutor(threads, threads, WORKER_IDLE_SECONDS, TimeUnit.SECONDS, waiting, daemons(config, "worker"));
    workers.allowCoreThreadTimeOut(true);
    return workers;
  }

  private static java.util.concurrent.ThreadFactory daemons(CoapsConfig config, String what) {
    return Daemons.named(config.name() + "-" + what);
  }
}

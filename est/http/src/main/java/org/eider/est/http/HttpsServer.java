package org.eider.est.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.jsse.BCSSLParameters;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;

/**
 * An HTTP/1.1 server over TLS 1.2 and 1.3. Every answer carries a session id in the header {@code x-eider-session}; one log line per
 * exchange, with method, path, status, milliseconds, session id and the response's note.
 *
 * <p>Its threads are daemons: a program that only serves keeps its main thread.
 */
public final class HttpsServer implements AutoCloseable {
  private static final Duration WORKER_IDLE = Duration.ofSeconds(30);

  private final ServerContext context;
  private final ServerConfig config;
  private final MultiThreadIoEventLoopGroup loops;
  private final ThreadPoolExecutor workers;
  private final AtomicReference<Face> face;
  private final Channel acceptor;
  private final InetSocketAddress address;
  private boolean closed;

  private HttpsServer(ServerConfig config, Routes routes, InetAddress host, ServerEvents events, InstantSource clock) throws IOException {
    this.config = config;
    this.workers = workers(config);
    this.loops = new MultiThreadIoEventLoopGroup(Math.max(2, Runtime.getRuntime().availableProcessors()),
        new DefaultThreadFactory(config.name() + "-io", true), NioIoHandler.newFactory());
    this.face = new AtomicReference<>(config.credential().map(this::face).orElseGet(() -> plain(clock)));
    this.context = new ServerContext(config, routes, workers, events, clock);
    this.acceptor = bind(new InetSocketAddress(host, config.port()));
    this.address = (InetSocketAddress) acceptor.localAddress();
  }

  /**
   * Binds and begins to accept.
   *
   * @throws BindException when the address cannot be bound; the message names host and port
   * @throws IOException when the host has no address
   * @throws IllegalArgumentException when it would speak plain HTTP on an address that is not loopback
   */
  public static HttpsServer start(ServerConfig config, Routes routes) throws IOException {
    return start(config, routes, ServerEvents.NONE);
  }

  /** As {@link #start(ServerConfig, Routes)}, with somebody who listens to what happens. */
  public static HttpsServer start(ServerConfig config, Routes routes, ServerEvents events) throws IOException {
    return start(config, routes, events, Clock.systemUTC());
  }

  /** As {@link #start(ServerConfig, Routes)}, with the clock that dates the answers. */
  static HttpsServer start(ServerConfig config, Routes routes, InstantSource clock) throws IOException {
    return start(config, routes, ServerEvents.NONE, clock);
  }

  private static HttpsServer start(ServerConfig config, Routes routes, ServerEvents events, InstantSource clock) throws IOException {
    InetAddress host = InetAddress.getByName(config.host());
    if (config.credential().isEmpty() && !host.isLoopbackAddress()) {
      throw new IllegalArgumentException("plain HTTP is for loopback addresses only, not for " + config.host());
    }
    return new HttpsServer(config, routes, host, events, clock);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * Shows another credential to whoever connects from now on. Connections that are open keep what they were shown, and their
   * sessions go on naming it.
   *
   * @throws IllegalStateException when this server speaks plain HTTP
   */
  public void show(Credential credential) {
    if (config.credential().isEmpty()) {
      throw new IllegalStateException("plain HTTP shows no certificate");
    }
    face.set(face(credential));
  }

  /** How many connections are open. */
  public int connections() {
    return context.connections().size();
  }

  /** How many requests wait for a worker. */
  public int queued() {
    return workers.getQueue().size();
  }

  /** How many workers have a request. */
  public int busyWorkers() {
    return workers.getActiveCount();
  }

  /** Whether it accepts connections. */
  public boolean isListening() {
    return acceptor.isActive() && !context.isDraining();
  }

  /** Stops accepting, finishes what is in flight up to the drain time, then closes. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    long deadline = System.nanoTime() + config.limits().drain().toNanos();
    acceptor.close().awaitUninterruptibly();
    context.drain();
    context.connections().forEach(ServerConnection::drain);
    boolean patient = true;
    for (ServerConnection connection : context.connections()) {
      patient = patient && connection.awaitEnd(deadline - System.nanoTime());
    }
    workers.shutdown();
    context.connections().forEach(connection -> connection.abort().awaitUninterruptibly());
    workers.shutdownNow();
    awaitWorkers();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private void awaitWorkers() {
    try {
      workers.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Channel bind(InetSocketAddress at) throws IOException {
    ServerBootstrap bootstrap = new ServerBootstrap()
        .group(loops)
        .channel(NioServerSocketChannel.class)
        .option(ChannelOption.SO_BACKLOG, 1024)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(new ServerPipeline(context, face::get));
    ChannelFuture bound = bootstrap.bind(at).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      workers.shutdown();
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
      String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
      BindException failure = new BindException("cannot listen on " + host + ":" + at.getPort() + ": " + bound.cause().getMessage());
      failure.initCause(bound.cause());
      throw failure;
    }
    return bound.channel();
  }

  private Face face(Credential credential) {
    return new Face(credential.certificate(), Optional.of(engines(credential)));
  }

  private Supplier<SSLEngine> engines(Credential credential) {
    SSLContext tls = Tls.context(List.of(new OwnKey(credential)), new AnyIssuer());
    BCSSLParameters parameters = Tls.parameters(List.of(Tls.V13, Tls.V12), List.of());
    parameters.setUseCipherSuitesOrder(true);
    parameters.setWantClientAuth(config.askForClientCertificate());
    return () -> {
      SSLEngine engine = tls.createSSLEngine();
      engine.setUseClientMode(false);
      Tls.beyond(engine).setParameters(parameters);
      return engine;
    };
  }

  /**
   * What a connection is shown, from its first octet to its last.
   *
   * @param certificate the end-entity certificate
   * @param engines makes the connection's end of TLS; empty for plain HTTP
   */
  record Face(X509Certificate certificate, Optional<Supplier<SSLEngine>> engines) {}

  private static ThreadPoolExecutor workers(ServerConfig config) {
    int queue = config.limits().queue();
    BlockingQueue<Runnable> waiting = queue == 0 ? new SynchronousQueue<>() : new LinkedBlockingQueue<>(queue);
    int threads = config.limits().workers();
    ThreadPoolExecutor workers = new ThreadPoolExecutor(threads, threads, WORKER_IDLE.toSeconds(), TimeUnit.SECONDS, waiting,
        new DefaultThreadFactory(config.name() + "-worker", true));
    workers.allowCoreThreadTimeOut(true);
    return workers;
  }

  /** Plain HTTP shows nothing, so its sessions say they showed a certificate that nobody has the key of. */
  private static Face plain(InstantSource clock) {
    SecureRandom random = new SecureRandom();
    KeyPair discarded = KeyType.P256.generate(random);
    Instant now = clock.instant();
    return new Face(
        CertificateMaker.selfSignedCa(new X500Name("CN=plain HTTP"), discarded, CertificateMaker.newSerial(random), now, now, 0),
        Optional.empty());
  }
}

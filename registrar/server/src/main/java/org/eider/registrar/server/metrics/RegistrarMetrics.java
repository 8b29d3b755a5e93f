package org.eider.registrar.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.eider.est.coap.CoapEvents;
import org.eider.est.coap.CoapsServer;
import org.eider.est.http.HttpsServer;
import org.eider.est.http.ServerEvents;
import org.eider.registrar.DeviceState;
import org.eider.registrar.MasaDesk;
import org.eider.registrar.StoreException;

/**
 * Counts what happens, for Prometheus. Labels are routes as we registered them, status codes, names of our own constants and of
 * configured manufacturers.
 */
public final class RegistrarMetrics implements ServerEvents {
  /** The media type of {@link #scrape}. */
  public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final int MOST_SERIES = 500;
  private static final Pattern CONSTANT = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");
  private static final String NONE = "none";
  private static final String OTHER = "other";
  private static final Duration[] BUCKETS = Arrays.stream(new long[] {1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000})
      .mapToObj(Duration::ofMillis).toArray(Duration[]::new);

  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Bounded<Answered, Counter> exchanges = new Bounded<>(MOST_SERIES, new Answered(OTHER, OTHER, OTHER), key ->
      Counter.builder("eider.exchanges").description("Exchanges by route, status and reason of refusal")
          .tags("route", key.route(), "status", key.status(), "reason", key.reason()).register(registry));
  private final Bounded<String, Timer> exchangeTimes = new Bounded<>(MOST_SERIES, OTHER, route ->
      timer("eider.exchange", "From the first octet of a request to the last of its answer").tag("route", route).register(registry));
  private final Bounded<MasaCall, Timer> masaCalls = new Bounded<>(MOST_SERIES, new MasaCall(OTHER, OTHER, OTHER), key ->
      timer("eider.masa.call", "Requests to MASAs").tags("manufacturer", key.manufacturer(), "operation", key.operation(),
          "outcome", key.outcome()).register(registry));
  private final Map<Shed, Counter> sheds = new EnumMap<>(Shed.class);
  private final Counter opened = counter("eider.connections.opened", "Connections that were let in");
  private final Counter closed = counter("eider.connections.closed", "Connections that were let in and have ended");
  private final Timer handshakes = timer("eider.handshake", "TLS handshakes that were finished").tag("outcome", "done").register(registry);
  private final Timer failedHandshakes = timer("eider.handshake", "TLS handshakes that were finished").tag("outcome", "failed")
      .register(registry);
  private final AtomicReference<Supplier<Map<DeviceState, Long>>> census = new AtomicReference<>(Map::of);
  private final AtomicReference<Optional<Map<DeviceState, Long>>> counted = new AtomicReference<>(Optional.empty());

  private record Answered(String route, String status, String reason) {}

  private record MasaCall(String manufacturer, String operation, String outcome) {}

  /** Metrics that have counted nothing yet; those of the Java process are there. */
  public RegistrarMetrics() {
    for (Shed shed : Shed.values()) {
      sheds.put(shed, Counter.builder("eider.shed").description("What was not served, so that others could be").tag("what", label(shed))
          .register(registry));
    }
    for (DeviceState state : DeviceState.values()) {
      Gauge.builder("eider.devices", () -> inState(state)).description("Devices by state").tag("state", label(state)).register(registry);
    }
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** Shows how much a server has to do, from now on. */
  public void watch(HttpsServer server) {
    gauge("eider.connections", "Open connections", server::connections);
    gauge("eider.queue", "Requests that wait for a worker", server::queued);
    gauge("eider.workers.busy", "Workers that have a request", server::busyWorkers);
  }

  /** Shows how much goes on with MASAs, from now on. */
  public void watch(MasaDesk desk) {
    gauge("eider.masa.pending", "Exchanges with MASAs whose pledges have not been answered for good", () -> desk.get().pending());
    gauge("eider.masa.waiting", "Requests that wait for a MASA", () -> desk.get().waiting());
  }

  /** Shows until when the registrar's own certificate is good. */
  public void certificateUntil(Supplier<Instant> end) {
    Gauge.builder("eider.certificate.until", () -> end.get().getEpochSecond()).baseUnit("seconds")
        .description("When the registrar's certificate ends, in seconds since 1970").register(registry);
  }

  /** Shows how many devices are in which state; asked once for each scrape. */
  public void census(Supplier<Map<DeviceState, Long>> source) {
    census.set(source);
  }

  /** Everything, in the text format of Prometheus. */
  public synchronized String scrape() {
    try {
      counted.set(Optional.of(census.get().get()));
    } catch (StoreException unreadable) {
      counted.set(Optional.empty());
    }
    return registry.scrape();
  }

  /** A MASA was asked. */
  void masaCall(String manufacturer, String operation, String outcome, long nanos) {
    masaCalls.of(new MasaCall(manufacturer, operation, constant(Optional.of(outcome)))).record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void connectionOpened() {
    opened.increment();
  }

  @Override
  public void connectionClosed() {
    closed.increment();
  }

  @Override
  public void handshakeDone(long nanos) {
    handshakes.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void handshakeFailed(long nanos) {
    failedHandshakes.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void exchange(Exchange exchange) {
    answered(exchange.route(), Integer.toString(exchange.status()), exchange.reason(), exchange.nanos());
  }

  /** Whoever counts what happens over CoAPS; to be asked for once. */
  public CoapEvents coap() {
    return new CoapMetrics(this, registry);
  }

  /** Shows how much a server has to do, from now on. */
  public void watch(CoapsServer server) {
    gauge("eider.dtls.sessions", "DTLS sessions", server::sessions);
    gauge("eider.coap.queue", "Requests over CoAPS that wait for a worker", server::queued);
    gauge("eider.coap.workers.busy", "Workers that have a request over CoAPS", server::busyWorkers);
  }

  /** The same of the server for stateless join proxies. */
  public void watchJpy(CoapsServer server) {
    gauge("eider.jpy.sessions", "DTLS sessions through stateless join proxies", server::sessions);
    gauge("eider.jpy.queue", "Requests through stateless join proxies that wait for a worker", server::queued);
    gauge("eider.jpy.workers.busy", "Workers that have a request through a stateless join proxy", server::busyWorkers);
  }

  /** An exchange over whatever transport. */
  void answered(Optional<String> path, String status, Optional<String> reason, long nanos) {
    String route = path.orElse(NONE);
    exchanges.of(new Answered(route, status, constant(reason))).increment();
    exchangeTimes.of(route).record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void shed(Shed what) {
    sheds.get(what).increment();
  }

  private double inState(DeviceState state) {
    return counted.get().map(all -> all.getOrDefault(state, 0L).doubleValue()).orElse(Double.NaN);
  }

  private void gauge(String name, String what, Supplier<Number> value) {
    Gauge.builder(name, value).description(what).register(registry);
  }

  private Counter counter(String name, String what) {
    return Counter.builder(name).description(what).register(registry);
  }

  static Timer.Builder timer(String name, String what) {
    return Timer.builder(name).description(what).serviceLevelObjectives(BUCKETS);
  }

  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What is no name of a constant is no label: nothing else is ever expected here. */
  private static String constant(Optional<String> name) {
    return name.map(text -> CONSTANT.matcher(text).matches() ? text : OTHER).orElse(NONE);
  }
}

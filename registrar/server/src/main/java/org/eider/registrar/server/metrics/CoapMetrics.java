package org.eider.registrar.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eider.est.coap.CoapEvents;

/** Counts what happens over CoAPS; exchanges among those of HTTPS, the rest by itself. */
final class CoapMetrics implements CoapEvents {
  private final RegistrarMetrics metrics;
  private final Map<Shed, Counter> sheds = new EnumMap<>(Shed.class);
  private final Counter opened;
  private final Counter closed;
  private final Counter dropped;
  private final Timer handshakes;
  private final Timer failedHandshakes;

  CoapMetrics(RegistrarMetrics metrics, MeterRegistry registry) {
    this.metrics = metrics;
    for (Shed shed : Shed.values()) {
      sheds.put(shed, Counter.builder("eider.coap.shed").description("What was not served over CoAPS, so that others could be")
          .tag("what", RegistrarMetrics.label(shed)).register(registry));
    }
    this.opened = Counter.builder("eider.dtls.sessions.opened").description("DTLS sessions that were established").register(registry);
    this.closed = Counter.builder("eider.dtls.sessions.closed").description("DTLS sessions that are forgotten").register(registry);
    this.dropped = Counter.builder("eider.jpy.dropped").description("Datagrams that were no JPY messages, or did not fit").register(registry);
    String what = "DTLS handshakes that were finished";
    this.handshakes = RegistrarMetrics.timer("eider.dtls.handshake", what).tag("outcome", "done").register(registry);
    this.failedHandshakes = RegistrarMetrics.timer("eider.dtls.handshake", what).tag("outcome", "failed").register(registry);
  }

  @Override
  public void sessionOpened() {
    opened.increment();
  }

  @Override
  public void sessionClosed() {
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
    metrics.answered(exchange.route(), exchange.code().toString(), exchange.reason(), exchange.nanos());
  }

  @Override
  public void datagramDropped() {
    dropped.increment();
  }

  @Override
  public void shed(Shed what) {
    sheds.get(what).increment();
  }
}

package org.eider.registrar.server;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.eider.discovery.Service;
import org.eider.est.EstService;
import org.eider.est.coap.CoapDiscovery;
import org.eider.est.coap.CoapEvents;
import org.eider.est.coap.CoapRoutes;
import org.eider.est.coap.CoapsConfig;
import org.eider.est.coap.CoapsServer;
import org.eider.est.coap.DiscoveryConfig;
import org.eider.est.coap.EstResources;
import org.eider.registrar.TelemetryService;
import org.eider.registrar.VoucherService;
import org.eider.registrar.server.coap.BrskiResources;
import org.eider.registrar.server.config.AnnounceSettings;
import org.eider.registrar.server.config.CoapsSettings;
import org.eider.registrar.server.config.RegistrarConfig;
import org.eider.registrar.server.jpy.JpyFraming;
import org.eider.registrar.server.metrics.Readiness;
import org.eider.registrar.server.metrics.RegistrarMetrics;
import org.eider.wire.ContentFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services over CoAP and DTLS: for devices that reach the registrar themselves, for those behind stateless join proxies, and where
 * both are for who asks without DTLS.
 */
final class CoapFront implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(CoapFront.class);

  private final RegistrarConfig config;
  private final OwnCredential own;
  private final RegistrarMetrics metrics;
  private final Deque<Closeable> parts = new ArrayDeque<>();
  private Optional<CoapsServer> coaps = Optional.empty();
  private Optional<CoapsServer> jpy = Optional.empty();

  private CoapFront(RegistrarConfig config, OwnCredential own, RegistrarMetrics metrics) {
    this.config = config;
    this.own = own;
    this.metrics = metrics;
  }

  /** What is behind it. */
  record Services(VoucherService vouchers, TelemetryService telemetry, EstService est) {}

  /** Begins to serve what the configuration has switched on; nothing is left behind when that fails. */
  static CoapFront start(RegistrarConfig config, Services services, OwnCredential own, RegistrarMetrics metrics) throws IOException {
    CoapFront front = new CoapFront(config, own, metrics);
    boolean started = false;
    try {
      if (config.coaps().servesDtls()) {
        front.serve(routes(config, services));
      }
      started = true;
      return front;
    } finally {
      if (!started) {
        front.close();
      }
    }
  }

  private static CoapRoutes routes(RegistrarConfig config, Services services) {
    CoapRoutes.Builder resources = CoapRoutes.builder();
    BrskiResources.addTo(resources, services.vouchers(), services.telemetry());
    EstResources.addTo(resources, services.est(), switch (config.coaps().withoutAccept()) {
      case PKCS7 -> ContentFormat.CERTS_ONLY;
      case X509 -> ContentFormat.PKIX_CERT;
    });
    return resources.build();
  }

  private void serve(CoapRoutes routes) throws IOException {
    CoapsSettings settings = config.coaps();
    CoapEvents events = metrics.coap();
    if (settings.enabled()) {
      coaps = Optional.of(start(new CoapsConfig("coaps", settings.host(), settings.port(), own.current(), settings.kit(config.limits())),
          routes, events));
      coaps.ifPresent(metrics::watch);
    }
    CoapsSettings.Jpy proxies = settings.jpy();
    if (proxies.enabled()) {
      jpy = Optional.of(start(
          new CoapsConfig("jpy", proxies.host(), proxies.port(), own.current(), settings.jpyKit(config.limits()))
              .withRelayed(new JpyFraming(), proxies.idle()), routes, events));
      jpy.ifPresent(metrics::watchJpy);
    }
    if (!config.announce().coap().isEmpty()) {
      parts.push(CoapDiscovery.start(told(), routes)::close);
      LOG.info("discovery coap={}:{} interfaces={}", settings.host(), config.announce().coapPort(), config.announce().coap());
    }
  }

  private DiscoveryConfig told() {
    AnnounceSettings announce = config.announce();
    DiscoveryConfig nothing = new DiscoveryConfig("discovery", config.coaps().host(), announce.coapPort(), announce.coap())
        .withAbbreviation(config.coaps().pathAbbreviation()).asProxy(announce.asProxy());
    DiscoveryConfig resources = coaps.map(server -> nothing.with(server.address())).orElse(nothing);
    return jpy.map(server -> resources.with(new DiscoveryConfig.Elsewhere("jpy", "brski.rjp", server.address()))).orElse(resources);
  }

  private CoapsServer start(CoapsConfig server, CoapRoutes routes, CoapEvents events) throws IOException {
    CoapsServer started = CoapsServer.start(server.withAbbreviation(config.coaps().pathAbbreviation()), routes, events);
    parts.push(started::close);
    own.onRenewal(started::show);
    return started;
  }

  /** Adds what has to listen for the registrar to be ready. */
  void needs(Readiness readiness) {
    coaps.ifPresent(server -> readiness.need("coaps", server::isListening));
    jpy.ifPresent(server -> readiness.need("jpy", server::isListening));
  }

  /** The ports of both, for who announces them. */
  List<Endpoint> endpoints() {
    CoapsSettings settings = config.coaps();
    return Stream.concat(
        coaps.stream().flatMap(server -> Stream.of(
            new Endpoint(Service.REGISTRAR_COAPS, settings.host(), server.address().getPort(), server::isListening),
            new Endpoint(Service.PROXY_COAPS, settings.host(), server.address().getPort(), server::isListening))),
        jpy.stream().map(server ->
            new Endpoint(Service.REGISTRAR_JPY, settings.jpy().host(), server.address().getPort(), server::isListening))).toList();
  }

  /** The port for devices that come themselves, if there is one. */
  OptionalInt coapsPort() {
    return port(coaps);
  }

  /** The port for stateless join proxies, if there is one. */
  OptionalInt jpyPort() {
    return port(jpy);
  }

  private static OptionalInt port(Optional<CoapsServer> server) {
    return server.map(one -> OptionalInt.of(one.address().getPort())).orElse(OptionalInt.empty());
  }

  @Override
  public void close() throws IOException {
    while (!parts.isEmpty()) {
      parts.pop().close();
    }
  }
}

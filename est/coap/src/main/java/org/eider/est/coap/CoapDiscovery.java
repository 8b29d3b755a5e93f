package org.eider.est.coap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.TimeMeter;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.eclipse.californium.core.server.MessageDeliverer;
import org.eclipse.californium.elements.UDPConnector;
import org.eclipse.californium.elements.UdpMulticastConnector;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eider.limits.Quota;
import org.eider.limits.Source;
import org.eider.limits.SourceLimits;
import org.eider.limits.SourceRules;
import org.eider.wire.ContentFormat;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells where the resources of a {@link CoapsServer} are to who asks without DTLS: {@code GET /.well-known/core} over plain CoAP, also by
 * multicast, and nothing else (RFC 6690, RFC 7252 section 8, RFC 9148 section 4.1, constrained-join-proxy section 5.1). Targets are
 * absolute, with an address, never a name or a wildcard.
 *
 * <p>A question by multicast has to name something: one for everything, for whatever has a type, or with an asterisk beyond the link is
 * not answered, and neither is one that nothing here matches.
 *
 * <p>Whoever asks may have forged where from: answers are few and small.
 */
public final class CoapDiscovery implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CoapDiscovery.class);
  private static final long LOOK_SECONDS = 3;
  private static final String JOIN_PORTS = "brski-jp=*";
  private static final long SECOND_SIGHT_MILLIS = 500; // a thread on a busy machine may be that late
  private static final int MOST_WAITING = 256;
  private static final int MOST_SOURCES = 10_000;

  static {
    Jce.prepare();
    CoapConfig.register();
    UdpConfig.register();
  }

  private final DiscoveryConfig config;
  private final Abbreviation abbreviation;
  private final Map<CoapRoutes.Link, DiscoveryConfig.Elsewhere> places = new LinkedHashMap<>();
  private final List<CoapRoutes.Link> links;
  private final ScheduledThreadPoolExecutor protocol;
  private final int port;
  private final Quota total;
  private final Cache<Source, Quota> sources = Caffeine.newBuilder()
      .maximumSize(MOST_SOURCES).expireAfterWrite(Duration.ofMinutes(1)).executor(Runnable::run).build();
  private final Cache<Asked, Boolean> byGroup = Caffeine.newBuilder()
      .maximumSize(MOST_SOURCES).expireAfterWrite(Duration.ofSeconds(5)).executor(Runnable::run).build();
  private final AtomicInteger waiting = new AtomicInteger();
  private CoapEndpoint endpoint;
  private List<MulticastLink> joined;
  private boolean isClosed;
  private boolean isOpen = true;

  private CoapDiscovery(DiscoveryConfig config, CoapRoutes routes) throws IOException {
    this.config = config;
    this.abbreviation = new Abbreviation(config.abbreviation());
    config.elsewhere().forEach(place -> places.put(new CoapRoutes.Link("", place.resourceType(), List.of()), place));
    List<CoapRoutes.Link> all = new ArrayList<>(config.coaps().isPresent() ? routes.links() : List.of());
    all.addAll(places.keySet());
    this.links = List.copyOf(all);
    this.total = quota(config.total());
    this.protocol = new ScheduledThreadPoolExecutor(1, Daemons.named(config.name() + "-discovery"));
    this.port = config.port() == 0 && !config.interfaces().isEmpty() ? freePort() : config.port();
    try {
      this.joined = usable();
      this.endpoint = open(joined);
    } catch (IOException e) {
      protocol.shutdownNow();
      throw e;
    }
    if (!config.interfaces().isEmpty()) {
      protocol.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }
  }

  private List<MulticastLink> usable() throws IOException {
    List<MulticastLink> links = MulticastLink.present(config.interfaces());
    for (String name : config.interfaces()) {
      if (links.stream().noneMatch(link -> link.name().equals(name))) {
        throw new IOException("no network interface that does multicast: " + name);
      }
    }
    return links;
  }

  private CoapEndpoint open(List<MulticastLink> links) throws IOException {
    CoapEndpoint opened = CoapEndpoint.builder()
        .setConfiguration(settings())
        .setConnector(connector(links))
        .setDataSerializerAndParser(new UdpDataSerializer(), new StrictParser(abbreviation.registry()))
        .setCoapStackFactory(new CoapStacks())
        .setLoggingTag(config.name())
        .build();
    opened.setExecutors(protocol, protocol);
    opened.setMessageDeliverer(new Answers());
    try {
      opened.start();
      return opened;
    } catch (IOException e) {
      opened.destroy();
      BindException failure = new BindException("cannot listen on " + config.host() + ":" + port + ": " + e.getMessage());
      failure.initCause(e);
      throw failure;
    }
  }

  /** Joins the groups anew where interfaces have come back, or have addresses of the other IP version now. */
  private synchronized void look() {
    try {
      List<MulticastLink> now = MulticastLink.present(config.interfaces());
      if (!isClosed && (!isOpen || !now.equals(joined))) {
        isOpen = false;
        endpoint.destroy();
        endpoint = open(now);
        isOpen = true;
        joined = now;
        LOG.info("{}: asked by multicast on {}", config.name(), now.stream().map(MulticastLink::name).toList());
      }
    } catch (IOException | RuntimeException e) { // the end of this look, and not of all that follow
      LOG.warn("{}: groups could not be joined, which is tried again: {}", config.name(), e.getMessage());
    }
  }

  /**
   * Binds and begins to answer.
   *
   * @param routes of whose links it tells
   * @throws IOException when the address cannot be bound, or an interface is not there or cannot do multicast
   */
  public static CoapDiscovery start(DiscoveryConfig config, CoapRoutes routes) throws IOException {
    return new CoapDiscovery(config, routes);
  }

  /** Where it listens. */
  public synchronized InetSocketAddress address() {
    return endpoint.getAddress();
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    endpoint.destroy();
    protocol.shutdownNow();
  }

  private static Configuration settings() {
    return new Configuration()
        // What is asked for twice is answered twice: nothing is kept of who asked.
        .set(CoapConfig.DEDUPLICATOR, CoapConfig.NO_DEDUPLICATOR)
        .set(CoapConfig.MID_TRACKER, CoapConfig.TrackerMode.NULL)
        .set(CoapConfig.MAX_ACTIVE_PEERS, 1000)
        .set(CoapConfig.MAX_PEER_INACTIVITY_PERIOD, 5, TimeUnit.SECONDS)
        .set(CoapConfig.BLOCKWISE_STATUS_LIFETIME, 30, TimeUnit.SECONDS)
        // Who is asked by multicast waits for a moment, so that not everybody answers at once (RFC 7252 section 8.2).
        .set(CoapConfig.LEISURE, 1, TimeUnit.SECONDS)
        .set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1)
        .set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1);
  }

  private UDPConnector connector(List<MulticastLink> links) throws IOException {
    UDPConnector connector = new UDPConnector(new InetSocketAddress(InetAddress.getByName(config.host()), port), settings());
    connector.setReuseAddress(!config.interfaces().isEmpty());
    for (MulticastLink link : links) {
      for (InetAddress group : link.groups()) {
        connector.addMulticastReceiver(new UdpMulticastConnector.Builder()
            .setLocalAddress(group, port).addMulticastGroup(group, link.on()).setMulticastReceiver(true).setConfiguration(settings()).build());
      }
    }
    return connector;
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static Quota quota(SourceLimits.Rate rate) {
    return new Quota(new SourceLimits(1, SourceLimits.Rate.ANY, rate, 100), 1, TimeMeter.SYSTEM_NANOTIME);
  }

  /** What stands before the targets of links, as the client has to address them; empty when it reached no address that could be told. */
  private Optional<Function<CoapRoutes.Link, String>> bases(InetSocketAddress client) {
    boolean anyWildcard = Stream.concat(config.coaps().stream(), config.elsewhere().stream().map(DiscoveryConfig.Elsewhere::at))
        .anyMatch(at -> at.getAddress().isAnyLocalAddress());
    Optional<InetAddress> here = anyWildcard ? reached(client) : Optional.of(client.getAddress());
    return here.filter(address -> !address.isAnyLocalAddress()).map(address -> link -> {
      DiscoveryConfig.Elsewhere place = places.get(link);
      return place == null ? base("coaps", config.coaps().orElseThrow(), address) : base(place.scheme(), place.at(), address);
    });
  }

  private static String base(String scheme, InetSocketAddress at, InetAddress reached) {
    InetAddress address = at.getAddress().isAnyLocalAddress() ? reached : at.getAddress();
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    String host = zone < 0 ? text : text.substring(0, zone);
    return scheme + "://" + (address instanceof Inet6Address ? "[" + host + "]" : host) + ":" + at.getPort();
  }

  /** The address of ours that a client reaches: the one that we would reach it from. */
  private static Optional<InetAddress> reached(InetSocketAddress client) {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(client);
      return Optional.of(socket.getLocalAddress());
    } catch (IOException | java.io.UncheckedIOException unreachable) {
      return Optional.empty();
    }
  }

  /** A question, as it is told from others of the same client. */
  private record Asked(InetSocketAddress client, int id) {}

  /**
   * Answers on Californium's thread: there is nothing to wait for.
   *
   * <p>What is sent to an IPv6 group comes by the sockets of the group on every interface, and by the one of our own addresses as well:
   * Linux gives it to all that are bound to the group or the wildcard, and Java 17 does not tell it not to. So only the first sight
   * counts, and what might be a second one by our own addresses waits until the first must have come.
   */
  private final class Answers implements MessageDeliverer {
    @Override
    public void deliverRequest(Exchange exchange) {
      Request request = exchange.getRequest();
      InetSocketAddress client = request.getSourceContext().getPeerAddress();
      Asked asked = new Asked(client, request.getMID());
      if (request.isMulticast()) {
        if (byGroup.asMap().putIfAbsent(asked, true) == null) {
          reply(exchange, request, client);
        }
      } else if (config.interfaces().isEmpty() || request.getType() != Type.NON) {
        reply(exchange, request, client); // groups are never asked by confirmable messages (RFC 7252 section 8.1)
      } else if (waiting.incrementAndGet() > MOST_WAITING) {
        waiting.decrementAndGet();
      } else {
        protocol.schedule(() -> {
          waiting.decrementAndGet();
          if (byGroup.getIfPresent(asked) == null) {
            exchange.execute(() -> reply(exchange, request, client));
          }
        }, SECOND_SIGHT_MILLIS, TimeUnit.MILLISECONDS);
      }
    }

    private void reply(Exchange exchange, Request request, InetSocketAddress client) {
      if (isAllowed(client)) {
        answer(request, client).ifPresent(answer -> exchange.sendResponse(Messages.response(answer)));
      }
    }

    private boolean isAllowed(InetSocketAddress client) {
      return sources.get(Source.of(client.getAddress(), SourceRules.Standing.STRANGER), source -> quota(config.perSource())).request() && total.request();
    }

    /** Empty where a request by multicast is answered by silence (RFC 7252 section 8.2, RFC 6690 section 4.1). */
    private Optional<CoapAnswer> answer(Request request, InetSocketAddress client) {
      OptionSet options = request.getOptions();
      Optional<CoapAnswer> answer = abbreviation
          .spellOut(options, number -> number == 0 ? Optional.of(LinkFormat.WELL_KNOWN) : Optional.empty())
          .or(() -> Messages.path(options).equals(Optional.of(LinkFormat.WELL_KNOWN)) && request.getCode() == Code.GET
              ? found(options, client) : Optional.of(KitRefusal.NO_SUCH_RESOURCE.answer("only discovery is served here")));
      return request.isMulticast() ? answer.filter(found -> found.code().isSuccess() && isModest(request)) : answer;
    }

    /** Whether a question to a group names something; beyond the link, nothing but the whole name will do. */
    private static boolean isModest(Request request) {
      InetAddress group = request.getLocalAddress().getAddress();
      boolean isOnLink = !(group instanceof Inet6Address) || group.isMCLinkLocal();
      List<String> query = request.getOptions().getUriQuery();
      return !query.isEmpty() && query.stream().allMatch(filter -> !filter.endsWith("*") || isOnLink && !filter.startsWith("rt=*")
          && !filter.startsWith("href=*") && !filter.startsWith("ct=*"));
    }

    /** Of a registrar that is on the link itself, also what a join proxy would say (RFC 8995 section 4, constrained BRSKI section 10). */
    private Optional<CoapAnswer> found(OptionSet options, InetSocketAddress client) {
      if (config.isProxy() && config.coaps().isPresent() && options.getUriQuery().equals(List.of(JOIN_PORTS))) {
        return Optional.of(CoapAnswer.content(
            ContentFormat.LINK_FORMAT, Octets.utf8("<>;brski-jp=" + config.coaps().get().getPort())));
      }
      OptionalInt accept = options.hasAccept() ? OptionalInt.of(options.getAccept()) : OptionalInt.empty();
      return bases(client).map(bases -> LinkFormat.answer(accept, options.getUriQuery(), links, bases));
    }

    @Override
    public void deliverResponse(Exchange exchange, Response response) {
      // no requests are sent
    }
  }
}

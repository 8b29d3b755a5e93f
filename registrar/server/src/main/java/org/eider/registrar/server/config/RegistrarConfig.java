package org.eider.registrar.server.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eider.config.BadSetting;
import org.eider.discovery.Method;
import org.eider.limits.AddressRange;
import org.eider.limits.SourceLimits;
import org.eider.limits.SourceRules;
import org.eider.est.coap.CoapsConfig;
import org.eider.est.http.ServerConfig;
import org.eider.pki.CertificateMaker;
import org.eider.pki.Crypto;
import org.eider.pki.KeyType;
import org.eider.registrar.BrskiVoucherService;
import org.eider.registrar.EnrolmentProfile;
import org.eider.registrar.MasaDeskLimits;

/**
 * Everything that can be configured. The keys of the file are the names of the components, written with dashes
 * ({@code key-types}); what the file can say, the record can say in code.
 *
 * @param https where pledges and EST clients come in
 * @param coaps where constrained ones come in
 * @param announce where all of them are told of it
 * @param admin where the commands come in
 * @param limits what peers may use
 * @param admission what operators decide
 * @param vouchers how voucher requests are treated
 * @param enrolment what LDevIDs look like
 * @param masa how MASAs are talked to
 * @param log what is logged
 * @param crypto who computes
 */
public record RegistrarConfig(Https https, Coaps coaps, Announce announce, Admin admin, Limits limits, Admission admission, Vouchers vouchers, Enrolment enrolment,
    Masa masa, Log log, Crypto.Kind crypto) {

  /** The configuration without a file. */
  public static RegistrarConfig standard() {
    return new RegistrarConfig(
        new Https("0.0.0.0", 8443, List.of("localhost", "127.0.0.1", "::1")),
        Coaps.standard(),
        Announce.standard(),
        new Admin(0, false),
        Limits.standard(),
        new Admission(BrskiVoucherService.MOST_HELD),
        Vouchers.standard(),
        Enrolment.standard(),
        Masa.standard(),
        new Log(Log.Level.INFO, Log.Format.TEXT),
        Crypto.Kind.BC);
  }

  /** In the words of the desk where exchanges with MASAs go on. */
  public MasaDeskLimits masaDesk() {
    return new MasaDeskLimits(masa.threads(), masa.queue(), vouchers.pending(), limits.workers(), vouchers.masaWait(), vouchers.patience(),
        vouchers.absence(), vouchers.identicalRetry());
  }

  /** What does not go together, each setting being good by itself; empty when all do. */
  public Optional<String> contradiction() {
    if (coaps.servesDtls() && crypto == Crypto.Kind.ACCP) {
      return Optional.of("coaps does not go together with crypto: accp, with which DTLS fails; run two registrars, or take bc");
    }
    if (!announce.coap().isEmpty() && !coaps.servesDtls()) {
      return Optional.of("announce.coap tells of coaps and of coaps.jpy, and neither is enabled");
    }
    return announce.graspTcp().enabled() && announce.graspInterfaces().isEmpty()
        ? Optional.of("announce.grasp-tcp has nothing to tell: name interfaces in announce.grasp or announce.grasp-tcp.interfaces")
        : Optional.empty();
  }

  /** The same with other HTTPS settings. */
  public RegistrarConfig withHttps(Https other) {
    return new RegistrarConfig(other, coaps, announce, admin, limits, admission, vouchers, enrolment, masa, log, crypto);
  }

  /** The same with other CoAPS settings. */
  public RegistrarConfig withCoaps(Coaps other) {
    return new RegistrarConfig(https, other, announce, admin, limits, admission, vouchers, enrolment, masa, log, crypto);
  }

  /** The same, announced otherwise. */
  public RegistrarConfig withAnnounce(Announce other) {
    return new RegistrarConfig(https, coaps, other, admin, limits, admission, vouchers, enrolment, masa, log, crypto);
  }

  /** The same with other admin settings. */
  public RegistrarConfig withAdmin(Admin other) {
    return new RegistrarConfig(https, coaps, announce, other, limits, admission, vouchers, enrolment, masa, log, crypto);
  }

  /** The same with other limits. */
  public RegistrarConfig withLimits(Limits other) {
    return new RegistrarConfig(https, coaps, announce, admin, other, admission, vouchers, enrolment, masa, log, crypto);
  }

  /** The same with another enrolment profile. */
  public RegistrarConfig withEnrolment(Enrolment other) {
    return new RegistrarConfig(https, coaps, announce, admin, limits, admission, vouchers, other, masa, log, crypto);
  }

  /** The same with other log settings. */
  public RegistrarConfig withLog(Log other) {
    return new RegistrarConfig(https, coaps, announce, admin, limits, admission, vouchers, enrolment, masa, other, crypto);
  }

  /** The same with other cryptography. */
  public RegistrarConfig withCrypto(Crypto.Kind other) {
    return new RegistrarConfig(https, coaps, announce, admin, limits, admission, vouchers, enrolment, masa, log, other);
  }

  /**
   * The one port of BRSKI and EST.
   *
   * @param host address or name to listen on
   * @param port TCP port; 0 for any free one
   * @param names DNS names and IP addresses of the registrar's certificate, at least one
   */
  public record Https(String host, int port, List<String> names) {
    private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final String HOST = "(?=.{1,253}$)" + LABEL + "(\\." + LABEL + ")*";

    /** Checks the values. */
    public Https {
      BadSetting.unlessText("host", host);
      BadSetting.unlessWithin("port", port, 0, 65535);
      names = BadSetting.unlessTexts("names", names);
      if (names.isEmpty()) {
        throw new BadSetting("names", "needs at least one name");
      }
      names.forEach(Https::checkName);
    }

    private static void checkName(String name) {
      boolean isAddress = name.contains(":") || name.matches("[0-9.]+");
      try {
        if (isAddress) {
          CertificateMaker.subjectAltName(List.of(), List.of(name));
        }
      } catch (IllegalArgumentException e) {
        throw new BadSetting("names", "\"" + name + "\" is no IP address");
      }
      if (!isAddress && !name.matches(HOST)) {
        throw new BadSetting("names", "\"" + name + "\" is no DNS name");
      }
    }
  }

  /**
   * The one UDP port of constrained BRSKI and EST, over DTLS.
   *
   * @param enabled whether there is one
   * @param host address or name to listen on
   * @param port UDP port; 0 for any free one
   * @param sessions DTLS sessions that are kept; beyond it the one that was used longest ago is forgotten
   * @param handshakeRate DTLS handshakes a second, of all sources together; 0 for no bound but those of each source
   * @param handshakeBurst handshakes at once, after a time of rest
   * @param transfers bodies in blocks that are not complete; beyond it the answer is 5.03
   * @param pathAbbreviation number of the option Uri-Path-Abbrev, which is not assigned yet; odd, since the option is critical
   * @param withoutAccept how a certificate is answered to who does not say
   * @param jpy where devices behind stateless join proxies come in
   */
  public record Coaps(boolean enabled, String host, int port, int sessions, int handshakeRate, int handshakeBurst, int transfers, int pathAbbreviation,
      Certificate withoutAccept, Jpy jpy) {
    /** Several flights, each of which may be lost and sent again after one, two, four seconds. */
    private static final Duration DTLS_HANDSHAKE = Duration.ofSeconds(60);

    /** How certificates come. */
    public enum Certificate {
      /** In PKCS#7, content-format 281, as RFC 9148 section 4.3 has it. */
      PKCS7,
      /** One by itself, content-format 287, as cBRSKI has it. */
      X509;

      /** The name in the file. */
      public String label() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    /**
     * The UDP port for stateless join proxies, each datagram with the proxy's header. It needs no {@code coaps.enabled}.
     *
     * @param enabled whether there is one
     * @param host address or name to listen on
     * @param port UDP port; 0 for any free one, as no document names one
     * @param associations DTLS sessions through proxies; beyond it the one that was used longest ago, of the proxy that holds most, is forgotten
     * @param perProxy those of one address of a proxy; beyond it its own that was used longest ago is forgotten
     * @param idle after how long without anything from its device one is forgotten
     */
    public record Jpy(boolean enabled, String host, int port, int associations, int perProxy, Duration idle) {
      /** Checks the values. */
      public Jpy {
        BadSetting.unlessText("host", host);
        BadSetting.unlessWithin("port", port, 0, 65535);
        BadSetting.unlessWithin("associations", associations, 16, 1_000_000);
        BadSetting.unlessWithin("per-proxy", perProxy, 1, 1_000_000);
        // Longer than a request may wait for its MASA.
        BadSetting.unlessWithin("idle", idle, Duration.ofMinutes(2), Duration.ofDays(1));
      }

      /** The same, listening on that port. */
      public Jpy on(int other) {
        return new Jpy(true, host, other, associations, perProxy, idle);
      }

      /** The same at another address. */
      public Jpy at(String other) {
        return new Jpy(enabled, other, port, associations, perProxy, idle);
      }
    }

    /** Checks the values. */
    public Coaps {
      BadSetting.unlessText("host", host);
      BadSetting.unlessWithin("port", port, 0, 65535);
      BadSetting.unlessWithin("sessions", sessions, 16, 1_000_000);
      BadSetting.unlessWithin("handshake-rate", handshakeRate, 0, 1_000_000);
      BadSetting.unlessWithin("handshake-burst", handshakeBurst, handshakeRate == 0 ? 0 : 1, 1_000_000);
      BadSetting.unlessWithin("transfers", transfers, 1, 100_000);
      BadSetting.unlessWithin("path-abbreviation", pathAbbreviation, 1, 65535);
      if (pathAbbreviation % 2 == 0) {
        throw new BadSetting("path-abbreviation", "is the number of a critical option, which is odd");
      }
    }

    static Coaps standard() {
      return new Coaps(false, "0.0.0.0", 5684, 2048, 200, 2000, 1024, 13, Certificate.PKCS7,
          new Jpy(false, "0.0.0.0", 0, 2048, 1024, Duration.ofMinutes(10)));
    }

    /** In the words of the CoAP kit; what one source may use, and the workers, are those of HTTPS. */
    public CoapsConfig.Limits kit(Limits all) {
      ServerConfig.Limits https = all.kit();
      SourceLimits.Rate rate = handshakeRate == 0 ? SourceLimits.Rate.ANY : new SourceLimits.Rate(handshakeRate, handshakeBurst);
      return new CoapsConfig.Limits(https.workers(), https.queue(), sessions, https.handshakes(), rate, DTLS_HANDSHAKE, transfers, https.drain(),
          https.sources());
    }

    /** As {@link #kit}, for those who come through stateless join proxies: each address of a proxy is a source. */
    public CoapsConfig.Limits jpyKit(Limits all) {
      CoapsConfig.Limits direct = kit(all);
      SourceLimits source = direct.sources().perSource();
      return direct.withSessions(jpy.associations())
          .withPerSource(new SourceLimits(jpy.perProxy(), source.handshakes(), source.requests(), source.share()));
    }

    /** Whether anything is served over DTLS. */
    public boolean servesDtls() {
      return enabled || jpy.enabled();
    }

    /** The same at another address. */
    public Coaps at(String other) {
      return new Coaps(enabled, other, port, sessions, handshakeRate, handshakeBurst, transfers, pathAbbreviation, withoutAccept, jpy.at(other));
    }

    /** The same, listening on that port. */
    public Coaps on(int other) {
      return new Coaps(true, host, other, sessions, handshakeRate, handshakeBurst, transfers, pathAbbreviation, withoutAccept, jpy);
    }

    /** The same with another port for stateless join proxies. */
    public Coaps with(Jpy other) {
      return new Coaps(enabled, host, port, sessions, handshakeRate, handshakeBurst, transfers, pathAbbreviation, withoutAccept, other);
    }
  }

  /**
   * Where devices and join proxies are told of the registrar, for each method the names of the network interfaces; none where none is
   * named.
   *
   * @param name what instances of DNS-SD are called, for people
   * @param grasp by GRASP, on interfaces that are secured
   * @param mdns by DNS-SD over multicast DNS
   * @param coap by answers to CoAP discovery, also by multicast
   * @param coapPort UDP port of these answers
   * @param asProxy whether pledges on those links are told too, as a join proxy tells them
   * @param graspTcp GRASP for those whom multicast does not reach
   */
  public record Announce(String name, List<String> grasp, List<String> mdns, List<String> coap, int coapPort, boolean asProxy, GraspTcp graspTcp) {
    /** Checks the values. */
    public Announce {
      BadSetting.unlessText("name", name);
      grasp = interfaces("grasp", grasp);
      mdns = interfaces("mdns", mdns);
      coap = interfaces("coap", coap);
      BadSetting.unlessWithin("coap-port", coapPort, 0, 65535);
    }

    /**
     * GRASP over TCP with mutual TLS: with the registrar's own certificate, for who has one of its CA.
     *
     * @param enabled whether it is there
     * @param host address or name to listen on
     * @param port TCP port; 0 for any free one
     * @param interfaces names of network interfaces whose addresses are told beside those of {@code grasp}, without multicast on them
     */
    public record GraspTcp(boolean enabled, String host, int port, List<String> interfaces) {
      /** Checks the values. */
      public GraspTcp {
        BadSetting.unlessText("host", host);
        BadSetting.unlessWithin("port", port, 0, 65535);
        interfaces = Announce.interfaces("interfaces", interfaces);
      }
    }

    static Announce standard() {
      return new Announce("eider-registrar", List.of(), List.of(), List.of(), 5683, false, new GraspTcp(false, "0.0.0.0", 7017, List.of()));
    }

    /** The interfaces of a method. */
    public List<String> of(Method method) {
      return switch (method) {
        case GRASP -> grasp;
        case MDNS -> mdns;
        case COAP -> coap;
      };
    }

    /** The interfaces whose addresses are told by GRASP, be it by multicast or by TCP only. */
    public List<String> graspInterfaces() {
      return Stream.concat(grasp.stream(), graspTcp.enabled() ? graspTcp.interfaces().stream() : Stream.empty()).distinct().toList();
    }

    /** The same on those interfaces by those methods, and by no others. */
    public Announce on(Set<Method> methods, Function<Method, List<String>> interfaces) {
      Function<Method, List<String>> only = method -> methods.contains(method) ? interfaces.apply(method) : List.of();
      return new Announce(name, only.apply(Method.GRASP), only.apply(Method.MDNS), only.apply(Method.COAP), coapPort, asProxy, graspTcp);
    }

    /** The same, which tells pledges too. */
    public Announce toPledges() {
      return new Announce(name, grasp, mdns, coap, coapPort, true, graspTcp);
    }

    private static List<String> interfaces(String key, List<String> names) {
      if (names.stream().distinct().count() != names.size()) {
        throw new BadSetting(key, "names an interface twice");
      }
      return BadSetting.unlessTexts(key, names);
    }
  }

  /**
   * The admin port, on loopback always.
   *
   * @param port TCP port; 0 for any free one, which {@code admin.port} in the data folder tells
   * @param openMetrics whether {@code /metrics} answers without the token
   */
  public record Admin(int port, boolean openMetrics) {
    /** Checks the value. */
    public Admin {
      BadSetting.unlessWithin("port", port, 0, 65535);
    }
  }

  /**
   * Bounds on what peers may use.
   *
   * @param workers threads that answer requests
   * @param queue requests that wait for one; beyond it the answer is 503
   * @param connections open connections; beyond it one that idles makes room
   * @param handshakes connections in their TLS handshake; beyond it the one that takes longest makes room
   * @param header octets of request line and headers
   * @param handshake time for the TLS handshake
   * @param request time from a request's first octet to its last
   * @param idle time that a connection may stay without a request
   * @param drain time for what is in flight when the registrar stops
   * @param perSource what one source may use
   * @param joinProxies addresses and networks of join proxies, each of which stands for many pledges
   * @param perJoinProxy what one of those may use
   * @param trustedSources addresses and networks of load generators and the like
   * @param perTrustedSource what one of those may use
   */
  public record Limits(int workers, int queue, int connections, int handshakes, int header,
      Duration handshake, Duration request, Duration idle, Duration drain, PerSource perSource, List<String> joinProxies,
      PerSource perJoinProxy, List<String> trustedSources, PerSource perTrustedSource) {
    /** Checks the values. */
    public Limits {
      BadSetting.unlessWithin("workers", workers, 1, 1024);
      BadSetting.unlessWithin("queue", queue, 1, 100_000);
      BadSetting.unlessWithin("connections", connections, 1, 1_000_000);
      BadSetting.unlessWithin("handshakes", handshakes, 1, 1_000_000);
      BadSetting.unlessWithin("header", header, 1024, 256 * 1024);
      BadSetting.unlessWithin("handshake", handshake, Duration.ofSeconds(1), Duration.ofMinutes(5));
      BadSetting.unlessWithin("request", request, Duration.ofSeconds(1), Duration.ofMinutes(10));
      BadSetting.unlessWithin("idle", idle, Duration.ofSeconds(1), Duration.ofHours(1));
      BadSetting.unlessWithin("drain", drain, Duration.ZERO, Duration.ofMinutes(10));
      joinProxies = BadSetting.unlessTexts("join-proxies", joinProxies);
      trustedSources = BadSetting.unlessTexts("trusted-sources", trustedSources);
      ranges("join-proxies", joinProxies);
      ranges("trusted-sources", trustedSources);
    }

    private static List<AddressRange> ranges(String key, List<String> texts) {
      try {
        return texts.stream().map(AddressRange::parse).toList();
      } catch (IllegalArgumentException e) {
        throw new BadSetting(key, e.getMessage());
      }
    }

    static Limits standard() {
      ServerConfig.Limits kit = ServerConfig.Limits.standard();
      return new Limits(kit.workers(), kit.queue(), kit.connections(), kit.handshakes(), kit.maxHeader(),
          kit.handshake(), kit.request(), kit.idle(), kit.drain(), PerSource.standard(), List.of(), PerSource.joinProxy(),
          List.of(), PerSource.none());
    }

    /** In the words of the HTTP kit. */
    public ServerConfig.Limits kit() {
      return new ServerConfig.Limits(workers, queue, connections, header, handshake, request, idle, drain)
          .withHandshakes(handshakes)
          .withSources(new SourceRules(perSource.kit(), ranges("join-proxies", joinProxies), perJoinProxy.kit(),
              ranges("trusted-sources", trustedSources), perTrustedSource.kit()));
    }
  }

  /**
   * What one source may use: an IPv4 address or an IPv6 network of 64 bits. 0 means no bound but the registrar's as a whole.
   *
   * @param connections open at a time
   * @param handshakeRate TLS handshakes a second
   * @param handshakeBurst handshakes at once, after a time of rest
   * @param requestRate requests a second
   * @param requestBurst requests at once, after a time of rest
   * @param share percent of workers and queue together that its requests may hold
   */
  public record PerSource(int connections, int handshakeRate, int handshakeBurst, int requestRate, int requestBurst, int share) {
    private static final int MOST = 1_000_000;

    /** Checks the values. */
    public PerSource {
      BadSetting.unlessWithin("connections", connections, 0, MOST);
      BadSetting.unlessWithin("handshake-rate", handshakeRate, 0, MOST);
      BadSetting.unlessWithin("handshake-burst", handshakeBurst, handshakeRate == 0 ? 0 : 1, MOST);
      BadSetting.unlessWithin("request-rate", requestRate, 0, MOST);
      BadSetting.unlessWithin("request-burst", requestBurst, requestRate == 0 ? 0 : 1, MOST);
      BadSetting.unlessWithin("share", share, 0, 100);
    }

    /** Enough for a join proxy that nobody has named, with a thousand pledges behind it that all come at once. */
    static PerSource standard() {
      return new PerSource(1024, 100, 1000, 500, 2000, 25);
    }

    /** Some times that, and half of what there is of workers, so that a cell with a flood in it does not take everything. */
    static PerSource joinProxy() {
      return new PerSource(1536, 400, 4000, 2000, 8000, 50);
    }

    static PerSource none() {
      return new PerSource(0, 0, 0, 0, 0, 0);
    }

    private SourceLimits kit() {
      return new SourceLimits(connections == 0 ? Integer.MAX_VALUE : connections,
          rate(handshakeRate, handshakeBurst), rate(requestRate, requestBurst), share == 0 ? 100 : share);
    }

    private static SourceLimits.Rate rate(int perSecond, int burst) {
      return perSecond == 0 ? SourceLimits.Rate.ANY : new SourceLimits.Rate(perSecond, burst);
    }
  }

  /**
   * Devices that wait for an operator.
   *
   * @param mostHeld devices of one manufacturer that may wait for an operator at a time; beyond it the answer is 503
   */
  public record Admission(int mostHeld) {
    /** Checks the values. */
    public Admission {
      BadSetting.unlessWithin("most-held", mostHeld, 1, 1_000_000);
    }
  }

  /**
   * Voucher requests.
   *
   * @param identicalRetry how long the very same request of the same device gets the very same voucher again, without asking the MASA
   * @param masaWait how long a request waits for its MASA before the pledge is told to come back
   * @param patience how long a pledge is told to come back while its MASA is not to be had, or has not decided
   * @param absence after how long without coming back its request is forgotten
   * @param pending requests whose MASAs have not decided, in all; a manufacturer has a quarter
   */
  public record Vouchers(Duration identicalRetry, Duration masaWait, Duration patience, Duration absence, int pending) {
    /** Checks the values. */
    public Vouchers {
      BadSetting.unlessWithin("identical-retry", identicalRetry, Duration.ZERO, Duration.ofDays(4));
      BadSetting.unlessWithin("masa-wait", masaWait, Duration.ZERO, Duration.ofMinutes(1));
      BadSetting.unlessWithin("patience", patience, Duration.ZERO, Duration.ofDays(30));
      BadSetting.unlessWithin("absence", absence, Duration.ofMinutes(2), Duration.ofDays(1));
      BadSetting.unlessWithin("pending", pending, 4, 100_000);
    }

    static Vouchers standard() {
      MasaDeskLimits desk = MasaDeskLimits.standard();
      return new Vouchers(desk.identicalRetry(), desk.waiting(), desk.patience(), desk.absence(), desk.pending());
    }
  }

  /**
   * The enrolment profile.
   *
   * @param subject RFC 4514 name with <code>{serial}</code> and <code>{manufacturer}</code>
   * @param dnsNames DNS names in subjectAltName, same replacements
   * @param keyTypes keys that are certified
   * @param preferredKeyType the one that {@code /csrattrs} asks for
   * @param lifetime of an LDevID
   * @param extendedKeyUsages dotted object identifiers
   * @param requireChannelBinding whether a request without the session's channel binding is refused
   * @param serverKeygen whether keys are made for devices that ask for one
   * @param serverKeygenKeyTypes keys that are made, the usual one first
   */
  public record Enrolment(String subject, List<String> dnsNames, List<KeyType> keyTypes, KeyType preferredKeyType, Duration lifetime,
      List<String> extendedKeyUsages, boolean requireChannelBinding, boolean serverKeygen, List<KeyType> serverKeygenKeyTypes) {
    /** Checks the values. */
    public Enrolment {
      BadSetting.unlessText("subject", subject);
      dnsNames = BadSetting.unlessTexts("dns-names", dnsNames);
      keyTypes = List.copyOf(keyTypes);
      extendedKeyUsages = BadSetting.unlessTexts("extended-key-usages", extendedKeyUsages);
      serverKeygenKeyTypes = List.copyOf(serverKeygenKeyTypes);
      BadSetting.unlessWithin("lifetime", lifetime, Duration.ofMinutes(1), Duration.ofDays(365L * 50));
      if (keyTypes.isEmpty()) {
        throw new BadSetting("key-types", "needs at least one key type");
      }
      if (serverKeygenKeyTypes.isEmpty()) {
        throw new BadSetting("server-keygen-key-types", "needs at least one key type");
      }
      if (!keyTypes.contains(preferredKeyType)) {
        throw new BadSetting("preferred-key-type", preferredKeyType.label() + " is not among key-types");
      }
      for (String oid : extendedKeyUsages) {
        if (!oid.matches("[0-2](\\.(0|[1-9][0-9]{0,9})){1,20}")) {
          throw new BadSetting("extended-key-usages", "\"" + oid + "\" is no dotted object identifier");
        }
      }
      checkTemplates("subject", subject, List.of());
      checkTemplates("dns-names", subject, dnsNames);
    }

    private static void checkTemplates(String key, String subject, List<String> dnsNames) {
      EnrolmentProfile standard = EnrolmentProfile.standard();
      try {
        new EnrolmentProfile(subject, dnsNames, standard.keyTypes(), standard.preferredKeyType(), standard.lifetime(), List.of())
            .checkTemplates();
      } catch (IllegalArgumentException e) {
        throw new BadSetting(key, e.getMessage());
      }
    }

    static Enrolment standard() {
      EnrolmentProfile profile = EnrolmentProfile.standard();
      return new Enrolment(profile.subject(), profile.dnsNames(), profile.keyTypes().stream().sorted().toList(), profile.preferredKeyType(),
          profile.lifetime(), profile.extendedKeyUsages(), false, false, List.of(KeyType.P256));
    }

    /** The keys that are made for devices, the usual one first; none where that is off. */
    public List<KeyType> serverKeys() {
      return serverKeygen ? serverKeygenKeyTypes : List.of();
    }

    /** In the words of the enrolment service. */
    public EnrolmentProfile profile() {
      return new EnrolmentProfile(subject, dnsNames, java.util.Set.copyOf(keyTypes), preferredKeyType, lifetime, extendedKeyUsages);
    }
  }

  /**
   * Requests to MASAs.
   *
   * @param connectTimeout for TCP and TLS together
   * @param answerTimeout from the request's last octet to the answer's last
   * @param connectionsPerHost most connections to one MASA at a time
   * @param maxAnswer greatest answer in octets
   * @param threads that talk to the MASA of one manufacturer at a time
   * @param queue requests of one manufacturer that wait for one of its threads; beyond it the answer is 503
   */
  public record Masa(Duration connectTimeout, Duration answerTimeout, int connectionsPerHost, int maxAnswer, int threads, int queue) {
    /** Checks the values. */
    public Masa {
      BadSetting.unlessWithin("connect-timeout", connectTimeout, Duration.ofMillis(100), Duration.ofMinutes(1));
      BadSetting.unlessWithin("answer-timeout", answerTimeout, Duration.ofMillis(100), Duration.ofMinutes(10));
      BadSetting.unlessWithin("connections-per-host", connectionsPerHost, 1, 256);
      BadSetting.unlessWithin("max-answer", maxAnswer, 16 * 1024, 16 * 1024 * 1024);
      BadSetting.unlessWithin("threads", threads, 1, 256);
      BadSetting.unlessWithin("queue", queue, 0, 10_000);
    }

    static Masa standard() {
      MasaDeskLimits desk = MasaDeskLimits.standard();
      return new Masa(Duration.ofSeconds(5), Duration.ofSeconds(30), 8, 1024 * 1024, desk.threads(), desk.queue());
    }
  }

  /**
   * The log.
   *
   * @param level how much of ours is logged
   * @param format what a line looks like
   */
  public record Log(Level level, Format format) {
    /** What a line looks like. */
    public enum Format {
      /** For people, with {@code key=value}. */
      TEXT,
      /** One JSON object a line. */
      JSON;

      /** The name in the file. */
      public String label() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    /** How much. */
    public enum Level {
      /** What failed through our own fault. */
      ERROR,
      /** And what an operator has to act on. */
      WARN,
      /** And one line for every exchange. */
      INFO,
      /** And what helps to find a fault. */
      DEBUG;

      /** The name in the file. */
      public String label() {
        return name().toLowerCase(Locale.ROOT);
      }
    }
  }
}

package org.eider.registrar.server.masa;

import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.eider.est.ServerTrust;
import org.eider.est.http.ClientConfig;
import org.eider.est.http.HttpsPool;
import org.eider.pki.Certificates;
import org.eider.pki.Credential;
import org.eider.pki.TrustAnchors;
import org.eider.pki.UntrustedException;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.server.config.MasaSettings;

/**
 * One pool of connections for each manufacturer, since each has TLS anchors of its own and no connection may serve another; within a
 * pool, connections are kept by host. When a manufacturer's anchors change, or the registrar's credential, its pool is replaced.
 */
final class MasaPools implements AutoCloseable {
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final String ANY_USAGE = "2.5.29.37.0";
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

  private record Trusted(List<X509Certificate> anchors, Credential credential) {}

  private record Entry(Trusted trusted, HttpsPool pool) {}

  private final Map<String, Entry> pools = new ConcurrentHashMap<>();
  /** Pools that were replaced while they may have been in use. */
  private final Set<HttpsPool> retired = ConcurrentHashMap.newKeySet();
  private final Supplier<Credential> registrar;
  private final MasaSettings limits;
  private final InstantSource clock;

  MasaPools(Supplier<Credential> registrar, MasaSettings limits, InstantSource clock) {
    this.registrar = registrar;
    this.limits = limits;
    this.clock = clock;
  }

  HttpsPool of(Manufacturer manufacturer) {
    Trusted trusted = new Trusted(manufacturer.masaTlsAnchors(), registrar.get());
    return pools.compute(manufacturer.name(), (name, entry) -> current(entry, trusted)).pool();
  }

  private Entry current(Entry entry, Trusted trusted) {
    if (entry != null && entry.trusted().equals(trusted)) {
      return entry;
    }
    if (entry != null) {
      entry.pool().retire();
      retired.removeIf(HttpsPool::isUnused);
      retired.add(entry.pool());
    }
    return new Entry(trusted, open(trusted));
  }

  private HttpsPool open(Trusted trusted) {
    List<X509Certificate> anchors = trusted.anchors().isEmpty() ? PlatformAnchors.read() : trusted.anchors();
    ServerTrust path = ServerTrust.anchored(TrustAnchors.of(anchors), clock);
    ServerTrust trust = (chain, host) -> {
      path.check(chain, host);
      checkUsage(chain.get(0));
    };
    List<String> protocols = ClientConfig.standard(Optional.empty(), trust).protocols();
    ClientConfig config = new ClientConfig(Optional.of(trusted.credential()), trust, true, protocols,
        limits.connectTimeout(), limits.answerTimeout(), limits.maxAnswer());
    return new HttpsPool(config, limits.connectionsPerHost());
  }

  /** A certificate that names extended key usages has to name that of a server (RFC 5280 section 4.2.1.12). */
  private static void checkUsage(X509Certificate server) throws UntrustedException {
    boolean restricted = server.getExtensionValue(EXTENDED_KEY_USAGE) != null;
    if (restricted && !Certificates.hasExtendedKeyUsage(server, SERVER_AUTH) && !Certificates.hasExtendedKeyUsage(server, ANY_USAGE)) {
      throw new UntrustedException(UntrustedException.Fault.WRONG_USAGE, "the certificate is not for TLS servers");
    }
  }

  @Override
  public void close() {
    pools.values().forEach(entry -> entry.pool().close());
    retired.forEach(HttpsPool::close);
  }
}

package org.eider.pledge;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eider.discovery.Method;
import org.eider.pki.KeyType;
import org.eider.pki.SerialNumberProfile;
import org.eider.pledge.RegistrarAddress.Scheme;
import picocli.CommandLine.Option;

/** The options of {@code pledge onboard}; picocli fills them in. */
final class OnboardOptions {
  @Option(names = "--registrar", converter = Words.Registrar.class, paramLabel = "ADDRESS",
      description = "The registrar, https://HOST:PORT or coaps://HOST:PORT; may be repeated, then they are tried in turn. With --discover"
          + " the last resort (default: none; without --discover there has to be one).")
  List<RegistrarAddress> registrars = List.of();

  @Option(names = "--discover", split = ",", converter = Words.Discovery.class, paramLabel = "METHOD",
      description = "Look for join proxies by grasp, mdns or coap, or by all of them: auto; may be repeated (default: do not look).")
  List<Words.Methods> methods = List.of();

  @Option(names = "--interface", paramLabel = "IF", description = "The network interface on which to look; may be repeated (default: none, needed with --discover).")
  List<String> interfaces = List.of();

  @Option(names = "--prefer", converter = Words.Transport.class, paramLabel = "tls|coaps",
      description = "Of which transport those join proxies are that are tried first (default: tls, with --minimal coaps).")
  Optional<Scheme> preferred = Optional.empty();

  @Option(names = "--discovery-time", converter = Words.Time.class, paramLabel = "TIME",
      description = "How long to look when nobody is heard, or everybody that was heard has refused (default: 150s).")
  Duration discoveryTime = Search.Plan.LONG;

  @Option(names = "--idevid", required = true, paramLabel = "DIR",
      description = "Folder with key.pem, cert.pem, chain.pem and anchors.pem of the device.")
  Path idevid = Path.of("");

  @Option(names = "--out", required = true, paramLabel = "DIR",
      description = "Folder for voucher.vcj (over CoAPS voucher.vch), key.pem, ldevid.pem and chain.pem; made when it is not there,"
          + " written only when all went well.")
  Path out = Path.of("");

  @Option(names = "--tls", converter = Words.Tls.class, paramLabel = "1.2|1.3", description = "The only TLS version to offer (default: both).")
  String tls = "";

  @Option(names = "--key", converter = Words.Key.class, paramLabel = "TYPE",
      description = "Type of the new key where the registrar asks for none: p256, p384, p521, rsa2048, rsa3072, rsa4096 or ed25519 (default: p256).")
  KeyType key = KeyType.P256;

  @Option(names = "--attempts", converter = Words.Count.class, paramLabel = "N",
      description = "How often to try a registrar that cannot be reached or fails; a refusal is final (default: ${DEFAULT-VALUE}).")
  int attempts = 3;

  @Option(names = "--patience", converter = Words.Time.class, paramLabel = "TIME",
      description = "How long to wait for a registrar that says \"later\", like 90s, 10m or 2h (default: 4d).")
  Duration patience = PledgeConfig.FOUR_DAYS;

  @Option(names = "--no-clock", description = "The device does not know the time: no date is checked, and none is sent (default: false).")
  boolean noClock;

  @Option(names = "--require-nonce", description = "Refuse vouchers without nonce (default: false).")
  boolean requireNonce;

  @Option(names = "--proximity", converter = Words.Leaf.class, paramLabel = "cert|pubk|pubk-sha256",
      description = "How the voucher request names the registrar: by its certificate, its public key or the digest of that"
          + " (default: cert over HTTPS, pubk-sha256 over CoAPS).")
  Optional<Proximity> proximity = Optional.empty();

  @Option(names = "--minimal", description = "Over CoAPS, get along with little memory: small blocks, numbers for paths, only those CA"
      + " certificates that are needed (default: false).")
  boolean minimal;

  @Option(names = "--serial-from", converter = Words.Serial.class, paramLabel = "PROFILE",
      description = "Where the IDevID has the serial number: subject, hardware-module-name or cisco-sudi (default: subject).")
  SerialNumberProfile serialFrom = SerialNumberProfile.SUBJECT_SERIAL_NUMBER;

  @Option(names = "--mischief", converter = Words.Wrong.class, paramLabel = "NAME",
      description = "danger: do one thing wrong on purpose, to try out registrars: wrong-serial, other-registrar, zero-nonce, stale-nonce, other-signer, "
          + "two-signers, truncated-cms, oversized-body, wrong-media-type, enrol-without-voucher, bad-csr-signature, "
          + "wrong-challenge-password or weak-key; over CoAPS also no-alg, alg-unprotected, der-signature, detached-payload or vanish, and"
          + " neither two-signers nor wrong-challenge-password (default: none).")
  Mischief mischief = Mischief.NONE;

  @Option(names = "--force", description = "Replace the device that --out holds (default: refuse).")
  boolean force;

  @Option(names = "--json", description = "Print one JSON object instead of a line for each step (default: false).")
  boolean json;

  /** What is wrong with the options together, if anything is. */
  Optional<String> fault() {
    if (registrars.isEmpty() && methods.isEmpty()) {
      return Optional.of("who is to be asked: --registrar, or who is found with --discover?");
    }
    if (methods.isEmpty() != interfaces.isEmpty()) {
      return Optional.of("--discover and --interface go together");
    }
    Optional<RegistrarAddress> strange = registrars.stream().filter(registrar -> !isPossible(registrar.scheme())).findFirst();
    if (strange.isPresent()) {
      return strange.map(registrar -> "--mischief " + mischief.label() + " is none over " + registrar.scheme().label());
    }
    boolean isOnlyCoap = !methods.isEmpty() && methods().equals(Set.of(Method.COAP));
    return isOnlyCoap && !isPossible(Scheme.COAPS) ? Optional.of("--mischief " + mischief.label() + " is none over coaps") : Optional.empty();
  }

  private boolean isPossible(Scheme scheme) {
    return mischief.isPossibleIn(Dialect.of(scheme).format());
  }

  private Set<Method> methods() {
    return methods.stream().flatMap(word -> word.all().stream()).collect(Collectors.toSet());
  }

  /** How to look for join proxies, if that is wanted. */
  Optional<Search.Plan> plan() {
    return methods.isEmpty() ? Optional.empty() : Optional.of(new Search.Plan(methods(), interfaces,
        Arrays.stream(Scheme.values()).filter(this::isPossible).collect(Collectors.toSet()),
        preferred.orElse(minimal ? Scheme.COAPS : Scheme.HTTPS), discoveryTime));
  }

  PledgeConfig config(DeviceIdentity device, PledgeTime time, SecureRandom random) {
    PledgeConfig config = PledgeConfig.of(device, time, random)
        .asking(registrars)
        .speaking(tls.isEmpty() ? PledgeConfig.ALL_PROTOCOLS : List.of(tls))
        .making(key)
        .demanding(new VoucherPolicy(!requireNonce, Optional.empty()))
        .trying(new PledgeConfig.Attempts(1, attempts, Duration.ofSeconds(1)), patience)
        .doing(mischief);
    PledgeConfig named = proximity.map(config::naming).orElse(config);
    return minimal ? named.thrifty() : named;
  }
}

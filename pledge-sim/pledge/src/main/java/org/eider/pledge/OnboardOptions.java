package org.eider.pledge;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eider.pki.KeyType;
import org.eider.pki.SerialNumberProfile;
import picocli.CommandLine.Option;

/** The options of {@code pledge onboard}; picocli fills them in. */
final class OnboardOptions {
  @Option(names = "--registrar", required = true, converter = Words.Registrar.class, paramLabel = "ADDRESS",
      description = "The registrar, https://HOST:PORT or coaps://HOST:PORT; may be repeated, then they are tried in turn.")
  List<RegistrarAddress> registrars = List.of();

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

  PledgeConfig config(DeviceIdentity device, PledgeTime time, SecureRandom random) {
    PledgeConfig config = PledgeConfig.of(device, registrars.get(0), time, random)
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

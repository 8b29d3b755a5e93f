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
  @Option(names = "--registrar", required = true, converter = Words.Registrar.class, paramLabel = "https://HOST:PORT",
      description = "The registrar; several are tried in turn.")
  List<RegistrarAddress> registrars = List.of();

  @Option(names = "--idevid", required = true, paramLabel = "DIR",
      description = "Folder with key.pem, cert.pem, chain.pem and anchors.pem of the device.")
  Path idevid = Path.of("");

  @Option(names = "--out", required = true, paramLabel = "DIR",
      description = "Folder for voucher.vcj, key.pem, ldevid.pem and chain.pem; written only when all went well.")
  Path out = Path.of("");

  @Option(names = "--tls", converter = Words.Tls.class, paramLabel = "1.2|1.3", description = "The only TLS version to offer; both by default.")
  String tls = "";

  @Option(names = "--key", converter = Words.Key.class, paramLabel = "TYPE",
      description = "Type of the new key where the registrar asks for none: p256, p384, p521, rsa2048, rsa3072, rsa4096, ed25519.")
  KeyType key = KeyType.P256;

  @Option(names = "--attempts", converter = Words.Count.class, paramLabel = "N",
      description = "How often to try a registrar that cannot be reached or fails; default ${DEFAULT-VALUE}. A refusal is final.")
  int attempts = 3;

  @Option(names = "--patience", converter = Words.Time.class, paramLabel = "TIME",
      description = "How long to wait for a registrar that says \"later\": 90s, 10m, 2h, 4d; default 4d.")
  Duration patience = PledgeConfig.FOUR_DAYS;

  @Option(names = "--no-clock", description = "The device does not know the time: no date is checked, and none is sent.")
  boolean noClock;

  @Option(names = "--require-nonce", description = "Vouchers without nonce are refused.")
  boolean requireNonce;

  @Option(names = "--serial-from", converter = Words.Serial.class, paramLabel = "PROFILE",
      description = "Where the IDevID has the serial number: subject, hardware-module-name, cisco-sudi; default subject.")
  SerialNumberProfile serialFrom = SerialNumberProfile.SUBJECT_SERIAL_NUMBER;

  @Option(names = "--mischief", converter = Words.Wrong.class, paramLabel = "NAME",
      description = "For testing registrars: do one thing wrong. One of wrong-serial, other-registrar, zero-nonce, stale-nonce, other-signer, "
          + "two-signers, truncated-cms, oversized-body, wrong-media-type, enrol-without-voucher, bad-csr-signature, "
          + "wrong-challenge-password, weak-key.")
  Mischief mischief = Mischief.NONE;

  @Option(names = "--force", description = "Replace the device that --out holds.")
  boolean force;

  @Option(names = "--json", description = "Print one JSON object instead of a line for each step.")
  boolean json;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  boolean help;

  PledgeConfig config(DeviceIdentity device, PledgeTime time, SecureRandom random) {
    return PledgeConfig.of(device, registrars.get(0), time, random)
        .asking(registrars)
        .speaking(tls.isEmpty() ? PledgeConfig.ALL_PROTOCOLS : List.of(tls))
        .making(key)
        .demanding(new VoucherPolicy(!requireNonce, Optional.empty()))
        .trying(new PledgeConfig.Attempts(1, attempts, Duration.ofSeconds(1)), patience)
        .doing(mischief);
  }
}

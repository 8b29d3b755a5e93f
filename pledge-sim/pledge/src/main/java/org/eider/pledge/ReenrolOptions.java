package org.eider.pledge;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.eider.pledge.Onboarding.Belongings;
import picocli.CommandLine.Option;

/** The options of {@code pledge reenroll}; picocli fills them in. */
final class ReenrolOptions {
  @Option(names = "--registrar", required = true, converter = Words.Registrar.class, paramLabel = "ADDRESS",
      description = "The registrar, https://HOST:PORT or coaps://HOST:PORT.")
  RegistrarAddress registrar = new RegistrarAddress("localhost", 443, Optional.empty());

  @Option(names = "--ldevid", required = true, paramLabel = "DIR", description = "Folder that 'pledge onboard' wrote.")
  Path ldevid = Path.of("");

  @Option(names = "--out", paramLabel = "DIR", description = "Folder for the renewed device (default: that of --ldevid).")
  Optional<Path> out = Optional.empty();

  @Option(names = "--new-key", description = "Make a new key (default: the present one is certified again).")
  boolean newKey;

  @Option(names = "--tls", converter = Words.Tls.class, paramLabel = "1.2|1.3", description = "The only TLS version to offer (default: both).")
  String tls = "";

  @Option(names = "--force", description = "Replace the device that another --out holds (default: refuse).")
  boolean force;

  @Option(names = "--json", description = "Print one JSON object instead of a line for each step (default: false).")
  boolean json;

  /** Where the renewed device goes. */
  Path out() {
    return out.orElse(ldevid);
  }

  ReenrolConfig config(Belongings current, PledgeTime time, SecureRandom random) {
    return new ReenrolConfig(registrar, current, newKey, tls.isEmpty() ? PledgeConfig.ALL_PROTOCOLS : List.of(tls), PledgeConfig.FOUR_DAYS,
        time, random);
  }
}

package org.eider.site;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.cli.Logging;
import org.eider.pki.Crypto;
import org.eider.pki.CryptoUnavailable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code eider bench floor}. */
@Command(
    name = "floor",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures the CPU time of single public-key operations (P-256), and from it what no registrar can do an onboarding for.",
      "Counted for one onboarding: 2 key generations and 2 agreements (ECDHE of the handshakes by IDevID and by LDevID), 4 signatures (the"
          + " handshakes, the request to the MASA, the LDevID), 6 verifications (the client in each handshake, the IDevID, the voucher"
          + " request, the voucher, the certification request)."})
final class BenchFloorCommand implements Callable<Integer> {
  /** The member of the JSON object that names who computed. */
  static final String PROVIDER = "provider";

  private static final int BATCH = 50;

  @ParentCommand private BenchCommand parent;

  @Option(names = "--json", description = "Print the milliseconds of each operation as one JSON object (default: a table).")
  private boolean json;

  @Option(names = "--crypto", paramLabel = "bc|accp", defaultValue = "bc", description = "Who computes (default: ${DEFAULT-VALUE}).")
  private Crypto.Kind kind;

  @Override
  public Integer call() throws CommandFailure {
    Logging.forCommand();
    Crypto crypto = crypto();
    Map<PublicKeyWork, Double> costs = measure(crypto.provider());
    if (json) {
      Map<String, Object> object = new LinkedHashMap<>();
      costs.forEach((work, ms) -> object.put(name(work), ms));
      object.put(PROVIDER, crypto.name());
      parent.console().json(object);
    } else {
      table(parent.console(), costs);
    }
    return Cli.OK;
  }

  /** The member of the JSON object. */
  static String name(PublicKeyWork work) {
    return work.name().toLowerCase(Locale.ROOT);
  }

  /** The table for people. */
  static void table(Console console, Map<PublicKeyWork, Double> costs) {
    console.line("  %-36s %7s %5s %8s", "public-key operation (P-256)", "ms", "times", "ms");
    costs.forEach((work, ms) -> console.line("  %-36s %7.3f %5d %8.3f  %s", work.label(), ms, work.count(), work.count() * ms, work.what()));
    console.line("  %-36s %7s %5s %8.3f", "one onboarding", "", "", PublicKeyWork.onboarding(costs));
  }

  private Crypto crypto() throws CommandFailure {
    try {
      return Crypto.choose(kind);
    } catch (CryptoUnavailable e) {
      throw new CommandFailure(e.getMessage(), e.hint(), e);
    }
  }

  private static Map<PublicKeyWork, Double> measure(Provider provider) throws CommandFailure {
    try {
      return new PublicKeyCost(provider, new SecureRandom(), BATCH).measure();
    } catch (GeneralSecurityException e) {
      throw new CommandFailure("the operations cannot be measured: " + e.getMessage(), "run it with --debug", e);
    }
  }
}

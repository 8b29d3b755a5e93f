package org.eider.site;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eider.cli.CommandFailure;
import org.eider.est.Refusal;
import org.eider.pledge.OnboardReport;
import org.eider.pledge.PledgeReason;
import org.eider.pledge.Step;
import org.eider.voucher.Assertion;

/** A device as a process of its own, where this process could not be: {@code eider pledge onboard} on another host. */
final class PledgeProcess {
  private static final long PATIENCE_MINUTES = 5;
  private static final List<String> JAVA = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m");

  private final Path folder;
  private final List<String> prefix;

  /**
   * A device that can be switched on.
   *
   * @param folder for what it prints
   * @param prefix what makes a command run on its host
   */
  PledgeProcess(Path folder, List<String> prefix) {
    this.folder = folder;
    this.prefix = prefix;
  }

  /**
   * Onboards it.
   *
   * @param where how it finds a registrar: {@code --discover grasp --interface IF} and the like
   */
  OnboardReport onboard(String serial, Path idevid, Path owned, List<String> where) throws IOException, CommandFailure, InterruptedException {
    List<String> words = new ArrayList<>(List.of("pledge", "onboard", "--json", "--idevid", idevid.toString(), "--out", owned.toString()));
    words.addAll(where);
    Path out = folder.resolve(serial + ".json");
    Path log = folder.resolve(serial + ".log");
    Process process = new ProcessBuilder(Launch.of(words).with(JAVA).behind(prefix).commandLine())
        .redirectOutput(out.toFile()).redirectError(log.toFile()).start();
    try {
      if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
        throw new CommandFailure(serial + " does not end", "its log is " + log);
      }
    } finally {
      process.destroyForcibly();
    }
    return report(Files.readString(out), serial, log);
  }

  private static OnboardReport report(String said, String serial, Path log) throws IOException, CommandFailure {
    if (said.isBlank()) {
      throw new CommandFailure(serial + " did not say how it went: " + Files.readString(log).strip());
    }
    JsonNode json = new ObjectMapper().readTree(said);
    List<Step> steps = new ArrayList<>();
    for (JsonNode step : json.required("steps")) {
      steps.add(new Step(step.required("name").textValue(), Step.Status.valueOf(step.required("status").textValue().toUpperCase(Locale.ROOT)),
          step.required("ms").longValue(), Optional.ofNullable(step.path("why").textValue())));
    }
    return new OnboardReport(json.required("ok").booleanValue(), text(json, "serial"),
        text(json, "assertion").flatMap(PledgeProcess::assertion), text(json, "ldevid_subject"),
        text(json, "refused").map(PledgeProcess::refusal), steps);
  }

  private static Optional<String> text(JsonNode json, String name) {
    return Optional.ofNullable(json.required(name).textValue());
  }

  private static Optional<Assertion> assertion(String label) {
    for (Assertion assertion : Assertion.values()) {
      if (assertion.label().equals(label)) {
        return Optional.of(assertion);
      }
    }
    return Optional.empty();
  }

  /** {@code REASON: detail}. */
  private static Refusal refusal(String text) {
    int colon = text.indexOf(": ");
    for (PledgeReason reason : PledgeReason.values()) {
      if (colon > 0 && reason.name().equals(text.substring(0, colon))) {
        return new Refusal(reason, text.substring(colon + 2));
      }
    }
    return new Refusal(PledgeReason.GAVE_UP, text);
  }
}

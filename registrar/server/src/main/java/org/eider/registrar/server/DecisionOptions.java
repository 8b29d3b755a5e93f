package org.eider.registrar.server;

import java.io.IOException;
import java.time.Duration;
import org.eider.cli.CommandFailure;
import org.eider.registrar.DeviceId;
import org.eider.registrar.server.admin.Administration;
import org.eider.registrar.server.admin.DecisionForm;
import org.eider.registrar.server.admin.DeviceView;
import org.eider.registrar.server.admin.Operator;
import org.eider.config.DurationText;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The device, and the reason, of {@code approve} and {@code deny}. */
final class DecisionOptions {
  @Mixin private DataOption data;

  @Parameters(paramLabel = "SERIAL",
      description = "Product serial number, or MANUFACTURER/SERIAL: for a device that has not come yet, or when several manufacturers use "
          + "the same.")
  private String device;

  @Option(names = "--reason", paramLabel = "R", defaultValue = "",
      description = "Why, for the record and for whoever asks later; up to " + DecisionForm.MAX_REASON + " characters (default: none).")
  private String reason;

  /** Durations as in the configuration. */
  static final class DurationWord implements CommandLine.ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        return DurationText.parse(text);
      } catch (IllegalArgumentException e) {
        throw new CommandLine.TypeConversionException(e.getMessage());
      }
    }
  }

  /** Records the decision; the device as it stands then. */
  DeviceView decide(boolean approved, Duration valid, CommandLine line) throws CommandFailure, IOException {
    // Everything but the device is checked before anything is opened.
    DecisionForm draft = form(new DeviceId("-", device), approved, valid, line);
    try (Administration administration = data.existing()) {
      DeviceId id = new DeviceName(device).any(administration);
      return administration.decide(form(id, approved, Duration.ofSeconds(draft.validSeconds()), line))
          .orElseThrow(() -> new CommandFailure("there is no device " + TextTable.clean(device) + " and no manufacturer of that name",
              "see eider registrar manufacturer list"));
    }
  }

  private DecisionForm form(DeviceId id, boolean approved, Duration valid, CommandLine line) {
    try {
      return new DecisionForm(id.manufacturer(), id.serialNumber(), approved, valid.toSeconds(), Operator.name(), reason);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(line, e.getMessage());
    }
  }
}

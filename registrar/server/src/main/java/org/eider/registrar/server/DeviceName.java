package org.eider.registrar.server;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eider.cli.CommandFailure;
import org.eider.registrar.DeviceId;
import org.eider.registrar.server.admin.Administration;
import org.eider.registrar.server.admin.DeviceView;

/**
 * A device as an operator names it: {@code SERIAL}, or {@code MANUFACTURER/SERIAL}. What begins with the name of a manufacturer that is
 * registered is always the latter, so that no device of another can be meant by giving itself such a serial number.
 *
 * @param text as given
 */
record DeviceName(String text) {
  /** A device that has been heard of. */
  DeviceId known(Administration administration) throws CommandFailure, IOException {
    Optional<DeviceId> full = full(administration);
    return full.isPresent() ? full.get() : bySerial(administration).orElseThrow(this::unknown);
  }

  /** A device that may not have been heard of yet, if it is named in full. */
  DeviceId any(Administration administration) throws CommandFailure, IOException {
    Optional<DeviceId> full = full(administration);
    return full.isPresent() ? full.get() : bySerial(administration).orElseThrow(() -> new CommandFailure(
        "no device " + clean() + " has been heard of",
        "to decide before it comes, write MANUFACTURER/SERIAL with a name of eider registrar manufacturer list"));
  }

  CommandFailure unknown() {
    return new CommandFailure("no device " + clean() + " has been heard of",
        "see eider registrar devices; a device of an unknown manufacturer is only in the log");
  }

  private Optional<DeviceId> full(Administration administration) throws IOException {
    int slash = text.indexOf('/');
    if (slash < 1 || slash == text.length() - 1) {
      return Optional.empty();
    }
    DeviceId id = DeviceId.parse(text);
    return administration.manufacturers().stream().anyMatch(one -> one.name().equals(id.manufacturer())) ? Optional.of(id) : Optional.empty();
  }

  private Optional<DeviceId> bySerial(Administration administration) throws CommandFailure, IOException {
    List<DeviceId> found = administration.devices(text).stream().map(DeviceName::id).toList();
    if (found.size() > 1) {
      throw new CommandFailure("several manufacturers have a device " + clean(),
          "name one of " + String.join(", ", found.stream().map(id -> TextTable.clean(id.toString())).toList()));
    }
    if (found.isEmpty() && text.indexOf('/') > 0) {
      return administration.device(DeviceId.parse(text)).map(report -> id(report.device()));
    }
    return found.stream().findFirst();
  }

  private String clean() {
    return TextTable.clean(text);
  }

  static DeviceId id(DeviceView device) {
    return new DeviceId(device.manufacturer(), device.serial());
  }
}

package org.eider.masa;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eider masa}: a manufacturer and its MASA. */
@Command(
    name = "masa",
    mixinStandardHelpOptions = true,
    description = "A manufacturer: makes devices with IDevIDs, knows their owners, and signs vouchers (RFC 8995).",
    subcommands = {ServeCommand.class, IdevidCommand.class, DevicesCommand.class, ReleaseCommand.class, LogCommand.class})
public final class MasaCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec spec;

  /** A command that prints there. */
  public MasaCommand(Console console) {
    this.console = console;
  }

  Console console() {
    return console;
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command: serve, idevid, devices, release or log?");
  }

  /** What a command does with a manufacturer. */
  @FunctionalInterface
  interface Work {
    void on(Manufacturer manufacturer) throws CommandFailure, IOException;
  }

  /** Runs {@code work} on a folder that has been used before. */
  static void onExisting(Path data, Work work) throws CommandFailure {
    if (DataFolder.openExisting(data).isEmpty()) {
      throw new CommandFailure(data + " is not the data folder of a MASA", "'masa serve' and 'masa idevid' make one");
    }
    onFolder(data, work);
  }

  /** Runs {@code work} on a folder, which is made when it is not there. */
  static void onFolder(Path data, Work work) throws CommandFailure {
    try (Manufacturer manufacturer = Manufacturer.openOrCreate(data, new SecureRandom(), Clock.systemUTC())) {
      work.on(manufacturer);
    } catch (IOException | UncheckedIOException e) {
      throw new CommandFailure("cannot use " + data + ": " + messageOf(e), "is the folder yours, and is there room on the disk?", e);
    }
  }

  /** The devices of a serial number, at least one. */
  static List<Device> devices(Manufacturer manufacturer, String serial) throws CommandFailure {
    List<Device> devices = manufacturer.inventory().withSerial(serial);
    if (devices.isEmpty()) {
      throw new CommandFailure("no device " + serial + " was made here", "'masa devices' lists those that were");
    }
    return devices;
  }

  private static String messageOf(Exception e) {
    return Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
  }
}

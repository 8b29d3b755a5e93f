package org.eider.masa;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Logging;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code eider masa release}. */
@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Takes a device from its owner, so that another domain may claim it; works while the MASA serves.")
final class ReleaseCommand implements Callable<Integer> {
  @ParentCommand private MasaCommand parent;

  @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder of the MASA.")
  private Path data;

  @Parameters(paramLabel = "SERIAL", description = "Serial number of the device.")
  private String serial;

  @Override
  public Integer call() throws CommandFailure {
    Logging.forCommand();
    MasaCommand.onExisting(data, manufacturer -> {
      boolean released = false;
      for (Device device : MasaCommand.devices(manufacturer, serial)) {
        released |= manufacturer.release(device.id());
      }
      parent.console().line(released ? "released " + serial : serial + " had no owner");
    });
    return Cli.OK;
  }
}

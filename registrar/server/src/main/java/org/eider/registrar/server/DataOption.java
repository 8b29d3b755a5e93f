package org.eider.registrar.server;

import java.nio.file.Path;
import org.eider.cli.CommandFailure;
import org.eider.registrar.server.admin.Administration;
import picocli.CommandLine.Option;

/** {@code --data}, and the registrar behind it, whether it runs or not. */
final class DataOption {
  @Option(names = "--data", required = true, paramLabel = "DIR",
      description = "The registrar's data folder; while the registrar runs, it is asked over its admin port.")
  private Path data;

  static DataOption of(Path folder) {
    DataOption option = new DataOption();
    option.data = folder;
    return option;
  }

  /** The folder as given. */
  Path path() {
    return data;
  }

  /** The registrar of a folder that has to be there. */
  Administration existing() throws CommandFailure {
    return Reach.registrarOf(DataFolder.existing(data));
  }

  /** The registrar of a folder that is made if it is not there. */
  Administration creating() throws CommandFailure {
    return Reach.registrarOf(DataFolder.prepare(data));
  }
}

package org.eider.registrar.server;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Logging;
import org.eider.registrar.store.Backup;
import org.eider.registrar.store.BackupException;
import org.eider.registrar.store.Manifest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code eider registrar restore}. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = {"Makes a data folder from a backup. What happened after the backup is not in it.",
        "Store, journal, checkpoints and CA are checked against each other first; when they do not agree, nothing is written."})
final class RestoreCommand implements Callable<Integer> {
  @ParentCommand private RegistrarCommand parent;

  @Option(names = "--data", required = true, paramLabel = "DIR", description = "The data folder to make; it must not exist, or be empty.")
  private Path data;

  @Parameters(paramLabel = "FILE", description = "The file that registrar backup wrote.")
  private Path file;

  @Override
  public Integer call() throws CommandFailure {
    Logging.forCommand();
    try {
      Manifest made = Backup.restore(file, data, Clock.systemUTC(), checked -> {});
      parent.console().line("restored " + data + " as it was at " + made.at() + ": everything up to entry " + made.head().number()
          + " of the journal, whose hash is " + made.head().hash().hex());
      return Cli.OK;
    } catch (BackupException e) {
      throw new CommandFailure(e.getMessage(), e.hint(), e);
    }
  }
}

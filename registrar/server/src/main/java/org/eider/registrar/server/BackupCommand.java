package org.eider.registrar.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.registrar.server.admin.Administration;
import org.eider.registrar.server.admin.BackupView;
import org.eider.registrar.server.admin.RefusedException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code eider registrar backup}. */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    description = {"Writes everything of the registrar but its configuration into one file, also while it runs.",
        "The file holds the keys of the CA: nobody but its owner may read it, and it is to be kept as they are."})
final class BackupCommand implements Callable<Integer> {
  @ParentCommand private RegistrarCommand parent;
  @Mixin private DataOption data;

  @Parameters(paramLabel = "FILE", description = "The file to write; it must not be there yet.")
  private Path file;

  @Override
  public Integer call() throws CommandFailure, IOException {
    Path target = file.toAbsolutePath().normalize();
    try (Administration administration = data.existing()) {
      BackupView made = administration.backup(target);
      parent.console().line("wrote " + made.file() + ": everything up to entry " + made.entries() + " of the journal, whose hash is " + made.head());
    } catch (RefusedException e) {
      throw new CommandFailure(e.getMessage(), e.hint(), e);
    }
    return Cli.OK;
  }
}

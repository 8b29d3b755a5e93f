package org.eider.registrar.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.pki.Certificates;
import org.eider.registrar.Manufacturer;
import org.eider.registrar.server.admin.AdminJson;
import org.eider.registrar.server.admin.Administration;
import org.eider.registrar.server.admin.ManufacturerForm;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code eider registrar manufacturer}. */
@Command(
    name = "manufacturer",
    mixinStandardHelpOptions = true,
    description = "Decides whose devices are taken in. Devices of manufacturers that are not listed are refused.",
    subcommands = {ManufacturerCommand.Add.class, ManufacturerCommand.Expect.class, ManufacturerCommand.Listing.class,
      ManufacturerCommand.Remove.class})
final class ManufacturerCommand implements Callable<Integer> {
  @ParentCommand private RegistrarCommand parent;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command: add, expect, list or remove?");
  }

  private Console console() {
    return parent.console();
  }

  /** {@code eider registrar manufacturer add}. */
  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {"Adds a manufacturer, or replaces the one of that name.",
        "Either --from-masa with the data folder of a MASA simulator, or anchors and addresses one by one."})
  static final class Add implements Callable<Integer> {
    @ParentCommand private ManufacturerCommand above;
    @Spec private CommandSpec spec;
    @Mixin private DataOption data;
    @Mixin private NameOption name;
    @Mixin private ManufacturerOptions options;

    @Override
    public Integer call() throws CommandFailure, IOException {
      Manufacturer manufacturer = options.manufacturer(name.value(), spec.commandLine());
      List<String> expected = options.expected();
      try (Administration administration = data.creating()) {
        boolean added = administration.put(manufacturer);
        if (!expected.isEmpty()) {
          administration.expect(manufacturer.name(), expected);
        }
        above.console().line((added ? "added " : "replaced ") + manufacturer.name() + ": MASA " + masa(manufacturer)
            + ", admission " + manufacturer.admission().label() + (expected.isEmpty() ? "" : ", " + expected.size() + " expected"));
      }
      return Cli.OK;
    }
  }

  /** {@code eider registrar manufacturer expect}. */
  @Command(name = "expect", mixinStandardHelpOptions = true,
      description = "Adds serial numbers to a manufacturer's list of expected devices.")
  static final class Expect implements Callable<Integer> {
    @ParentCommand private ManufacturerCommand above;
    @Mixin private DataOption data;
    @Mixin private NameOption name;

    @Parameters(paramLabel = "SERIALS-FILE",
      description = "Text file, one serial number a line; empty lines and lines that begin with # do not count.")
    private Path file;

    @Override
    public Integer call() throws CommandFailure, IOException {
      List<String> serials = ManufacturerOptions.readSerials(file);
      try (Administration administration = data.existing()) {
        if (!administration.expect(name.value(), serials)) {
          throw noSuch(name.value());
        }
        above.console().line("expecting " + serials.size() + " more of " + name.value());
      }
      return Cli.OK;
    }
  }

  /** {@code eider registrar manufacturer list}. */
  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the manufacturers, one a line.")
  static final class Listing implements Callable<Integer> {
    @ParentCommand private ManufacturerCommand above;
    @Mixin private DataOption data;

    @Option(names = "--name", paramLabel = "N", description = "Only the manufacturer of this name (default: all).")
    private Optional<String> name;

    @Option(names = "--json", description = "Print JSON, anchors included (default: ${DEFAULT-VALUE}).")
    private boolean json;

    @Override
    public Integer call() throws CommandFailure, IOException {
      try (Administration administration = data.existing()) {
        List<Manufacturer> all = administration.manufacturers().stream().filter(one -> name.map(one.name()::equals).orElse(true)).toList();
        if (name.isPresent() && all.isEmpty()) {
          throw noSuch(name.get());
        }
        print(all);
      }
      return Cli.OK;
    }

    private void print(List<Manufacturer> all) {
      if (json) {
        above.console().json(AdminJson.plain(all.stream().map(ManufacturerForm::of).toList()));
        return;
      }
      TextTable table = new TextTable("NAME", "ADMISSION", "AUDIT", "MASA", "IDEVID ANCHORS");
      all.forEach(one -> table.row(one.name(), one.admission().label(), AuditOptions.brief(one.auditPolicy()), masa(one), anchors(one)));
      table.lines().forEach(above.console()::line);
    }
  }

  /** {@code eider registrar manufacturer remove}. */
  @Command(name = "remove", mixinStandardHelpOptions = true,
      description = "Removes a manufacturer and its list of expected devices. Its devices stay known and get no further voucher.")
  static final class Remove implements Callable<Integer> {
    @ParentCommand private ManufacturerCommand above;
    @Mixin private DataOption data;
    @Mixin private NameOption name;

    @Override
    public Integer call() throws CommandFailure, IOException {
      try (Administration administration = data.existing()) {
        if (!administration.remove(name.value())) {
          throw noSuch(name.value());
        }
        above.console().line("removed " + name.value());
      }
      return Cli.OK;
    }
  }

  private static String anchors(Manufacturer manufacturer) {
    int more = manufacturer.idevidAnchors().size() - 1;
    return Certificates.subject(manufacturer.idevidAnchors().get(0)) + (more > 0 ? " and " + more + " more" : "");
  }

  private static String masa(Manufacturer manufacturer) {
    return manufacturer.masa().map(masa -> masa.base().getRawAuthority())
        .orElseGet(() -> "as the IDevID says, of " + String.join(", ", new java.util.TreeSet<>(manufacturer.allowedMasaHosts())));
  }

  private static CommandFailure noSuch(String name) {
    return new CommandFailure("there is no manufacturer " + name, "see eider registrar manufacturer list");
  }
}

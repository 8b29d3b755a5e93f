package org.eider.registrar.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.registrar.DeviceId;
import org.eider.registrar.server.admin.AdminJson;
import org.eider.registrar.server.admin.Administration;
import org.eider.registrar.server.admin.JournalReport;
import org.eider.registrar.server.admin.JournalView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code eider registrar journal}. */
@Command(
    name = "journal",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = JournalCommand.Verify.class,
    description = {"Shows what the registrar has done, one entry after the other, oldest first. Without --after and --device: the last ones.",
        "Every entry is chained to the one before it; journal verify tells whether all of them, and the rows they speak of, are as they "
            + "were written."})
final class JournalCommand implements Callable<Integer> {
  private static final int MOST = 1_000_000;
  private static final String DATA =
      "The registrar's data folder, needed; while the registrar runs, it is asked over its admin port (default: none).";

  @ParentCommand private RegistrarCommand parent;
  @Spec private CommandSpec spec;

  // Not the mixin: --data may stand before "verify" or after it.
  @Option(names = "--data", paramLabel = "DIR", description = DATA)
  private Optional<Path> data;

  @Option(names = "--device", paramLabel = "SERIAL",
      description = "Only entries about that device, named as for devices (default: all entries).")
  private Optional<String> device;

  @Option(names = "--after", paramLabel = "N", description = "Only entries with a greater number (default: the last ones).")
  private Optional<Long> after;

  @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "Most entries to show, up to 1000000 (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--json", description = "Print JSON: an array of entries, hashes included (default: ${DEFAULT-VALUE}).")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure, IOException {
    if (limit < 1 || limit > MOST) {
      throw new ParameterException(spec.commandLine(), "--limit is a number from 1 to " + MOST);
    }
    if (after.orElse(0L) < 0) {
      throw new ParameterException(spec.commandLine(), "--after is the number of an entry, or 0");
    }
    List<JournalView> entries;
    try (Administration administration = folder(data, spec).existing()) {
      entries = device.isPresent() ? ofDevice(administration) : all(administration);
    }
    if (json) {
      parent.console().json(AdminJson.plain(entries));
      return Cli.OK;
    }
    TextTable table = new TextTable("NUMBER", "WHEN", "WHAT", "DEVICE", "SESSION", "REASON", "DETAIL");
    entries.forEach(entry -> table.row(Long.toString(entry.number()), entry.at().toString(), entry.step(), entry.device().orElse("-"),
        entry.session().orElse("-"), entry.reason().orElse("-"), entry.detail()));
    table.lines().forEach(parent.console()::line);
    return Cli.OK;
  }

  private List<JournalView> all(Administration administration) throws IOException {
    long from = after.isPresent() ? after.get() : Math.max(0, administration.journalHead() - limit);
    List<JournalView> entries = new ArrayList<>();
    while (entries.size() < limit) {
      List<JournalView> page = administration.journal(from, Math.min(Administration.MAX_PAGE, limit - entries.size()));
      if (page.isEmpty()) {
        break;
      }
      entries.addAll(page);
      from = page.get(page.size() - 1).number();
    }
    return entries;
  }

  private static DataOption folder(Optional<Path> data, CommandSpec spec) {
    return DataOption.of(data.orElseThrow(() -> new ParameterException(spec.commandLine(), "Missing required option: '--data=DIR'")));
  }

  /** The newest of a device, shown like everything else with the oldest first. */
  private List<JournalView> ofDevice(Administration administration) throws CommandFailure, IOException {
    DeviceId id = new DeviceName(device.orElseThrow()).known(administration);
    List<JournalView> entries = new ArrayList<>(administration.journalOf(id, Math.min(limit, Administration.MAX_PAGE)).stream()
        .filter(entry -> entry.number() > after.orElse(0L)).toList());
    Collections.reverse(entries);
    return entries;
  }

  /** {@code eider registrar journal verify}. */
  @Command(name = "verify", mixinStandardHelpOptions = true, sortOptions = false,
      description = "Recomputes the whole chain from the rows as they are, compares it with the signed checkpoints and with the CA, and names "
          + "whatever was changed, removed, added or reordered. Exits 0 only when nothing was.")
  static final class Verify implements Callable<Integer> {
    private static final Set<String> ALSO_BEFORE = Set.of("--data", "--json");

    @ParentCommand private JournalCommand above;
    @Spec private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", description = DATA)
    private Optional<Path> data;

    @Option(names = "--json", description = "Print JSON: one object with whole, entries, head and faults (default: ${DEFAULT-VALUE}).")
    private boolean json;

    @Override
    public Integer call() throws CommandFailure, IOException {
      above.spec.commandLine().getParseResult().matchedOptions().stream().filter(option -> !ALSO_BEFORE.contains(option.longestName()))
          .findFirst().ifPresent(option -> {
            throw new ParameterException(spec.commandLine(), option.longestName() + " is not for verify, which looks at everything");
          });
      boolean asJson = json || above.json;
      JournalReport report;
      try (Administration administration = folder(data.or(() -> above.data), spec).existing()) {
        report = administration.verifyJournal();
      }
      if (asJson) {
        above.parent.console().json(AdminJson.plain(report));
      } else {
        report.faults().forEach(fault -> above.parent.console().line(TextTable.clean(fault.kind() + ": " + fault.what())));
      }
      if (!report.whole()) {
        throw new CommandFailure("the journal is not whole: " + report.faultCount() + " fault(s)"
            + (report.faultCount() > report.faults().size() ? ", the first " + report.faults().size() + " of them named" : ""),
            "keep the data folder as it is, find out who had access, and restore a backup: docs/operating.md, Verifying the journal");
      }
      if (!asJson) {
        above.parent.console().line("the journal is whole: " + report.entries() + " entries, the last has the hash " + report.head());
      }
      return Cli.OK;
    }
  }
}

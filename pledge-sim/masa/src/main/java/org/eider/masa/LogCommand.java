package org.eider.masa;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Logging;
import org.eider.voucher.Assertion;
import org.eider.voucher.AuditLog;
import org.eider.voucher.AuditLog.Event;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code eider masa log}. */
@Command(
    name = "log",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Shows the audit log of a device: every voucher that was given out for it, oldest first.")
final class LogCommand implements Callable<Integer> {
  private static final String ROW = "%-24s  %-10s  %-44s  %-44s  %s";

  @ParentCommand private MasaCommand parent;

  @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder of the MASA.")
  private Path data;

  @Option(names = "--json", description = "Print what registrars get, the JSON of RFC 8995 section 5.8.1 (default: a table).")
  private boolean json;

  @Parameters(paramLabel = "SERIAL", description = "Serial number of the device.")
  private String serial;

  @Override
  public Integer call() throws CommandFailure {
    Logging.forCommand();
    MasaCommand.onExisting(data, manufacturer -> {
      for (Device device : MasaCommand.devices(manufacturer, serial)) {
        print(device.history().auditLog());
      }
    });
    return Cli.OK;
  }

  private void print(AuditLog log) {
    if (json) {
      parent.console().line(log.encode().utf8());
      return;
    }
    parent.console().line(ROW, "DATE", "ASSERTION", "DOMAIN ID", "NONCE", "TRUNCATED");
    for (Event event : log.events()) {
      parent.console().line(ROW, event.date(), event.assertion().map(Assertion::label).orElse("-"), event.domainId().base64(),
          event.nonce().orElse("(nonceless)"), event.truncated());
    }
  }
}

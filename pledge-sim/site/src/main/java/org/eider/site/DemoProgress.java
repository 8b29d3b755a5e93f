package org.eider.site;

import java.time.Duration;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.eider.cli.Console;
import org.eider.pledge.OnboardReport;
import org.eider.pledge.Progress;
import org.eider.pledge.Step;

/**
 * Shows how devices get on: a line for each protocol step of the first few, and for the rest a line each; on a terminal with many
 * devices a bar instead of those. Safe for the threads of all devices.
 */
final class DemoProgress implements AutoCloseable {
  /** Devices whose every step is shown. */
  private static final int IN_DETAIL = 3;

  private static final Map<String, String> MEANING = Map.ofEntries(
      Map.entry("connect", "TLS or DTLS with the IDevID; the registrar's certificate is kept and not yet trusted"),
      Map.entry("requestvoucher", "signed voucher request; the registrar asks the MASA and checks its answer"),
      Map.entry("voucher", "the voucher verifies: MASA's signature, own serial number, own nonce"),
      Map.entry("registrar", "the registrar's chain leads to the pinned certificate: now trusted"),
      Map.entry("voucher_status", "tells the registrar that the voucher is good"),
      Map.entry("cacerts", "takes the domain's CA certificates as its own anchors"),
      Map.entry("csrattrs", "asks what its certification request should hold"),
      Map.entry("key", "makes a new key pair"),
      Map.entry("simpleenroll", "gets its LDevID"),
      Map.entry("ldevid", "the LDevID verifies and is for its key"),
      Map.entry("reconnect", "new connection with the LDevID, the registrar authenticated"),
      Map.entry("enrollstatus", "tells the registrar that it is in use"));

  private final Console console;
  private final boolean everyLine;
  private final ProgressBar bar;
  private int detailed;

  private DemoProgress(Console console, boolean everyLine, ProgressBar bar) {
    this.console = console;
    this.everyLine = everyLine;
    this.bar = bar;
  }

  /** A display for that many devices. */
  static DemoProgress on(Console console, int devices) {
    boolean terminal = System.console() != null;
    ProgressBarBuilder builder = new ProgressBarBuilder().setTaskName("devices").setInitialMax(devices)
        .setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(100).clearDisplayOnFinish();
    if (!terminal || devices <= IN_DETAIL) {
      builder.setConsumer(new Nowhere());
    }
    return new DemoProgress(console, !terminal || devices <= IN_DETAIL, builder.build());
  }

  /** What one device reports to. */
  synchronized Progress of(String serial) {
    boolean inDetail = detailed++ < IN_DETAIL;
    return new Progress() {
      @Override
      public void step(Step step) {
        if (inDetail) {
          show("  %-10s %-15s %-78s %5d ms%s", serial, step.name(), MEANING.getOrDefault(step.name(), ""), step.ms(),
              step.status() == Step.Status.OK ? "" : "  " + step.status().label() + step.why().map(why -> ": " + why).orElse(""));
        }
      }

      @Override
      public void waits(Duration delay, String why) {
        show("  %-10s waits %d s %s", serial, delay.toSeconds(), why);
      }
    };
  }

  /** A device is through. */
  synchronized void finished(String serial, OnboardReport report) {
    bar.step();
    if (everyLine) {
      console.line("  %-10s %s", serial, report.ok() ? "is owned now: " + report.ldevidSubject().orElse("") : "FAILED");
    }
  }

  @Override
  public void close() {
    bar.close();
  }

  private synchronized void show(String format, Object... values) {
    console.line(format, values);
  }

  /** Takes no output: no bar where there is no terminal, or nothing to wait for. */
  private static final class Nowhere implements me.tongfei.progressbar.ProgressBarConsumer {
    @Override
    public int getMaxRenderedLength() {
      return 0;
    }

    @Override
    public void accept(String rendered) {
      // A bar that nobody sees.
    }

    @Override
    public void clear() {
      // Nothing was shown.
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}

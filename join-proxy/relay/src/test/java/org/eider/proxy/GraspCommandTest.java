package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.eider.cli.Cli;
import org.eider.cli.Console;
import org.eider.grasp.Address;
import org.eider.grasp.DomainNode;
import org.eider.grasp.FloodTiming;
import org.eider.grasp.Locator;
import org.eider.grasp.Message;
import org.eider.grasp.NodeLimits;
import org.eider.grasp.Objective;
import org.eider.testkit.FreePorts;
import org.junit.jupiter.api.Test;

final class GraspCommandTest {
  private final int port = FreePorts.any();
  private final String lo = loopback();

  private record Run(int exit, String out, String err) {}

  private Run run(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console = new Console(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    int exit = Cli.run(GraspCommand.line(console), console, words);
    return new Run(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Run on(String command, String... more) {
    return run(Stream.concat(Stream.of(command, "--interface", lo, "--grasp-port", Integer.toString(port)), Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void whatIsFloodedIsSeenByWhoWatches() throws Exception {
    CompletableFuture<Run> watching = CompletableFuture.supplyAsync(() -> on("watch", "--count", "1", "--for", "20"));
    await().until(() -> {
      on("flood", "--name", "AN_Proxy", "--port", "4711", "--value", "a\u001bb");
      return watching.isDone();
    });
    Run watched = watching.get();
    assertThat(watched.exit()).isZero();
    assertThat(watched.out()).matches("(?s)\\S+Z " + lo + " 127\\.0\\.0\\.1:\\d+ \\[M_FLOOD, \\d+, 127\\.0\\.0\\.1, 180000, "
        + "\\[\\[\"AN_Proxy\", 4, 1, \"a\\\\u001bb\"], \\[O_IPv4_LOCATOR, 127\\.0\\.0\\.1, IPPROTO_TCP, 4711]]]\\R");
  }

  @Test
  void watchingPrintsObjectsOfOneLineWhenAskedTo() throws Exception {
    CompletableFuture<Run> watching = CompletableFuture.supplyAsync(() -> on("watch", "--count", "1", "--for", "20", "--json"));
    await().until(() -> {
      on("flood", "--name", "X", "--locator", "none", "--ttl", "0", "--loop", "255");
      return watching.isDone();
    });
    assertThat(watching.get().out().lines()).singleElement().asString().startsWith("{\"time\":\"").contains("\"interface\":\"" + lo + "\"", "\"cbor\":\"8509",
        "\"message\":\"[M_FLOOD, ", ", 0, [[\\\"X\\\", 4, 255, \\\"\\\"], []]]\"");
  }

  @Test
  void discoveryPrintsWhoAnswers() throws Exception {
    DomainNode.Settings settings = new DomainNode.Settings(List.of(lo), port, false, List.of(), Optional.empty(), Optional.empty(),
        NodeLimits.STANDARD, FloodTiming.STANDARD);
    try (DomainNode node = DomainNode.open(settings, Set.of(), flooded -> { })) {
      Locator at = new Locator.Ip(Address.of(InetAddress.getByName("fd00::1")), Locator.TCP, 8443);
      node.tell(List.of(new Message.Flood.Entry(Objective.flooded("AN_join_registrar", 255, "EST-TLS"), Optional.of(at))));
      Run run = on("discover", "--name", "AN_join_registrar", "--timeout", "1500");
      assertThat(run.exit()).isZero();
      assertThat(run.out()).matches(lo + " 127\\.0\\.0\\.1:\\d+ ttl 180000 \\[O_IPv6_LOCATOR, fd00::1, IPPROTO_TCP, 8443]\\R");
      Run nobody = on("discover", "--name", "AN_Join_Registrar", "--timeout", "200");
      assertThat(nobody.exit()).isEqualTo(Cli.FAILED);
      assertThat(nobody.err()).contains("error: nobody answers", "hint: ");
    }
  }

  @Test
  void wrongCallsAreExplained() {
    assertThat(run()).satisfies(run -> {
      assertThat(run.exit()).isEqualTo(Cli.USAGE);
      assertThat(run.err()).contains("which command: watch, flood, discover?");
    });
    assertThat(run("watch").exit()).isEqualTo(Cli.USAGE);
    assertThat(on("flood", "--name", "x", "--loop", "256").exit()).isEqualTo(Cli.USAGE);
    assertThat(on("flood", "--name", "x", "--proto", "sctp").exit()).isEqualTo(Cli.USAGE);
    assertThat(on("flood", "--name", "x", "--locator", "registrar.example").exit()).isEqualTo(Cli.USAGE);
    assertThat(run("watch", "--interface", "none9")).satisfies(run -> {
      assertThat(run.exit()).isEqualTo(Cli.FAILED);
      assertThat(run.err()).contains("error: there is no network interface none9", "hint: ");
    });
  }

  @Test
  void helpNamesEveryOption() {
    assertThat(run("watch", "--help").out()).contains("--interface=IF", "--json", "--count=N", "--for=SECONDS", "--grasp-port=P");
    assertThat(run("flood", "--help").out()).contains("--name=NAME", "--value=TEXT", "--locator=ADDRESS", "--proto=tcp|udp|N", "--ttl=MS", "--loop=N");
    assertThat(run("discover", "--help").out()).contains("--name=NAME", "--timeout=MS", "--loop=N");
  }

  private static String loopback() {
    try {
      return NetworkInterface.getByInetAddress(InetAddress.getByName("127.0.0.1")).getName();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

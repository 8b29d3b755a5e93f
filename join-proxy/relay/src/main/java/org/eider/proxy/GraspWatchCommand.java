package org.eider.proxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.grasp.Diagnostics;
import org.eider.grasp.GraspProbe;
import org.eider.grasp.Message;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code eider grasp watch}. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Prints every GRASP message that is multicast on the interfaces: time, interface, source, and the message in diagnostic notation.",
      "What is no message is printed with the reason. Ends with Ctrl-C, or as the options say. Says nothing itself."})
final class GraspWatchCommand implements Callable<Integer> {
  @ParentCommand private GraspCommand parent;
  @Mixin private GraspLinks links;

  @Option(names = "--count", paramLabel = "N", description = "End after so many messages (default: never).")
  private int count;

  @Option(names = "--for", paramLabel = "SECONDS", description = "End after so long (default: never).")
  private int seconds;

  @Option(names = "--json", description = "Print one JSON object in each line (default: text).")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    CountDownLatch left = new CountDownLatch(count > 0 ? count : 1);
    GraspLinks.Probes probes = links.open(new Printer(left));
    try {
      if (seconds > 0) {
        left.await(seconds, TimeUnit.SECONDS);
      } else {
        left.await();
      }
    } finally {
      probes.close();
    }
    return Cli.OK;
  }

  /** Prints what the threads of all interfaces hear, one line at a time. */
  private final class Printer implements GraspProbe.Listener {
    private final ObjectMapper mapper = new ObjectMapper();
    private final CountDownLatch left;

    Printer(CountDownLatch left) {
      this.left = left;
    }

    @Override
    public void heard(Message message, Octets datagram, InetSocketAddress source, String interfaceName) {
      print("message", Diagnostics.of(message), datagram, source, interfaceName);
    }

    @Override
    public void refused(DecodeException why, Octets datagram, InetSocketAddress source, String interfaceName) {
      print("error", "no GRASP message: " + why.getMessage(), datagram, source, interfaceName);
    }

    private synchronized void print(String kind, String text, Octets datagram, InetSocketAddress source, String interfaceName) {
      if (count > 0 && left.getCount() == 0) {
        return;
      }
      Console console = parent.console();
      String time = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
      if (json) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", time);
        line.put("interface", interfaceName);
        line.put("source", GraspLinks.text(source));
        line.put(kind, text);
        line.put("cbor", datagram.hex());
        console.line(written(line));
      } else {
        console.line(time + " " + interfaceName + " " + GraspLinks.text(source) + " " + text);
      }
      if (count > 0) {
        left.countDown();
      }
    }

    private String written(Map<String, Object> line) {
      try {
        return mapper.writeValueAsString(line);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a map of texts", e);
      }
    }
  }
}

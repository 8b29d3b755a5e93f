package org.eider.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.eider.cli.Cli;
import org.eider.cli.CommandFailure;
import org.eider.cli.Console;
import org.eider.wire.CleanText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code eider join-proxy status}. */
@Command(name = "status", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Shows which registrars a running join proxy knows and uses, what it relays, and what it refused and why.")
final class StatusCommand implements Callable<Integer> {
  @ParentCommand private JoinProxyCommand parent;

  @Option(names = "--data", required = true, paramLabel = "DIR", description = "The join proxy's data folder.")
  private Path data;

  @Option(names = "--json", description = "Print an object (default: a table).")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure {
    JsonNode status = StatusDoor.ask(new ProxyFolder(data).statusSocket());
    if (json) {
      parent.console().json(new ObjectMapper().convertValue(status, Map.class));
    } else {
      print(status, parent.console());
    }
    return Cli.OK;
  }

  private static void print(JsonNode status, Console console) {
    console.line("up %s s, certificate %s", status.path("seconds").asText(), status.path("certificate").asText());
    for (JsonNode port : status.path("join-ports")) {
      console.line("listens  %s%s", text(port, "address"), port.path("announced").asBoolean() ? ", announced" : "");
    }
    for (JsonNode registrar : status.path("registrars")) {
      console.line("knows    %-8s %s by %s, priority %s, weight %s%s%s", text(registrar, "mode"), text(registrar, "address"), text(registrar, "by"),
          text(registrar, "priority"), text(registrar, "weight"), registrar.path("failing").asBoolean() ? ", does not answer" : "",
          registrar.path("chosen").asBoolean() ? ", used" : "");
    }
    console.line("open     %s circuits, %s flows", text(status.path("open"), "circuits"), text(status.path("open"), "flows"));
    status.path("relayed").properties().forEach(one -> console.line("relayed  %-22s %s", one.getKey(), one.getValue().asText()));
    status.path("refused").properties().forEach(one -> console.line("refused  %-22s %s", one.getKey(), one.getValue().asText()));
  }

  private static String text(JsonNode node, String key) {
    return CleanText.of(node.path(key).asText());
  }
}

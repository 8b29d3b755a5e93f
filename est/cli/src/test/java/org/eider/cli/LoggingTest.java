package org.eider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eider.cli.Logging.Format;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

class LoggingTest {
  private final LoggerContext context = new LoggerContext();

  @Test
  void aLineOfTextHasKeysAndValuesAndNoSpaceAtItsEnd() {
    assertThat(encoded(Format.TEXT, event("exchange", Map.of("status", 200)))).matches(
        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO {2}CliTest exchange status=200\n");
    assertThat(encoded(Format.TEXT, event("listening https=0.0.0.0:8443", Map.of()))).endsWith("listening https=0.0.0.0:8443\n");
  }

  @Test
  void aValueThatCouldBeMisreadStandsInQuotes() {
    for (String value : List.of("two words", "", "a=b", "say\u00a0so")) {
      assertThat(encoded(Format.TEXT, event("exchange", Map.of("detail", value)))).endsWith("exchange detail=\"" + value + "\"\n");
    }
    assertThat(encoded(Format.TEXT, event("exchange", Map.of("detail", "\\\"")))).endsWith("detail=\"\\\\\\\"\"\n");
  }

  @Test
  void aLineOfJsonIsOneObject() throws Exception {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("status", 403);
    values.put("detail", "a \"quote\", a \\ and\nlines\u2028 \u001b é");

    String line = encoded(Format.JSON, event("exchange", values));

    assertThat(line).endsWith("\n").matches(text -> text.indexOf('\n') == text.length() - 1, "one line");
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.path("level").asText()).isEqualTo("INFO");
    assertThat(json.path("formattedMessage").asText()).isEqualTo("exchange");
    assertThat(json.path("timestamp").asLong()).isPositive();
    assertThat(json.path("kvpList").path(0).path("status").asInt()).isEqualTo(403);
    assertThat(json.path("kvpList").path(1).path("detail").asText()).isEqualTo(values.get("detail"));
  }

  @Test
  void aStackTraceStaysOnTheLineOfItsJson() throws Exception {
    LoggingEvent event = new LoggingEvent("", context.getLogger("org.eider.CliTest"), Level.ERROR, "handler failed",
        new IllegalStateException("two\nlines"), new Object[0]);

    String line = encoded(Format.JSON, event);

    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
    assertThat(new ObjectMapper().readTree(line).path("throwable").path("message").asText()).isEqualTo("two\nlines");
  }

  private LoggingEvent event(String message, Map<String, Object> values) {
    LoggingEvent event = new LoggingEvent("", context.getLogger("org.eider.CliTest"), Level.INFO, message, null, new Object[0]);
    values.forEach((key, value) -> event.addKeyValuePair(new KeyValuePair(key, value)));
    return event;
  }

  private String encoded(Format format, ILoggingEvent event) {
    Encoder<ILoggingEvent> encoder = Logging.encoder(context, format);
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }

  @Test
  void whatACoapPeerDoesWrongIsNoWarningOfALibrary() {
    Logging.forServer();
    assertThat(LoggerFactory.getLogger("org.eclipse.californium.scandium.DTLSConnector").isWarnEnabled()).isFalse();
    assertThat(LoggerFactory.getLogger("org.eclipse.californium.ban").isInfoEnabled()).isFalse();
    assertThat(LoggerFactory.getLogger("io.netty").isWarnEnabled()).isTrue();
  }
}

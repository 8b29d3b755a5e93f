package org.eider.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintStream;

/**
 * Where a command prints: results on {@code out}, everything else on {@code err}.
 *
 * @param out standard output
 * @param err standard error
 */
public record Console(PrintStream out, PrintStream err) {
  private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Prints a line of result. */
  public void line(String text) {
    out.println(text);
    out.flush();
  }

  /** Prints a line of result with {@link String#format}. */
  public void line(String format, Object... values) {
    line(String.format(java.util.Locale.ROOT, format, values));
  }

  /** Prints an object of maps, lists, texts, numbers and truth values as JSON. */
  public void json(Object value) {
    try {
      line(JSON.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("results are plain maps and lists", e);
    }
  }

  /** Prints a line on standard error. */
  public void note(String text) {
    err.println(text);
    err.flush();
  }
}

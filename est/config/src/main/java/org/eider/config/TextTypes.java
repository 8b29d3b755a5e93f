package org.eider.config;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How the types of settings stand in a file: each is a text, and nothing but a text is taken for one. */
public final class TextTypes extends SimpleModule {
  private static final long serialVersionUID = 1L;

  /** Texts and durations. */
  public TextTypes() {
    with(String.class, text -> text, text -> text);
    with(Duration.class, DurationText::parse, DurationText::of);
  }

  /** The one of {@code all} with that label; an {@link IllegalArgumentException} tells which labels there are. */
  public static <T> T oneOf(T[] all, Function<T, String> labels, String label) {
    return Arrays.stream(all).filter(one -> labels.apply(one).equals(label)).findFirst().orElseThrow(() -> new IllegalArgumentException(
        "\"" + label + "\" is none of " + Arrays.stream(all).map(labels).collect(Collectors.joining(", "))));
  }

  /** Adds a type; {@code read} throws {@link IllegalArgumentException} with a text for people. */
  public <T> TextTypes with(Class<T> type, Function<String, T> read, Function<T, String> write) {
    addDeserializer(type, new FromText<>(type, read));
    addSerializer(type, new ToText<>(type, write));
    return this;
  }

  private static final class FromText<T> extends StdScalarDeserializer<T> {
    private static final long serialVersionUID = 1L;
    private final transient Function<String, T> read;

    FromText(Class<T> type, Function<String, T> read) {
      super(type);
      this.read = read;
    }

    @Override
    public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        return context.reportInputMismatch(this, "must be a text; put it in quotes if it looks like something else");
      }
      try {
        return read.apply(parser.getText());
      } catch (IllegalArgumentException e) {
        return context.reportInputMismatch(this, "%s", e.getMessage());
      }
    }
  }

  private static final class ToText<T> extends StdScalarSerializer<T> {
    private static final long serialVersionUID = 1L;
    private final transient Function<T, String> write;

    ToText(Class<T> type, Function<T, String> write) {
      super(type);
      this.write = write;
    }

    @Override
    public void serialize(T value, JsonGenerator generator, SerializerProvider provider) throws IOException {
      generator.writeString(write.apply(value));
    }
  }
}

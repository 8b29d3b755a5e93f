package org.eider.registrar.server.config;

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
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.eider.pki.Crypto;
import org.eider.pki.KeyType;
import org.eider.registrar.server.config.RegistrarConfig.Coaps;
import org.eider.registrar.server.config.RegistrarConfig.Log;

/** How the types of settings stand in the file: each is a text, and nothing but a text is taken for one. */
final class SettingTypes extends SimpleModule {
  private static final long serialVersionUID = 1L;

  SettingTypes() {
    add(String.class, text -> text, text -> text);
    add(Duration.class, DurationText::parse, DurationText::of);
    add(KeyType.class, SettingTypes::keyType, KeyType::label);
    add(Crypto.Kind.class, SettingTypes::crypto, Crypto.Kind::label);
    add(Coaps.Certificate.class, SettingTypes::certificate, Coaps.Certificate::label);
    add(Log.Level.class, SettingTypes::level, Log.Level::label);
    add(Log.Format.class, SettingTypes::format, Log.Format::label);
  }

  private static KeyType keyType(String label) {
    return oneOf(KeyType.ofLabel(label), label, Arrays.stream(KeyType.values()).map(KeyType::label).toList());
  }

  private static Crypto.Kind crypto(String label) {
    Optional<Crypto.Kind> kind = Arrays.stream(Crypto.Kind.values()).filter(one -> one.label().equals(label)).findFirst();
    return oneOf(kind, label, Arrays.stream(Crypto.Kind.values()).map(Crypto.Kind::label).toList());
  }

  private static Coaps.Certificate certificate(String label) {
    Optional<Coaps.Certificate> form = Arrays.stream(Coaps.Certificate.values()).filter(one -> one.label().equals(label)).findFirst();
    return oneOf(form, label, Arrays.stream(Coaps.Certificate.values()).map(Coaps.Certificate::label).toList());
  }

  private static Log.Level level(String label) {
    Optional<Log.Level> level = Arrays.stream(Log.Level.values()).filter(one -> one.label().equals(label)).findFirst();
    return oneOf(level, label, Arrays.stream(Log.Level.values()).map(Log.Level::label).toList());
  }

  private static Log.Format format(String label) {
    Optional<Log.Format> format = Arrays.stream(Log.Format.values()).filter(one -> one.label().equals(label)).findFirst();
    return oneOf(format, label, Arrays.stream(Log.Format.values()).map(Log.Format::label).toList());
  }

  private static <T> T oneOf(Optional<T> found, String label, List<String> labels) {
    return found.orElseThrow(() -> new IllegalArgumentException("\"" + label + "\" is none of " + String.join(", ", labels)));
  }

  private <T> void add(Class<T> type, Function<String, T> read, Function<T, String> write) {
    addDeserializer(type, new FromText<>(type, read));
    addSerializer(type, new ToText<>(type, write));
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

package org.eider.registrar.server.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eider.wire.Octets;

/** JSON of the admin port and of {@code --json}: names in snake_case, times in RFC 3339, null for what is absent. */
public final class AdminJson {
  private static final PropertyNamingStrategies.NamingBase NAMES = new PropertyNamingStrategies.SnakeCaseStrategy();
  private static final JsonMapper MAPPER = JsonMapper.builder()
      .propertyNamingStrategy(NAMES)
      .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES, DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .addModule(new Jdk8Module())
      .addModule(new SimpleModule().addSerializer(Instant.class, new ToText()).addDeserializer(Instant.class, new FromText()))
      .build();

  private AdminJson() {}

  /** A value as maps, lists, texts, numbers and truth values, for printing. */
  public static Object plain(Object value) {
    return MAPPER.convertValue(value, Object.class);
  }

  /** A device's report as one flat object: the members of the device, then the lists. */
  public static Map<String, Object> flat(DeviceReport report) {
    ObjectNode whole = MAPPER.valueToTree(report);
    ObjectNode flat = ((ObjectNode) whole.remove("device")).setAll(whole);
    return MAPPER.convertValue(flat, new TypeReference<Map<String, Object>>() {});
  }

  static Octets encode(Object value) {
    try {
      return Octets.of(MAPPER.writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a view always encodes", e);
    }
  }

  /** A value of {@code type}; a JSON null is none. A member that is optional may be missing. */
  static <T> T decode(Octets json, Class<T> type) throws IOException {
    JsonNode tree = MAPPER.readTree(json.toArray());
    if (tree instanceof ObjectNode members && type.isRecord()) {
      Arrays.stream(type.getRecordComponents()).filter(component -> component.getType() == Optional.class)
          .forEach(component -> members.putIfAbsent(NAMES.translate(component.getName()), NullNode.getInstance()));
    }
    T value = MAPPER.treeToValue(tree, type);
    if (value == null) {
      throw new IOException("null instead of an object");
    }
    return value;
  }

  static <T> List<T> decodeList(Octets json, Class<T> type) throws IOException {
    return MAPPER.readValue(json.toArray(), MAPPER.getTypeFactory().constructCollectionType(List.class, type));
  }

  private static final class ToText extends StdScalarSerializer<Instant> {
    private static final long serialVersionUID = 1L;

    ToText() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator generator, SerializerProvider provider) throws IOException {
      generator.writeString(value.toString());
    }
  }

  private static final class FromText extends StdScalarDeserializer<Instant> {
    private static final long serialVersionUID = 1L;

    FromText() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      try {
        return Instant.parse(parser.getText());
      } catch (DateTimeException e) {
        return context.reportInputMismatch(this, "not a time of RFC 3339");
      }
    }
  }
}

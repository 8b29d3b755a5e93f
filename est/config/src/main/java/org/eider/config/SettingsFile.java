package org.eider.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eider.cli.FileTrouble;

/**
 * Reads configuration files into a record: the defaults as a tree, what the file says laid over it, and the whole bound to the record. Laying over
 * finds unknown keys, binding finds wrong types, the record finds values that cannot be used.
 *
 * @param <T> the record, whose components are the keys, in words with dashes
 */
public final class SettingsFile<T> {
  private static final int MAX_SIZE = 1024 * 1024;

  private final Class<T> type;
  private final T standard;
  private final String advice;
  private final YAMLMapper mapper;

  /**
   * A reader.
   *
   * @param standard has every default
   * @param types how settings that are neither numbers nor truth values stand in the file
   * @param advice what to do about a wrong value, such as to look at an example
   */
  public SettingsFile(Class<T> type, T standard, TextTypes types, String advice) {
    this.type = type;
    this.standard = standard;
    this.advice = advice;
    this.mapper = YAMLMapper.builder()
        .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .addModule(types)
        .build();
  }

  /** Reads a file; whatever it does not mention has its default. */
  public T read(Path file) throws ConfigException {
    try {
      if (Files.size(file) > MAX_SIZE) {
        throw new ConfigException(file + ": longer than " + MAX_SIZE + " octets", "is this the right file?");
      }
      return parse(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw new ConfigException("cannot read " + file + ": " + FileTrouble.of(e), "it has to be a text file in UTF-8 that you may read", e);
    }
  }

  /**
   * Reads a text.
   *
   * @param name the file's name for messages
   */
  public T parse(String yaml, String name) throws ConfigException {
    JsonNode said;
    KeyLines lines;
    try (JsonParser parser = mapper.createParser(yaml)) {
      said = mapper.readTree(yaml);
      lines = KeyLines.read(parser);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new ConfigException(name + ":" + line + ": not well-formed YAML: " + firstLine(e.getOriginalMessage()),
          "indent with spaces, name every key once, one document only", e);
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory can be read", e);
    }
    return bind(said, new Place(name, lines, advice));
  }

  /** The text that says what {@code config} says, every key of it. */
  public String write(T config) {
    try {
      return mapper.writeValueAsString(config);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a configuration always encodes", e);
    }
  }

  private T bind(JsonNode said, Place place) throws ConfigException {
    ObjectNode whole = mapper.valueToTree(standard);
    if (!said.isMissingNode() && !said.isNull()) {
      lay(said, whole, "", place);
    }
    try {
      return mapper.treeToValue(whole, type);
    } catch (JsonMappingException e) {
      throw place.unusable(pathOf(e), e);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree in memory needs no parsing", e);
    }
  }

  /** Lays what the file says over the defaults, section by section. */
  private void lay(JsonNode said, ObjectNode over, String path, Place place) throws ConfigException {
    if (!said.isObject()) {
      throw place.wrong(path, "must be a section of keys");
    }
    for (var entry : said.properties()) {
      String here = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
      JsonNode known = over.path(entry.getKey());
      if (known.isMissingNode()) {
        throw place.unknown(here, over);
      } else if (entry.getValue().isNull()) {
        throw place.wrong(here, "has no value");
      } else if (known instanceof ObjectNode section) {
        lay(entry.getValue(), section, here, place);
      } else {
        over.set(entry.getKey(), entry.getValue());
      }
    }
  }

  private static String pathOf(JsonMappingException e) {
    String path = e.getPath().stream().filter(step -> step.getFieldName() != null).map(JsonMappingException.Reference::getFieldName)
        .collect(Collectors.joining("."));
    return e.getCause() instanceof BadSetting bad ? path + "." + bad.key() : path;
  }

  private static String firstLine(String text) {
    return String.valueOf(text).lines().findFirst().orElse("");
  }

  /** Where in the file a problem is, and how to say so. */
  private record Place(String file, KeyLines lines, String advice) {
    ConfigException unknown(String path, ObjectNode known) {
      String names = known.properties().stream().map(java.util.Map.Entry::getKey).collect(Collectors.joining(", "));
      return new ConfigException(at(path) + "unknown key", "known here: " + names);
    }

    ConfigException wrong(String path, String problem) {
      return new ConfigException(at(path) + problem, advice);
    }

    ConfigException unusable(String path, JsonMappingException e) {
      String problem = e.getCause() instanceof BadSetting bad ? bad.getMessage() : wrongType(e).orElseGet(() -> firstLine(e.getOriginalMessage()));
      return new ConfigException(at(path) + problem, advice, e);
    }

    /** The types that need no text of ours to be read; of the others {@link SettingTypes} says what is wrong. */
    private static Optional<String> wrongType(JsonMappingException e) {
      Class<?> type = e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null ? mismatch.getTargetType() : Object.class;
      if (type == int.class) {
        return Optional.of("must be a whole number");
      }
      if (type == boolean.class) {
        return Optional.of("must be true or false");
      }
      return Collection.class.isAssignableFrom(type) ? Optional.of("must be a list, for instance [a, b]") : Optional.empty();
    }

    private String at(String path) {
      return file + ":" + lines.of(path) + ": " + (path.isEmpty() ? "" : path + ": ");
    }
  }
}

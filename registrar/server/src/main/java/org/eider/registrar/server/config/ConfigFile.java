package org.eider.registrar.server.config;

import java.nio.file.Path;
import org.eider.config.ConfigException;
import org.eider.config.SettingsFile;

/** Reads the registrar's configuration file. */
public final class ConfigFile {
  private ConfigFile() {}

  /** Reads a file; whatever it does not mention has its default. */
  public static RegistrarConfig read(Path file) throws ConfigException {
    return reader().read(file);
  }

  /**
   * Reads a text.
   *
   * @param name the file's name for messages
   */
  public static RegistrarConfig parse(String yaml, String name) throws ConfigException {
    return reader().parse(yaml, name);
  }

  /** The text that says what {@code config} says, every key of it. */
  public static String write(RegistrarConfig config) {
    return reader().write(config);
  }

  private static SettingsFile<RegistrarConfig> reader() {
    return new SettingsFile<>(RegistrarConfig.class, RegistrarConfig.standard(), SettingTypes.all(),
        "docs/examples/registrar.yaml explains every key");
  }
}

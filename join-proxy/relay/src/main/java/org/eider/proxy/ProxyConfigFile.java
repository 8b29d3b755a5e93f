package org.eider.proxy;

import java.nio.file.Path;
import java.util.function.Function;
import org.eider.cli.CommandFailure;
import org.eider.config.ConfigException;
import org.eider.config.SettingsFile;
import org.eider.config.TextTypes;
import org.eider.discovery.Method;

/** Reads the join proxy's configuration file. */
final class ProxyConfigFile {
  private ProxyConfigFile() {}

  /** Reads a file; whatever it does not mention has its default. */
  static ProxyConfig read(Path file) throws CommandFailure {
    try {
      return reader().read(file);
    } catch (ConfigException e) {
      throw new CommandFailure(e.getMessage(), e.hint(), e);
    }
  }

  static SettingsFile<ProxyConfig> reader() {
    return new SettingsFile<>(ProxyConfig.class, ProxyConfig.standard(), new TextTypes()
        .with(Mode.class, one(Mode.values(), Mode::label), Mode::label)
        .with(Method.class, one(Method.values(), Method::label), Method::label)
        .with(GraspPeers.class, one(GraspPeers.values(), GraspPeers::label), GraspPeers::label)
        .with(ProxyConfig.Log.Level.class, one(ProxyConfig.Log.Level.values(), ProxyConfig.Log.Level::label), ProxyConfig.Log.Level::label)
        .with(ProxyConfig.Log.Format.class, one(ProxyConfig.Log.Format.values(), ProxyConfig.Log.Format::label), ProxyConfig.Log.Format::label),
        "docs/examples/join-proxy.yaml explains every key");
  }

  private static <T> Function<String, T> one(T[] all, Function<T, String> labels) {
    return label -> TextTypes.oneOf(all, labels, label);
  }
}

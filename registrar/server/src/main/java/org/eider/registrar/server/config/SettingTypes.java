package org.eider.registrar.server.config;

import org.eider.config.TextTypes;
import org.eider.pki.Crypto;
import org.eider.pki.KeyType;

/** How the registrar's own types of settings stand in the file. */
final class SettingTypes {
  private SettingTypes() {}

  static TextTypes all() {
    return new TextTypes()
        .with(KeyType.class, label -> TextTypes.oneOf(KeyType.values(), KeyType::label, label), KeyType::label)
        .with(Crypto.Kind.class, label -> TextTypes.oneOf(Crypto.Kind.values(), Crypto.Kind::label, label), Crypto.Kind::label)
        .with(CoapsSettings.Certificate.class, label -> TextTypes.oneOf(CoapsSettings.Certificate.values(), CoapsSettings.Certificate::label, label),
            CoapsSettings.Certificate::label)
        .with(LogSettings.Level.class, label -> TextTypes.oneOf(LogSettings.Level.values(), LogSettings.Level::label, label), LogSettings.Level::label)
        .with(LogSettings.Format.class, label -> TextTypes.oneOf(LogSettings.Format.values(), LogSettings.Format::label, label), LogSettings.Format::label);
  }
}

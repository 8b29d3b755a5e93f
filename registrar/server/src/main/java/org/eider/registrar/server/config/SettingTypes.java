package org.eider.registrar.server.config;

import org.eider.config.TextTypes;
import org.eider.pki.Crypto;
import org.eider.pki.KeyType;
import org.eider.registrar.server.config.RegistrarConfig.Coaps;
import org.eider.registrar.server.config.RegistrarConfig.Log;

/** How the registrar's own types of settings stand in the file. */
final class SettingTypes {
  private SettingTypes() {}

  static TextTypes all() {
    return new TextTypes()
        .with(KeyType.class, label -> TextTypes.oneOf(KeyType.values(), KeyType::label, label), KeyType::label)
        .with(Crypto.Kind.class, label -> TextTypes.oneOf(Crypto.Kind.values(), Crypto.Kind::label, label), Crypto.Kind::label)
        .with(Coaps.Certificate.class, label -> TextTypes.oneOf(Coaps.Certificate.values(), Coaps.Certificate::label, label),
            Coaps.Certificate::label)
        .with(Log.Level.class, label -> TextTypes.oneOf(Log.Level.values(), Log.Level::label, label), Log.Level::label)
        .with(Log.Format.class, label -> TextTypes.oneOf(Log.Format.values(), Log.Format::label, label), Log.Format::label);
  }
}

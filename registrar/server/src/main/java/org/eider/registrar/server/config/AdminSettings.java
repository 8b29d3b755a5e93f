package org.eider.registrar.server.config;

import org.eider.config.BadSetting;

/**
 * The admin port, on loopback always.
 *
 * @param port TCP port; 0 for any free one, which {@code admin.port} in the data folder tells
 * @param openMetrics whether {@code /metrics} answers without the token
 */
public record AdminSettings(int port, boolean openMetrics) {
  /** Checks the value. */
  public AdminSettings {
    BadSetting.unlessWithin("port", port, 0, 65535);
  }
}

package org.eider.registrar.server.config;

import org.eider.config.BadSetting;

/**
 * Devices that wait for an operator.
 *
 * @param mostHeld devices of one manufacturer that may wait for an operator at a time; beyond it the answer is 503
 */
public record AdmissionSettings(int mostHeld) {
  /** Checks the values. */
  public AdmissionSettings {
    BadSetting.unlessWithin("most-held", mostHeld, 1, 1_000_000);
  }
}

package org.eider.registrar;

import java.util.Locale;

/** What becomes of a device to which something applies. In order of severity: the greatest of several decides. */
public enum Disposition {
  /** It goes on. */
  ACCEPT,
  /** It waits until an operator decides. */
  HOLD,
  /** It is refused. */
  DENY;

  /** The name in options, configuration and JSON. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

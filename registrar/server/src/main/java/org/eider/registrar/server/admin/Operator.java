package org.eider.registrar.server.admin;

import org.eider.registrar.ManufacturerStore;

/** Who operates the registrar, as far as that can be told. */
public final class Operator {
  private Operator() {}

  /** The name that the operating system knows the user of this process by. */
  public static String name() {
    return clean(System.getProperty("user.name", ""));
  }

  /** A name fit for log and journal, of 1 to {@value DecisionForm#MAX_BY} characters. */
  public static String clean(String name) {
    String visible = name.strip().replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
    return visible.isEmpty() ? ManufacturerStore.SOMEBODY : visible.substring(0, Math.min(visible.length(), DecisionForm.MAX_BY));
  }
}

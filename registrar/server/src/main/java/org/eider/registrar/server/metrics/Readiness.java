package org.eider.registrar.server.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.eider.registrar.StoreException;

/** Whether the registrar can serve: everything that it needs for that, by name. Safe for many threads. */
public final class Readiness {
  private final Map<String, BooleanSupplier> needs = new LinkedHashMap<>();

  /** Ready, as long as nothing is needed. */
  public Readiness() {}

  /**
   * Adds something that is needed.
   *
   * @param name what the operator is told when it is not there
   * @param present answers within the time limits of what it asks; a store that fails counts as absent
   */
  public synchronized Readiness need(String name, BooleanSupplier present) {
    needs.put(name, present);
    return this;
  }

  /** The names of what is not there; empty when the registrar is ready. */
  public List<String> missing() {
    Map<String, BooleanSupplier> asked;
    synchronized (this) {
      asked = new LinkedHashMap<>(needs);
    }
    List<String> missing = new ArrayList<>();
    asked.forEach((name, present) -> {
      if (!isThere(present)) {
        missing.add(name);
      }
    });
    return missing;
  }

  private static boolean isThere(BooleanSupplier present) {
    try {
      return present.getAsBoolean();
    } catch (StoreException gone) {
      return false;
    }
  }
}

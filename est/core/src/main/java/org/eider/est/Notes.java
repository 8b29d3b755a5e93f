package org.eider.est;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eider.wire.CleanText;

/**
 * What the one log line of an exchange says beside method, path and status: keys and values in the order in which they were put.
 *
 * <p>Values may come from a peer: they are cleaned and cut. At most {@value #MOST} keys are kept, further ones are dropped. Safe for
 * two threads, of which one writes while the other makes the line.
 */
public final class Notes {
  /** The device, as {@code manufacturer/serial number}; only once its identity is proven. */
  public static final String DEVICE = "device";
  /** What came of it: granted, deferred or refused. */
  public static final String OUTCOME = "outcome";
  /** Which rule refused: the name of a constant, never a peer's text. */
  public static final String REASON = "reason";
  /** One sentence about it. */
  public static final String DETAIL = "detail";

  /** How many keys are kept. */
  static final int MOST = 24;

  private final Map<String, String> entries = new LinkedHashMap<>();

  /** Notes that say nothing yet. */
  public Notes() {}

  /** Sets a value, in the place of the one that the key has. */
  public synchronized void put(String key, String value) {
    requireNonNull(key);
    if (entries.containsKey(key) || entries.size() < MOST) {
      entries.put(key, CleanText.of(value));
    }
  }

  /** The value of a key. */
  public synchronized Optional<String> value(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  /** A copy of everything that was put. */
  public synchronized Map<String, String> all() {
    return Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /** A copy with what a reader looks for first in front: device, outcome, reason, detail; then the rest as it was put. */
  public Map<String, String> inLogOrder() {
    Map<String, String> rest = new LinkedHashMap<>(all());
    Map<String, String> ordered = new LinkedHashMap<>();
    for (String key : List.of(DEVICE, OUTCOME, REASON, DETAIL)) {
      Optional.ofNullable(rest.remove(key)).ifPresent(value -> ordered.put(key, value));
    }
    ordered.putAll(rest);
    return ordered;
  }

  /** Says why a request that no service saw was answered as it was; what a service noted stays. */
  public synchronized void explain(Optional<String> refusedFor, String detail) {
    if (value(OUTCOME).isEmpty()) {
      refusedFor.ifPresent(reason -> {
        put(OUTCOME, "refused");
        put(REASON, reason);
      });
      put(DETAIL, detail);
    }
  }
}

package org.eider.registrar.store;

import java.nio.file.Path;

/**
 * Where the store is and how many threads may use it at once.
 *
 * @param dataFolder the registrar's data folder; the database is {@code store/eider.mv.db} inside it
 * @param connections how many transactions may run at the same time, 1 to 64; more callers wait
 * @param tidyOnClose whether closing gives unused space back to the disk; takes up to some seconds
 */
public record StoreConfig(Path dataFolder, int connections, boolean tidyOnClose) {
  /** Checks the bounds. */
  public StoreConfig {
    if (connections < 1 || connections > 64) {
      throw new IllegalArgumentException("a store has 1 to 64 connections");
    }
  }

  /** The store of a server's data folder. */
  public static StoreConfig in(Path dataFolder) {
    return new StoreConfig(dataFolder, 8, true);
  }

  /** The same store for a command that does one thing after the other. */
  public StoreConfig forCommand() {
    return new StoreConfig(dataFolder, 1, false);
  }
}

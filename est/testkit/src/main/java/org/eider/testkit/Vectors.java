package org.eider.testkit;

import java.nio.file.Path;
import java.util.Optional;

/** The folder of published artefacts, {@code -Deider.vectors=DIR}. */
public final class Vectors {
  private Vectors() {}

  /**
   * A folder of vectors, for instance {@code cms-voucher}; aborts the test, saying so, when it is not there.
   */
  public static Path folder(String name) {
    throw new UnsupportedOperationException();
  }

  /** The same, without aborting. */
  public static Optional<Path> find(String name) {
    throw new UnsupportedOperationException();
  }
}

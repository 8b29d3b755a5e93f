package org.eider.discovery;

/** Looks for services on one or more interfaces until it is closed. */
public interface Lookout extends AutoCloseable {
  /** Who is told. Called from a thread of the lookout, one call at a time; must not block. */
  interface Watcher {
    /** Something was found, or found again with a new lifetime. */
    void seen(Sighting sighting);

    /** It said good-bye; what only grows old is not told. */
    void gone(Sighting sighting);
  }

  /** Stops looking. */
  @Override
  void close();
}

package org.eider.discovery;

import java.util.Set;

/** Tells others of offers, by one method, until it is closed. */
public interface Herald extends AutoCloseable {
  /**
   * Replaces what is told. What is not among them any more is withdrawn: at once where the method can say so, otherwise by silence.
   * Does not block; an interface that is not there now is tried again later.
   */
  void tell(Set<Offer> offers);

  /** Withdraws everything. */
  @Override
  void close();
}

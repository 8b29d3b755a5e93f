package org.eider.registrar.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** A transaction that writes: the database, and what its journal entries will be. */
final class Writing {
  private final Handle handle;
  private final List<Draft> drafts = new ArrayList<>();

  Writing(Handle handle) {
    this.handle = handle;
  }

  /** What is written in a transaction; it may run more than once. */
  @FunctionalInterface
  interface Work<T> {
    T in(Writing writing) throws SQLException;
  }

  Handle handle() {
    return handle;
  }

  Connection connection() {
    return handle.getConnection();
  }

  /** Has an entry written when everything else is. */
  void entry(Draft draft) {
    drafts.add(draft);
  }

  List<Draft> drafts() {
    return drafts;
  }
}
